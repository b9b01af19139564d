"""Usable without a mouse, on a small screen, and by ear."""

import re

import pytest

NAMELESS = re.compile(r"- (button|textbox|searchbox|combobox|radio|table|progressbar|img)(:.*)?")
REGIONS = b"chr1\t203327425\t203327695\nchr1\t1\t2\n"


def test_keyboard_alone_is_enough(app):
    """Skip link, tabs, file, filter and saving are reached and worked by keys; focus is always visible."""
    app.drop(peaks_bed=REGIONS).done("peaks.bed")
    skip = app.page.get_by_role("link", name="Skip to the files")
    skip.focus()
    assert skip.bounding_box()["x"] >= 0
    app.page.keyboard.press("Enter")
    assert app.page.evaluate("document.activeElement.id") == "files"
    app.page.get_by_role("tab", name="Intervals").focus()
    app.page.keyboard.press("ArrowRight")
    app.page.get_by_role("heading", name="Motifs").wait_for()
    app.page.keyboard.press("ArrowLeft")
    app.look("Tokens").page.get_by_role("tab", name="Tokens", exact=True).focus()
    app.page.keyboard.press("ArrowRight")
    app.page.get_by_role("button", name="With tokens 1").focus()
    app.page.keyboard.press("Enter")
    app.page.locator(".grid .miss").wait_for(state="detached")
    app.page.get_by_role("button", name="Start", exact=True).focus()
    app.page.keyboard.press("Enter")
    app.page.locator(".grid th[aria-sort=ascending]").wait_for()
    app.page.get_by_role("radio", name=re.compile("^.gtok")).focus()
    app.page.keyboard.press("ArrowRight")
    app.page.get_by_role("button", name="Save", exact=True).focus()
    with app.page.expect_download() as waiting:
        app.page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "peaks.bed.jsonl"


def test_everything_has_a_name(app):
    """Every control and the table have an accessible name."""
    app.drop(peaks_bed=REGIONS).done("peaks.bed").look("Table")
    app.page.locator(".grid tbody tr").first.wait_for()
    tree = app.page.locator("body").aria_snapshot()
    assert '- table "Tokens of peaks.bed"' in tree
    assert [line for line in tree.splitlines() if NAMELESS.fullmatch(line.strip())] == []


def test_progress_is_spoken(app):
    """The live region says what was added and what is done."""
    app.drop(peaks_bed=REGIONS).done("peaks.bed")
    app.page.locator("#say").get_by_text("1 of 1 file done").wait_for()


@pytest.mark.parametrize("width", [320, 390])
def test_small_screens_lose_nothing(app, width):
    """At 320 px nothing but the table scrolls sideways."""
    app.page.set_viewport_size({"width": width, "height": 700})
    name = "a-rather-long-name-of-a-file-with-peaks-from-somewhere.narrowPeak.bed"
    app.drop_named({name: REGIONS}).done(name).look("Table")
    app.page.locator(".grid tbody tr").first.wait_for()
    assert app.page.evaluate("document.documentElement.scrollWidth") <= width
    for button in app.page.locator("button:not(.grid button), .button, select, input[type=search]").all():
        box = button.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= width + 1), button.inner_text()
