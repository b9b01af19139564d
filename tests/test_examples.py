"""Every example in a docstring runs and gives what it shows."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import genotok

HOME = Path(genotok.__file__).parent
MODULES = sorted(
    ".".join(("genotok", *path.relative_to(HOME).with_suffix("").parts)).removesuffix(".__init__")
    for path in HOME.rglob("*.py")
    if path.name != "__main__.py" and ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    """Each module's examples, one after the other."""
    failed, run = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert run
    assert not failed
