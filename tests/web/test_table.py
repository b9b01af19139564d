"""The table of rows: sorted, filtered, gone to, copied, read page by page; a million rows or ten."""

import re

import numpy as np
import pytest

from genotok import read_bed
from web import native
from web.audit import violations

LINES = [
    ("chr1", 203327425, 203327695),
    ("chr1", 203327814, 203328084),
    ("chr1", 203328829, 203329099),
    ("chr10", 500, 900),
    ("chr2", 74482500, 74482770),
    ("chr2", 100, 160),
]
BED = "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in LINES).encode()


@pytest.fixture
def peaks(app):
    app.drop(peaks_bed=BED).done("peaks.bed").look("Table")
    app.page.locator(".grid tbody tr").first.wait_for()
    return app


def lines_of(app):
    return [int(row[0]) if row[0].isdecimal() else None for row in app.table()]  # None: on its way


def settle(app, *lines):
    """Wait until exactly these lines are shown, in this order."""
    app.page.locator(".grid tbody tr:not([hidden]):not(.waits) .cell-line").nth(len(lines) - 1).wait_for()
    app.until(lambda: lines_of(app) == list(lines))


def header(app, name):
    return app.page.locator(".grid").get_by_role("columnheader", name=re.compile(f"^{name}")).get_by_role("button")


def open_filters(app):
    app.page.locator("details.filters").evaluate("details => details.open = true")


def test_any_column_sorts(peaks):
    """Each column sorts up, then down, then not at all; chromosomes sort as people count."""
    header(peaks, "Chromosome").click()
    settle(peaks, 1, 2, 3, 5, 6, 4)
    header(peaks, "Chromosome").click()
    settle(peaks, 4, 5, 6, 1, 2, 3)
    header(peaks, "Width").click()
    settle(peaks, 6, 1, 2, 3, 5, 4)
    assert (
        peaks.page.locator(".grid").get_by_role("columnheader", name=re.compile("^Width")).get_attribute("aria-sort")
        == "ascending"
    )
    header(peaks, "Width").click()
    header(peaks, "Width").click()
    settle(peaks, 1, 2, 3, 4, 5, 6)


def test_shift_sorts_by_several_columns(peaks):
    """A press with shift adds a column to the order; its place is shown and spoken."""
    header(peaks, "Tokens").click()
    header(peaks, "Start").click(modifiers=["Shift"])
    settle(peaks, 6, 4, 3, 5, 2, 1)
    header(peaks, "Start").click(modifiers=["Shift"])
    settle(peaks, 3, 4, 6, 2, 5, 1)
    names = [peaks.page.locator(".grid").get_by_role("columnheader").nth(at).inner_text() for at in (2, 5)]
    assert ["sorts second, descending" in names[0], "sorts first, ascending" in names[1]] == [True, True]
    header(peaks, "Line").click()
    settle(peaks, 1, 2, 3, 4, 5, 6)


def test_filters_choose_rows(peaks):
    """Chromosome, text, pattern, ids, widths and positions choose rows, together; a badge takes each back."""
    open_filters(peaks)
    peaks.page.get_by_label("Chromosome", exact=True).select_option("chr1")
    settle(peaks, 1, 2, 3)
    peaks.page.get_by_label("Position from").fill("203,327,700")
    peaks.page.get_by_label("Position to").fill("203,328,829")
    settle(peaks, 2)
    peaks.page.get_by_role("button", name=re.compile("^position .*remove")).click()
    settle(peaks, 1, 2, 3)
    peaks.page.get_by_label("Id from").fill("20723")
    peaks.page.get_by_label("Id to").fill("20723")
    settle(peaks, 1)
    badges = peaks.page.get_by_role("group", name="Filters in use")
    names = [text.split(",")[0].strip() for text in badges.locator(".filter-badge").all_inner_texts()]
    assert names == ["chromosome chr1", "id 20"]
    peaks.page.get_by_role("button", name="Remove all filters").click()
    settle(peaks, 1, 2, 3, 4, 5, 6)
    assert peaks.page.get_by_label("Id from").input_value() == ""
    peaks.page.get_by_label("Width to").fill("100")
    settle(peaks, 6)
    peaks.page.get_by_label("Width to").fill("")
    peaks.page.get_by_label("chr:start-end contains").fill("CHR2:7")
    settle(peaks, 5)


def test_patterns_choose_rows(peaks):
    """A regular expression is searched in chr:start-end; a bad one is told at its field and shows no rows."""
    open_filters(peaks)
    peaks.page.get_by_label("Regular expression").check()
    field = peaks.page.get_by_label("chr:start-end matches")
    field.fill(r"^chr\d:\d{3}-")
    settle(peaks, 6)
    field.fill("chr(1")
    fault = peaks.page.locator(".filters").get_by_role("alert")
    fault.wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("chr(1|2):[57]")
    settle(peaks, 5)
    assert fault.count() == 0
    peaks.page.get_by_label("Regular expression").uncheck()
    peaks.page.get_by_text("No such region.").wait_for()


def test_bounds_that_make_no_sense_are_told(peaks):
    """Words and bounds in the wrong order are named beside their fields, and change nothing."""
    open_filters(peaks)
    peaks.page.get_by_label("Width from").fill("wide")
    peaks.page.get_by_text("Whole numbers only").wait_for()
    peaks.page.get_by_label("Width from").fill("300")
    peaks.page.get_by_label("Width to").fill("200")
    peaks.page.get_by_text("From is above to").wait_for()
    assert len(peaks.table()) == 6
    peaks.page.get_by_label("Width to").fill("500")
    settle(peaks, 4)


def test_the_view_holds_for_the_next_file_and_ends_with_the_last(peaks):
    """Order and filters are kept from file to file; they go when all files are gone."""
    open_filters(peaks)
    peaks.page.get_by_label("Chromosome", exact=True).select_option("chr2")
    settle(peaks, 5, 6)
    peaks.drop(more_bed=b"chr1\t5\t6\n" + BED).done("more.bed").select("more.bed")
    settle(peaks, 6, 7)
    peaks.page.get_by_role("button", name="Remove all").click()
    peaks.drop(last_bed=BED).done("last.bed")
    settle(peaks, 1, 2, 3, 4, 5, 6)


def test_rows_are_copied_whole(app):
    """The rows of the view are copied as tab-separated lines with all their ids, however many those are."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    universe = native.default_universe().regions
    app.drop(wide_bed=b"chr1\t0\t600000\nchr1\t1\t2\nchr2\t74482500\t74482770\n").done("wide.bed").look("Table")
    header(app, "Tokens").click()
    settle(app, 2, 3, 1)
    app.page.get_by_role("button", name="Copy these rows").click()
    app.page.get_by_text("Copied 3 rows").wait_for()
    head, *lines = app.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert head.split("\t") == ["line", "chrom", "start", "end", "ids"]
    rows = [line.split("\t") for line in lines]
    assert rows[0] == ["2", "chr1", "1", "2", "."]
    inside = np.flatnonzero(
        (universe.codes == universe.chrom_names.index("chr1")) & (universe.starts < 600000) & (universe.ends > 0)
    )
    assert len(inside) > 8
    assert [int(token) for token in rows[2][4].split(",")] == inside.tolist()


def test_ten_thousand_rows_are_copied_at_most(app):
    """Of a long view the first ten thousand rows are copied, as the native package tokenizes them."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.pick(native.SAMPLE).done(native.SAMPLE.name).look("Table")
    app.page.get_by_role("button", name="Copy the first 10,000 rows").click()
    app.page.get_by_text("Copied 10,000 rows").wait_for()
    lines = app.page.evaluate("navigator.clipboard.readText()").splitlines()[1:]
    assert len(lines) == 10_000
    regions = read_bed(native.SAMPLE)
    rows = native.default_tokenizer().encode_rows(regions)
    places = list(regions.to_tuples())
    for at in (0, 4_999, 9_999):
        chrom, start, end = places[at]
        ids = ",".join(map(str, rows.ids[rows.offsets[at] : rows.offsets[at + 1]])) or "."
        assert lines[at] == f"{at + 1}\t{chrom}\t{start}\t{end}\t{ids}"


def test_plain_pages(app):
    """The same view as plain pages of a hundred rows: turned, gone to, sorted, with true row numbers."""
    app.pick(native.SAMPLE).done(native.SAMPLE.name).look("Table")
    app.page.get_by_role("button", name="Plain table by pages").click()
    table = app.page.get_by_role("table", name=re.compile("^Tokens of"))
    pages = app.page.get_by_role("navigation", name="Pages of the table")
    table.locator("tbody tr:not(.waits)").nth(99).wait_for()
    assert table.locator("tbody tr").count() == 100
    assert table.get_attribute("aria-rowcount") == "44723"
    pages.get_by_role("button", name="Next").click()
    table.locator("tbody tr:not(.waits)").first.get_by_text("101", exact=True).wait_for()
    assert table.locator("tbody tr").first.get_attribute("aria-rowindex") == "102"
    pages.get_by_label("Page, of 448").fill("448")
    pages.get_by_label("Page, of 448").press("Enter")
    table.locator("tbody tr:not(.waits) .cell-line").get_by_text("44,722", exact=True).wait_for()
    assert table.locator("tbody tr").count() == 22
    assert pages.get_by_role("button", name="Next").is_disabled()
    app.page.get_by_role("searchbox", name="Go to").fill("line 2,345")
    app.page.get_by_role("button", name="Go", exact=True).click()
    table.locator("tr.marked").get_by_text("2,345", exact=True).wait_for()
    header(app, "Tokens").click()
    header(app, "Tokens").click()
    table.locator("th[aria-sort=descending]").wait_for()
    app.page.get_by_role("button", name="Plain table by pages").click()
    app.page.locator(".grid-tall").wait_for()


def test_a_page_being_typed_is_left_alone(app):
    """What is typed as the page stays while the rest of the page before comes in."""
    app.pick(native.SAMPLE).done(native.SAMPLE.name).look("Table")
    app.page.get_by_role("button", name="Plain table by pages").click()
    table = app.page.get_by_role("table", name=re.compile("^Tokens of"))
    table.locator("tbody tr:not(.waits)").nth(99).wait_for()
    box = app.page.get_by_label("Page, of 448")
    app.page.evaluate("""() => {
      [...document.querySelectorAll(".pages button")].find(({textContent}) => textContent === "Next").click();
      const box = document.querySelector(".pages input");
      box.focus();
      box.value = "44";
      box.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    table.locator("tbody tr:not(.waits)").nth(99).get_by_text("200", exact=True).wait_for()
    assert box.input_value() == "44"
    box.press("8")
    box.press("Enter")
    table.locator("tbody tr:not(.waits) .cell-line").get_by_text("44,722", exact=True).wait_for()
    assert box.input_value() == "448"
    app.page.get_by_role("button", name="Plain table by pages").click()


def test_table_sort_filter_jump_1m_rows(app, million):
    """Of a million rows any is gone to; filters and orders answer, rows tell their true index."""
    app.pick(million).done("million.bed").look("Table")
    table = app.page.get_by_role("table", name="Tokens of million.bed")
    table.locator("tbody tr:not(.waits)").first.wait_for()
    app.page.get_by_role("searchbox", name="Go to").fill("line 987,654")
    app.page.get_by_role("button", name="Go", exact=True).click()
    marked = table.locator("tr.marked")
    marked.get_by_text("987,654", exact=True).wait_for()
    assert marked.get_attribute("aria-rowindex") == "987655"
    open_filters(app)
    app.page.get_by_label("Chromosome", exact=True).select_option("chrX")
    app.page.get_by_label("Width from").fill("590")
    app.page.get_by_role("button", name=re.compile("^width from 590")).wait_for()
    header(app, "Width").click()
    header(app, "Start").click(modifiers=["Shift"])
    header(app, "Start").click(modifiers=["Shift"])
    table.locator("th[aria-sort=ascending]").wait_for()
    app.page.locator(".sort-descending").wait_for()

    def shown():
        return [(row[1], int(row[4]), -int(row[2].replace(",", ""))) for row in app.table()]

    app.until(lambda: shown() == sorted(shown()))
    assert {row[0] for row in shown()} == {"chrX"}
    assert shown()[0][1] == 590


def test_what_lies_in_a_bin_is_one_step_away(app):
    """Enter on a bin of the genome shows the regions of the bin in the table."""
    app.drop(peaks_bed=BED).done("peaks.bed").look("Genome")
    bins = app.page.get_by_label("Bins of the genome")
    bins.focus()
    app.page.keyboard.press("ArrowRight")
    app.page.keyboard.press("Enter")
    app.page.get_by_role("tab", name="Table", selected=True).wait_for()
    badges = app.page.get_by_role("group", name="Filters in use").locator(".filter-badge")
    badges.first.wait_for()
    assert [re.match(r"\w+", text)[0] for text in badges.all_inner_texts()] == ["chromosome", "position"]


def test_axe_finds_nothing(peaks):
    """No violation of WCAG 2.2 AA with filters open and a fault shown, as one table or by pages."""
    open_filters(peaks)
    peaks.page.get_by_label("Width from").fill("x")
    peaks.page.get_by_label("Chromosome", exact=True).select_option("chr1")
    settle(peaks, 1, 2, 3)
    header(peaks, "Start").click()
    header(peaks, "End").click(modifiers=["Shift"])
    with peaks.unwatched():
        assert violations(peaks.page) == []
    peaks.page.get_by_role("button", name="Plain table by pages").click()
    peaks.page.locator(".grid-plain tbody tr").first.wait_for()
    with peaks.unwatched():
        assert violations(peaks.page) == []
