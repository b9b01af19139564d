"""What goes in, and the frame around it: sample, folders, pasted text, universes, rules, files, theme, About."""

import re
import threading
import time

import pytest

from web import native
from web.app import SCREEN, App
from web.host import Host

REGIONS = b"chr1\t203327425\t203327695\nchr1\t203327814\t203328084\nchr1\t203328829\t203329099\n"
IDS = ["20723 20724", "20724", "no token"]
APPEARED = """() => new Promise((resolve) => {
  const look = () => document.querySelector(".result .figure dd")?.innerText.includes("44,722")
    && resolve(performance.now());
  new MutationObserver(look).observe(document, {childList: true, subtree: true, characterData: true});
})"""
STATE = "async () => (await import(document.querySelector('script[src$=\"app.js\"]').src))"


def ids_in(table):
    return [" ".join(row[-1].split()) for row in table]


def state_of(app, field):
    return app.page.evaluate(f"async () => (await ({STATE})()).state.peek().{field}")


def put_question(app, answers):
    app.page.evaluate(f"async () => (await ({STATE})()).putQuestion({{text: 'Sure?', {answers}}})")


# ---------------------------------------------------------------- the first screen


@pytest.fixture
def held(dist):
    """A server that never answers a request for a file of the engine."""
    host = Host(dist).start()
    made, over = host.server.RequestHandlerClass, threading.Event()

    class Held(made.func):
        def do_GET(self):  # noqa: N802  # the name is http.server's
            if self.path.startswith("/e/"):
                over.wait()
            else:
                super().do_GET()

    host.server.RequestHandlerClass = lambda *args: Held(*args, **made.keywords)
    yield host
    over.set()
    host.stop()


def contention():
    """Tell how much longer than alone a process takes here now."""
    began, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.1:
        pass
    return (time.perf_counter() - began) / 0.1


def test_sample_is_visible_before_python(browser, held, record_property):
    """With the engine held back the page shows the sample's result within half a second of a quiet machine."""
    seen = []
    for _ in range(3):  # the quickest one counts
        app = App(browser.new_context(viewport=SCREEN, service_workers="block"), held.url)
        app.expected.append("Service Worker registration blocked")
        app.page.add_init_script(f"window.appeared = ({APPEARED})()")
        before = contention()
        app.page.goto(app.url, wait_until="commit")
        seen.append(app.page.evaluate("window.appeared") / max(before, contention()))
        assert app.page.get_by_role("heading", name="Tokens of hg38-ctcf.bed.gz").is_visible()
        app.drop(peaks_bed=REGIONS)
        app.row("peaks.bed").get_by_text(re.compile("^queued, engine")).wait_for()
        app.page.get_by_role("radio", name="Dark").check()
        assert app.troubles() == []
        app.close()
    record_property("milliseconds", [round(each) for each in seen])
    assert min(seen) < 500


def test_sample_runs_here(app):
    """One press runs the sample's file itself; its figures are the ones that were shown."""
    shown = app.figures()
    app.page.get_by_role("button", name="Run it here").click()
    app.done(native.SAMPLE.name)
    app.page.get_by_text("computed when this page was built").wait_for(state="detached")
    assert app.figures() == shown


# ---------------------------------------------------------------- ways in


@pytest.fixture
def folder(tmp_path):
    """A folder of regions and other things, with a hidden file and a hidden folder."""
    inner = tmp_path / "study" / "peaks"
    (inner / ".git").mkdir(parents=True)
    for name in (
        "b.bed",
        "a.narrowPeak",
        ".hidden.bed",
        ".git/x.bed",
        "reads.bam",
        "reads2.bam",
        "notes.md",
        "Makefile",
    ):
        (inner / name).write_bytes(REGIONS)
    return tmp_path / "study"


def check_folder(app):
    app.done("a.narrowPeak").done("b.bed").drawn()
    assert app.page.get_by_role("table", name="Files").locator(".file-called").all_inner_texts() == [
        "study/peaks/a.narrowPeak",
        "study/peaks/b.bed same content as #1",
    ]
    told = app.page.locator(".left-out p").first.inner_text()
    assert re.fullmatch(r"Left out.*: 2 \.bam, 1 \.md, 1 without a suffix, [12] hidden\.", told)


def test_folder_is_chosen(app, folder):
    """Of a chosen folder the regions are taken in order of their paths; the rest is counted by kind, hidden too."""
    app.page.get_by_label("Choose a folder").set_input_files(str(folder))
    check_folder(app)
    app.page.get_by_role("button", name="Read these 4 files anyway").click()
    app.done("reads2.bam")
    assert app.page.locator(".left-out").count() == 0


def test_folder_is_dropped(app, folder):
    """A folder that the browser itself drops is walked the same way."""
    check_folder(app.drag(folder, to=(700, 400)))


def test_folder_among_many_files_is_dropped(app, folder, tmp_path):
    """Of many things dropped at once those named as regions are taken for files, the others are asked; none is lost."""
    loose = [tmp_path / f"f{at:02}.bed" for at in range(60)]
    for path in loose:
        path.write_bytes(REGIONS)
    app.drag(*loose, folder).through(62)
    app.until(lambda: len(app.names()) == 62)
    assert app.names() == [path.name for path in loose] + ["study/peaks/a.narrowPeak", "study/peaks/b.bed"]
    assert app.page.locator(".left-out p").first.inner_text().startswith("Left out")


@pytest.mark.parametrize(
    "text", [REGIONS.decode(), "chr1:203,327,425-203,327,695\nchr1:203327814-203328084\nchr1:203328829-203329099"]
)
def test_text_is_pasted(app, text):
    """Pasted BED lines and positions are tokenized by keys alone; the focus goes back to where it was."""
    app.page.get_by_role("button", name="Paste text").press("Enter")
    field = app.page.get_by_role("textbox", name="Regions, one a line")
    field.fill(text)
    field.press("Control+Enter")
    assert app.page.evaluate("document.activeElement.innerText") == "Paste text"
    app.done("pasted.bed")
    assert ids_in(app.table()) == IDS


def test_examples_of_pasted_text_are_good(app):
    """Both examples of the form give tokens."""
    for name in ("BED lines", "positions"):
        app.page.get_by_role("button", name="Paste text").click()
        app.page.get_by_role("button", name="Tokenize", exact=True).click()
        app.page.get_by_role("alert").get_by_text("nothing to tokenize").wait_for()
        app.page.get_by_role("button", name=name, exact=True).click()
        app.page.get_by_role("button", name="Tokenize", exact=True).click()
    app.page.get_by_text("2 of 2 files through").wait_for()
    app.drawn()
    assert app.page.get_by_role("table", name="Files").locator(".file-tokens").all_inner_texts()[1:] == ["3", "2"]


def test_sample_of_another_assembly_brings_its_universe(app):
    """A sample of hg19 switches the universe to hg19 in the same click; the way back is as short."""
    app.page.get_by_role("button", name=re.compile("^Try CTCF peaks, skin")).click()
    app.done("hg19-ctcf-skin.bed.gz")
    assert app.page.get_by_role("radio", name=re.compile("Blood ATAC")).is_checked()
    assert int(app.listed("hg19-ctcf")["Tokens"].replace(",", "")) > 5_000
    app.page.get_by_role("button", name=re.compile("^Try ZNF263 peaks, switching to the hg38 universe")).click()
    app.done("hg38-znf263.bed.gz")
    assert app.page.get_by_role("radio", name=re.compile("Ensembl")).is_checked()


# ---------------------------------------------------------------- universe and rules


def test_question_takes_and_returns_the_focus(app):
    """A question is asked in the page's flow, takes the focus, and gives it back; Escape says no."""
    for key, said in (("Escape", "no"), ("Enter", "yes")):
        app.page.get_by_role("button", name="Paste text").focus()
        put_question(app, "yes: ['Do it', () => (window.said = 'yes')], no: ['Leave it', () => (window.said = 'no')]")
        asked = app.page.get_by_role("group", name="Sure?")
        asked.wait_for()
        assert asked.evaluate("box => box === document.activeElement")
        if key == "Enter":
            app.page.keyboard.press("Tab")
        app.page.keyboard.press(key)
        asked.wait_for(state="detached")
        assert app.page.evaluate("window.said") == said
        assert app.page.evaluate("document.activeElement.innerText") == "Paste text"


def test_rules_say_what_they_are_and_go_back(app):
    """Each rule names its default and says one sentence; changed ones are marked, put back singly or at once."""
    rules = app.rules().page.locator(".rule")
    assert rules.count() == 6
    for text in rules.all_inner_texts():
        assert "(default)" in text
        assert len(text.splitlines()[-1]) > 10
    app.page.get_by_label("Order of the tokens").select_option("by chromosome and start")
    app.page.get_by_label("Search for overlaps").select_option("AIList")
    assert (
        app.page.locator(".rules-now").inner_text().startswith("2 changed: Order of the tokens by chromosome and start")
    )
    app.page.get_by_role("button", name="Reset Search for overlaps").click()
    assert app.page.locator(".rules-now").inner_text().startswith("1 changed")
    app.page.get_by_role("button", name="Reset all rules").click()
    app.page.get_by_text("6 rules, all at their defaults").wait_for()


def test_names_can_be_matched_for_every_file(app):
    """By rule, names are matched to the universe for every file; the row says that they were."""
    app.drop(ensembl_bed=REGIONS.replace(b"chr", b"")).done("ensembl.bed")
    assert app.listed("ensembl.bed")["Hit"] == "0 %"
    app.rules().page.get_by_label("Chromosome names").select_option("are matched to the universe")
    app.row("ensembl.bed").get_by_text("renamed").wait_for()
    assert app.listed("ensembl.bed")["Hit"] == "66.7 %"
    app.page.get_by_role("button", name="Reset Chromosome names").click()
    app.row("ensembl.bed").get_by_text("renamed").wait_for(state="detached")


# ---------------------------------------------------------------- the list of files


def test_files_are_sorted_and_counted(app):
    """Columns sort both ways and back; files without a result come last; totals add up."""
    lines = REGIONS.splitlines(keepends=True)
    files = {"b.bed": lines[:1], "c.bed": lines * 2, "a.bed": [b"chr1\tx\t2\n"], "d.bed": lines[2:]}
    app.drop_named({name: b"".join(content) for name, content in files.items()}).done("d.bed")
    app.failed("a.bed")
    names = app.page.get_by_role("table", name="Files").locator(".file-called")
    app.drawn()
    assert names.all_inner_texts() == ["b.bed", "c.bed", "a.bed", "d.bed"]
    header = app.page.get_by_role("table", name="Files").get_by_role("columnheader", name="Tokens")
    for order, expected in (
        ("ascending", ["d.bed", "b.bed", "c.bed", "a.bed"]),
        ("descending", ["c.bed", "b.bed", "d.bed", "a.bed"]),
        ("none", ["b.bed", "c.bed", "a.bed", "d.bed"]),
    ):
        header.get_by_role("button").click()
        app.drawn()
        assert header.get_attribute("aria-sort") == order
        assert names.all_inner_texts() == expected
    assert app.page.locator(".totals").inner_text().splitlines()[:2] == [
        "4 of 4 files through, 1 failed",
        "8 regions, 8 tokens",
    ]
    listed = app.listed("c.bed")
    assert {
        name: listed[name] for name in ("Name", "Size", "State", "Regions", "Skipped", "Hit", "Tokens", "Distinct")
    } == {
        "Name": "2\nc.bed",
        "Size": "150 B",
        "State": "done",
        "Regions": "6",
        "Skipped": "0",
        "Hit": "66.7 %",
        "Tokens": "6",
        "Distinct": "2",
    }


def test_files_are_ticked(app):
    """Boxes tick files singly and all together; the box of all shows when only some are."""
    app.drop(a_bed=REGIONS, b_bed=REGIONS[:27], c_bed=REGIONS[27:]).done("c.bed")
    every = app.page.get_by_role("checkbox", name="Tick all files")
    app.page.get_by_role("checkbox", name="Tick b.bed").check()
    assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    assert state_of(app, "picked.length") == 1
    every.check()
    assert state_of(app, "picked") == state_of(app, "files.map(({id}) => id)")
    app.page.get_by_role("button", name="Remove b.bed").click()
    assert state_of(app, "picked.length") == 2
    every.uncheck()
    assert state_of(app, "picked") == []


def test_rows_out_of_sight_are_not_laid_out(app):
    """Of hundreds of rows only those in sight are laid out; the others are there for keys and search all the same."""
    app.drop_named({f"f{at:03}.bed": REGIONS[:27] for at in range(200)})
    app.through(200)
    rows = app.page.get_by_role("table", name="Files").get_by_role("rowgroup")
    with app.unwatched():  # looking at every row is work that the page itself never does
        rows.nth(200).wait_for()
        drawn = app.page.locator(".file-row").evaluate_all(
            "rows => rows.filter(row => row.checkVisibility({contentVisibilityAuto: true})).length"
        )
        last = app.page.get_by_role("checkbox", name="Tick f199.bed")
        last.focus()
        assert last.is_visible()
    assert 5 < drawn < 60


# ---------------------------------------------------------------- the frame


def test_theme_holds_over_a_reload(fresh):
    """The theme follows the system until the user chooses; it is there before the first paint; paper is light."""
    app = fresh.ready()
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = app.page.evaluate(background)
    app.page.emulate_media(color_scheme="dark")
    dark = app.page.evaluate(background)
    assert dark != light
    app.page.get_by_role("radio", name="Light").check()
    assert app.page.evaluate(background) == light
    app.page.emulate_media(color_scheme="light")
    app.page.get_by_role("radio", name="Dark").check()
    app.page.add_init_script(f"""new MutationObserver((_, watch) => document.body && (watch.disconnect(),
        requestAnimationFrame(() => window.first = {background})))
        .observe(document, {{childList: true, subtree: true}})""")
    app.page.reload()
    app.ready()
    assert app.page.evaluate("[window.first, " + background + "]") == [dark, dark]
    app.page.emulate_media(media="print")
    assert app.page.evaluate(background) == light
    app.page.emulate_media(media="screen")
    app.page.get_by_role("radio", name="As the system").check()
    assert app.page.evaluate("localStorage.length") == 0


def test_requests_are_counted(browser, site):
    """The privacy line counts what page and worker asked for: each file once, and no more than the browser saw."""
    app = App(browser.new_context(service_workers="block"), site).open().ready()
    app.page.get_by_role("figure", name="Overlap").or_(app.page.get_by_text("Ids to regions")).first.wait_for()
    line = app.page.locator("#privacy").inner_text()
    made = [url for url in app.requests if url.startswith("http")]
    said = re.fullmatch(r"Files stay in this tab\. (\d+) requests so far, all to this site\.", line)
    assert len(set(made)) <= int(said[1]) <= len(made)
    app.close()


def test_about_proves_and_credits(app):
    """About hashes the wheel again, names every part, and says what memory the engine holds."""
    app.page.get_by_text("About this page").click()
    app.page.get_by_role("button", name="Verify").click()
    app.page.get_by_text("Verified: the wheel's SHA-256").wait_for()
    about = app.page.locator(".about").inner_text()
    for part in (
        "preact",
        "htm",
        "@preact/signals",
        "Pyodide",
        "CPython",
        "NumPy",
        "Ensembl Regulatory Build, hg38",
        "H3K4me3 peaks, H1, hg19",
    ):
        assert part in about
    assert re.search(r"The engine holds \d+(\.\d)? MB of memory", about)
    app.page.get_by_text("About this page").click()


def test_strip_says_what_runs(app):
    """The strip names Python, genotok and the workers."""
    strip = app.page.get_by_role("status", name="Engine").inner_text()
    assert re.fullmatch(r"Ready \(Python 3\.\d+, genotok \d+\.\d+\.\d+, 1 worker\)", strip)
