import gzip
import io
import json
import zipfile
from itertools import product

import numpy as np
import pytest

from bridge.tab import RESULT_ARRAYS, Tab
from bridge.worlds import CHOICES, KINDS, OTHER, PARQUET, QUERY, UNIVERSE, query_of
from genotok import Universe, read_gtok
from genotok.bridge.formats import name_documents
from genotok.cli.app import run


@pytest.fixture(scope="module")
def tab():
    tab = Tab()
    tab.open_universe(UNIVERSE.read_bytes(), name=UNIVERSE.name)
    return tab


def from_terminal(tmp_path, data, kind, words, *, name="peaks.bed", universe=UNIVERSE):
    """The bytes that the command line writes for one input."""
    (tmp_path / name).write_bytes(data)
    output = tmp_path / f"out.{kind}"
    code = run(["tokenize", "-u", str(universe), str(tmp_path / name), "-o", str(output), "-q", *words])
    assert code == 0
    return output.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", CHOICES)
def test_outputs_are_those_of_the_command_line(tab, tmp_path, choice, kind):
    """The same input and options give the same bytes, in every format."""
    options, words = CHOICES[choice]
    data = query_of(choice)
    said, _ = tab.tokenize(data, step=50_000, **options)
    assert said["tokens"] > 100
    name, out = tab.save([said["handle"]], kind, (data,) if kind == "bed" else ())
    assert name == f"peaks.bed.{kind}"
    assert out == from_terminal(tmp_path, data, kind, words)


@pytest.mark.parametrize("kind", ["jsonl", PARQUET, "npz"])
def test_outputs_with_rows_are_those_of_the_command_line(tab, tmp_path, kind):
    """``rows`` keeps the regions' bounds."""
    data = query_of("plain")
    said, _ = tab.tokenize(data)
    assert tab.save([said["handle"]], kind, rows=True)[1] == from_terminal(tmp_path, data, kind, ["--rows"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"chr9\t1\t2\n", b""])
def test_outputs_without_tokens_are_those_of_the_command_line(tab, tmp_path, kind, data):
    """Nothing hit, or no row at all: the unknown token stands for the document."""
    said, _ = tab.tokenize(data, allow_empty=True)
    out = tab.save([said["handle"]], kind, (data,) if kind == "bed" else ())[1]
    assert out == from_terminal(tmp_path, data, kind, ["--keep-empty"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_of_the_parts_changes_nothing(tab, kind):
    """Parts of 1,000 bytes or of 8 MiB, rows by the piece or all at once."""
    data = query_of("plain")
    handle = tab.tokenize(data)[0]["handle"]
    inputs = (data,) if kind == "bed" else ()
    assert tab.save([handle], kind, inputs, limit=1000) == tab.save([handle], kind, inputs)


@pytest.mark.parametrize("kind", ["jsonl", "tsv", "bed", PARQUET, "npz"])
def test_several_files_in_one_output(tab, tmp_path, kind):
    """Documents stand in the order in which they were selected."""
    texts = [gzip.decompress(path.read_bytes()) for path in (QUERY, OTHER)]
    handles = [tab.tokenize(text, name=name)[0]["handle"] for text, name in zip(texts, ("b.bed", "a.bed"), strict=True)]
    for text, name in zip(texts, ("b.bed", "a.bed"), strict=True):
        (tmp_path / name).write_bytes(text)
    output = tmp_path / f"tokens.{kind}"
    paths = [str(tmp_path / name) for name in ("b.bed", "a.bed")]
    assert run(["tokenize", "-u", str(UNIVERSE), *paths, "-o", str(output), "-q"]) == 0
    name, out = tab.save(handles, kind, tuple(texts) if kind == "bed" else ())
    assert (name, out) == (output.name, output.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_the_zip_is_the_output_folder_of_the_command_line(tab, tmp_path, kind):
    """The same files and the same manifest, whether inputs were packed or not."""
    inputs = {"one/ctcf.bed.gz": QUERY.read_bytes(), "two/ctcf.bed": gzip.decompress(OTHER.read_bytes())}
    handles = [tab.tokenize(data, name=name)[0]["handle"] for name, data in inputs.items()]
    for name, data in inputs.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_bytes(data)
    paths = [str(tmp_path / "in" / name) for name in inputs]
    folder = tmp_path / "out"
    assert run(["tokenize", "-u", str(UNIVERSE), *paths, "-o", f"{folder}/", "--format", kind, "-q"]) == 0
    packed = tuple(inputs.values())
    name, out = tab.save(handles, "zip", packed, format=kind)
    assert name == "tokens.zip"
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.testzip() is None
        found = {each.filename: archive.read(each) for each in archive.infolist()}
    expected = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == expected
    assert tab.save(handles, "zip", packed, format=kind, limit=4096)[1] == out


@pytest.mark.parametrize("sort", [False, True])
def test_pasted_text_is_kept_and_needs_no_file(tab, tmp_path, sort):
    """Its BED lines, as they were understood, are what a .bed output and a manifest speak of; also after a restart."""
    said, arrays = tab.call("encode_text", "chr21:9,825,000-9,830,000\nchr21\t5\t6\tname\n", json.dumps({"sort": sort}))
    assert said["pasted"] == "chr21\t9825000\t9830000\nchr21\t5\t6\tname\n"
    back = tab.call("load_result", json.dumps(said), *(arrays[key] for key in RESULT_ARRAYS))[0]
    expected = from_terminal(tmp_path, said["pasted"].encode(), "bed", ["--sort"] * sort, name=said["name"])
    for handle in (said["handle"], back["handle"]):
        assert tab.save([handle], "bed") == ("pasted.bed.bed", expected)
        with zipfile.ZipFile(io.BytesIO(tab.save([handle], "zip", format="bed")[1])) as archive:
            assert archive.read("pasted.bed.bed") == expected


def test_zip_names_stay_inside_and_apart():
    """No name leaves the folder, none is used twice, and folders that all share are left out, as in the terminal."""
    assert name_documents(["/etc/x", "..\\x", "x", "", "x"]) == ["etc/x", "x", "x (2)", "unnamed", "x (3)"]
    assert name_documents(["a/b/x", "a/b/c/x", "a/b/x"]) == ["x", "c/x", "x (2)"]
    assert name_documents(["a/x"]) == ["x"]
    assert name_documents([]) == []


def test_the_universe_can_be_saved(tab, tmp_path):
    """As BED3, from which the same universe comes back."""
    name, out = tab.save([], "universe")
    (tmp_path / name).write_bytes(out)
    again = Universe.from_bed(tmp_path / name)
    assert again == tab.session.desk.universe
    assert name == f"ensembl_regulatory.hg38.chr21-22-{again.digest[:8]}.bed"


def test_a_changed_input_is_noticed(tab):
    """What repeats the input or names its hash takes no other file than the one that was tokenized."""
    data = b"chr21\t5\t6\nchr21\t7\t8\n"
    handle = tab.tokenize(data)[0]["handle"]
    for other, kind in product((data.replace(b"7", b"6"), data * 70_000, data[:10], b""), ("bed", "zip")):
        tab.call("begin_export", f"[{handle}]", kind, "{}")
        size, message = tab.stage(other), "peaks.bed: the file changed since it was tokenized; drop it again"
        fed = json.loads(tab.session.feed_export(handle, size)[0])
        error = fed["error"] if "error" in fed else tab.fail("feed_export", handle, -1)
        assert (error["code"], error["message"]) == ("BedError", message)
        assert tab.fail("next_part", 10)["message"] == "no export is under way; begin one"


def test_parts_wait_for_the_input(tab):
    """Before its bytes come nothing can be written, and the bytes of another file are refused."""
    first, second = (tab.tokenize(data)[0]["handle"] for data in (b"chr21\t5\t6\n", b"chr21\t7\t8\n"))
    begun, _ = tab.call("begin_export", json.dumps([first, second]), "bed", "{}")
    assert begun["needs_input"] == [first, second]
    values, arrays = tab.call("next_part", 100)
    assert (values, len(arrays["part"])) == ({"done": False, "waiting": True, "bytes": 0}, 0)
    assert tab.fail("feed_export", second, tab.stage(b"chr21\t7\t8\n"))["hint"] == f"feed {first}"


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("csv", "{}", "format 'csv' is unknown; one of jsonl, tsv, bed, parquet, npz, gtok, zip, universe, hf, report"),
        ("zip", '{"format": "zip"}', "format 'zip' is unknown"),
        ("gtok", '{"rows": true}', "a .gtok file can't keep rows; use npz or jsonl"),
        ("jsonl", '{"gzip": true}', "unknown option gzip; known: rows, format"),
    ],
)
def test_what_can_not_be_saved_is_said(tab, kind, options, message):
    """In the words of the command line."""
    handle = tab.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    assert tab.fail("begin_export", f"[{handle}]", kind, options)["message"].startswith(message)


def test_results_that_do_not_belong_together_are_refused(tab):
    """Nothing selected, two documents in one .gtok, other options, another universe."""
    one = tab.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    two = tab.tokenize(b"chr21\t5\t6\n", unmatched="unk")[0]["handle"]
    assert tab.fail("begin_export", "[]", "jsonl", "{}")["message"] == "nothing is selected; choose at least one file"
    message = "a .gtok file holds one document, and 2 are selected; take the zip"
    assert tab.fail("begin_export", json.dumps([one, one]), "gtok", "{}")["message"] == message
    assert "with other options" in tab.fail("begin_export", json.dumps([one, two]), "jsonl", "{}")["message"]
    other = Tab()
    other.open_universe(b"chr21\t5\t6\n")
    first = other.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    other.open_universe(b"chr21\t5\t7\n")
    second = other.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    assert "was made with universe" in other.fail("begin_export", json.dumps([first, second]), "jsonl", "{}")["message"]


def test_wide_ids_are_saved_whole(tmp_path):
    """Ids past 65,535 make a four-byte .gtok file."""
    tab = Tab()
    tab.open_universe(b"".join(b"chr1\t%d\t%d\n" % (at, at + 1) for at in range(70_000)))
    said, arrays = tab.tokenize(b"chr1\t0\t70000\n")
    (tmp_path / "wide.gtok").write_bytes(tab.save([said["handle"]], "gtok")[1])
    assert np.array_equal(read_gtok(tmp_path / "wide.gtok"), arrays["ids"])
    assert set(RESULT_ARRAYS) == set(arrays)
