"""What the page saves: the bytes of the command line, the ids of the native package."""

import hashlib
import io
import json
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genotok import IntervalTokenizer, read_bed, read_gtok
from web import native

FORMATS = ["gtok", "jsonl", "tsv", "bed", "npz", "parquet"]
FIXTURES = Path(__file__).parents[1] / "fixtures/overlaps"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The universe and one input as files beside each other, as on a user's disk."""
    folder = tmp_path_factory.mktemp("native")
    native.universe_file(folder)
    rows = list(read_bed(native.SAMPLE).to_tuples())[:3000]
    lines = [f"{chrom}\t{start}\t{end}\tpeak{at}\n" for at, (chrom, start, end) in enumerate(rows)]
    (folder / "peaks.bed").write_text("# first\n" + "".join(lines))
    return folder


@pytest.fixture
def peaks(app, folder):
    app.pick(folder / "peaks.bed").done("peaks.bed")
    return app


@pytest.mark.parametrize("extension", FORMATS)
def test_saved_bytes_equal_the_command_line(peaks, folder, extension):
    """Each format has the very bytes that `genotok tokenize` writes."""
    expected = native.run_cli(folder / "universe.bed.gz", folder / "peaks.bed", folder / f"cli.{extension}")
    assert len(expected) > 1000
    assert peaks.save(f".{extension}") == expected


def test_saved_name_follows_the_file(peaks):
    """The saved file is named after the input, or as the user says; another format gives another name."""
    name = peaks.choose(".tsv").page.get_by_label("File name")
    assert name.input_value() == "peaks.bed.tsv"
    assert peaks.choose(".gtok").page.get_by_label("File name").input_value() == "peaks.bed.gtok"
    name.fill("mine.gtok")
    with peaks.page.expect_download() as waiting:
        name.press("Enter")
    assert waiting.value.suggested_filename == "mine.gtok"


def test_sizes_are_foreseen(peaks):
    """The size that is told beforehand is about the size of the file."""
    units = {"B": 1, "kB": 1e3, "MB": 1e6}
    for extension in FORMATS:
        content = peaks.save(f".{extension}")
        words = peaks.page.locator("#save-says").inner_text()
        number, unit = re.fullmatch(r"about ([\d.]+) (\w+)", words).groups()
        assert float(number) * units[unit] == pytest.approx(len(content), rel=0.5), extension


SCAFFOLDS = b"".join(b"scaffold_%d\t5\t9\n" % at for at in range(400))


def test_sizes_of_a_report_and_of_nothing_are_foreseen(app):
    """A report grows with the names that it lists; a file without a hit is saved as one unknown token."""
    app.drop(scaffolds_bed=SCAFFOLDS).done("scaffolds.bed")
    report = app.save("Report")
    number = re.fullmatch(r"about (\d+) kB", app.page.locator("#save-says").inner_text())[1]
    assert int(number) * 1000 == pytest.approx(len(report), rel=0.1)
    ids = app.save(".gtok")
    assert app.page.locator("#save-says").inner_text() == f"about {len(ids)} B"


def test_rows_can_be_kept(peaks, folder):
    """With the bounds of the regions a file has the bytes of `--rows`; formats that can't keep them do not ask."""
    tick = peaks.page.get_by_label("Keep which ids belong to which region")
    assert peaks.choose(".tsv").page.get_by_label("Keep which ids").count() == 0
    peaks.choose(".npz")
    tick.check()
    expected = native.run_cli(folder / "universe.bed.gz", folder / "peaks.bed", folder / "rows.npz", "--rows")
    assert peaks.save(".npz") == expected
    assert "--rows" in peaks.page.get_by_label("Terminal").inner_text()
    tick.uncheck()


@pytest.mark.parametrize("path", [native.SAMPLE, *sorted(FIXTURES.glob("*hg38*.bed.gz"))], ids=lambda path: path.name)
def test_ids_equal_native(app, path, tmp_path):
    """Real files give the ids that the native package gives, in the same order."""
    app.pick(path).done(path.name)
    (tmp_path / "page.gtok").write_bytes(app.save(".gtok"))
    expected = native.default_tokenizer().encode(path)
    assert np.array_equal(read_gtok(tmp_path / "page.gtok"), expected)


def test_several_files_in_one_document_list(app, folder, tmp_path):
    """All results can be saved together: one line of ids per file, in the order of the list."""
    (tmp_path / "other.bed").write_text("chr1\t1\t2\n")
    app.pick(folder / "peaks.bed", tmp_path / "other.bed").done("peaks.bed").done("other.bed")
    lines = [json.loads(line) for line in app.save(".jsonl", "All files").decode().splitlines()]
    tokenizer = native.default_tokenizer()
    expected = [tokenizer.encode(folder / "peaks.bed"), tokenizer.encode(tmp_path / "other.bed")]
    assert [line["input_ids"] for line in lines] == expected


def test_all_files_as_a_zip(app, folder, tmp_path):
    """The zip holds one .gtok per file, as saved singly, and the manifest of the command line's folder."""
    (tmp_path / "other.bed").write_text("chr1\t203327425\t203327695\n")
    app.pick(folder / "peaks.bed", tmp_path / "other.bed").done("peaks.bed").done("other.bed")
    with zipfile.ZipFile(io.BytesIO(app.save(".gtok", "All files"))) as packed:
        assert sorted(packed.namelist()) == ["manifest.jsonl", "other.bed.gtok", "peaks.bed.gtok"]
        content = packed.read("peaks.bed.gtok")
    assert app.select("peaks.bed").save(".gtok") == content


def test_universe_is_saved_as_bed(app, tmp_path):
    """The universe in force can be saved, so that the command line of the recipe finds it."""
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save as BED").click()
    native.default_universe().write_bed(tmp_path / "universe.bed")
    assert Path(waiting.value.path()).read_bytes() == (tmp_path / "universe.bed").read_bytes()


def test_rules_change_the_result(app):
    """The rule for regions without a hit is applied at once, and can be put back."""
    app.drop(q_bed=b"chr1\t1\t2\nchr1\t203327425\t203327695\n").done("q.bed").look("Table")
    assert app.figures()["tokens"] == "2"
    app.rules().page.get_by_label("A region without a hit").select_option("gives the unknown token")
    app.page.locator(".grid .id").get_by_text("289061").wait_for()
    assert app.figures()["tokens"] == "3"
    app.page.get_by_role("button", name="Reset A region without a hit").click()
    app.page.locator(".grid .miss").wait_for()
    assert app.figures()["tokens"] == "2"


def test_ticked_files_are_saved_alone(app, folder, tmp_path):
    """Of several files the ticked ones are saved; while none is ticked the button says why it can't."""
    (tmp_path / "other.bed").write_text("chr1\t203327425\t203327695\n")
    (tmp_path / "third.bed").write_text("chr1\t203327814\t203328084\n")
    app.pick(folder / "peaks.bed", tmp_path / "other.bed", tmp_path / "third.bed").done("third.bed")
    app.choose(".jsonl", "Ticked files")
    assert app.page.get_by_role("button", name="Save", exact=True).is_disabled()
    assert app.page.get_by_text("Nothing is selected: tick some files in the list").is_visible()
    for name in ("third.bed", "other.bed"):
        app.row(name).get_by_role("checkbox").check()
    lines = [json.loads(line) for line in app.save(".jsonl", "Ticked files").splitlines()]
    assert [line["id"] for line in lines] == ["other.bed", "third.bed"]


def test_the_sample_is_not_saved(app):
    """While there is only the sample, saving is off and says why."""
    assert app.page.get_by_role("button", name="Save", exact=True).is_disabled()
    assert app.page.get_by_text("This is the sample: run it here, or drop a file of yours").is_visible()


@pytest.fixture
def terminal(app, folder):
    """Runs the line that the page shows, copied through the clipboard, beside the universe as the page saves it."""
    app.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save as BED").click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)

    def run(mark: str | re.Pattern[str], place: Path = folder) -> None:
        if place != folder:
            shutil.copy(folder / waiting.value.suggested_filename, place)
        app.page.evaluate("navigator.clipboard.writeText('')")
        app.page.get_by_label("Terminal").get_by_text(mark).wait_for()
        app.page.get_by_role("button", name="Copy Terminal").click()
        for _ in range(100):
            if copied := app.page.evaluate("navigator.clipboard.readText()"):
                break
        native.run_line(shlex.split(copied), place)

    return run


def test_recipe_gives_the_same_bytes(peaks, folder, terminal):
    """The copied line for the terminal makes the file that the page saves, in every format."""
    for label, name in ((f".{each}", f"peaks.bed.{each}") for each in FORMATS):
        saved = peaks.save(label)
        terminal(name)
        assert (folder / name).read_bytes() == saved, label


def test_recipe_of_a_report_gives_the_same_bytes(peaks, folder, terminal):
    """With a universe file of the user's own the line for the terminal writes the very report that the page saves."""
    (folder / "mine.bed").write_text("chr1\t203327425\t203327695\n# a note\nchr2\t10\t20\n")
    peaks.open_universe(folder / "mine.bed").page.get_by_role("radio", name=re.compile("mine.bed")).wait_for()
    peaks.done("peaks.bed").choose("Report")
    terminal(re.compile(r"-u mine.bed .*report\.json"))
    assert (folder / "peaks.bed.report.json").read_bytes() == peaks.save("Report")


def test_recipe_of_a_zip_gives_its_folder(app, folder, terminal):
    """The line for several files, one each, makes the folder that the zip holds: outputs and manifest."""
    (folder / "other.bed").write_text("chr1\t203327425\t203327695\n")
    app.pick(folder / "peaks.bed", folder / "other.bed").done("other.bed").done("peaks.bed")
    saved = app.save(".npz", "All files", packed=True)
    terminal("--format npz")
    with zipfile.ZipFile(io.BytesIO(saved)) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    made = {path.relative_to(folder / "tokens").as_posix(): path.read_bytes() for path in (folder / "tokens").iterdir()}
    assert content == made
    assert sorted(content) == ["manifest.jsonl", "other.bed.npz", "peaks.bed.npz"]


@pytest.fixture
def nested(tmp_path):
    """A folder with two files of one name, a third among them, and the command's bytes for all of it."""
    place = tmp_path / "runs"
    for at, path in enumerate(("a.bed", "s/a.bed", "s/t/b.bed")):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(f"chr1\t203327425\t{203327695 + at}\n" + "chr2\t1\t2\n" * at)
    return place


def content_of(place):
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


@pytest.mark.parametrize("extension", ["jsonl", "bed", "npz"])
def test_a_folder_is_saved_under_its_paths(app, nested, tmp_path, extension):
    """Files of a chosen folder keep their paths: the zip is the folder that the command makes of the same files."""
    universe = native.universe_file(tmp_path)
    words = [
        "genotok",
        "tokenize",
        "-u",
        str(universe),
        "a.bed",
        "s/a.bed",
        "s/t/b.bed",
        "-o",
        str(tmp_path / "out") + "/",
    ]
    native.run_line([*words, "--format", extension], nested)
    app.page.get_by_label("Choose a folder").set_input_files(str(nested))
    app.done("b.bed").page.get_by_role("heading", name="Tokens of runs/a.bed", exact=False).wait_for()
    app.until(lambda: app.page.get_by_role("table", name="Files").get_by_text("done", exact=True).count() == 3)
    with zipfile.ZipFile(io.BytesIO(app.save(f".{extension}", "All files", packed=extension != "gtok"))) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == content_of(tmp_path / "out")


def test_the_recipe_of_a_folder_runs_in_it(app, nested, terminal):
    """The line for the terminal, run in the folder that the page names, makes the lines that the page saves."""
    app.page.get_by_label("Choose a folder").set_input_files(str(nested))
    app.until(lambda: app.page.get_by_role("table", name="Files").get_by_text("done", exact=True).count() == 3)
    saved = app.save(".jsonl", "All files", packed=False)
    assert [json.loads(line)["id"] for line in saved.splitlines()] == ["a.bed", "s/a.bed", "s/t/b.bed"]
    app.page.get_by_text("Run it in the folder runs.").wait_for()
    terminal("s/t/b.bed", nested)
    assert (nested / "tokens.jsonl").read_bytes() == saved


def test_the_second_of_two_equal_names_must_be_renamed(app, nested):
    """Two files chosen one by one under one name: the recipe says which of them its second name means."""
    for path in ("a.bed", "s/a.bed"):
        app.pick(nested / path)
    app.until(lambda: app.page.get_by_role("table", name="Files").get_by_text("done", exact=True).count() == 2)
    app.choose(".jsonl", "All files")
    app.page.get_by_text("a.bed (2) is another a.bed; rename it first.").wait_for()


def test_tokenizer_is_the_saved_folder(peaks, tmp_path):
    """The zipped tokenizer is the folder of `save_pretrained`, and loads as the tokenizer that the page uses."""
    with zipfile.ZipFile(io.BytesIO(peaks.save("Tokenizer"))) as packed:
        packed.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    again = IntervalTokenizer.from_pretrained(folder)
    assert again.universe.digest == native.default_universe().digest
    files = native.default_tokenizer().save_pretrained(tmp_path / "native")
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in files)


def test_python_recipe_gives_the_same_bytes(peaks, folder, terminal):
    """The snippet of Python makes the file that the page saves."""
    saved = peaks.save(".tsv")
    snippet = peaks.page.get_by_label("Python")
    snippet.get_by_text("peaks.bed.tsv").wait_for()
    (folder / "peaks.bed.tsv").unlink(missing_ok=True)
    native.run_line(["python", "-c", snippet.inner_text()], folder)
    assert (folder / "peaks.bed.tsv").read_bytes() == saved


STUB = """() => {
  window.showSaveFilePicker = async ({suggestedName}) => {
    const folder = await navigator.storage.getDirectory();
    return folder.getFileHandle(suggestedName, {create: true});
  };
}"""
READ = """async (name) => {
  const folder = await navigator.storage.getDirectory();
  const file = await (await folder.getFileHandle(name)).getFile();
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))];
}"""


@pytest.fixture
def strict(fresh, folder):
    """The page as if a kilobyte were too much to hold in memory."""

    def smaller(route):
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("LARGE=1e9", "LARGE=1e3"))

    fresh.page.route("**/chunk-*.js", smaller)
    fresh.page.reload()
    fresh.ready().pick(folder / "peaks.bed").done("peaks.bed")
    return fresh


def test_large_outputs_are_streamed(strict, folder):
    """What is too large for memory goes straight into a file of the user's choice, with the same bytes."""
    strict.page.evaluate(STUB)
    expected = native.run_cli(folder / "universe.bed.gz", folder / "peaks.bed", folder / "large.tsv")
    strict.choose(".tsv").page.get_by_role("button", name="Save", exact=True).click()
    strict.page.locator("#say").get_by_text("Saved peaks.bed.tsv").wait_for()
    assert bytes(strict.page.evaluate(READ, "peaks.bed.tsv")) == hashlib.sha256(expected).digest()


def test_large_outputs_without_streaming_lead_to_the_terminal(strict):
    """A browser that can't write files in parts says so, and names the way that can."""
    strict.page.evaluate("delete window.showSaveFilePicker; delete Window.prototype.showSaveFilePicker")
    strict.choose(".tsv").page.get_by_role("button", name="Save", exact=True).click()
    alert = strict.page.get_by_role("region", name="Save").get_by_role("alert")
    assert "too large for this browser to hold" in alert.inner_text()
    assert strict.page.get_by_label("Terminal").get_by_text("genotok tokenize").is_visible()


def test_saving_can_be_cancelled(app, million):
    """A long output tells how far it is and stops when asked; the next one works."""
    app.pick(million).done("million.bed").choose(".tsv")
    app.page.get_by_role("button", name="Save", exact=True).click()
    app.page.get_by_role("progressbar", name="Saving").wait_for()
    app.page.get_by_role("button", name="Cancel", exact=True).click()
    app.page.get_by_role("progressbar", name="Saving").wait_for(state="detached")
    assert app.page.get_by_role("region", name="Save").get_by_role("alert").count() == 0
    assert len(app.save(".gtok")) > 2_000_000
