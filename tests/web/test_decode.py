"""The way back: ids and token texts become regions; what is no token is marked where it stands."""

import json
import re

import pytest

from web import native
from web.audit import violations

REGIONS = b"chr1\t203327425\t203327695\nchr1\t203327814\t203328084\n"


@pytest.fixture
def box(app):
    details = app.page.locator("#decode-box")
    details.evaluate("details => details.open = true")
    text = app.page.get_by_label("Ids or token texts")
    text.fill("")
    yield text
    text.fill("")


def settle(app, words):
    """Wait until the outcome reads so."""
    app.page.locator("#decode-box").get_by_text(words, exact=True).wait_for()


def rows(app):
    table = app.page.get_by_role("table", name="Regions of the ids")
    table.locator("tbody tr").first.wait_for()
    return [row.split("\t") for row in table.locator("tbody tr").all_inner_texts()]


def region(token):
    universe = native.default_universe().regions
    return [universe.name_of(token), f"{universe.starts[token]:,}", f"{universe.ends[token]:,}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20723, 20724\n7", "Read as ids: 3 tokens."),
        (json.dumps({"id": "x", "input_ids": [20723, 20724, 7]}), "Read as JSON: 3 tokens."),
        ("[[20723], [20724, 7]]", "Read as JSON: 3 tokens."),
    ],
)
def test_ids_become_regions(app, box, text, words):
    """Numbers between anything and JSON are read, and each id gives its region, in order."""
    box.fill(text)
    settle(app, words)
    assert rows(app) == [[f"{at + 1}", str(token), *region(token)] for at, token in enumerate((20723, 20724, 7))]


def test_token_texts_become_regions(app, box):
    """Token texts are read as well as special tokens, which have no region."""
    universe = native.default_universe().regions
    box.fill(f"chr1:{universe.starts[7]}-{universe.ends[7]} <unk>")
    settle(app, "Read as token texts: 2 tokens.")
    assert rows(app) == [["1", "7", *region(7)], ["2", "289061", "special token unk"]]


def test_unknown_words_are_marked_where_they_stand(app, box):
    """What is no token is counted, underlined in the text, listed with its line, and one step away."""
    box.fill("20723 banana\n\n 300000 7")
    settle(app, "Read as ids: 2 tokens, 2 unknown.")
    assert app.page.locator(".decode-marks mark").all_inner_texts() == ["banana", "300000"]
    assert app.page.locator(".decode-marks").inner_text().rstrip() == "20723 banana\n\n 300000 7"
    steps = app.page.locator(".decode-unknown li button")
    assert [" ".join(text.split()) for text in steps.all_inner_texts()] == [
        "banana line 1, column 7",
        "300000 line 3, column 2",
    ]
    steps.nth(1).click()
    chosen = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    assert app.page.evaluate(chosen) == [15, 21]


def test_only_unknown_words(app, box):
    """A text without any token says so and shows no table."""
    box.fill("pear apple")
    app.page.get_by_text("2 words are no token of this universe").wait_for()
    assert app.page.get_by_role("table", name="Regions of the ids").count() == 0


def test_a_bad_text_is_told(app, box):
    """JSON without ids is refused with the reason."""
    box.fill('{"name": 5}')
    alert = app.page.locator("#decode-box").get_by_role("alert")
    alert.wait_for()
    assert "input_ids" in alert.inner_text()


def test_the_universe_decides(app, box, tmp_path):
    """The same ids are other regions in another universe; the text is decoded again when it changes."""
    path = tmp_path / "mine.bed"
    path.write_bytes(b"chr1\t10\t20\nchr2\t5\t9\n")
    box.fill("1 7")
    settle(app, "Read as ids: 2 tokens.")
    app.open_universe(path).page.get_by_role("radio", name=re.compile("mine.bed")).wait_for()
    settle(app, "Read as ids: 2 tokens.")
    app.page.get_by_role("table", name="Regions of the ids").get_by_text("chr2").wait_for()
    assert [row[:3] for row in rows(app)] == [["1", "1", "chr2"], ["2", "7", "special token bos"]]


RESTART = """async () => {
  const {state, update} = await import(document.querySelector("script[src$='app.js']").src);
  const ready = state.peek().universe;
  const frame = () => new Promise(requestAnimationFrame);
  update({universe: {id: ready.id, state: "loading", summary: null, error: null, progress: null, attempt: null}});
  for (let at = 0; at < 5; at += 1) await frame();
  update({universe: ready});
}"""


def test_the_page_stays_while_the_engine_starts_anew(app, box):
    """An idle engine gives its memory back and opens the universe again: the regions, their page and the focus stay."""
    box.fill(" ".join(str(at) for at in range(500)))
    settle(app, "Read as ids: 500 tokens.")
    app.page.get_by_role("navigation", name="Pages of regions").get_by_role("button", name="Last").click()
    last = app.page.locator("[aria-label='Regions of the ids'] .cell-line").get_by_text("500", exact=True)
    last.wait_for()
    app.page.evaluate(RESTART)
    settle(app, "Read as ids: 500 tokens.")
    app.drawn()
    assert last.is_visible()
    assert app.page.get_by_label("Page, of 5").input_value() == "5"
    assert app.page.locator("nav.pages :focus").count() == 1


def test_the_tokens_of_a_file_come_back_as_its_regions(app):
    """The first ids of a result are put into the box and give the universe regions that the file hit."""
    app.drop(peaks_bed=REGIONS).done("peaks.bed").look("Tokens")
    app.page.get_by_role("button", name="Decode the first ids back to regions").click()
    settle(app, "Read as ids: 3 tokens.")
    assert app.page.get_by_label("Ids or token texts").input_value() == "20723 20724 20724"
    assert rows(app) == [[f"{at + 1}", str(token), *region(token)] for at, token in enumerate((20723, 20724, 20724))]
    app.page.get_by_label("Ids or token texts").fill("")


def test_regions_are_copied_and_saved(app, box):
    """The regions are copied as a table and as BED, and saved as BED; special tokens have no line in BED."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.fill("20723 289061 7")
    settle(app, "Read as ids: 3 tokens.")
    regions = native.default_universe().regions
    places = [(regions.name_of(token), regions.starts[token], regions.ends[token], token) for token in (20723, 7)]
    app.page.get_by_role("button", name="Copy as a table").click()
    app.page.locator("#say").get_by_text("Copied").wait_for()
    lines = app.page.evaluate("navigator.clipboard.readText()").splitlines()
    table = [f"{token}\t{chrom}\t{start}\t{end}" for chrom, start, end, token in places]
    assert lines == ["id\tchrom\tstart\tend", table[0], "289061\t\t\t", table[1]]
    bed = "".join(f"{c}\t{s}\t{e}\t{token}\t{c}:{s}-{e}\n" for c, s, e, token in places)
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save as .bed").click()
    saved = waiting.value.path().read_text()
    assert saved == bed
    app.page.get_by_role("button", name="Copy as BED").click()
    app.until(lambda: app.page.evaluate("navigator.clipboard.readText()") == bed)


def test_what_is_asked_of_an_engine_that_starts_anew_waits_for_its_universe(app, box):
    """An idle engine may give its memory back at any moment; what is pressed then is done, a little later."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.fill("20723 7")
    settle(app, "Read as ids: 2 tokens.")
    app.expected.append("worn out")
    (engine,) = app.page.workers
    engine.evaluate("setTimeout(() => { throw new Error('worn out'); })")
    app.page.get_by_role("definition").filter(has_text="ids").wait_for(state="detached")
    app.page.get_by_role("button", name="Copy as BED").click()
    app.until(lambda: app.page.evaluate("navigator.clipboard.readText()").count("\n") == 2)
    app.awake()


def test_many_ids_by_pages(app, box):
    """A hundred thousand ids are decoded without a long task and shown by pages; the field shows their beginning."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.page.evaluate("text => navigator.clipboard.writeText(text)", " ".join(str(at) for at in range(100_000)))
    box.focus()
    app.page.keyboard.press("Control+V")
    app.page.get_by_text("588,889 characters; the first 2,000 are shown.").wait_for()
    settle(app, "Read as ids: 100,000 tokens.")
    pages = app.page.get_by_role("navigation", name="Pages of regions")
    pages.get_by_role("button", name="Last").click()
    app.page.get_by_role("table", name="Regions of the ids").get_by_text("100,000", exact=True).wait_for()
    assert rows(app)[-1] == ["100,000", "99999", *region(99_999)]
    app.page.get_by_role("button", name="Clear").click()
    assert box.input_value() == ""
    assert box.is_editable()


def test_axe_finds_nothing(app, box):
    """No violation of WCAG 2.2 AA with unknown words marked."""
    box.fill("20723 banana <unk>")
    settle(app, "Read as ids: 2 tokens, 1 unknown.")
    with app.unwatched():
        assert violations(app.page) == []


def test_without_a_token_there_is_nothing_to_decode(app):
    """The way back is offered once a file has a token, wherever the first one stands."""
    way = app.page.get_by_role("button", name="Decode the first ids back to regions")
    misses = b"chr1\t5\t9\n" * 400
    app.drop(none_bed=misses).done("none.bed")
    app.page.get_by_role("listbox", name="Tokens of none.bed").get_by_role("option").first.wait_for()
    assert way.is_disabled()
    app.drop(late_bed=misses + b"chr1\t203327425\t203327695\n").done("late.bed").select("late.bed")
    app.page.get_by_role("listbox", name="Tokens of late.bed").get_by_role("option").first.wait_for()
    way.click()
    settle(app, "Read as ids: 2 tokens.")
    assert app.page.get_by_label("Ids or token texts").input_value() == "20723 20724"
    app.page.get_by_label("Ids or token texts").fill("")
