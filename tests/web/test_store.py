"""What this browser keeps between visits: universes, by digest; what is said when it can't."""

import re
from contextlib import contextmanager

import pytest

from web.app import SCREEN, App

MINE = b"chr1\t203327425\t203327695\nchr2\t100\t200\nchr3\t5\t9\n"
UPGRADE = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("genotok", 2);
  request.onsuccess = () => resolve(request.result.version);
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new Error("blocked"));
})"""
SETTINGS = """() => new Promise((resolve) => {
  const request = indexedDB.open("genotok");
  request.onsuccess = () => {
    const count = request.result.transaction("settings").objectStore("settings").count();
    count.onsuccess = () => { request.result.close(); resolve(count.result); };
  };
})"""
CLOSED = """Object.defineProperty(window, "indexedDB", {get() { throw new DOMException("", "SecurityError"); }})"""
QUERY = b"chr2\t150\t160\n"


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.bed"
    path.write_bytes(MINE)
    return path


@pytest.fixture
def visit(browser, site):
    """Open the page again and again in a browser profile of its own; each visit is watched as `app` is."""
    context = browser.new_context(viewport=SCREEN)

    @contextmanager
    def come():
        app = App(context, site)
        yield app.open().ready()
        troubles = app.troubles()
        app.page.close()
        assert troubles == []

    yield come
    context.close()


def radio(app, name="mine.bed"):
    return app.page.get_by_role("radio", name=re.compile(name))


def in_force(app, ids):
    app.page.get_by_role("definition").filter(has_text=re.compile(f"^{ids} ids$")).wait_for()
    return app


def rules(app):
    app.page.locator("details.rules").evaluate("element => element.open = true")
    return app.page.locator("details.rules")


def press(app, name):
    app.page.get_by_role("button", name=re.compile(name)).click()
    return app


def test_own_universe_saved_and_forgotten(visit, mine):
    """A kept universe is offered at the next visit and gives the same ids; a forgotten one is gone at the one after."""
    with visit() as app:
        in_force(app.open_universe(mine), 10).drop(q_bed=QUERY).done("q.bed")
        ids = app.table()
        press(app, "Keep in this browser").page.get_by_text("Kept in this browser").wait_for()
    with visit() as app:
        radio(app).check()
        in_force(app, 10).drop(q_bed=QUERY).done("q.bed")
        assert app.table() == ids
        press(app, "Forget").page.get_by_text("Kept in this browser").wait_for(state="detached")
        assert radio(app).is_checked()
    with visit() as app:
        assert radio(app).count() == 0


def test_too_little_room_is_said_and_work_goes_on(visit, mine):
    """A browser without room says how much it allows; the universe stays in force."""
    with visit() as app:
        in_force(app.open_universe(mine), 10)
        session = app.context.new_cdp_session(app.page)
        origin = app.url.rstrip("/")
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
        press(app, "Keep in this browser").page.get_by_text("Not kept: this browser").wait_for()
        session.send("Storage.overrideQuotaForOrigin", {"origin": origin})
        assert app.page.get_by_text("Kept in this browser").count() == 0
        app.drop(q_bed=QUERY).done("q.bed")


def test_a_browser_that_keeps_nothing_says_so(browser, site, mine):
    """Where storage is closed to the page, everything but keeping works, and the page says why."""
    app = App(browser.new_context(viewport=SCREEN), site)
    app.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('', 'SecurityError'); }})"
    )
    in_force(app.open().ready().open_universe(mine), 10)
    press(app, "Keep in this browser")
    app.page.get_by_text("Not kept: this browser keeps nothing here").wait_for()
    assert app.troubles() == []
    app.close()


def test_a_newer_version_in_another_tab_closes_the_store(visit, mine):
    """Another tab that upgrades the store is let through, and this one says that it no longer keeps."""
    with visit() as app:
        in_force(app.open_universe(mine), 10)
        press(app, "Keep in this browser").page.get_by_text("Kept in this browser").wait_for()
        other = app.context.new_page()
        other.goto(app.url + "manifest.json")
        assert other.evaluate(UPGRADE) == 2
        app.page.get_by_text("another tab runs a newer version").wait_for()
        other.close()
        app.drop(q_bed=QUERY).done("q.bed")


def test_another_tab_forgets(visit, mine):
    """A universe that another tab forgot is told as kept no longer once one comes back; in force it stays so."""
    with visit() as app:
        in_force(app.open_universe(mine), 10)
        press(app, "Keep in this browser").page.get_by_text("Kept in this browser").wait_for()
        other = app.context.new_page()
        other.goto(app.url)
        other.get_by_role("button", name="Forget mine.bed").click()
        other.get_by_text("Kept in this browser").wait_for(state="detached")
        other.close()
        app.page.evaluate("dispatchEvent(new Event('focus'))")  # the driver keeps every tab in focus
        app.page.get_by_role("button", name="Keep in this browser").wait_for()
        assert radio(app).is_checked()
        app.drop(q_bed=QUERY).done("q.bed")


def test_settings_of_the_last_visit_are_offered(visit, mine):
    """The last visit's rules and universe are offered as a link, not taken by themselves; a choice ends the offer."""
    with visit() as app:
        rules(app).get_by_label("A region without a hit").select_option("gives the unknown token")
        app.page.wait_for_url("**/#v1.*")
        while app.page.evaluate(SETTINGS) == 0:
            app.page.wait_for_timeout(100)
    for answer in ("taken", "taken again", "passed over"):
        with visit() as app:
            link = app.page.get_by_role("link", name="Settings of your last visit")
            link.wait_for()
            rule = rules(app).get_by_label("A region without a hit")
            assert rule.locator(":checked").inner_text() == "gives no token (default)"
            if answer == "passed over":
                rules(app).get_by_label("Order of the tokens").select_option("by chromosome and start")
            else:
                link.click()
                rule.locator(":checked").filter(has_text="gives the unknown token").wait_for(state="attached")
            link.wait_for(state="detached")


def test_files_of_one_name_are_two_universes(app, tmp_path):
    """Two universe files of the same name stand side by side, told apart by their digests."""
    for at, content in enumerate((MINE, MINE[: MINE.index(b"\n") + 1])):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "mine.bed").write_bytes(content)
        in_force(app.open_universe(folder / "mine.bed"), 10 - 2 * at)
    assert radio(app).count() == 2
    app.page.get_by_role("radio", name=re.compile("mine.bed.*3 regions")).check()
    in_force(app, 10)
    press(app, "Remove mine.bed").page.get_by_role("radio", name=re.compile("mine.bed.*1 region ")).wait_for(
        state="detached"
    )
    assert radio(app).count() == 1
