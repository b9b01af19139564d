"""The honest report: what was kept, skipped and why, what hit nothing, which names are unknown; and failures."""

import zipfile
from io import BytesIO

import pytest

from packing import bgzip_of, gzip_of

GOOD = b"chr1\t203327425\t203327695\n"
MIXED = b"track name=x\n# note\n" + GOOD + b"\nchr1\t5.0\t9\nchr1\t90\t80\n" + GOOD + b"chr1\tx1\t7\n"


def test_report_names_skipped_lines(app):
    """Skipped lines are counted by reason with their numbers, and kept and skipped lines add up."""
    app.drop(mixed_bed=MIXED)
    message = app.failed("mixed.bed")
    assert message.startswith("mixed.bed:5: start '5.0' is not a whole number")
    app.page.get_by_role("button", name="Skip such lines").click()
    app.done("mixed.bed")
    assert app.row("mixed.bed").get_by_text("3 skipped").is_visible()
    assert app.reasons() == {
        "track lines": (1, "line 1"),
        "comments": (1, "line 2"),
        "blank lines": (1, "line 4"),
        "not a region": (2, "lines 5, 8"),
        "end before start": (1, "line 6"),
    }
    assert app.figures()["regions"] == "2"
    assert app.page.get_by_text("of 8 lines").is_visible()


def test_backward_rows_can_be_kept(app):
    """A reversed row stops the file; it can be skipped, or kept as gtars keeps it."""
    app.drop(back_bed=GOOD + b"chr1\t203327600\t203327500\n")
    assert app.failed("back.bed").startswith("back.bed:2:")
    app.page.get_by_role("button", name="Keep as gtars does").click()
    app.done("back.bed")
    assert app.figures()["regions"] == "2"


def test_misses_are_counted_and_listed(app):
    """Regions without a hit are counted, stay in the table, and can be seen alone."""
    misses = b"chr1\t1\t2\nchr1\t3\t4\n"
    app.drop(some_bed=GOOD + misses).done("some.bed")
    assert app.page.get_by_text("2 regions without a hit").is_visible()
    app.page.get_by_role("button", name="Without a token 2").click()
    app.page.locator(".grid .id").first.wait_for(state="detached")
    assert [row[2] for row in app.table()] == ["1", "3"]


def test_rename_is_proposed_and_recorded(app):
    """Names without chr hit nothing; one click maps them, and the recipe says so."""
    app.drop(ensembl_bed=GOOD.replace(b"chr", b"")).done("ensembl.bed")
    assert app.figures()["hit the universe"] == "0 %"
    assert app.page.get_by_text("No chromosome name matches the universe. Use 1 → chr1?").is_visible()
    app.page.get_by_role("button", name="Rename and run again").click()
    app.page.get_by_text("Chromosomes renamed for this file: 1 → chr1.").wait_for()
    assert app.figures()["hit the universe"] == "100 %"
    app.page.get_by_text("The same bytes in a terminal or in Python").click()
    assert "--rename-chroms" in app.page.locator(".recipe pre").first.inner_text()


def test_unknown_names_are_listed_without_alarm(app):
    """A few rows on chromosomes that the universe lacks are counted by name."""
    app.drop(alt_bed=GOOD * 40 + b"chrUn_KI270302v1\t1\t9\n").done("alt.bed")
    assert app.page.get_by_text("chrUn_KI270302v1 (1)").is_visible()
    assert app.page.get_by_role("button", name="Rename and run again").count() == 0


def test_nothing_hit_is_said(app):
    """A file without any hit is the unknown token, and the page says so."""
    app.drop(miss_bed=b"chr1\t1\t2\n").done("miss.bed")
    assert app.page.get_by_text("the whole file is the unknown token").is_visible()


def zipped(name: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, GOOD)
    return packed.getvalue()


BAD = {
    "empty.bed": (b"", "no regions"),
    "comments.bed": (b"# a\n# b\n", "no regions"),
    "cut.bed.gz": (gzip_of(GOOD * 5000)[:-20], "cut.bed.gz"),
    "cut.bgz": (bgzip_of(GOOD * 5000, end=False), "cut.bgz"),
    "book.xlsx": (zipped("x.bed"), "zip"),
    "text.bed": ("chr1\t1\t2\n".encode("utf-16"), "UTF-16"),
    "page.bed": (b"<!DOCTYPE html><html></html>\n", "HTML"),
    "short.bed": (b"chr1\t5\n", "short.bed:1:"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_fails_with_its_reason(app, name):
    """A file that is no readable BED fails with a sentence that names it, gives no tokens, and the next file works."""
    content, words = BAD[name]
    app.drop_named({name: content, "next.bed": GOOD})
    message = app.failed(name)
    assert words in message
    assert name in message
    app.done("next.bed")
    assert app.row(name).locator(".file-facts").count() == 0


def test_bad_universe_is_refused_and_skippable(app, tmp_path):
    """A universe with a bad line is refused with its line, the old one stays; skipping warns that later ids move."""
    path = tmp_path / "mine.bed"
    path.write_bytes(b"chr1\t10\t20\nchr1\tx\t30\nchr1\t30\t40\n")
    app.drop(peaks_bed=GOOD).done("peaks.bed")
    app.open_universe(path)
    alert = app.page.locator(".side").get_by_role("alert")
    assert "mine.bed:2:" in alert.locator("p").first.inner_text()
    assert app.page.get_by_role("radio", name="Ensembl").is_checked()
    alert.get_by_role("button", name="Skip such lines").click()
    app.page.get_by_role("radio", name="mine.bed").wait_for()
    app.page.locator(".side").get_by_text("ids behind them moved").wait_for()
    app.page.locator(".grid .miss").first.wait_for()


def test_names_that_hide_are_shown(app):
    """Control and direction signs in file and chromosome names are shown as escapes, markup stays text."""
    name = "a\u202eb<img src=x onerror=alert(1)>.bed"
    app.drop_named({name: b"<b>chr</b>\t1\t2\n"})
    shown = "a\\u202eb<img src=x onerror=alert(1)>.bed"
    app.done(shown)
    assert app.table()[0][1] == "<b>chr</b>"
    assert app.page.locator("main img, .grid b").count() == 0
