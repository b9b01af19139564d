"""genotok.js in pages that are not ours: of the same server and of another origin; and its types."""

import json
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import npm
from web.host import Host
from web.native import SAMPLE, default_tokenizer
from web.readme import expected, runnable

SCRIPTS = Path(__file__).parent / "module"
TELL = "const told = []; const tell = (value) => told.push(value);\n"
PAGE = """<!doctype html><title>Another page</title><link rel="icon" href="data:,"><body>
<script type="module" src="other.js"></script>"""
DONE = """
const place = document.createElement("pre");
place.id = "told";
place.textContent = JSON.stringify(told);
document.body.append(place);
"""


@pytest.fixture
def elsewhere(dist, tmp_path):
    """A server with pages of others, the built site in a folder below them."""
    shutil.copytree(dist, tmp_path / "web/dist")
    host = Host(tmp_path).start()
    yield host
    host.stop()


@pytest.fixture
def run(browser):
    """Run a script as the module of a page that lies on a host, and give what it told."""
    contexts = []

    def run_on(host, script):
        (host.root / "other.html").write_text(PAGE)
        (host.root / "other.js").write_text(TELL + script + DONE)
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(host.url + "other.html")
        try:
            told = page.locator("#told").inner_text(timeout=60_000)
        except Exception as error:
            raise AssertionError(complaints) from error
        assert complaints == []
        return json.loads(told)

    yield run_on
    for context in contexts:
        context.close()


def test_the_readme_example_runs_in_another_page(elsewhere, run):
    """The block of the README gives what it shows in a page of the same server."""
    assert run(elsewhere, runnable('"./web/dist/genotok.js"', '"./web/dist/genotok.js"')) == expected()


def test_another_origin_may_use_it(dist, tmp_path, run):
    """From a host that lets others in, the module starts its engine in a page of another origin, with native ids."""
    shutil.copy(SAMPLE, tmp_path / "ctcf.bed.gz")
    site, page = Host(dist, shared=True).start(), Plain(tmp_path)
    try:
        told = run(
            page, (SCRIPTS / "across.js").read_text().replace("URL_OF_MODULE", json.dumps(site.url + "genotok.js"))
        )
    finally:
        site.stop()
        page.stop()
    rows = default_tokenizer().encode_rows(SAMPLE)
    assert told == [[rows.ids.tolist(), rows.offsets.tolist(), "ctcf.bed.gz"], "cancelled", "one.bed"]


class Plain:
    """A server without any header, as most are; its pages may load what they like."""

    def __init__(self, root):
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                """Stay quiet."""

        self.root = root
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


OPTIONS = {
    "allowJs": True,
    "checkJs": True,
    "noEmit": True,
    "target": "es2023",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
    "types": [],
}


def test_types_are_those_of_the_code(dist, tmp_path):
    """TypeScript finds the module as its declaration says, uses as documented right, and misuses wrong."""
    from under_node import find_node

    made = ("dist*", "build", "tools")
    shutil.copytree(dist.parent, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*made))
    (tmp_path / "genotok.js").rename(tmp_path / "made.js")
    shutil.copy(dist / "genotok.d.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copytree(SCRIPTS, tmp_path, dirs_exist_ok=True)
    wanted = {"compilerOptions": OPTIONS, "files": ["check.ts", "made.js", "genotok/nodeworker.js", "nodejs.d.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(wanted))
    compiler = npm.unpacked(npm.TYPESCRIPT) / "lib/tsc.js"
    ran = subprocess.run(
        [find_node(), compiler, "-p", tmp_path], capture_output=True, text=True, timeout=300, check=False
    )
    assert (ran.stdout, ran.returncode) == ("", 0)
