"""A million rows and ten: the page stays awake, the table answers, and the ids are the command line's."""

import time

import pytest

from web import native
from web.app import TIMEOUT
from web.large import ROWS, write_rows

TEN_MILLION = 10 * ROWS
LONG = 300_000  # ms


def test_million_rows_keep_the_page_awake(app, million, record_property):
    """A million rows are read, tokenized and drawn without a long task; any row can be reached and sorted at once."""
    began = time.perf_counter()
    app.pick(million).done("million.bed").look("Table").page.locator(".grid tbody tr").first.wait_for()
    record_property("seconds_to_table", round(time.perf_counter() - began, 2))
    assert app.figures()["regions"] == f"{ROWS:,}"
    assert app.page.locator(".grid table").get_attribute("aria-rowcount") == f"{ROWS + 1}"
    app.page.get_by_role("searchbox", name="Go to").fill("line 750000")
    app.page.get_by_role("button", name="Go").click()
    app.page.locator(".grid tbody tr").filter(has_text="750,000").wait_for()
    app.page.mouse.move(800, 700)
    for _ in range(20):
        app.page.mouse.wheel(0, 4000)
        app.page.wait_for_timeout(30)
    app.page.locator(".grid").get_by_role("columnheader", name="Tokens").click()
    app.page.locator(".grid").get_by_role("columnheader", name="Tokens").click()
    app.page.locator(".grid th[aria-sort=descending]").wait_for()

    def counts():
        return [int(row[5]) for row in app.table()]

    app.until(lambda: counts() == sorted(counts(), reverse=True) and counts()[0] > 1)


@pytest.mark.slow
def test_ten_million_rows(app, tmp_path, record_property):
    """Ten million rows (238 MB) are tokenized, their last row is reached, and the ids are the command line's."""
    path = write_rows(tmp_path / "ten.bed", TEN_MILLION)
    app.page.set_default_timeout(LONG)
    began = time.perf_counter()
    app.pick(path).done("ten.bed").look("Table").page.locator(".grid tbody tr").first.wait_for()
    record_property("seconds_to_table", round(time.perf_counter() - began, 2))
    assert app.figures()["regions"] == f"{TEN_MILLION:,}"
    app.page.get_by_role("searchbox", name="Go to").fill(f"line {TEN_MILLION}")
    app.page.get_by_role("button", name="Go").click()
    app.page.locator(".grid tbody tr").filter(has_text=f"{TEN_MILLION:,}").wait_for()
    ids = app.save(".gtok")
    app.page.set_default_timeout(TIMEOUT)
    assert ids == native.run_cli(native.universe_file(tmp_path), path, tmp_path / "cli.gtok")
