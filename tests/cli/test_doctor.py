"""`genotok doctor`: what is installed, what is missing, and whether the answers are right."""

import json
import re
import shutil
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import genotok
from genotok.cli import installation, selfcheck

ROOT = Path(__file__).parents[2]


def test_all_is_well_here(desk, monkeypatch):
    """Versions, every extra of the project but those for developers, folders that take files, right answers."""
    monkeypatch.setenv("GENOTOK_CACHE", str(desk.folder / "cache/web"))
    found = desk.here("doctor", "--json")
    told = json.loads(found.out)
    assert (found.code, told["ok"]) == (0, True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(told["extras"]) == set(project["optional-dependencies"]) - {"test", "docs"}
    assert told["packages"]["numpy"] == {"wanted": ">=2.0", "version": metadata.version("numpy"), "fits": True}
    assert told["genotok"]["version"] == genotok.__version__
    page = told["folders"][0]
    assert (page["path"], page["exists"], page["writable"]) == (str(desk.folder / "cache/web"), False, True)
    assert not (desk.folder / "cache").exists(), "a look leaves nothing behind"
    assert [step["name"] for step in told["check"]] == [
        "universe",
        "ids",
        "other engine",
        "saved folder",
        "token file",
    ]
    text = desk.here("doctor").out.decode()
    assert text.startswith(f"genotok {genotok.__version__} in ")
    assert text.endswith("\n  check      token file: as recorded\nall is well\n")


def test_what_is_missing_comes_with_its_cure(desk, monkeypatch):
    """An extra without its package is named with the pip command, and is no fault; one too old is not present."""
    real = metadata.version

    def version(name):
        if name == "huggingface-hub":
            raise metadata.PackageNotFoundError(name)
        return "0.1.9" if name == "arro3-core" else real(name)

    monkeypatch.setattr(installation.metadata, "version", version)
    found = desk.here("doctor")
    text = found.out.decode()
    assert found.code == 0
    assert "  [hub]      huggingface-hub is missing; pip install 'genotok[hub]'\n" in text
    assert re.search(
        r"\[arrow\] +arro3-core 0\.1\.9 is too old for >=0\.9\.1, .*; pip install 'genotok\[arrow\]'\n", text
    )
    assert text.endswith("all is well\n")


def test_a_required_package_that_is_too_old_is_a_fault(desk, monkeypatch):
    monkeypatch.setattr(installation.metadata, "version", lambda _name: "1.26.4")
    found = desk.here("doctor")
    assert found.code == 1
    assert "numpy 1.26.4 is too old for >=2.0" in found.out.decode()
    assert found.out.decode().endswith("something is wrong\n")


def test_a_folder_that_takes_nothing_is_told(desk, monkeypatch):
    """Also one below a file."""
    blocked = desk.write("file", "x") / "cache"
    monkeypatch.setenv("HF_HUB_CACHE", str(blocked))
    found = desk.here("doctor")
    assert f"  hub        {blocked} can't be written: Not a directory; what comes from model repositories\n" in (
        found.out.decode()
    )


@pytest.fixture
def sample(tmp_path):
    shutil.copytree(selfcheck.SAMPLE, tmp_path / "sample")
    return tmp_path / "sample"


def test_wrong_answers_are_found(sample, desk, monkeypatch):
    """A universe that lost a row gives other ids: each step says so, and the exit code is 1."""
    rows = (sample / "universe.bed").read_text().splitlines(keepends=True)
    (sample / "universe.bed").write_text("".join(rows[1:]))
    found = list(selfcheck.check_sample(sample))
    assert [step["ok"] for step in found] == [False, False, False, False, True]
    assert re.match(r"the universe is [0-9a-f]{64}, and should be 790c922c", found[0]["problem"])
    monkeypatch.setattr(selfcheck.check_sample, "__defaults__", (sample,))
    told = desk.here("doctor")
    assert told.code == 1
    assert "check      ids: the ids is" not in told.out.decode()
    assert "check      ids: the ids are " in told.out.decode()


def test_a_broken_sample_is_a_problem_and_no_crash(sample):
    (sample / "peaks.bed").write_text("chr1\t9\t5\n")
    found = {step["name"]: step for step in selfcheck.check_sample(sample)}
    assert found["universe"]["ok"]
    assert "end 5 precedes start 9" in found["ids"]["problem"]


def test_the_sample_is_what_the_rival_says(sample):
    """The recorded ids are those of gtars, where it is installed."""
    tokenizers = pytest.importorskip("gtars.tokenizers")
    models = pytest.importorskip("gtars.models")
    told = tokenizers.Tokenizer(str(sample / "universe.bed"))(models.RegionSet(str(sample / "peaks.bed")))["input_ids"]
    expected = json.loads((sample / "expected.json").read_text())
    ours = genotok.IntervalTokenizer(sample / "universe.bed").encode(sample / "peaks.bed")
    assert sorted(told) == sorted(ours)
    assert len(ours) == expected["tokens"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy>=2.0", ("numpy", ">=2.0", "")),
        ("numpy (>=2.0) ; sys_platform != 'emscripten'", ("numpy", ">=2.0", "")),
        ("arro3-core>=0.9.1; extra == 'arrow'", ("arro3-core", ">=0.9.1", "arrow")),
        ('datasets[s3]>=2,<9; (python_version > "3") and extra == "hf"', ("datasets", ">=2,<9", "hf")),
        ("Hugging_Face.Hub>=1; extra == 'hub'", ("hugging-face-hub", ">=1", "hub")),
        ("pytest; extra == 'test'", None),
    ],
)
def test_requirements_are_read_as_installers_write_them(line, expected, monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "checkout_of", lambda _path: None)
    monkeypatch.setattr(installation.metadata, "requires", lambda _name: [line])
    found = [tuple(each) for each in installation._requirements(tmp_path)]
    assert found == ([] if expected is None else [expected])
