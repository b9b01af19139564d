"""The line for the shell and the snippet of Python, run as they stand: they make the bytes that the page saves."""

import gzip
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import genotok
from bridge.tab import Tab
from bridge.worlds import CHOICES, KINDS, OTHER, PARQUET, UNIVERSE, query_of
from genotok import Universe
from genotok.io.gtu import encode_gtu


def follow(line, folder):
    """Run a line in a shell that knows the command."""
    shell = f'genotok() {{ {shlex.quote(sys.executable)} -c "from genotok.cli import main; main()" "$@"; }}; {line}'
    environment = os.environ | {"PYTHONPATH": str(Path(genotok.__file__).parents[1])}
    subprocess.run(["sh", "-c", shell], cwd=folder, env=environment, check=True, capture_output=True)


RECIPES = {
    **{choice: options for choice, (options, _) in CHOICES.items()},
    "keep": {"invalid": "keep"},
    "specials": {},
    "engine": {},
    "empty": {"allow_empty": True},
    "odd name": {},
    "in a folder": {},
    "kept universe": {},
    "bundled universe": {},
}


def tab_for(choice):
    """A session with the universe and the settings of a choice."""
    tab, options = Tab(), {}
    if choice == "kept universe":  # rows that its reader refuses unless told to keep them
        tab.open_universe(gzip.decompress(UNIVERSE.read_bytes()) + b"chr21\t99\t9\n", name="u.bed", invalid="keep")
    elif choice == "bundled universe":
        packed = encode_gtu(Universe.from_bed(UNIVERSE), {"name": "Regulatory build", "assembly": "hg38"})
        tab.call("open_asset", tab.stage(packed), "small.gtu")
    else:
        tab.open_universe(UNIVERSE.read_bytes(), name=UNIVERSE.name)
    if choice == "specials":
        options = {"special_tokens": {"unk": '[U"N\\K]', "pad": "é"}, "unmatched": "unk"}
    if choice == "engine":
        options = {"engine": "ailist"}
    tab.call("configure", json.dumps(options))
    return tab


def lay_universe(tab, recipe):
    """Put the file there that a recipe asks for: the one that was dropped, or the one that the page saves."""
    name, out = tab.save([], "universe")
    if recipe["universe"]["name"] == UNIVERSE.name:
        name, out = UNIVERSE.name, UNIVERSE.read_bytes()
    assert recipe["universe"] == {"name": name, "digest": tab.session.desk.universe.digest}
    Path(name).write_bytes(out)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.native
@pytest.mark.parametrize("choice", RECIPES)
def test_recipes_give_the_same_bytes(tmp_path, monkeypatch, choice, kind):
    """The shell line and the Python snippet, run as they stand beside the files they name, make what the page saves."""
    tab = tab_for(choice)
    dropped = {"odd name": "-it's $HOME.bed", "in a folder": "some/where/peaks.bed"}.get(choice, "peaks.bed")
    name = Path(dropped).name
    data = b"" if choice == "empty" else query_of(choice)
    said, _ = tab.tokenize(data, name=dropped, **RECIPES[choice])
    saved, out = tab.save([said["handle"]], kind, (data,) if kind == "bed" else ())
    recipe = tab.call("recipe", said["handle"], kind)[0]
    monkeypatch.chdir(tmp_path)
    lay_universe(tab, recipe)
    Path(name).write_bytes(data)
    exec(compile(recipe["python"], "snippet", "exec"), {})
    assert Path(saved).read_bytes() == out
    if kind in ("jsonl", "bed"):  # the line differs by its ending alone, and a process takes its time
        Path(saved).unlink()
        follow(recipe["cli"], tmp_path)
        assert Path(saved).read_bytes() == out
    assert tab.call("recipe_of", json.dumps([said["handle"]]), kind)[0] == recipe


MANY = ["jsonl", "tsv", "bed", PARQUET, "npz", "zip", pytest.param("zip of parquet", marks=pytest.mark.native)]


@pytest.mark.parametrize("kind", MANY)
@pytest.mark.native
@pytest.mark.parametrize("choice", ["plain", "sort", "rename", "specials"])
def test_recipes_of_several_files_give_the_same_bytes(tmp_path, monkeypatch, choice, kind):
    """One file of many documents, or the folder that the zip is laid out like."""
    tab = tab_for(choice)
    options = {} if choice == "specials" else RECIPES[choice]
    inputs = {"in/b/-x.bed": query_of(choice), "in/a/x.bed.gz": OTHER.read_bytes(), "in/a/none.bed": b""}
    handles = [tab.tokenize(data, name=name, allow_empty=True, **options)[0]["handle"] for name, data in inputs.items()]
    form = {"zip": {"format": "gtok"}, "zip of parquet": {"format": "parquet"}}.get(kind, {})
    kind = kind.split()[0]
    saved, out = tab.save(handles, kind, tuple(inputs.values()) if kind in ("bed", "zip") else (), **form)
    recipe = tab.call("recipe_of", json.dumps(handles), kind, json.dumps(form))[0]
    monkeypatch.chdir(tmp_path)
    lay_universe(tab, recipe)
    for name, data in inputs.items():
        path = Path(name).relative_to("in")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    exec(compile(recipe["python"], "snippet", "exec"), {})
    assert made_by_recipe(kind, saved) == what_was_saved(kind, out)
    if kind in ("jsonl", "zip"):
        shutil.rmtree("tokens") if kind == "zip" else Path(saved).unlink()
        follow(recipe["cli"], tmp_path)
        assert made_by_recipe(kind, saved) == what_was_saved(kind, out)


@pytest.mark.native
@pytest.mark.parametrize("choice", ["plain", "sort", "rename", "specials"])
@pytest.mark.parametrize("folder", ["", "in/b"])
@pytest.mark.parametrize(
    "names", [["peaks.bed"], ["-x.bed"], ["a/-x.bed", "b/-x.bed"], ["-x.bed", "b/-x.bed"]], ids=",".join
)
def test_recipes_of_reports_give_the_same_bytes(tmp_path, monkeypatch, choice, names, folder):
    """The account of the run is a file that the command writes beside the tokens."""
    tab = tab_for(choice)
    options = {} if choice == "specials" else RECIPES[choice]
    data = query_of(choice)
    handles = json.dumps([tab.tokenize(data, name=f"{folder}/{name}", **options)[0]["handle"] for name in names])
    saved, out = tab.save(json.loads(handles), "report")
    recipe = tab.call("recipe_of", handles, "report")[0]
    monkeypatch.chdir(tmp_path)
    lay_universe(tab, recipe)
    for name in names:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(data)
    follow(recipe["cli"], tmp_path)
    assert Path(saved).read_bytes() == out
    Path(saved).unlink()
    exec(compile(recipe["python"], "snippet", "exec"), {})
    assert Path(saved).read_bytes() == out


@pytest.mark.native
@pytest.mark.parametrize("choice", ["plain", "specials", "bundled universe"])
def test_recipes_of_tokenizers_give_the_same_files(tmp_path, monkeypatch, choice):
    """A saved tokenizer is the folder that the zip holds, with the same files; it needs no result."""
    tab = tab_for(choice)
    _, out = tab.save([], "hf")
    recipe = tab.call("recipe_of", "[]", "hf")[0]
    monkeypatch.chdir(tmp_path)
    lay_universe(tab, recipe)
    expected = what_was_saved("zip", out)
    exec(compile(recipe["python"], "snippet", "exec"), {})
    assert {name: Path(name).read_bytes() for name in expected} == expected
    shutil.rmtree(Path(next(iter(expected))).parent)
    follow(recipe["cli"].replace("python", shlex.quote(sys.executable), 1), tmp_path)
    assert {name: Path(name).read_bytes() for name in expected} == expected


def test_the_recipe_says_where_its_names_lead():
    """Files of one folder are named from there; of two files with one name, the second must be renamed first."""
    tab = Tab()
    tab.open_universe(b"chr1\t5\t6\n", name="u.bed")
    names = ["in/num.bed", "in/x/num.bed", "in/num.bed", "in/num.bed (2)", "num.bed"]
    handles = [tab.tokenize(b"chr1\t5\t6\n", name=name)[0]["handle"] for name in names]

    def notes(*chosen):
        return tab.call("recipe_of", json.dumps([handles[each] for each in chosen]), "jsonl")[0]["notes"]

    assert notes(0) == tab.call("recipe", handles[0], "jsonl")[0]["notes"] == ["Run it in the folder in."]
    assert notes(4) == []
    assert notes(0, 1) == ["Run it in the folder in."]
    assert notes(1) == ["Run it in the folder in/x."]
    assert notes(0, 4) == []
    assert notes(0, 2) == ["Run it in the folder in.", "num.bed (2) is another num.bed; rename it first."]
    assert notes(0, 3) == ["Run it in the folder in."]  # that is its name
    assert tab.call("recipe_of", "[]", "hf")[0]["notes"] == []


def made_by_recipe(kind, saved):
    if kind != "zip":
        return Path(saved).read_bytes()
    files = (path for path in Path("tokens").rglob("*") if path.is_file())
    return {path.relative_to("tokens").as_posix(): path.read_bytes() for path in files}


def what_was_saved(kind, out):
    if kind != "zip":
        return out
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        return {each.filename: archive.read(each) for each in archive.infolist()}


@pytest.mark.parametrize(
    ("handles", "kind", "options", "message"),
    [
        ([], "jsonl", {}, "nothing is selected; choose at least one file"),
        ([1, 1], "gtok", {}, "a .gtok file holds one document, and 2 are selected; take the zip"),
        ([1, 1], "tsv", {"rows": True}, "a .tsv file has no choice of rows; these have: jsonl, parquet, npz"),
        ([1, 1], "zip", {"format": "zip"}, "format 'zip' is unknown"),
        ([9], "jsonl", {}, "handle 9 is no result"),
        ("x", "jsonl", {}, "an argument is no JSON text"),
    ],
)
def test_what_has_no_recipe_is_said(handles, kind, options, message):
    tab = Tab()
    tab.open_universe(b"chr1\t5\t6\n")
    handle = tab.tokenize(b"chr1\t5\t6\n")[0]["handle"]
    given = handles if isinstance(handles, str) else json.dumps([handle if each == 1 else each for each in handles])
    assert tab.fail("recipe_of", given, kind, json.dumps(options))["message"].startswith(message)


def test_the_recipe_of_rows_names_them():
    """``rows`` belongs to three formats."""
    tab = tab_for("plain")
    handle = tab.tokenize(b"chr21\t5\t6\n")[0]["handle"]
    recipe = tab.call("recipe", handle, "npz", '{"rows": true}')[0]
    assert recipe["cli"].endswith(" --rows")
    assert recipe["python"].count("rows=True") == 2
    assert tab.fail("recipe", handle, "tsv", '{"rows": true}')["code"] == "InputError"
    assert tab.fail("recipe", handle, "csv")["code"] == "InputError"


def test_a_universe_that_no_file_gives_is_named_after_its_export():
    """After renaming, the recipe names the file that saving the universe makes."""
    tab = Tab()
    tab.open_universe(b"1\t5\t6\n", name="u.bed", rename={"1": "chr1"})
    handle = tab.tokenize(b"chr1\t5\t6\n")[0]["handle"]
    digest = tab.session.desk.universe.digest
    assert tab.call("recipe", handle, "gtok")[0]["universe"]["name"] == f"u-{digest[:8]}.bed"
    assert tab.save([], "universe")[0] == f"u-{digest[:8]}.bed"
