"""A million rows: the page stays awake, the table answers, and a cancelled file stops at once."""

import time

import numpy as np
import pytest

from web import native

ROWS = 1_000_000


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A sorted BED file of a million rows over the chromosomes of the universe (23 MB)."""
    regions = native.default_universe().regions
    seeds = np.random.default_rng(7)
    picks = np.sort(seeds.integers(0, len(regions), ROWS))
    starts = np.maximum(0, regions.starts[picks] + seeds.integers(-900, 900, ROWS))
    order = np.lexsort((starts, regions.codes[picks]))
    starts = starts[order]
    ends = starts + seeds.integers(150, 600, ROWS)
    names = np.array(regions.chrom_names)[regions.codes[picks][order]]
    path = tmp_path_factory.mktemp("large") / "million.bed"
    path.write_text("".join(map("{}\t{}\t{}\n".format, names.tolist(), starts.tolist(), ends.tolist())))
    return path


def test_million_rows_keep_the_page_awake(app, million, record_property):
    """A million rows are read, tokenized and drawn without a long task; any row can be reached and sorted at once."""
    began = time.perf_counter()
    app.pick(million)
    app.page.locator(".grid tbody tr").first.wait_for()
    record_property("seconds_to_table", round(time.perf_counter() - began, 2))
    assert app.figures()["regions"] == f"{ROWS:,}"
    assert app.page.locator(".grid table").get_attribute("aria-rowcount") == f"{ROWS + 1}"
    app.page.get_by_role("searchbox").fill("line 750000")
    app.page.get_by_role("button", name="Go").click()
    app.page.locator(".grid tbody tr").filter(has_text="750,000").wait_for()
    app.page.mouse.move(800, 700)
    for _ in range(20):
        app.page.mouse.wheel(0, 4000)
        app.page.wait_for_timeout(30)
    app.page.get_by_role("columnheader", name="Tokens").click()
    app.page.get_by_role("columnheader", name="Tokens").click()
    app.page.locator(".grid th[aria-sort=descending]").wait_for()
    counts = [int(row[4]) for row in app.table()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1


def test_cancel_stops_at_once_and_the_next_file_works(app, million):
    """A cancelled file stops within a block, gives no tokens, and the queue goes on."""
    app.pick(million)
    row = app.row("million.bed")
    row.get_by_text("reading").wait_for()
    began = app.page.evaluate("performance.now()")
    row.get_by_role("button", name="Cancel").click()
    row.get_by_text("cancelled").wait_for()
    assert app.page.evaluate("performance.now()") - began < 600
    app.drop(next_bed=b"chr1\t203327425\t203327695\n").done("next.bed")
    row.get_by_role("button", name="Retry").click()
    app.done("million.bed")


def test_hundreds_of_files_keep_the_page_awake(app):
    """A drop of many files is worked off in order, the first result is shown at once."""
    names = [f"f{at:03}.bed" for at in range(300)]
    app.drop_named(dict.fromkeys(names, b"chr1\t203327425\t203327695\n"))
    app.page.get_by_role("heading", name="Tokens of f000.bed").wait_for()
    app.page.get_by_text("300 of 300 files through").wait_for()
