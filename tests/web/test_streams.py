"""Files that are too large to be looked at: refused before they are read, or tokenized straight into a download."""

import re
from pathlib import Path

import numpy as np
import pytest

from web import native
from web.app import SCREEN, App

ONE = b"chr1\t203327425\t203327695\n"
HUGE = """() => {
  const block = new Blob(["chr1\\t203327425\\t203327695\\tpeak\\n".repeat(20_000)]);
  const part = new Blob(Array(20).fill(block));
  const transfer = new DataTransfer();
  transfer.items.add(new File(Array(200).fill(part), "huge.bed"));
  const told = {bubbles: true, cancelable: true, dataTransfer: transfer};
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.querySelector("#drop").dispatchEvent(new DragEvent(type, told));
  }
}"""


@pytest.fixture
def tight(browser, site):
    """The page with one megabyte for results."""
    app = App(browser.new_context(viewport=SCREEN), f"{site}?budget=1")
    yield app.open().ready()
    troubles = app.troubles()
    app.close()
    assert troubles == []


@pytest.fixture(scope="module")
def peaks(tmp_path_factory):
    """A BED file of 60,000 rows, a tenth without a hit."""
    folder = tmp_path_factory.mktemp("streams")
    regions = native.default_universe().regions
    seeds = np.random.default_rng(5)
    picks = seeds.integers(0, len(regions), 60_000)
    starts = np.where(seeds.random(len(picks)) < 0.1, 5, regions.starts[picks])
    names = np.array(regions.chrom_names)[regions.codes[picks]]
    path = folder / "peaks.bed"
    path.write_text("".join(map("{}\t{}\t{}\n".format, names.tolist(), starts.tolist(), (starts + 9).tolist())))
    return path


def remedy(app, name, label):
    return app.row(name).get_by_role("button", name=label)


@pytest.mark.parametrize("kind", ["gtok", "jsonl", "tsv"])
def test_a_file_beyond_the_budget_goes_straight_into_a_download(tight, peaks, kind):
    """What would take too much memory is refused with the reason; written while it is read it has the CLI's bytes."""
    message = tight.pick(peaks).failed("peaks.bed")
    assert re.search(r"would take about [\d.]+ MB of memory, and 1.0 MB are allowed", message)
    with tight.page.expect_download() as waiting:
        remedy(tight, "peaks.bed", f"Tokenize straight into a .{kind} file").click()
    universe = native.universe_file(peaks.parent)
    expected = native.run_cli(universe, peaks, peaks.with_suffix(f".{kind}"), "--format", kind)
    assert waiting.value.suggested_filename == f"peaks.bed.{kind}"
    assert Path(waiting.value.path()).read_bytes() == expected
    tight.row("peaks.bed").get_by_text(f"written to peaks.bed.{kind}").wait_for()
    tight.drop(next_bed=ONE).done("next.bed")


def test_a_huge_file_is_refused_after_its_first_block(app):
    """Two gigabytes are refused at once with estimate and limit; streamed, they are read without growing memory."""
    app.page.evaluate(HUGE)
    assert re.search(
        r"huge.bed: the result would take about [\d.]+ GB of memory, and [12].0 GB are allowed", app.failed("huge.bed")
    )
    row = app.row("huge.bed")
    remedy(app, "huge.bed", "Tokenize straight into a .gtok file").click()
    row.get_by_text(re.compile(r"reading [1-9]")).wait_for()
    row.get_by_role("button", name="Cancel").click()
    row.get_by_text(re.compile("cancelled")).wait_for()
    app.drop(next_bed=ONE).done("next.bed")
