"""Files on their way in: dropped, chosen, compressed, several at once, before the engine is ready."""

import re

import pytest

from packing import bgzip_of, gzip_of
from web import native

REGIONS = b"chr1\t203327425\t203327695\nchr1\t203327814\t203328084\nchr1\t203328829\t203329099\n"
IDS = ["20723 20724", "20724", "no token"]  # as the figure at the top of the page shows them


def ids_in(table):
    return [" ".join(row[-1].split()) for row in table]


def test_dropped_file_becomes_tokens(app):
    """A dropped BED file is tokenized, and each region's ids stand in its row."""
    app.drop(peaks_bed=REGIONS).done("peaks.bed")
    assert ids_in(app.table()) == IDS
    assert app.figures() == {"regions": "3", "hit the universe": "66.7 %", "tokens": "3", "distinct ids": "2"}


def test_a_real_drop_is_trusted(app, tmp_path):
    """A drop that the browser itself makes is taken anywhere in the window."""
    path = tmp_path / "real.bed"
    path.write_bytes(REGIONS)
    app.drag(path).done("real.bed")
    assert ids_in(app.table()) == IDS


def test_picker_takes_several_files(app, tmp_path):
    """Several chosen files are listed in the order chosen, each with its own result."""
    paths = [tmp_path / f"{name}.bed" for name in "cab"]
    for at, path in enumerate(paths):
        path.write_bytes(b"".join(REGIONS.splitlines(keepends=True)[: at + 1]))
    app.pick(*paths)
    for path in paths:
        app.done(path.name)
    app.drawn()
    names = app.page.get_by_role("table", name="Files").locator(".file-open").all_inner_texts()
    assert names == ["c.bed", "a.bed", "b.bed"]
    app.select("b.bed")
    app.page.get_by_role("heading", name="Tokens of b.bed").wait_for()
    assert ids_in(app.table()) == IDS


def test_files_dropped_before_ready_run(fresh):
    """Files dropped while the engine loads wait, and run by themselves."""
    fresh.drop(early_bed=REGIONS)
    fresh.row("early.bed").get_by_text(re.compile(r"^queued, engine (starting|at \d+ %)$")).wait_for()
    fresh.ready().done("early.bed")
    assert ids_in(fresh.table()) == IDS


@pytest.mark.parametrize("kind", ["gzip", "members", "bgzip", "padded", "unnamed"])
def test_compressed_files_are_read_by_content(app, kind):
    """gzip, several members, bgzip, zero padding and a gzip file without its suffix give the same tokens."""
    half = REGIONS.index(b"\n") + 1
    content = {
        "gzip": gzip_of(REGIONS),
        "members": gzip_of(REGIONS[:half], REGIONS[half:]),
        "bgzip": bgzip_of(REGIONS),
        "padded": gzip_of(REGIONS) + bytes(512),
        "unnamed": gzip_of(REGIONS),
    }[kind]
    name = "peaks.bed" if kind == "unnamed" else "peaks.bed.gz"
    app.drop_named({name: content}).done(name)
    assert ids_in(app.table()) == IDS


WRITTEN = {
    "crlf": REGIONS.replace(b"\n", b"\r\n"),
    "bom": b"\xef\xbb\xbf" + REGIONS,
    "spaces": REGIONS.replace(b"\t", b" "),
    "cr": REGIONS.replace(b"\n", b"\r"),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_other_ways_of_writing_lines(app, way):
    """CRLF, a byte order mark, blanks for TABs and lone CR give the same tokens."""
    text = WRITTEN[way]
    app.drop(peaks_bed=text).done("peaks.bed")
    assert ids_in(app.table()) == IDS


def test_sample_equals_native(app):
    """The sample button tokenizes a bundled real file; its figures are those of the native package."""
    app.page.get_by_role("button", name="Try CTCF peaks", exact=True).click()
    app.done(native.SAMPLE.name)
    report = native.default_tokenizer().report(native.SAMPLE)
    figures = app.figures()
    assert figures["regions"] == f"{report.regions:,}"
    assert figures["tokens"] == f"{report.tokens:,}"
    assert app.page.locator(".figure").nth(1).inner_text().endswith(f"{report.regions_hit:,} regions")


def test_own_universe(app, tmp_path):
    """A dropped universe file replaces the bundled one; results follow it."""
    path = tmp_path / "mine.bed"
    path.write_bytes(b"chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n")
    app.drop(q_bed=b"chr1\t9\t11\nchr1\t39\t40\nchr1\t19\t20\n").done("q.bed")
    assert ids_in(app.table()) == ["no token"] * 3
    app.open_universe(path)
    app.page.get_by_role("radio", name="mine.bed 4 regions").wait_for()
    app.page.locator(".grid .id").first.wait_for()
    assert ids_in(app.table()) == ["0", "2", "0 1"]
    app.page.get_by_role("radio", name=re.compile("Ensembl")).check()
    app.page.locator(".grid .id").first.wait_for(state="detached")
    assert ids_in(app.table()) == ["no token"] * 3


def test_universe_can_be_dropped(app):
    """A file dropped on the universe's column, or sent there from the list, becomes the universe."""
    app.drop(mine_bed=b"chr1\t203327400\t203327900\n", q_bed=REGIONS).done("q.bed").done("mine.bed")
    app.select("mine.bed").page.get_by_text(re.compile("^Report: ")).click()
    app.page.get_by_role("button", name="Use as universe mine.bed").click()
    app.page.get_by_role("radio", name="mine.bed 1 region").wait_for()
    app.select("q.bed").look("Table")
    app.page.locator(".grid .id").get_by_text("0", exact=True).first.wait_for()
    assert ids_in(app.table()) == ["0", "0", "no token"]
    app.drop_named({"theirs.bed": b"chr1\t203328900\t203328901\n"}, target="#universe")
    app.page.get_by_role("radio", name=re.compile("theirs.bed")).wait_for()
    app.page.locator(".grid tr:last-child .id").wait_for()
    assert ids_in(app.table()) == ["no token", "no token", "0"]


def test_removed_file_leaves_the_list(app):
    """A removed file is gone, and another result takes its place."""
    app.drop(a_bed=REGIONS, b_bed=REGIONS).done("a.bed").done("b.bed")
    app.page.get_by_role("button", name="Remove a.bed").click()
    app.page.get_by_role("heading", name="Tokens of b.bed").wait_for()
    assert app.row("a.bed").count() == 0
