"""`genotok serve`: the page comes from where it should, checked, and from nowhere it should not."""

import gzip
import hashlib
import http.client
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import genotok
from genotok.cli import site as sites
from genotok.cli.serve import has_screen
from genotok.cli.sitezip import check_site, unpack_site
from genotok.errors import GenotokError

pytestmark = pytest.mark.native
VERSION = genotok.__version__
NAME = f"genotok-page-{VERSION}.zip"
BUILD = """#!/bin/sh
cd "$(dirname "$0")" && touch web/tools/ok && echo built >>log && exit "$(cat fail 2>/dev/null || echo 0)"
"""
PLAIN = {"index.html": b"<!doctype html>page", "a/0123456789ab/app.js": b"export {};"}
STORED = {"e/0123456789ab/library.zip": b"library" * 100}


def page(version=VERSION, **changes):
    """The files of a small page with its manifest; `changes` replace or add contents by name (None: leave out)."""
    facts = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in PLAIN.items()}
    for name, data in STORED.items():
        facts[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "gzip": True}
    files = PLAIN | {f"{name}.gz": gzip.compress(data) for name, data in STORED.items()}
    files["manifest.json"] = json.dumps({"genotok": version, "files": facts}).encode()
    return {name: data for name, data in (files | changes).items() if data is not None}


def zipped(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def laid(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def sum_of(content, name=NAME, size=None):
    return f"# {len(content) if size is None else size} bytes\n{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


@pytest.fixture
def release(tmp_path, monkeypatch):
    """The folder of a release on a server of this machine, and the list of what was asked of it."""
    folder = tmp_path / "release"
    folder.mkdir()
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("GENOTOK_PAGE_URL", f"http://127.0.0.1:{server.server_address[1]}/files")
    (folder / "files").mkdir()
    yield folder / "files", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """As if the package were installed, with a cache of its own; gives how to find the page, and what was said."""
    monkeypatch.setenv("GENOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sites, "checkout_of", lambda _: None)
    said = []

    def find(site=None, *, rebuild=False):
        return sites.find_site(site, rebuild=rebuild, say=said.append)

    find.said = said
    return find


def publish(folder, content, told=None):
    (folder / NAME).write_bytes(content)
    (folder / f"{NAME}.sha256").write_bytes(sum_of(content) if told is None else told)


# ---------------------------------------------------------------- where it comes from


def test_the_release_is_fetched_once(release, installed, tmp_path):
    """The first call fetches, checks and unpacks; the next one asks nobody; --rebuild fetches again."""
    folder, asked = release
    publish(folder, zipped(page()))
    found = installed()
    assert found == tmp_path / "cache" / f"page-{VERSION}"
    assert check_site(found, "page") == VERSION
    assert {path.relative_to(found).as_posix() for path in found.rglob("*") if path.is_file()} == set(page())
    assert asked == [f"/files/{NAME}.sha256", f"/files/{NAME}"]
    assert len(installed.said) == 1
    assert installed.said[0].startswith("fetching http://127.0.0.1:")
    assert installed() == found
    assert len(asked) == 2
    publish(folder, zipped(page(**{"extra.txt": b"new"})))
    assert (installed(rebuild=True) / "extra.txt").read_bytes() == b"new"
    assert len(asked) == 4
    assert [path.name for path in found.parent.iterdir()] == [found.name]  # nothing half-made is left


def test_without_network_and_cache_one_line_says_what_to_do(installed, monkeypatch):
    """An address that does not answer, one without the file, none at all: each is told with the way out."""
    monkeypatch.setenv("GENOTOK_PAGE_URL", "http://127.0.0.1:9/")
    way_out = f"genotok serve --site {NAME}"
    with pytest.raises(
        GenotokError, match=r"is not here yet: http://127.0.0.1:9/genotok-page.* can't be reached"
    ) as told:
        installed()
    assert str(told.value).endswith(way_out)
    monkeypatch.delenv("GENOTOK_PAGE_URL")
    monkeypatch.setattr(sites, "RELEASES", "")
    with pytest.raises(GenotokError, match="no address is set") as told:
        installed()
    assert str(told.value).endswith(way_out)


def test_a_release_without_the_file_is_told(release, installed):
    """A server that does not have this version says so in its own words."""
    with pytest.raises(GenotokError, match=r"answers 404 File not found"):
        installed()


def test_only_web_addresses_are_fetched(installed, monkeypatch, tmp_path):
    """A file: address would read what --site reads better."""
    monkeypatch.setenv("GENOTOK_PAGE_URL", tmp_path.as_uri())
    with pytest.raises(GenotokError, match="is no address"):
        installed()


def test_the_address_names_the_version(release, installed, monkeypatch):
    """The address of releases holds the version where {version} stands."""
    folder, asked = release
    publish(folder, zipped(page()))
    monkeypatch.setattr(sites, "RELEASES", os.environ["GENOTOK_PAGE_URL"] + "/v{version}/")
    monkeypatch.delenv("GENOTOK_PAGE_URL")
    with pytest.raises(GenotokError, match="404"):
        installed()
    assert set(asked) == {f"/files/v{VERSION}/{NAME}.sha256"}


@pytest.mark.parametrize(
    "told",
    [b"", b"nonsense", sum_of(b"x", name="other.zip"), sum_of(b"x", size=2**40), b"0" * 64 + b"  " + NAME.encode()],
    ids=["empty", "nonsense", "other file", "huge", "without size"],
)
def test_a_sum_that_tells_nothing_is_refused(release, installed, told):
    """Size, SHA-256 and name must stand beside the zip; nothing is fetched on less."""
    folder, asked = release
    publish(folder, zipped(page()), told)
    with pytest.raises(GenotokError, match="does not tell size and SHA-256"):
        installed()
    assert asked == [f"/files/{NAME}.sha256"]


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"more", lambda data: data[:9] + b"?" + data[10:]]
)
def test_a_file_that_is_not_the_one_of_the_sum_is_refused(release, installed, change, tmp_path):
    """Cut, longer or changed on the way: nothing of it is unpacked, and what was kept stays."""
    folder, _ = release
    content = zipped(page())
    publish(folder, content)
    kept = installed()
    publish(folder, change(content), sum_of(content))
    with pytest.raises(GenotokError, match=r"not the file that its \.sha256 describes"):
        installed(rebuild=True)
    assert check_site(kept, "page") == VERSION


def test_a_zip_that_was_named_is_kept(installed, tmp_path):
    """--site takes a zip that came some other way; afterwards the page is there without it."""
    archive = tmp_path / "download.zip"
    archive.write_bytes(zipped(page()))
    found = installed(archive)
    archive.unlink()
    assert installed() == found
    assert installed.said == []


def test_a_folder_that_was_named_is_served_as_it_is(installed, tmp_path):
    """--site web/dist serves that folder; one without a page is refused."""
    folder = laid(tmp_path / "dist", page("9.9.9"))
    assert installed(folder) == folder
    (tmp_path / "other").mkdir()
    with pytest.raises(GenotokError, match="there is no page of genotok"):
        installed(tmp_path / "other")


def test_a_page_of_another_version_is_not_kept(installed, tmp_path):
    """The page runs the very wheel that is installed, or says which one it has."""
    archive = tmp_path / NAME
    archive.write_bytes(zipped(page("9.9.9")))
    with pytest.raises(
        GenotokError, match=rf"page of genotok 9\.9\.9, and this is {VERSION}; pip install genotok==9\.9\.9"
    ):
        installed(archive)
    assert not (tmp_path / "cache" / f"page-{VERSION}").exists()


def test_a_checkout_serves_what_its_sources_make(tmp_path, monkeypatch):
    """In a checkout the page is built unless it is fresh, without a look at cache or network."""
    for name in ("pkg/genotok", "web/tools", "web/dist"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("pyproject.toml", "web/index.html", "pkg/genotok/__init__.py"):
        (tmp_path / name).touch()
    (tmp_path / "web/tools/fresh.py").write_text(
        "import pathlib, sys; sys.exit(not pathlib.Path(__file__).with_name('ok').exists())"
    )
    script = tmp_path / "build_wasm.sh"
    script.write_text(BUILD)
    script.chmod(0o755)
    monkeypatch.setattr(genotok, "__file__", str(tmp_path / "pkg/genotok/__init__.py"))
    monkeypatch.setenv("GENOTOK_PAGE_URL", "http://127.0.0.1:9/")
    said = []
    for rebuild, built in ((False, 1), (False, 1), (True, 2)):
        assert sites.find_site(None, rebuild=rebuild, say=said.append) == tmp_path / "web/dist"
        assert (tmp_path / "log").read_text().count("built") == built
    assert said == ["building the page from this checkout"] * 2
    (tmp_path / "fail").write_text("3")
    with pytest.raises(GenotokError, match=r"build_wasm\.sh ended with 3"):
        sites.find_site(None, rebuild=True, say=said.append)


def test_an_installed_package_is_no_checkout(tmp_path):
    """Only a folder with the build script and the sources is one."""
    checkout = Path(__file__).parents[2]
    assert sites.checkout_of(checkout / "pkg/genotok/__init__.py") == checkout
    package = tmp_path / "lib/site-packages/genotok/__init__.py"
    package.parent.mkdir(parents=True)
    package.touch()
    assert sites.checkout_of(package) is None


# ---------------------------------------------------------------- unpacking


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/evil", "a//evil", "./evil", "c:evil", "a\\..\\evil", "evil.", "a /evil", "a/\x01?"],
)
def test_names_that_lead_outside_are_refused(tmp_path, name):
    """No member is written anywhere but in the folder, on any system."""
    archive = tmp_path / "page.zip"
    archive.write_bytes(zipped(page(**{name: b"evil"})))
    with pytest.raises(GenotokError, match="would be written outside"):
        unpack_site(archive, tmp_path / "deep/er/page")
    assert not list(tmp_path.rglob("*evil*"))


def test_links_are_refused(tmp_path):
    """A symbolic link could lead later members anywhere."""
    link = zipfile.ZipInfo("a/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = tmp_path / "page.zip"
    with zipfile.ZipFile(archive, "w") as sink:
        sink.writestr(link, "/etc")
    with pytest.raises(GenotokError, match="would be written outside"):
        unpack_site(archive, tmp_path / "page")


def test_a_zip_bomb_ends_early(tmp_path, monkeypatch):
    """Too many files, and more bytes than a page can have, are refused, also where the zip lies about its sizes."""
    monkeypatch.setattr("genotok.cli.sitezip.MAX_BYTES", 10_000)
    archive = tmp_path / "page.zip"
    archive.write_bytes(zipped({"big": b"0" * 20_000}))
    with pytest.raises(GenotokError, match="too large"):
        unpack_site(archive, tmp_path / "one")
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\x01\x02")  # the directory, which infolist reads; the size stands 24 bytes on
    content[at + 24 : at + 28] = (5).to_bytes(4, "little")
    archive.write_bytes(content)
    with pytest.raises(GenotokError, match=r"damaged|too large"):
        unpack_site(archive, tmp_path / "two")
    monkeypatch.setattr("genotok.cli.sitezip.MAX_FILES", 3)
    archive.write_bytes(zipped({f"f{number}": b"" for number in range(4)}))
    with pytest.raises(GenotokError, match="too large"):
        unpack_site(archive, tmp_path / "three")


@pytest.mark.parametrize("content", [b"", b"no zip at all", zipped(page())[:200], zipped(page())[:-30]])
def test_what_is_no_zip_is_named(tmp_path, content):
    """Cut or foreign files are told as such, by their name."""
    archive = tmp_path / "page.zip"
    archive.write_bytes(content)
    with pytest.raises(GenotokError, match=r"page\.zip: the zip is damaged"):
        unpack_site(archive, tmp_path / "page")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("index.html", b"<!doctype html>evil", "index.html is not as it was built"),
        ("a/0123456789ab/app.js", None, "app.js is missing"),
        ("e/0123456789ab/library.zip.gz", gzip.compress(b"other" * 101, mtime=0), "library.zip is not as it was built"),
        ("manifest.json", b"[]", "there is no page of genotok"),
    ],
)
def test_every_file_is_held_to_the_manifest(tmp_path, name, content, what):
    """One changed or missing file, and the page is not taken."""
    archive = tmp_path / "page.zip"
    archive.write_bytes(zipped(page(**{name: content})))
    with pytest.raises(GenotokError, match=what):
        unpack_site(archive, tmp_path / "page")


# ---------------------------------------------------------------- the command


@pytest.fixture
def start(tmp_path):
    """Run `genotok serve` as an installed package would be; end what is left of it."""
    copy = tmp_path / "copied"
    shutil.copytree(Path(genotok.__file__).parent, copy / "genotok", ignore=shutil.ignore_patterns("__pycache__"))
    running = []

    def run(*words, **environment):
        env = {**os.environ, "PYTHONPATH": str(copy), "GENOTOK_CACHE": str(tmp_path / "cache"), **environment}
        env.pop("DISPLAY", None)
        command = [sys.executable, "-m", "genotok", "serve", *map(str, words)]
        hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # children of a background job are born deaf to it
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen(command, **pipes, env=env, preexec_fn=hear)
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def test_one_line_with_the_address_and_a_clean_end(start, tmp_path):
    """The page of a zip is served with the policy; Ctrl-C ends with 0, and the address was all that was printed."""
    archive = tmp_path / NAME
    archive.write_bytes(zipped(page()))
    server = start("--site", archive, "--port", 0, "--no-browser")
    line = server.stdout.readline()
    address = line.removeprefix("genotok page: http://").strip().rstrip("/")
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", "/")
    reply = connection.getresponse()
    assert reply.read() == PLAIN["index.html"]
    assert reply.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
    )
    connection.close()
    server.send_signal(signal.SIGINT)
    rest, errors = server.communicate(timeout=10)
    assert (server.returncode, rest, errors) == (0, "", "")


def test_the_browser_is_opened_at_the_address(start, tmp_path):
    """BROWSER, or a screen, gets the address; --no-browser and a bare terminal get none."""
    folder = laid(tmp_path / "dist", page())
    note = tmp_path / "note"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" >{note}.part && mv {note}.part {note}\n')
    browser.chmod(0o755)
    for words, opened in ((["--no-browser"], False), ([], True)):
        server = start("--site", folder, "--port", 0, *words, BROWSER=str(browser))
        address = server.stdout.readline().removeprefix("genotok page: ").strip()
        connection = http.client.HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=10)
        connection.request("GET", "/manifest.json")  # answered once the browser was called
        assert connection.getresponse().status == 200
        connection.close()
        for _ in range(100 * opened):
            if note.exists():
                break
            threading.Event().wait(0.05)
        assert note.exists() is opened
        if opened:
            assert note.read_text() == address


def test_a_window_is_opened_only_where_there_is_a_screen(monkeypatch):
    """A text browser would take over the terminal."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not has_screen()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_screen()
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert has_screen()


def test_errors_are_one_line(start, tmp_path):
    """No network and no cache, a taken port: exit code 1 and one line that says what to do."""
    alone = start("--port", 0, GENOTOK_PAGE_URL="http://127.0.0.1:9/")
    out, errors = alone.communicate(timeout=30)
    assert (alone.returncode, out, errors.count("\n")) == (1, "", 1)
    assert errors.startswith(f"error: the page of genotok {VERSION} is not here yet: ")
    folder = laid(tmp_path / "dist", page())
    first = start("--site", folder, "--port", 0, "--no-browser")
    port = first.stdout.readline().strip().rstrip("/").rpartition(":")[2]
    second = start("--site", folder, "--port", port, "--no-browser")
    _, errors = second.communicate(timeout=30)
    assert second.returncode == 1
    assert errors == f"error: 127.0.0.1:{port}: Address already in use; choose another with --port\n"
