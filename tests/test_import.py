"""`import genotok` needs NumPy and the standard library, starts nothing, and costs little."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import genotok

PACKAGE = str(Path(genotok.__file__).parent.parent)

BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        head = name.split(".")[0]
        if head not in sys.stdlib_module_names and head not in ("numpy", "genotok"):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)
sys.meta_path.insert(0, Blocker())
present = set(sys.modules)
"""


def run(code):
    """Run code in a fresh interpreter; what it prints as JSON comes back."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    words = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, env=environment | {"PYTHONPATH": PACKAGE}, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_numpy_and_the_standard_library_are_all_it_needs():
    code = (
        BLOCKER
        + """
import json, io, genotok
for name in genotok.__all__:
    getattr(genotok, name)
universe = genotok.Universe.from_bed(io.BytesIO(b"chr1\\t10\\t20\\nchr1\\t15\\t30\\n"))
tokenizer = genotok.IntervalTokenizer(universe)
rows = tokenizer.encode_rows([("chr1", 18, 19), ("chr2", 1, 2)])
loaded = sorted({name.split(".")[0] for name in set(sys.modules) - present} - sys.stdlib_module_names)
print(json.dumps([rows.to_lists(), loaded]))
"""
    )
    rows, loaded = run(code)
    assert rows == [[0, 1], []]
    assert loaded == ["genotok", "numpy"]


def test_the_import_alone_loads_one_module_and_starts_no_thread():
    code = """
import json, sys, threading
import numpy
before = set(sys.modules)
import genotok
new = sorted(set(sys.modules) - before)
print(json.dumps([new, threading.active_count(), genotok.__version__]))
"""
    new, threads, version = run(code)
    ours = [name for name in new if name.startswith("genotok")]
    assert ours == ["genotok"]
    assert set(new) - set(ours) <= set(sys.stdlib_module_names)
    assert threads == 1
    assert version == genotok.__version__


def test_tables_and_pictures_wait_until_they_are_asked_for():
    """Nobody who tokenizes pays for what Arrow and notebooks are given; a start of the page is as lean."""
    code = """
import json, io, sys, genotok
for name in genotok.__all__:
    getattr(genotok, name)
tokenizer = genotok.IntervalTokenizer(io.BytesIO(b"chr1\\t10\\t20\\n"))
tokenizer.encode_rows([("chr1", 18, 19)]), tokenizer([("chr1", 18, 19)], padding=True)
late = ("genotok.values.arrow", "genotok.analysis.notebook")
before = [name for name in late if name in sys.modules]
tokenizer._repr_html_()
print(json.dumps([before, [name for name in late if name in sys.modules]]))
"""
    before, after = run(code)
    assert before == []
    assert after == ["genotok.values.arrow", "genotok.analysis.notebook"]


def test_all_public_names_cost_less_than_numpy_does(capsys):
    """The target is 0.1 s beyond NumPy's own import; the clock is printed, and only a gross fault fails."""
    code = """
import json, time
begin = time.perf_counter()
import numpy
middle = time.perf_counter()
import genotok
alone = time.perf_counter()
for name in genotok.__all__:
    getattr(genotok, name)
print(json.dumps([middle - begin, alone - middle, time.perf_counter() - alone]))
"""
    run(code)  # writes byte code
    best = [min(times) for times in zip(*(run(code) for _ in range(3)), strict=True)]
    with capsys.disabled():
        numpy, alone, names = (seconds * 1e3 for seconds in best)
        print(f"\nimport numpy {numpy:.0f} ms, genotok {alone:.1f} ms, all its names {names:.0f} ms")
    assert best[1] < best[0]
    assert best[2] < 3 * best[0]


def test_the_package_lists_what_it_gives():
    assert sorted(genotok.__dir__()) == sorted(genotok.__all__)
    for name in genotok.__all__:
        assert getattr(genotok, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'genotok' has no attribute 'Tokeniser'"):
        _ = genotok.Tokeniser
