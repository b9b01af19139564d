"""Runs inside Pyodide: the core suite, and small questions about the engine that the tests outside compare."""

import hashlib
import importlib
import json
import os
import pkgutil
import sys


class FewerExamples:
    """wasm runs Python several times slower, and these tests look for 32-bit faults, not for rare inputs."""

    def pytest_configure(self, config):
        from hypothesis import settings

        settings.register_profile("wasm", settings.get_profile("suite"), max_examples=20)
        settings.load_profile("wasm")


def run_suite(words):
    """Run pytest in the mounted copy of the checkout; its exit code comes back."""
    import pytest

    os.chdir("/checkout")
    return int(pytest.main(list(words), plugins=[FewerExamples()]))


def describe(target):
    """Write what this engine offers: modules that import, public names of NumPy, versions."""
    import numpy as np

    skipped = ("numpy.f2py", "numpy.testing", "numpy.conftest", "numpy._pyinstaller", "numpy.distutils")
    modules = [
        found.name
        for found in pkgutil.walk_packages(np.__path__, "numpy.", onerror=lambda _: None)
        if not found.name.startswith(skipped) and ".tests" not in found.name
    ]
    names = {name: sorted(dir(importlib.import_module(name))) for name in modules if "._" not in name}
    library = sorted(found.name for found in pkgutil.iter_modules() if "." not in found.name)
    told = {
        "python": sys.version,
        "numpy": np.__version__,
        "modules": sorted(modules),
        "names": names,
        "library": library,
    }
    with open(target, "w") as sink:
        json.dump(told, sink)


def tokenize(universe, bed, target):
    """Tokenize a file with a bundled universe through the public API; write ids, offsets and report."""
    import numpy as np

    import genotok
    from genotok.io.gtu import read_gtu

    with open(universe, "rb") as stream:
        tokenizer = genotok.IntervalTokenizer(read_gtu(stream.read())[0])
    rows = tokenizer.encode_rows(bed)
    told = {
        "platform": sys.platform,
        "pointer": np.dtype(np.intp).itemsize,
        "version": genotok.__version__,
        "tokens": len(rows.ids),
        "ids": hashlib.sha256(rows.ids.astype("<i4").tobytes()).hexdigest(),
        "offsets": hashlib.sha256(rows.offsets.astype("<i8").tobytes()).hexdigest(),
        "compiled": sorted(
            name for name, module in sys.modules.items() if str(getattr(module, "__cached__", "")).endswith(".pyc")
        ),
        "loaded": sorted(name for name in sys.modules if name.startswith("genotok")),
    }
    with open(target, "w") as sink:
        json.dump(told, sink)
