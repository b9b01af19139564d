"""The docs say what is so: every example of web/docs gives what it shows."""

import re
from pathlib import Path

import pytest

import shown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "web" / "docs"
ELSEWHERE = {  # pages that other tests run, with what these need
    "cluster.md": "tests/dask/test_page.py",
    "javascript.md": "tests/node/test_module.py",
    "r.md": "tests/r/test_r.py",
}
PAGES = {path.relative_to(DOCS).as_posix(): path for path in sorted(DOCS.rglob("*.md"))}
RUN = {"pycon", "console"}
DATA = {"text", "json", "toml"}  # shown, and no program
UNRUN = (
    "pip install ",
    "npm install ",
    "apt-get install ",
    "./build_wasm.sh",
    "genotok serve",
)  # needs more than a test

pytestmark = pytest.mark.native


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Give a folder that looks like the checkout to the examples, and where they may write."""
    monkeypatch.setenv("PATH", str(shown.furnish(tmp_path)), prepend=":")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ELSEWHERE])
def test_examples_give_what_they_show(name, checkout):
    """Sessions and commands of a page, in order; `python tests/shown.py PAGE` writes down what they give now."""
    text = PAGES[name].read_text(encoding="utf-8")
    assert shown.play(text, checkout) == text


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ELSEWHERE])
def test_no_example_is_left_unrun(name):
    """A block is run, or is data, or installs, builds and serves."""
    for language, content in shown.blocks(PAGES[name].read_text(encoding="utf-8")):
        if language == "sh":
            assert all(line.startswith(UNRUN) for line in content.splitlines()), content
        else:
            assert language in RUN | DATA, content


@pytest.mark.parametrize("name", [name for name in ELSEWHERE if name in PAGES])
def test_pages_that_need_more_have_tests_of_their_own(name):
    """The test that is named for a page names the page."""
    assert re.search(rf"\b{re.escape(name)}\b", (ROOT / ELSEWHERE[name]).read_text(encoding="utf-8"))


def test_what_is_not_so_is_told(checkout):
    """Wrong values, errors and outputs are replaced by what is; an ellipsis stands for anything."""
    said = "```pycon\n>>> 1 + 1\n{}\n>>> 1 / 0\n{}```\n```console\n$ printf a; exit 1\n{}\n```\n"
    trace = "Traceback (most recent call last):\n    ...\nZeroDivisionError: {}\n"
    right = said.format(2, trace.format("division by zero"), "a")
    assert shown.play(said.format(3, "0\n", "b"), checkout) == right
    assert shown.play(right, checkout) == right
    vague = said.format(2, trace.format("division ..."), "...")
    assert shown.play(vague, checkout) == vague
