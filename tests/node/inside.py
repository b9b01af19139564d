"""Runs inside Pyodide: the core suite, and what the tests outside compare between engines."""

import hashlib
import importlib
import json
import os
import sys
from pathlib import Path


class FewerExamples:
    """wasm runs Python several times slower, and these tests look for 32-bit faults, not for rare inputs."""

    def pytest_configure(self):
        from hypothesis import settings

        settings.register_profile("wasm", settings.get_profile("suite"), max_examples=20)
        settings.load_profile("wasm")


def run_suite(words):
    """Run pytest in the mounted copy of the checkout; its exit code comes back."""
    import pytest

    os.chdir("/checkout")
    return int(pytest.main(list(words), plugins=[FewerExamples()]))


def describe(target):
    """Write what an engine offers: importable modules and the public names of NumPy's public ones."""
    import pkgutil  # here, as everything of the library that no start imports

    import numpy as np

    packages = [found.name for found in pkgutil.walk_packages(np.__path__, "numpy.", onerror=lambda _: None)]
    public = [name for name in packages if "._" not in name]
    told = {
        "numpy": np.__version__,
        "python": sys.version,
        "library": sorted(found.name for found in pkgutil.iter_modules(["/lib/python314.zip"])),
        "modules": sorted(packages),
        "names": {"numpy": sorted(np.__all__), **{name: public_names(name) for name in public}},
    }
    Path(target).write_text(json.dumps(told))


def public_names(module):
    """Names of a module, or the kind of error with which it refuses to be imported."""
    try:
        return sorted(name for name in dir(importlib.import_module(module)) if not name.startswith("_"))
    except Exception as error:  # whatever it is must be the same in both engines
        return type(error).__name__


def tokenize(universe, bed, target):
    """Tokenize a file with a bundled universe through the public API; write hashes of ids and offsets."""
    import numpy as np

    import genotok
    from genotok.io.gtu import read_gtu

    tokenizer = genotok.IntervalTokenizer(read_gtu(Path(universe).read_bytes())[0])
    rows = tokenizer.encode_rows(bed)
    told = {
        "ids": hashlib.sha256(rows.ids.astype("<i4").tobytes()).hexdigest(),
        "offsets": hashlib.sha256(rows.offsets.astype("<i8").tobytes()).hexdigest(),
        "platform": sys.platform,
        "pointer": np.dtype(np.intp).itemsize,
        "tokens": len(rows.ids),
        "version": genotok.__version__,
    }
    Path(target).write_text(json.dumps(told))


def start(universe, target):
    """Start as the worker does and open a universe; write its size and where modules are looked for."""
    from genotok.bridge import Session

    session = Session()
    content = Path(universe).read_bytes()
    session.staging(len(content))[: len(content)] = memoryview(content)
    text, _ = session.open_asset(len(content), "universe")
    told = {"n": json.loads(text)["n"], "path": [folder for folder in sys.path if folder.startswith("/lib/")]}
    Path(target).write_text(json.dumps(told))


def write_parquet(target):
    """Write a Parquet file of fifty documents, short and long, with and without tokens."""
    import numpy as np

    from genotok import IntervalTokenizer, RaggedIds, Regions, Universe
    from genotok.export.writers import open_writer

    rows = [("chr1", 10, 20), ("chr1", 15, 30), ("chré", 5, 9)]
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)))
    with Path(target).open("w+b") as sink:
        writer = open_writer("parquet", sink, tokenizer, rows=True, options={"sort": False})
        for number in range(50):
            ids = (np.arange(300 * number, dtype=np.int64) ** 2 % 3).astype(np.int32)
            writer.begin(f"é/{number}.bed")
            writer.write(None, RaggedIds(ids, np.arange(len(ids) + 1, dtype=np.int64)))
            writer.end()
        writer.close()
