import gzip
import io
import json
import os
import shlex
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import genotok
from bridge.tab import RESULT_ARRAYS, Tab
from genotok import Universe, read_gtok
from genotok.bridge.saving import name_apart
from genotok.cli.app import run

OVERLAPS = Path(__file__).parents[1] / "fixtures" / "overlaps"
UNIVERSE = OVERLAPS / "ensembl_regulatory.hg38.chr21-22.bed.gz"
QUERY = OVERLAPS / "ctcf.hg38.chr21-22.bed.gz"
OTHER = OVERLAPS / "test_big.hg38.chr21-22.bed.gz"
KINDS = ["jsonl", "tsv", "bed", "npz", "gtok"]
CHOICES = {
    "plain": ({}, []),
    "unk": ({"unmatched": "unk"}, ["--unmatched", "unk"]),
    "sort": ({"sort": True}, ["--sort"]),
    "skip": ({"invalid": "skip"}, ["--invalid", "skip"]),
    "rename": ({"rename": "auto"}, ["--rename-chroms", "auto"]),
    "pairs": ({"rename": {"22": "chr22"}}, ["--rename-chroms", "22=chr22"]),
}


@pytest.fixture(scope="module")
def tab():
    tab = Tab()
    tab.open_universe(UNIVERSE.read_bytes(), name=UNIVERSE.name)
    return tab


def query_of(choice):
    """A real file; without ``chr`` where renaming is tried, with a bad line where skipping is."""
    text = gzip.decompress(QUERY.read_bytes())
    text = text.replace(b"chr", b"") if choice in ("rename", "pairs") else text
    return text + b"chr21\t9\t5\n" if choice == "skip" else text


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


@pytest.mark.parametrize("kind", ["jsonl", "npz"])
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


@pytest.mark.parametrize("kind", ["jsonl", "tsv", "bed", "npz"])
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
    """No name leaves the folder, and none is used twice."""
    assert name_apart(["/etc/x", "..\\x", "x", "", "x"]) == ["etc/x", "x", "x (2)", "unnamed", "x (3)"]


def test_the_universe_can_be_saved(tab, tmp_path):
    """As BED3, from which the same universe comes back."""
    name, out = tab.save([], "universe")
    (tmp_path / name).write_bytes(out)
    again = Universe.from_bed(tmp_path / name)
    assert again == tab.session.universe
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
        ("parquet", "{}", "format 'parquet' is unknown; one of jsonl, tsv, bed, npz, gtok, zip, universe"),
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


def follow(line, folder):
    """Run a line in a shell that knows the command."""
    shell = f'genotok() {{ {shlex.quote(sys.executable)} -c "from genotok.cli import main; main()" "$@"; }}; {line}'
    environment = os.environ | {"PYTHONPATH": str(Path(genotok.__file__).parents[1])}
    subprocess.run(["sh", "-c", shell], cwd=folder, env=environment, check=True, capture_output=True)


RECIPES = {
    **{choice: options for choice, (options, _) in CHOICES.items()},
    "specials": {},
    "engine": {},
    "empty": {"allow_empty": True},
    "odd name": {},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native
@pytest.mark.parametrize("choice", RECIPES)
def test_recipes_give_the_same_bytes(tmp_path, monkeypatch, choice, kind):
    """The shell line and the Python snippet, run as they stand beside the files they name, make what the page saves."""
    tab, name = Tab(), "-it's $HOME.bed" if choice == "odd name" else "peaks.bed"
    tab.open_universe(UNIVERSE.read_bytes(), name=UNIVERSE.name)
    if choice == "specials":
        tab.call("configure", json.dumps({"special_tokens": {"unk": '[U"N\\K]', "pad": "é"}, "unmatched": "unk"}))
    if choice == "engine":
        tab.call("configure", '{"engine": "ailist"}')
    data = b"" if choice == "empty" else query_of(choice)
    said, _ = tab.tokenize(data, name=name, **RECIPES[choice])
    saved, out = tab.save([said["handle"]], kind, (data,) if kind == "bed" else ())
    recipe = tab.call("recipe", said["handle"], kind)[0]
    assert recipe["universe"] == {"name": UNIVERSE.name, "digest": tab.session.universe.digest}
    monkeypatch.chdir(tmp_path)
    Path(UNIVERSE.name).write_bytes(UNIVERSE.read_bytes())
    Path(name).write_bytes(data)
    exec(compile(recipe["python"], "snippet", "exec"), {})
    assert Path(saved).read_bytes() == out
    if kind in ("jsonl", "bed"):  # the line differs by its ending alone, and a process takes its time
        Path(saved).unlink()
        follow(recipe["cli"], tmp_path)
        assert Path(saved).read_bytes() == out


def test_the_recipe_of_rows_names_them(tab):
    """``rows`` belongs to two formats."""
    handle = tab.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    recipe = tab.call("recipe", handle, "npz", '{"rows": true}')[0]
    assert recipe["cli"].endswith(" --rows")
    assert recipe["python"].count("rows=True") == 2
    assert tab.fail("recipe", handle, "tsv", '{"rows": true}')["code"] == "InputError"
    assert tab.fail("recipe", handle, "parquet")["code"] == "InputError"


def test_a_universe_that_no_file_gives_is_named_after_its_export():
    """After renaming, the recipe names the file that saving the universe makes."""
    tab = Tab()
    tab.open_universe(b"1\t5\t6\n", name="u.bed", rename={"1": "chr1"})
    handle = tab.tokenize(b"chr1\t5\t6\n")[0]["handle"]
    digest = tab.session.universe.digest
    assert tab.call("recipe", handle, "gtok")[0]["universe"]["name"] == f"u-{digest[:8]}.bed"
    assert tab.save([], "universe")[0] == f"u-{digest[:8]}.bed"


def test_wide_ids_are_saved_whole(tmp_path):
    """Ids past 65,535 make a four-byte .gtok file."""
    tab = Tab()
    tab.open_universe(b"".join(b"chr1\t%d\t%d\n" % (at, at + 1) for at in range(70_000)))
    said, arrays = tab.tokenize(b"chr1\t0\t70000\n")
    (tmp_path / "wide.gtok").write_bytes(tab.save([said["handle"]], "gtok")[1])
    assert np.array_equal(read_gtok(tmp_path / "wide.gtok"), arrays["ids"])
    assert set(RESULT_ARRAYS) == set(arrays)
