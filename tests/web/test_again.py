"""What is tokenized a second time: after a question if that takes long, old results marked until they are new."""

import re

import pytest

ONE = b"chr1\t203327425\t203327695\n"
MINE = b"chr1\t203327425\t203327500\nchr1\t203327500\t203327600\nchr1\t203327600\t203327695\n"
SLOW = """(() => {
  const { slice } = Blob.prototype;
  Blob.prototype.slice = function (...range) {
    const part = slice.apply(this, range);
    const read = part.arrayBuffer.bind(part);
    part.arrayBuffer = () => new Promise((resolve) => setTimeout(() => resolve(read()), DELAY));
    return part;
  };
})()"""

# The first asset, or the first slice of a file, comes when `goOn` is called.
HELD_ASSET = """(() => {
  const held = new Promise((resolve) => (self.goOn = resolve));
  const { digest } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.digest = async function (...asked) {
    SubtleCrypto.prototype.digest = digest;
    await held;
    return digest.apply(this, asked);
  };
})()"""
HELD_FILE = """(() => {
  const held = new Promise((resolve) => (self.goOn = resolve));
  const { slice } = Blob.prototype;
  Blob.prototype.slice = function (...range) {
    Blob.prototype.slice = slice;
    const part = this.slice(...range);
    const read = part.arrayBuffer.bind(part);
    part.arrayBuffer = () => held.then(read);
    return part;
  };
})()"""


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.bed"
    path.write_bytes(MINE)
    return path


def slow_down(app, delay):
    """Let every file take its time from now on."""
    (engine,) = app.page.workers
    engine.evaluate(SLOW.replace("DELAY", str(delay)))


def restart(app):
    """Undo what was done to the engine."""
    app.expected.append("worn out")
    (engine,) = app.page.workers
    engine.evaluate("setTimeout(() => { throw new Error('worn out'); })")
    app.ready()


def radio(app, name):
    return app.page.get_by_role("radio", name=re.compile(name))


def test_old_results_are_marked_until_they_are_new(app, mine):
    """Results of the former universe stay in view, marked with its digest, until those of the new one replace them."""
    app.drop(q_bed=ONE).done("q.bed")
    assert app.figures()["tokens"] == "2"
    slow_down(app, 2000)
    app.open_universe(mine)
    note = app.page.get_by_text(re.compile(r"Made with Ensembl.* \([0-9a-f]{8}\); being computed again"))
    note.wait_for()
    assert app.figures()["tokens"] == "2"
    note.wait_for(state="detached")
    assert app.figures()["tokens"] == "3"
    restart(app)


def take_ensembl_first(app, hold, open_other):
    """Ask for a universe that takes its time, then for Ensembl's, which comes first; see which one is in force."""
    (engine,) = app.page.workers
    engine.evaluate(hold)
    open_other()
    app.page.get_by_text("Opening").wait_for()
    radio(app, "Ensembl").check()
    app.awake()
    engine.evaluate("goOn()")
    for name in ("q.bed", "r.bed", "s.bed"):
        app.page.wait_for_timeout(500)
        app.drop_named({name: ONE}).done(name)
        assert app.select(name).figures()["tokens"] == "2"
    restart(app)


def test_an_asset_that_comes_late_gives_way_to_the_universe_chosen_after_it(app):
    """It does not come into force behind the page's back; the page once waited for ever for a result of the other."""
    take_ensembl_first(app, HELD_ASSET, radio(app, "Blood ATAC").check)


def test_a_file_that_is_read_as_universe_gives_way_to_one_chosen_meanwhile(app, mine):
    """The file is left, the engine goes on."""
    take_ensembl_first(app, HELD_FILE, lambda: app.open_universe(mine))


def test_a_long_second_run_is_asked_for(app, mine):
    """Another universe is taken at once if that is quick; if files must be read again for long, the user decides."""
    slow_down(app, 2100)
    app.drop(q_bed=ONE).done("q.bed")
    radio(app, "hg19").click()
    question = app.page.get_by_text(re.compile(r"Another universe tokenizes 1 file again, about \d+ s\."))
    question.wait_for()
    app.page.get_by_role("button", name="Leave it as it is").click()
    question.wait_for(state="detached")
    assert radio(app, "Ensembl").is_checked()
    assert app.figures()["tokens"] == "2"
    app.open_universe(mine)
    app.page.get_by_role("button", name="Do it").click()
    radio(app, "mine.bed").and_(app.page.locator(":checked")).wait_for()
    app.page.locator(".figure").filter(has_text="tokens").get_by_text("3", exact=True).wait_for()
    restart(app)


def test_the_same_content_is_marked(app):
    """A file that was dropped before, under whatever name, is marked by the number of the first one."""
    app.drop(a_bed=ONE, b_bed=ONE * 2, c_bed=ONE).done("c.bed")
    first = app.row("a.bed").locator(".file-number").text_content()
    app.row("c.bed").get_by_text(f"same content as #{first}").wait_for()
    assert app.row("b.bed").get_by_text("same content").count() == 0
    app.row("a.bed").get_by_role("button", name="Remove").click()
    app.row("c.bed").get_by_text("same content").wait_for(state="detached")
