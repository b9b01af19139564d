"""Tokens as chips: in the order of the file, grouped by region, named, walked by keys, as many as there are."""

import re

import pytest

from genotok import read_bed
from web import native
from web.audit import violations

REGIONS = b"chr1\t203327425\t203327695\nchr1\t203327814\t203328084\nchr1\t203328829\t203329099\n"
FACES = ["20723 chr1", "20724 chr1", "20724 chr1", "no token 28 bp"]  # as the figure at the top of the page shows them
MOST = 3000  # chips that may be mounted


@pytest.fixture
def peaks(app):
    app.drop(peaks_bed=REGIONS).done("peaks.bed").look("Tokens")
    app.page.get_by_role("group", name="Show tokens as").get_by_role("button", name="Ids").click()
    app.chip("20723").wait_for()
    return app


def faces(app):
    chips = app.page.get_by_role("listbox", name="Tokens of").locator(".chip:not([hidden])")
    return [" ".join(text.split()) for text in chips.all_inner_texts()]


def test_chips_stand_in_the_order_of_the_file(peaks):
    """Each token is a chip, a region without one leaves a gap, chips of one region are joined."""
    assert faces(peaks) == FACES
    classes = peaks.page.locator(".chip:not([hidden])").evaluate_all("chips => chips.map(chip => chip.className)")
    assert ["chip-joined" in name for name in classes] == [True, False, False, False]
    assert ["chip-joins" in name for name in classes] == [False, True, False, False]
    assert "chip-miss" in classes[3]
    assert peaks.page.locator(".chip-miss").evaluate("chip => getComputedStyle(chip).borderTopStyle") == "dashed"


def test_chips_are_named_and_counted(peaks):
    """A chip's name tells id and region, a gap's name the nearest region; each knows its place among all."""
    options = peaks.page.get_by_role("listbox").get_by_role("option")
    names = [options.nth(at).get_attribute("aria-label") for at in range(4)]
    universe = native.default_universe().regions
    assert names[0] == f"20723 chr1:{universe.starts[20723]:,}-{universe.ends[20723]:,}"
    assert names[3] == f"no token 28 bp to chr1:{universe.starts[20725]:,}-{universe.ends[20725]:,}"
    chip = peaks.chip("20723")
    assert [chip.get_attribute(f"aria-{name}") for name in ("posinset", "setsize")] == ["1", "4"]


def test_regions_and_both_can_be_shown(peaks):
    """Chips show the id, the region, or both; the choice holds for the next file."""
    show = peaks.page.get_by_role("group", name="Show tokens as")
    universe = native.default_universe().regions
    place = f"chr1:{universe.starts[20723]:,}-{universe.ends[20723]:,}"
    show.get_by_role("button", name="Regions").click()
    peaks.page.get_by_text(place, exact=True).first.wait_for()
    assert faces(peaks)[0] == place
    show.get_by_role("button", name="Both").click()
    peaks.page.locator(".chip-label").get_by_text(place).wait_for()
    peaks.drop(more_bed=REGIONS).done("more.bed").select("more.bed")
    peaks.page.get_by_role("listbox", name="Tokens of more.bed").locator(".chip-label").get_by_text(place).wait_for()
    assert faces(peaks)[0] == f"20723 {place}"


def test_a_chip_tells_what_is_known_of_it(peaks):
    """Region, class, input region, line, shared bases and occurrences stand in the panel; they can be copied."""
    peaks.context.grant_permissions(["clipboard-read", "clipboard-write"])
    peaks.chip("20724").first.click()
    panel = peaks.page.get_by_role("region", name="Chosen token")
    panel.get_by_text("chr1:203,327,425-203,327,695").wait_for()
    panel.get_by_text("promoter").wait_for()
    facts = dict(zip(panel.locator("dt").all_inner_texts(), panel.locator("dd").all_inner_texts(), strict=True))
    universe = native.default_universe().regions
    shared = min(203327695, universe.ends[20724]) - max(203327425, universe.starts[20724])
    assert facts["Universe region"] == f"chr1:{universe.starts[20724]:,}-{universe.ends[20724]:,}"
    assert facts["Shared"] == f"{shared} bases"
    assert [facts[name] for name in ("Line", "In this file")] == ["1", "2 times"]
    panel.get_by_role("button", name="Copy").click()
    peaks.page.locator("#say").get_by_text("Copied").wait_for()
    copied = peaks.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "Id\t20724"
    assert f"Shared\t{shared} bases" in copied.splitlines()


def test_pointing_shows_and_leaving_goes_back(peaks):
    """The chip below the pointer is told of as long as the pointer is there; then it is the chosen one again."""
    peaks.chip("20723").click()
    title = peaks.page.get_by_role("region", name="Chosen token").get_by_role("heading")
    title.get_by_text("20723").wait_for()
    peaks.page.locator(".chip-miss").hover()
    title.get_by_text("No token").wait_for()
    peaks.page.mouse.move(5, 5)
    title.get_by_text("20723").wait_for()


def test_keys_walk_the_chips(peaks):
    """The chips are one stop; arrows walk, Enter goes to what is known, Escape comes back."""
    peaks.page.get_by_role("button", name="Go", exact=True).focus()
    focused = "document.activeElement.getAttribute('aria-posinset')"
    peaks.page.keyboard.press("Tab")
    peaks.page.keyboard.press("ArrowRight")
    walked = [peaks.page.evaluate(focused)]
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home"):
        peaks.page.keyboard.press(key)
        walked.append(peaks.page.evaluate(focused))
    assert walked == ["1", "2", "3", "4", "4", "3", "1"]
    peaks.page.keyboard.press("Enter")
    assert peaks.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Chosen token"
    peaks.page.keyboard.press("Escape")
    assert peaks.page.evaluate(focused) == "1"
    peaks.page.keyboard.press("Shift+Tab")
    assert peaks.page.evaluate("document.activeElement.textContent") == "Go"


def test_special_tokens_are_outlined(peaks):
    """A region that gives the unknown token has a chip with an outline and its role."""
    peaks.rules().page.get_by_label("A region without a hit").select_option("gives the unknown token")
    special = peaks.page.locator(".chip-special")
    special.wait_for()
    assert " ".join(special.inner_text().split()) == "289061 unk"
    assert special.evaluate("chip => getComputedStyle(chip).borderTopColor !== 'rgba(0, 0, 0, 0)'")


def test_the_regions_of_a_token_are_one_step_away(peaks):
    """The panel leads to the table of the regions that have the token."""
    peaks.chip("20724").first.click()
    peaks.page.get_by_role("button", name="Regions with this id").click()
    peaks.page.get_by_role("button", name=re.compile("^id 20,724 .*remove")).wait_for()
    assert [row[0] for row in peaks.table()] == ["1", "2"]


def test_a_place_can_be_gone_to(peaks):
    """A position, a line, an id or the number of a chip leads there; what is nearest is named."""
    place = peaks.page.get_by_role("searchbox", name="Go to")
    for text, position in [("line 2", "3"), ("#4", "4"), ("20724", "1"), ("chr1:203,328,900", "4")]:
        place.fill(text)
        place.press("Enter")
        peaks.page.locator(f".chip[aria-selected=true][aria-posinset='{position}']").wait_for()
    place.fill("chr1:9")
    place.press("Enter")
    peaks.page.get_by_text("nothing there; nearest is chr1:203,327,425-203,327,695").wait_for()
    peaks.page.locator(".chip[aria-selected=true][aria-posinset='1']").wait_for()


@pytest.mark.parametrize("look", ["Tokens", "Table"])
def test_a_place_that_is_not_there_is_told(peaks, look):
    """Numbers begin at one, in the chips and in the table; a chromosome's name is told as the file writes it."""
    peaks.look(look)
    place = peaks.page.get_by_role("searchbox", name="Go to")
    words = "4 chips, from #1 to #4" if look == "Tokens" else "3 rows, from #1 to #3"
    for text, note in [
        ("#0", f"there are {words}"),
        ("CHR1:203327425", "no row on CHR1; this file says chr1"),
        ("#5", f"there are {words}"),
    ]:
        place.fill(text)
        place.press("Enter")
        peaks.page.locator(".find-note").get_by_text(note, exact=True).wait_for()
        assert peaks.page.locator(".chip[aria-selected=true], .grid .marked").count() == 0
    place.fill("#2")
    place.press("Enter")
    peaks.page.locator(".chip[aria-selected=true][aria-posinset='2'], .grid .marked[aria-rowindex='3']").wait_for()


HOLD = """async () => {
  const { intents } = await import(document.querySelector("script[src$='app.js']").src);
  const find = intents.find;
  const asked = new Promise((resolve) => (window.release = resolve));
  const told = () => setTimeout(() => document.body.classList.add("found"));
  intents.find = (...about) => asked.then(() => find(...about)).finally(told);
}"""


def test_an_answer_that_comes_when_the_chips_have_gone_is_dropped(peaks):
    """Who looks a place up and goes on to the table at once sees the table, and no error."""
    peaks.page.evaluate(HOLD)
    place = peaks.page.get_by_role("searchbox", name="Go to")
    place.fill("line 2")
    place.press("Enter")
    peaks.look("Table").page.get_by_role("table", name="Tokens of").wait_for()
    peaks.page.evaluate("release()")
    peaks.page.locator("body.found").wait_for()


def test_a_million_chips(app, million):
    """Of a million tokens few are mounted, any is reached at once, and the page stays awake while they pass by."""
    app.pick(million).done("million.bed").look("Tokens")
    app.page.locator(".chip-token").first.wait_for()
    total = int(app.page.locator(".chip").first.get_attribute("aria-setsize"))
    assert total > 1_000_000
    app.page.locator(".chip").first.click()
    app.page.keyboard.press("End")
    app.page.locator(f".chip[aria-posinset='{total}'][aria-selected=true]:not(.chip-waits)").wait_for()
    app.page.get_by_role("searchbox", name="Go to").fill("#500,000")
    app.page.keyboard.press("Enter")
    app.page.locator(".chip[aria-posinset='500000'][aria-selected=true]:not(.chip-waits)").wait_for()
    app.page.locator(".chips-frame").hover()
    for _ in range(20):
        app.page.mouse.wheel(0, 4000)
        app.page.wait_for_timeout(30)
    app.page.locator(".chip-waits:not([hidden])").first.wait_for(state="detached")
    assert app.page.locator(".chip").count() <= MOST
    app.page.locator(".chips-frame").evaluate("frame => frame.scrollTop = frame.scrollHeight / 3")
    first = app.page.locator(".chip").first
    app.until(lambda: abs(int(first.get_attribute("aria-posinset")) / total - 1 / 3) < 0.01)
    app.page.locator(".chip-waits:not([hidden])").first.wait_for(state="detached")


def test_the_sample_is_looked_at_before_it_runs(app):
    """Without any file the first tokens of the sample are there, as chips and as rows; running it gives all of them."""
    app.look("Tokens")
    app.page.get_by_text("Sample, computed when this page was built").wait_for()
    app.page.locator(".chip-token").first.wait_for()
    assert app.page.locator(".chip").first.get_attribute("aria-setsize") == "300"
    rows = native.default_tokenizer().encode_rows(read_bed(native.SAMPLE))
    expected = [str(each) for each in rows.ids[:10]]
    tokens = app.page.locator(".chip-token .chip-words").all_inner_texts()
    assert tokens[:10] == expected
    app.chip(expected[0]).click()
    app.page.get_by_role("region", name="Chosen token").get_by_text("promoter").wait_for()
    app.look("Table").page.get_by_role("button", name="Start", exact=True).click()
    app.page.get_by_text("The sample is sorted and filtered once it runs here.").wait_for()
    app.page.get_by_role("button", name="Run it here").click()
    app.done(native.SAMPLE.name)
    app.page.locator(".grid th[aria-sort=ascending]").wait_for()
    assert app.page.get_by_role("table", name="Tokens of").get_attribute("aria-rowcount") == "44723"


@pytest.mark.parametrize("width", [760, 1280])
def test_what_is_told_of_a_chip_covers_none(app, width):
    """The panel stands beside the chips and never over them, wherever the page is scrolled to."""
    app.page.set_viewport_size({"width": width, "height": 500})
    app.pick(native.SAMPLE).done(native.SAMPLE.name)
    app.page.get_by_role("button", name="Run it here").wait_for(state="detached")  # of the same name
    app.look("Tokens").page.locator(".chip-token").first.click()
    panel = app.page.get_by_role("region", name="Chosen token")
    panel.get_by_text("In this file").wait_for()
    chips = app.page.get_by_role("listbox", name="Tokens of")
    for far in (0, 200, 450):
        chips.evaluate("(chips, far) => scrollTo(0, scrollY + chips.getBoundingClientRect().top - 400 + far)", far)
        left, right = chips.bounding_box(), panel.bounding_box()
        assert left["x"] + left["width"] <= right["x"]
        assert right["x"] + right["width"] <= width


def test_phones_have_a_sheet(peaks):
    """On a small screen the panel lies at the lower edge once a chip is touched, leaves it in view, and closes."""
    peaks.page.set_viewport_size({"width": 390, "height": 700})
    chip = peaks.page.locator(".chip-miss")
    chip.click()
    panel = peaks.page.get_by_role("region", name="Chosen token")
    panel.get_by_text("28 bp").wait_for()
    sheet, touched = panel.bounding_box(), chip.bounding_box()
    assert sheet["y"] + sheet["height"] == pytest.approx(700, abs=1)
    assert touched["y"] + touched["height"] <= sheet["y"]
    panel.get_by_role("button", name="Close").click()
    assert chip.evaluate("chip => chip === document.activeElement")
    assert panel.get_by_role("button", name="Close").count() == 0
    assert peaks.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_names_that_hide_stay_text(app, tmp_path):
    """Chromosome names are data: markup stays text, direction signs are shown, long names are cut."""
    name = "<b>\u202e" + "x" * 300
    path = tmp_path / "mine.bed"
    path.write_text(f"{name}\t10\t20\n", encoding="utf-8")
    app.open_universe(path).page.get_by_role("radio", name="mine.bed 1 region").wait_for()
    app.drop_named({"q.bed": f"{name}\t12\t13\n".encode()}).done("q.bed").look("Tokens")
    app.page.locator(".chip-token").wait_for()
    assert app.page.locator(".chip-label").first.inner_text().startswith("<b>\\u202e")
    assert app.page.locator("main b").count() == 0
    assert app.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_axe_finds_nothing(peaks):
    """No violation of WCAG 2.2 AA with a chip chosen, in any colours."""
    peaks.chip("20724").first.click()
    peaks.page.get_by_text("promoter").wait_for()
    with peaks.unwatched():
        assert violations(peaks.page) == []
