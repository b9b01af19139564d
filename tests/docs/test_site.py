"""The docs as a site: made without a warning, complete, fetching nothing from elsewhere, beside the page."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from genotok.cli.app import COMMANDS
from genotok.cli.app import genotok as command

ROOT = Path(__file__).parents[2]
SOURCES = ("pkg", "web/docs", "web/style", "web/icons", "web/tools", "tests/benchmarks/RESULTS.md", "build_wasm.sh")
FETCHED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src", "object": "data"}
NAVIGATION = {"next", "prev", "index", "search", "canonical"}  # links that nothing fetches

pytestmark = [pytest.mark.native, pytest.mark.slow]


class Page(HTMLParser):
    """Collects what a page fetches, where its links lead, its ids, and scripts and styles inside it."""

    def __init__(self, path):
        super().__init__()
        self.fetched, self.links, self.ids, self.inside = [], [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids |= {found["id"]} if "id" in found else set()
        address = found.get(FETCHED.get(tag, ""))
        if address and not NAVIGATION & set(found.get("rel", "").split()):
            self.fetched.append(address)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "style" or "style" in found or (tag == "script" and "src" not in found):
            self.inside.append(self.get_starttag_text())


def run(checkout):
    return subprocess.run(
        [checkout / "build_wasm.sh", "docs"], capture_output=True, text=True, timeout=500, check=False
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what the docs are made of, with a page already built, and the checkout's own environment for Sphinx."""
    folder = tmp_path_factory.mktemp("docs") / "checkout"
    for name in SOURCES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (ROOT / ".venv-docs").mkdir(exist_ok=True)
    (folder / ".venv-docs").symlink_to(ROOT / ".venv-docs")
    (folder / "web/dist/a").mkdir(parents=True)
    (folder / "web/dist/index.html").write_text("the page")
    return folder


@pytest.fixture(scope="module")
def made(checkout):
    """The run that made the docs."""
    return run(checkout)


@pytest.fixture(scope="module")
def site(made, checkout):
    assert made.returncode == 0, made.stderr
    return checkout / "web/dist/docs"


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_they_are_made_without_a_warning(made):
    """A warning would have been an error; nothing else is said but where they lie."""
    assert made.returncode == 0, made.stderr
    assert "WARNING" not in made.stderr.replace("WARNING: Location", "")  # pip's own, of its settings
    assert made.stdout.startswith("web/build/docs and web/dist/docs: ")


def test_every_page_is_in_them(site):
    """A page of the sources is a page of the site."""
    for path in (ROOT / "web/docs").rglob("*"):
        if path.suffix in {".md", ".ipynb"}:
            assert (site / path.relative_to(ROOT / "web/docs")).with_suffix(".html").is_file(), path


def test_every_page_is_in_the_list_once(site, pages):
    """The list at the side has each page, in one place; pages that others add are taken in by the glob."""
    listed = re.findall(r'<a class="(?:current )?reference internal" href="([^"#]+)"', sidebar(site / "index.html"))
    made = {path.relative_to(site).as_posix() for path in pages} - {"index.html", "search.html"}
    assert sorted(listed) == sorted(made)


def sidebar(path):
    return re.search(r'<div class="sidebar-tree">.*?</div>', path.read_text(encoding="utf-8"), flags=re.DOTALL)[0]


def test_nothing_is_fetched_from_elsewhere(site, pages):
    """Scripts, sheets, pictures and what sheets name lie on the docs' own host, at relative addresses."""
    for path, page in pages.items():
        assert page.fetched
        for address in page.fetched:
            file = (path.parent / address.split("?")[0]).resolve()
            assert address.startswith("data:") or file.is_file(), (path, address)
    for sheet in site.rglob("*.css"):
        named = re.findall(r"url\(\s*['\"]?([^)'\"]+)|@import\s+['\"]([^'\"]+)", sheet.read_text(encoding="utf-8"))
        assert [each for pair in named for each in pair if each and not each.startswith("data:")] == [], sheet


def test_a_strict_policy_may_stand(pages):
    """No script or style stands inside a page, for the server's policy lets none apply; notebooks bring some."""
    for path, page in pages.items():
        assert page.inside == [] or path.parent.name == "notebooks", path


def test_links_lead_somewhere(site, pages):
    """Every link inside the docs leads to a page and a place in it."""
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            file, _, place = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), (path, link)
            assert not place or target not in pages or place in pages[target].ids, (path, link)


def test_the_reference_has_every_public_name(site, pages):
    """Each of `genotok.__all__`, of genotok.hf, and each command with each of its options."""
    import genotok.hf

    ids = pages[site / "reference/python.html"].ids
    names = [f"genotok.{name}" for name in genotok.__all__] + [f"genotok.hf.{name}" for name in genotok.hf.__all__]
    assert set(names) - {"genotok.__version__"} <= ids
    assert {"genotok.tokenizers.consensus.ConsensusRules", "genotok.values.coverage.CoverageSum"} <= ids
    told = (site / "reference/command-line.html").read_text(encoding="utf-8")
    context = click.Context(command)
    for name in COMMANDS:
        assert f"genotok-{name}" in told
        for parameter in command.get_command(context, name).params:
            for word in parameter.opts if isinstance(parameter, click.Option) else ():
                assert f"cmdoption-genotok-{name}-{word.lstrip('-')}" in told, (name, word)


def test_they_are_small(site):
    """They add at most 3 MB to the page's 22 MB, notebooks included."""
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= 3_000_000


def test_a_build_of_the_page_takes_them_along_while_they_fit(site, checkout):
    """Docs of these sources go into a page that is built anew; of others they stay behind."""
    script = "import sys; from pathlib import Path; import docs; print(docs.stage(Path(sys.argv[1])))"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "web/tools")}

    def stage():
        words = [sys.executable, "-c", script, checkout / "web/dist"]
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    shutil.rmtree(site)
    assert stage() == "True"
    assert (site / "index.html").is_file()
    page = checkout / "web/docs/start.md"
    before = page.read_bytes()
    page.write_bytes(before + b"\n")
    shutil.rmtree(site)
    assert stage() == "False"
    assert not site.exists()
    page.write_bytes(before)
    assert stage() == "True"


def test_a_fault_stops_them(checkout, site):
    """A link that leads nowhere ends with 1 and names the page; docs that were there stay."""
    page = checkout / "web/docs/start.md"
    before = page.read_bytes()
    page.write_bytes(before + b"\n[nowhere](nosuch.md)\n")
    ran = run(checkout)
    page.write_bytes(before)
    assert ran.returncode == 1
    assert "start.md" in ran.stderr
    assert "nosuch.md" in ran.stderr
    assert ran.stderr.endswith("web/docs: the docs have faults, see above\n")
    assert (site / "index.html").is_file()
