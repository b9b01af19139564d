"""The core tour otherwise: with keys alone, at 400 %, without motion, on paper, by ear, on a plain host."""

import pytest

from web import native
from web.app import App
from web.conftest import lent
from web.keys import Keys
from web.scenes import MIXED, SCENES, sample

REGIONS = b"chr1\t203327425\t203327695\nchr1\t1\t2\n"
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %, as WCAG 1.4.10 means it
VIEWS = [
    "start", "token", "filtered-table", "genome", "plots-as-tables", "compare", "likeness", "universes", "decode",
    "report", "failed", "rules", "save-together", "about", "motifs",
]  # fmt: skip
MOST = 120  # stops of the tab key in one view
HEAR = """() => {
  window.heard = [];
  const hear = () => heard.push(document.getElementById("say").textContent);
  window.ear = new MutationObserver(hear);
  ear.observe(document.getElementById("say"), {childList: true, characterData: true, subtree: true});
}"""
MOVING = """document.getAnimations().map(({effect}) => effect.getComputedTiming().activeDuration)
  .filter((ms) => ms > 10)"""
LONGEST_MOVE = """() => {
  const times = (each) => ["transitionDuration", "animationDuration"].map((name) => getComputedStyle(each)[name]);
  return Math.max(...[...document.querySelectorAll("*")].flatMap(times).join().split(",").map(parseFloat));
}"""
CONTROLS = "button:not(.file-open, .sort), input, select, [role=tab], [role=slider]"


@pytest.fixture
def keys(app):
    return Keys(app.page)


def test_core_tour_by_keys(fresh, tmp_path):
    """From the first press of Tab to the saved file no hand leaves the keyboard, and no stop is out of sight."""
    keys = Keys(fresh.ready().page)
    assert keys.press("Tab").here() == 'link "Skip to the files":'
    keys.tab_to('tab "Intervals"')
    keys.tab_to('radio "Ensembl')
    keys.press("ArrowDown")
    assert keys.here().startswith('radio "Blood ATAC')
    keys.press("ArrowUp")
    assert keys.here().startswith('radio "Ensembl')
    fresh.awake()
    keys.tab_to('button "Choose BED files"')
    keys.tab_to('button "Paste text"')
    keys.press("Enter").write(REGIONS.decode().replace("\t", " ")).press("Control+Enter")
    fresh.done("pasted.bed")
    assert keys.here() == 'button "Paste text"'
    stops = keys.tab_to('tab "Tokens"')
    assert 'button "pasted.bed"' in stops
    keys.tab_to('listbox "Tokens of pasted.bed"')
    keys.press("ArrowRight", "ArrowRight")
    assert keys.here().startswith('option "20724 ')
    keys.press("Enter").press("Escape")
    assert keys.here().startswith('option "20724')
    keys.tab_to('tab "Tokens"', "Shift+Tab")
    keys.press("ArrowRight")
    fresh.page.locator(".grid tbody tr").first.wait_for()
    keys.tab_to('button "Without a token 1"')
    keys.press("Enter")
    fresh.page.locator(".grid .id").first.wait_for(state="detached")
    fresh.page.get_by_role("table", name="Tokens of").get_by_text("no token").wait_for()
    keys.tab_to('tab "Table"', "Shift+Tab")
    keys.tab_to('radio ".gtok')
    keys.tab_to('button "Save"')
    with fresh.page.expect_download() as waiting:
        keys.press("Enter")
    source = tmp_path / "pasted.bed"
    source.write_bytes(REGIONS)
    expected = native.run_cli(native.universe_file(tmp_path), source, tmp_path / "cli.gtok")
    assert waiting.value.path().read_bytes() == expected
    assert keys.here() == 'button "Save"'


@pytest.mark.parametrize("colours", ["none", "active"])
def test_focus_can_be_seen(app, keys, colours):
    """Every kind of control looks unlike itself when it has the focus, in forced colours too, and nothing covers it."""
    app.page.emulate_media(forced_colors=colours)
    app.drop(peaks_bed=REGIONS, mixed_bed=MIXED).done("peaks.bed").failed("mixed.bed")
    app.rules()
    with app.unwatched():
        app.page.get_by_role("link", name="genotok, top of the page").focus()
        kinds, plain, stops = set(), [], 0
        while app.page.evaluate(f"{stops} < {MOST} && document.hasFocus()") and not (stops and at_end(app)):
            keys.press("Tab")
            stops += 1
            assert keys.in_sight(), keys.here()
            kind = app.page.evaluate("`${document.activeElement.tagName} ${document.activeElement.className}`")
            if kind not in kinds and not keys.ringed():
                plain.append(keys.here())
            kinds.add(kind)
    assert plain == []
    assert len(kinds) > 12
    assert stops > 40


def at_end(app: App) -> bool:
    """Whether the focus is on the last stop of the page."""
    return bool(app.page.evaluate("document.activeElement.closest('.about') !== null"))


def pressing(name, **more):
    return lambda app: app.page.get_by_role("button", name=name, **more)


def renaming(app: App) -> None:
    SCENES["renaming"](app)


def changed_rule(app: App) -> None:
    SCENES["rules"](app)


def paged(app: App) -> None:
    sample(app).table()
    app.page.get_by_role("button", name="Plain table by pages").click()


def two_files(app: App) -> None:
    app.drop(one_bed=REGIONS, two_bed=REGIONS * 2).done("one.bed").done("two.bed")


def one_file(app: App) -> None:
    app.drop(one_bed=REGIONS).done("one.bed")


def broken_file(app: App) -> None:
    app.drop(mixed_bed=MIXED).failed("mixed.bed")


@pytest.mark.parametrize(
    ("enter", "name", "heir"),
    [
        (broken_file, "Skip such lines", 'checkbox "Tick mixed.bed"'),
        (two_files, "Remove two.bed", 'button "one.bed"'),
        (two_files, "Remove one.bed", 'checkbox "Tick two.bed"'),
        (one_file, "Remove one.bed", "strong: Drop BED files"),
        (renaming, "Rename and run again", 'text: "Report'),
        (changed_rule, "Reset A region without a hit", 'combobox "A region without a hit"'),
        (changed_rule, "Reset all rules", "combobox"),
        (paged, "Last", 'textbox "Page'),
        (SCENES["start"], "Run it here", 'tab "Tokens"'),
    ],
)
def test_focus_stays_near_a_control_that_goes(app, keys, enter, name, heir):
    """Who presses what then disappears is next to where it was, on nothing that does the same to another."""
    enter(app)
    button = app.page.get_by_role("button", name=name, exact=True)
    button.focus()
    keys.press("Enter")
    app.page.locator(":focus").and_(button).wait_for(state="detached")
    app.page.locator(".file-is-queued, .file-is-reading").first.wait_for(state="detached")
    assert keys.here().startswith(heir)


@pytest.fixture(scope="module")
def small_tabs():
    """A stock of tabs that were opened at that size."""
    tabs = []
    yield tabs
    for tab in tabs:
        tab.context.close()


@pytest.fixture
def small(browser, site, small_tabs):
    with lent(small_tabs, lambda: App(browser.new_context(viewport=ZOOMED), site)) as app:
        yield app


@pytest.mark.parametrize("view", VIEWS)
def test_zoomed_to_400_percent(small, view):
    """At 320 by 256 px no view scrolls sideways, and the tab key comes by everything without losing sight."""
    keys = Keys(small.page)
    SCENES[view](small)
    assert small.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    small.page.get_by_role("link", name="genotok, top of the page").focus()
    for _ in range(MOST):
        keys.press("Tab")
        assert keys.in_sight(), keys.here()
        if at_end(small):
            break
    assert "About this page" in keys.here()


@pytest.mark.parametrize("view", ["start", "token", "failed", "rules"])
def test_nothing_moves_for_those_who_asked(app, view):
    """Without motion wanted, nothing moves for longer than 10 ms, neither now nor when it is pointed at."""
    app.page.emulate_media(reduced_motion="reduce")
    SCENES[view](app)
    app.page.get_by_label("Choose BED files").hover()
    assert app.page.evaluate(MOVING) == []
    with app.unwatched():  # looking at every element is work that the page itself never does
        assert app.page.evaluate(LONGEST_MOVE) <= 0.01
    assert app.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_print_is_the_result_alone(app):
    """On paper stand the universe, the file, its figures and its rows; what can only be pressed does not."""
    sample(app).table()
    app.page.emulate_media(media="print")
    tools = app.page.locator(CONTROLS).filter(visible=True)
    assert tools.evaluate_all("all => all.map((each) => each.outerHTML)") == []
    text = app.page.locator("main").inner_text()
    for words in ("Ensembl Regulatory Build", "ed17e98f", native.SAMPLE.name, "44,722", "distinct ids", "chr1"):
        assert words in text
    name = app.row(native.SAMPLE.name).get_by_role("button", name=native.SAMPLE.name, exact=True).bounding_box()
    assert name["height"] < 40  # in one line
    with app.unwatched():
        assert app.page.pdf(format="A4").startswith(b"%PDF")


def test_forced_colours_tell_states_apart(app):
    """What is chosen differs from what is not by more than a colour that the system replaces."""
    app.page.emulate_media(forced_colors="active")
    app.drop(peaks_bed=REGIONS).done("peaks.bed").look("Table")
    look = """each => { const {outline, borderBottom, borderBottomColor, backgroundColor} = getComputedStyle(each);
      return [outline, borderBottom, borderBottomColor, backgroundColor].join() }"""
    for role, chosen, other in [("tab", "Table", "Plots"), ("button", "All regions 2", "With tokens 1")]:
        pair = [app.page.get_by_role(role, name=name, exact=True).evaluate(look) for name in (chosen, other)]
        assert pair[0] != pair[1]


def test_what_became_of_files_is_said(app, million):
    """The live region says what is done, failed and cancelled; a failure is an alert, too."""
    app.page.evaluate(HEAR)

    def said(words: str) -> None:
        app.page.locator("#say").get_by_text(words, exact=True).wait_for()

    app.drop(one_bed=REGIONS, mixed_bed=MIXED)
    said("1 of 2 files done, 1 failed")
    app.row("mixed.bed").get_by_role("alert").wait_for()
    app.pick(million).row(million.name).get_by_role("button", name="Cancel").click()
    said("0 of 1 file done, 1 cancelled")
    app.row(million.name).get_by_role("button", name="Retry").click()
    said("1 of 1 file done")
    heard = app.page.evaluate("ear.disconnect() ?? heard")
    assert len(heard) == len(set(heard))


def test_whole_tour_on_a_plain_host(browser, plain_site):
    """Where no header helps, the page's own policy holds, and a whole tour asks no stranger and breaks no rule."""
    app = App(browser.new_context(viewport={"width": 1280, "height": 900}), plain_site).open().ready()
    for view in ("filtered-table", "genome", "compare", "decode"):
        SCENES[view](app)
        assert app.troubles() == []
        app.clear().ready()
    sample(app).save(".gtok")
    app.save(".parquet")
    app.kept()
    assert app.troubles() == []
    refused = app.page.evaluate("""() => new Promise((refused) => {
      addEventListener("securitypolicyviolation", ({effectiveDirective}) => refused(effectiveDirective));
      document.body.append(Object.assign(new Image(), {src: "http://127.0.0.2/stranger.png"}));
    })""")
    assert refused == "img-src"
    app.close()
