"""What the page saves: the bytes of the command line, the ids of the native package."""

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genotok import read_bed, read_gtok
from web import native

FORMATS = ["gtok", "jsonl", "tsv", "bed", "npz"]
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
    """The saved file is named after the input."""
    with peaks.page.expect_download() as waiting:
        peaks.page.get_by_role("button", name=".gtok", exact=True).click()
    assert waiting.value.suggested_filename == "peaks.bed.gtok"


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
    lines = [json.loads(line) for line in app.save(".jsonl of all files").decode().splitlines()]
    tokenizer = native.default_tokenizer()
    expected = [tokenizer.encode(folder / "peaks.bed"), tokenizer.encode(tmp_path / "other.bed")]
    assert [line["input_ids"] for line in lines] == expected


def test_all_files_as_a_zip(app, folder, tmp_path):
    """The zip holds one .gtok per file, as saved singly, and the manifest of the command line's folder."""
    (tmp_path / "other.bed").write_text("chr1\t203327425\t203327695\n")
    app.pick(folder / "peaks.bed", tmp_path / "other.bed").done("peaks.bed").done("other.bed")
    with zipfile.ZipFile(io.BytesIO(app.save(".gtok in a .zip of all files"))) as packed:
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
    app.drop(q_bed=b"chr1\t1\t2\nchr1\t203327425\t203327695\n").done("q.bed")
    assert app.figures()["tokens"] == "2"
    app.page.get_by_label("A region without a hit").select_option("gives the unknown token")
    app.page.locator(".grid .id").get_by_text("289061").wait_for()
    assert app.figures()["tokens"] == "3"
    app.page.get_by_role("button", name="Reset A region without a hit").click()
    app.page.locator(".grid .miss").wait_for()
    assert app.figures()["tokens"] == "2"


def test_recipe_names_input_and_universe(peaks):
    """The command line that gives the same bytes names the file and the universe."""
    peaks.page.get_by_text("The same bytes in a terminal or in Python").click()
    line = peaks.page.locator(".recipe pre").first.inner_text()
    assert re.search(r"genotok tokenize .*peaks\.bed", line)
