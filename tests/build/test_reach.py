"""Byte code is left out of the page only for modules that nothing in the page can come to."""

import ast
from fnmatch import fnmatchcase
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "pkg/genotok"


def module_files() -> dict[str, Path]:
    files = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def imports_of(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules that a file imports anywhere, also late, with the packages around them."""
    met: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            met |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            met |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    parts = [name.split(".") for name in met]
    return {".".join(each[:end]) for each in parts for end in range(1, len(each) + 1)} & known.keys()


def test_whatever_the_page_can_import_has_byte_code():
    """From the bridge on, no import leads to a module that pins.json leaves out."""
    from obtain import read_pins

    known = module_files()
    reached = {name for name in known if name.split(".")[1:2] == ["bridge"]}
    todo = [*reached]
    while todo:
        new = imports_of(known[todo.pop()], known) - reached
        reached |= new
        todo += new
    patterns = read_pins()["prune"]["genotok-pyc.zip"]
    places = {name: known[name].relative_to(PACKAGE.parent).as_posix() for name in known}
    left_out = {name for name, place in places.items() if any(fnmatchcase(place, each) for each in patterns)}
    assert len(reached) > 150
    assert reached & left_out == set()
    assert [each for each in patterns if not any(fnmatchcase(place, each) for place in places.values())] == []
