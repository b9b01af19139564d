"""The site is decided by its content alone: names of folders, manifests, and what is compressed."""

import gzip
import hashlib
import io
import json
import posixpath
import struct
import zipfile

import pytest


def zipped(comment=b""):
    """An archive of ours."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.pyc"), b"code" * 50)
        archive.comment = comment
    return content.getvalue()


WHEEL = "genotok-1.2.3-py3-none-any.whl"
PINS = {
    "pyodide": "9.9",
    "python": "3.14",
    "numpy": "2.0",
    "files": {
        "pyodide.mjs": {"bytes": 6, "sha256": hashlib.sha256(b"engine").hexdigest()},
        "python_stdlib.zip": {"bytes": 8, "sha256": hashlib.sha256(b"original").hexdigest()},
        "pyodide-lock.json": {"bytes": 8, "sha256": hashlib.sha256(b"official").hexdigest()},
    },
}
ENGINE = {
    "pyodide.mjs": b"engine",
    "python_stdlib.zip": zipped(),
    "pyodide-lock.json": b"ours",
    "genotok-pyc.zip": zipped(),
    WHEEL: b"wheel",
}
ORIGINALS = {**ENGINE, "python_stdlib.zip": b"original"}
del ORIGINALS["genotok-pyc.zip"]
ROOT = {"index.html": b'<link href="@APP@/style.css"><i data-engine="@ENGINE@">@VERSION@</i>'}


def universe(name):
    header = {"name": name, "assembly": "hg38", "n": 3, "digest": "d" * 64, "licence": "MIT", "source": "somewhere"}
    text = json.dumps(header).encode()
    return b"GTU1" + struct.pack("<i", len(text)) + text + b"planes"


def tsv(*rows):
    return "\n".join("\t".join(row) for row in rows).encode()


APP = {
    "app.js": b"export {};",
    "assets/PROVENANCE.tsv": tsv(["file"], ["second.gtu"], ["first.gtu"]),
    "assets/first.gtu": universe("First"),
    "assets/second.gtu": universe("Second"),
    "samples/PROVENANCE.tsv": tsv(
        ["file", "name", "assembly", "rows", "licence", "source"], ["few.bed.gz", "A few", "hg19", "4", "MIT", "there"]
    ),
    "samples/few.bed.gz": b"gz",
    "vendor/VENDOR.json": json.dumps(
        [{"name": "p", "version": "1.0", "licence": "MIT", "file": file} for file in ("a.js", "b.js")]
    ).encode(),
}


def laid(root=ROOT, app=APP, engine=ENGINE):
    from layout import layout

    return layout(root, app, engine, PINS)


def test_same_content_gives_the_same_bytes():
    """Nothing but the content of the inputs, not even their order, reaches the site."""
    turned = [dict(reversed(files.items())) for files in (ROOT, APP, ENGINE)]
    assert laid(*turned) == laid()


def test_folders_are_named_by_what_they_hold():
    """A change in the app renames the app's folder only; a change in the engine renames both, as the app names it."""
    _, before = laid()
    _, app_changed = laid(app={**APP, "app.js": b"export default 1;"})
    _, engine_changed = laid(engine={**ENGINE, "pyodide.mjs": b"newer!"})
    assert app_changed["app"] != before["app"]
    assert app_changed["engine"] == before["engine"]
    assert engine_changed["app"] != before["app"]
    assert engine_changed["engine"] != before["engine"]


@pytest.mark.parametrize("engine", [ENGINE, ORIGINALS], ids=["repacked", "originals"])
def test_manifest_lists_every_file_with_its_plain_content(engine):
    """Bytes and SHA-256 are of the inflated content; only archives of ours lie compressed."""
    site, manifest = laid(engine=engine)
    held = {}
    for name, content in site.items():
        packed = name.removesuffix(".gz") in manifest["files"] and name not in manifest["files"]
        held[name.removesuffix(".gz") if packed else name] = gzip.decompress(content) if packed else content
    del held["manifest.json"]
    assert {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in held.items()} == {
        name: (fact["bytes"], fact["sha256"]) for name, fact in manifest["files"].items()
    }
    compressed = {posixpath.basename(name) for name, fact in manifest["files"].items() if fact.get("gzip")}
    assert compressed == ({"python_stdlib.zip", "genotok-pyc.zip"} if engine is ENGINE else set())
    assert json.loads(site["manifest.json"]) == manifest


def test_archives_are_described_in_two_parts_where_they_say_so():
    """The parts of an archive are its bytes in order; one that names no first part is whole."""
    archive = zipped(b"first 20")
    _, manifest = laid(engine={**ENGINE, "python_stdlib.zip": archive})
    fact = manifest["files"][manifest["engine"] + "python_stdlib.zip"]
    halves = (archive[:20], archive[20:])
    assert fact["parts"] == [{"bytes": len(h), "sha256": hashlib.sha256(h).hexdigest()} for h in halves]
    assert "parts" not in manifest["files"][manifest["engine"] + "genotok-pyc.zip"]


def test_packages_are_listed_with_the_bundle_that_holds_them():
    """What build.json lists lies beside the engine, plain, and is nothing that a start needs."""
    from layout import layout

    bundles = {"both-1.zip.xz": {"one": "one-1.5-py3-none-any.whl", "two": "two-2.0-py3-none-any.whl"}}
    site, manifest = layout(ROOT, APP, {**ENGINE, "both-1.zip.xz": b"xz"}, {**PINS, "bundles": bundles})
    place = manifest["engine"] + "both-1.zip.xz"
    assert manifest["packages"] == {name: {"version": v, "file": place} for name, v in (("one", "1.5"), ("two", "2.0"))}
    assert site[place] == b"xz"
    assert manifest["files"][place] == {"bytes": 2, "later": True, "sha256": hashlib.sha256(b"xz").hexdigest()}
    assert laid()[1]["packages"] == {}


def test_repacked_files_keep_the_hash_of_their_original():
    """Whoever wonders can compare with Pyodide's own release."""
    _, manifest = laid()
    library = manifest["files"][manifest["engine"] + "python_stdlib.zip"]
    assert library["original"] == PINS["files"]["python_stdlib.zip"]["sha256"]
    site, manifest = laid(engine={**ENGINE, "pyodide.mjs": b"short"})
    place = manifest["engine"] + "pyodide.mjs"
    assert manifest["files"][place]["original"] == PINS["files"]["pyodide.mjs"]["sha256"]
    assert site[place] == b"short"  # browsers import a module as it is; only archives are inflated by the page


def test_the_wheel_is_unchanged():
    """What pip installs is what the page loads."""
    site, manifest = laid()
    assert site[manifest["wheel"]["path"]] == b"wheel"
    assert manifest["wheel"]["file"] == WHEEL
    assert manifest["wheel"]["sha256"] == hashlib.sha256(b"wheel").hexdigest()
    assert manifest["genotok"] == "1.2.3"


def test_the_app_finds_its_own_engine():
    """build.json holds paths from the app's folder, so an open tab never meets the engine of a later deployment."""
    site, manifest = laid()
    build = json.loads(site[manifest["app"] + "build.json"])

    def resolved(path):
        return posixpath.normpath(manifest["app"] + path)

    assert resolved(build["engine"]) + "/" == manifest["engine"]
    assert resolved(build["wheel"]["path"]) == manifest["wheel"]["path"]
    assert resolved(build["pyc"]) == manifest["pyc"]
    own = {f"{manifest['app']}build.json", "index.html"}
    assert {resolved(path): fact for path, fact in build["files"].items()} == {
        path: fact for path, fact in manifest["files"].items() if path not in own
    }
    for kind in ("universes", "samples"):
        assert [resolved(entry["file"]) for entry in build[kind]] == [entry["file"] for entry in manifest[kind]]
        assert all(entry["file"] in site for entry in manifest[kind])


def test_universes_and_samples_come_in_the_order_of_their_provenance():
    """The first universe is the page's default."""
    _, manifest = laid()
    assert [entry["id"] for entry in manifest["universes"]] == ["second", "first"]
    assert manifest["universes"][0]["n"] == 3
    assert [(entry["id"], entry["rows"]) for entry in manifest["samples"]] == [("few", 4)]


def test_what_a_start_does_without_is_marked():
    """Other universes than the first, samples, and wheels for consoles wait until someone wants everything offline."""
    site, manifest = laid(engine={**ENGINE, "micropip-1.whl": b"spare", "numpy-2.0.whl": b"needed"})
    build = json.loads(site[manifest["app"] + "build.json"])
    later = {posixpath.basename(path) for path, fact in build["files"].items() if fact.get("later")}
    assert later == {"first.gtu", "few.bed.gz", "micropip-1.whl"}


def test_vendored_packages_are_named_once():
    """The page lists each package with its licence, however many files it brings."""
    _, manifest = laid()
    assert manifest["parts"] == [{"name": "p", "version": "1.0", "licence": "MIT"}]


def test_tokens_are_replaced_in_root_files_only():
    """index.html points into the folders; app files stay byte for byte."""
    site, manifest = laid(app={**APP, "app.js": b"const app = '@APP@';"})
    page = site["index.html"].decode()
    assert page == f'<link href="{manifest["app"]}style.css"><i data-engine="{manifest["engine"][:-1]}">1.2.3</i>'
    assert site[manifest["app"] + "app.js"] == b"const app = '@APP@';"


def test_originals_are_shipped_as_they_are():
    """Without repacking there is no byte code and nothing to inflate."""
    site, manifest = laid(engine=ORIGINALS)
    assert manifest["pyc"] is None
    assert site[manifest["engine"] + "python_stdlib.zip"] == b"original"


def test_twins_hold_the_same_content(tmp_path, monkeypatch):
    """A twin is its file, compressed; files that do not shrink have none."""
    from stage import pack, write_site

    monkeypatch.setenv("GENOTOK_CACHE", str(tmp_path / "cache"))
    site, manifest = laid(app={**APP, "long.js": b"export {};" * 100})
    write_site(site, tmp_path / "dist")
    held = {
        path.relative_to(tmp_path / "dist").as_posix(): path.read_bytes() for path in (tmp_path / "dist").rglob("*.*")
    }
    assert {name: held[name] for name in site} == site
    long = manifest["app"] + "long.js"
    assert gzip.decompress(held[long + ".gz"]) == held[long]
    assert manifest["app"] + "app.js.gz" not in held
    first, again = pack(tmp_path / "dist", tmp_path), None
    content = first.read_bytes()
    (tmp_path / "dist/docs").mkdir()
    (tmp_path / "dist/docs/index.html").write_text("no part of the page: its manifest does not name it")
    again = pack(tmp_path / "dist", tmp_path)
    assert (first.name, again.read_bytes()) == ("genotok-page-1.2.3.zip", content)
    assert names_in(again) == sorted(site)


def names_in(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()
