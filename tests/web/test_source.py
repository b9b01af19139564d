"""The page's source keeps to its rules: no string becomes HTML or program, messages pass in two files only."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
FOREIGN = {"vendor", "dist", "dist.new", "dist.docs", "build", "docs", "tools"}  # not the page's, or made
FILES = (path for path in WEB.rglob("*") if path.suffix in {".js", ".html", ".css"})
OURS = sorted(path for path in FILES if path.relative_to(WEB).parts[0] not in FOREIGN)
SCRIPTS = [path for path in OURS if path.suffix == ".js"]
NODE = {"genotok/node.js", "genotok/nodeworker.js"}  # what genotok.js needs besides under Node
FORBIDDEN = {
    "HTML from a string": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|ContextualFragment|parseFromString",
    "HTML through preact": r"dangerouslySet",
    "a string as program": r"(?<!unsafe-)\beval\b|\bFunction\s*\(|runPython|setTimeout\(\s*[\"'`]",
    "an inline handler or style": r"<[^>]*\s(?:on[a-z]+|style)=\"",
    "another origin": r"(?<!www\.w3\.org)\bhttps?://(?!www\.w3\.org/)",
    "the word upload": r"(?i)\bupload",
}


def name_of(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_forbidden_words(what):
    """No file of ours makes markup or program of a string, or speaks of another origin."""
    lines = [(name_of(path), line.strip()[:120]) for path in OURS for line in path.read_text().splitlines()]
    assert len(lines) > 1000
    assert [(name, line) for name, line in lines if re.search(FORBIDDEN[what], line)] == []


def test_files_stay_small():
    """No file is longer than 300 lines."""
    assert [name_of(path) for path in OURS if len(path.read_text().splitlines()) > 300] == []


def test_scripts_say_why_they_exist():
    """The first line of every script is a comment."""
    assert [name_of(path) for path in SCRIPTS if not path.read_text().startswith("// ")] == []


def test_messages_pass_in_two_files_only():
    """Only engine.js and worker.js post messages; besides, offline.js has three words for sw.js, and under Node two
    files carry what those two post.
    """
    posting = {name_of(path) for path in SCRIPTS if "postMessage(" in path.read_text()}
    assert posting == {"engine.js", "worker.js", "offline.js", "sw.js", *NODE}


def test_modules_import_relative_paths_that_exist():
    """Every import is a relative path to a file of ours, so the page needs no import map."""
    statement = re.compile(r"""(?:\bfrom|^import)\s*["']([^"']+)["']""", re.MULTILINE)
    imports = [(path, target) for path in SCRIPTS for target in statement.findall(path.read_text())]
    assert len(imports) > 50
    odd = [(path, target) for path, target in imports if target[0] != "." or not (path.parent / target).is_file()]
    assert {name_of(path) for path, target in odd if target.startswith("node:")} == NODE
    assert [(path, target) for path, target in odd if not target.startswith("node:")] == []


def test_no_page_loads_what_is_for_node():
    """The two files that import from Node are named in one import that only runs there."""
    loaders = {
        name_of(path) for path in SCRIPTS if re.search(r"\bfrom \"[./a-z]*/node(worker)?\.js\"", path.read_text())
    }
    assert loaders == set()
    lazy = {
        name_of(path)
        for path in SCRIPTS
        for line in path.read_text().splitlines()
        if re.search(r"import\(\"[./a-z]*/node\.js\"\)", line)
    }
    assert lazy == {"genotok.js", "genotok/given.js"}


def test_every_room_is_in_the_registry():
    """Each module of rooms/ stands in the literal table."""
    registry = (WEB / "rooms/registry.js").read_text()
    rooms = {path.name for path in (WEB / "rooms").glob("*.js")} - {"registry.js"}
    assert {name for name in rooms if f'"./{name}"' in registry} == rooms
