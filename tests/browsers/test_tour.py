"""The heart of the page in Firefox and WebKitGTK: choose files, see tokens, filter, save, compare the bytes, leave."""

import struct
from xml.etree import ElementTree

import pytest

from web import native

REGIONS = b"chr1\t203327425\t203327695\nchr1\t1\t2\nchr1\t203327814\t203328084\n"
FORMATS = ["gtok", "jsonl", "tsv", "bed", "npz"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("native")
    native.universe_file(folder)
    (folder / "peaks.bed").write_bytes(REGIONS)
    return folder


def test_a_chosen_file_becomes_tokens(visitor, folder):
    """A chosen file becomes chips and rows, and the rows can be filtered."""
    visitor.pick(folder / "peaks.bed").done("peaks.bed")
    assert visitor.chips() == ["20723", "20724", "no token", "20724"]
    assert [row[-1] for row in visitor.table()] == ["20723 20724", "no token", "20724"]
    visitor.press("^Without a token").rows(1)
    assert [row[-1] for row in visitor.table()] == ["no token"]
    visitor.press("^All regions").rows(3)


@pytest.mark.parametrize("extension", FORMATS)
def test_saved_bytes_equal_the_command_line(visitor, folder, extension):
    """What this browser saves are the bytes of `genotok tokenize`."""
    expected = native.run_cli(folder / "universe.bed.gz", folder / "peaks.bed", folder / f"cli.{extension}")
    assert visitor.save(f".{extension}") == expected


def test_compressed_samples_and_junk(visitor, folder):
    """A bundled sample gives the native figures; what is no BED file fails with its reason."""
    report = native.default_tokenizer().report(native.SAMPLE)
    visitor.press("Try CTCF peaks").done(native.SAMPLE.name).press(native.SAMPLE.name).says(f"of {native.SAMPLE.name}")
    assert visitor.figures()["tokens"] == f"{report.tokens:,}"
    (folder / "junk.bed").write_bytes(bytes(range(256)) * 40)
    assert "junk.bed" in visitor.pick(folder / "junk.bed").failed("junk.bed")


def test_looks_and_rooms(visitor):
    """Genome, plots and the other rooms are drawn, and nothing scrolls sideways."""
    for name in ("Genome", "Plots", "Tokens", "Motifs", "Intervals"):
        visitor.press(name, "tab")
        visitor.wait("return document.documentElement.scrollWidth <= innerWidth")


def test_pictures_are_kept(visitor):
    """A picture is saved as SVG that can be read alone, and as PNG of twice its size."""
    visitor.press("Genome", "tab")
    root = ElementTree.fromstring(visitor.kept("SVG: save Genome overview"))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 5
    picture = visitor.kept("PNG: save Genome overview")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (2 * int(root.get("width")), 2 * int(root.get("height")))


def test_the_page_says_whether_it_is_kept(visitor):
    """Where the browser has service workers the page is kept for visits without a network; elsewhere it says no."""
    able = visitor.remote.run("return 'serviceWorker' in navigator")
    visitor.run("document.querySelector('details.about').open = true")
    visitor.says("Offline: yes" if able else "Offline: no")
