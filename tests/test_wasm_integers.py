"""Integers on wasm32: NumPy's default there is 32 bit, so sizes and places name their type where they are made.

`repeat`, `reduceat` and `put` take places of `np.intp` and refuse int64; `sum`, `cumsum`, `arange` and `bincount` make
32-bit numbers that wrap in silence.
"""

import ast
from pathlib import Path

import pytest

import genotok

PACKAGE = Path(genotok.__file__).parent
PLACES = {"repeat": 1, "reduceat": 1, "put": 1}  # the argument that holds counts or places
TYPED = ("sum", "cumsum", "prod", "cumprod", "arange")
CASTS = ("astype", "tolist")  # what makes a count's type plain
BUILTIN = ("sum", "prod")  # bare, these are Python's own (the second from math), which count with its integers


def faults(text):
    """List (line, what) of calls whose integers depend on the platform."""
    tree = ast.parse(text)
    owners = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            owners.update({id(node): function for node in ast.walk(function)})
    followed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in CASTS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _faults_of(node, owners.get(id(node), tree), id(node) in followed)


def _faults_of(call, owner, is_cast):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    words = {keyword.arg for keyword in call.keywords}
    if isinstance(call.func, ast.Name) and name in BUILTIN:
        return
    if name in TYPED and "dtype" not in words:
        yield call.lineno, f"{name} without dtype"
    if name == "bincount" and not is_cast:
        yield call.lineno, "bincount without astype"
    if name in PLACES and (name != "put" or _is_numpy(call.func)):
        at = PLACES[name] if _is_numpy(call.func) else PLACES[name] - 1
        if at < len(call.args) and not _is_place(call.args[at], owner):
            yield call.lineno, f"{name} without np.intp"


def _is_numpy(function):
    """Tell np.repeat(x, n) and np.add.reduceat(x, at) from the method x.repeat(n)."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id == "np"


def _is_place(value, owner):
    """An integer in the text, or an expression with np.intp; a name, if all it is given is such."""
    if isinstance(value, ast.Constant) or "np.intp" in ast.unparse(value):
        return True
    if isinstance(value, ast.Name):
        given = [node.value for node in ast.walk(owner) if isinstance(node, ast.Assign) and _assigns(node, value.id)]
        return bool(given) and all("np.intp" in ast.unparse(each) for each in given)
    return False


def _assigns(node, name):
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_no_integer_depends_on_the_platform(module):
    assert list(faults((PACKAGE / module).read_text())) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("np.repeat(x, counts)", ["repeat without np.intp"]),
        ("np.repeat(x, counts.astype(np.intp))", []),
        ("np.repeat(x, 3)", []),
        ("x.repeat(counts)", ["repeat without np.intp"]),
        ("np.maximum.reduceat(x, at)", ["reduceat without np.intp"]),
        ("def f():\n at = np.arange(3, dtype=np.intp)\n return np.maximum.reduceat(x, at)", []),
        ("def f():\n at = np.arange(3, dtype=np.int64)\n return np.add.reduceat(x, at)", ["reduceat without np.intp"]),
        ("np.put(x, at, 1)", ["put without np.intp"]),
        ("x.sum()", ["sum without dtype"]),
        ("np.cumsum(x, dtype=np.int64)", []),
        ("sum(x)", []),
        ("np.arange(9)", ["arange without dtype"]),
        ("np.bincount(x)", ["bincount without astype"]),
        ("np.bincount(x).astype(np.int64)", []),
        ("np.bincount(x).tolist()", []),
        ("queue.put(x)", []),
    ],
)
def test_the_check_sees_what_it_looks_for(text, found):
    assert [what for _, what in faults(text)] == found
