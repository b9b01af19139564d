import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from bridge.tab import Tab, bed_text
from genotok import IntervalTokenizer, Universe
from genotok.cli.app import run

UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
A = b"# peaks\nchr1\t12\t18\nchr1\t11\t12\nchr9\t1\t2\nchr2\t5\t6\nchr1\t9\t5\n"
B = b"chr1\t35\t36\nchr1\t10\t11\n"


@pytest.fixture
def tab():
    tab = Tab()
    tab.open_universe(bed_text(UNIVERSE) + b"chr1\t10\t20\n", name="u.bed")
    tab.call("configure", '{"invalid": "skip", "unmatched": "unk"}')
    return tab


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A folder to stand in, as a person does who follows a recipe."""
    monkeypatch.chdir(tmp_path)
    Path("u.bed").write_bytes(bed_text(UNIVERSE) + b"chr1\t10\t20\n")
    Path("a.bed").write_bytes(A)
    Path("b.bed").write_bytes(B)
    return tmp_path


WORDS = ("tokenize", "-u", "u.bed", "--invalid", "skip", "--unmatched", "unk", "--report", "json", "-o", "out.jsonl")


def test_a_report_is_that_of_the_terminal(tab, beside, capsys):
    """Every line and region of one file, or of several, in the very same words."""
    handles = [tab.tokenize(data, name=name)[0]["handle"] for data, name in ((A, "a.bed"), (B, "b.bed"))]
    for picked, names, called in (
        (handles[:1], ["a.bed"], "a.bed.report.json"),
        (handles, ["a.bed", "b.bed"], "report.json"),
    ):
        assert run([*WORDS, *names, "--report-file", "report.json"]) == 0
        name, out = tab.save(picked, "report")
        assert name == called
        assert out == Path("report.json").read_bytes()
    told = json.loads(out)
    assert told["totals"] == {"inputs": 2, "regions": 6, "tokens": 7, "bad_rows": 1}
    assert told["universe"]["load"]["duplicates"] == 1


@pytest.mark.parametrize("words", [False, True])
def test_a_saved_tokenizer_is_the_folder_of_save_pretrained(tab, tmp_path, words):
    """The same files with the same bytes, in one folder; what is unpacked opens."""
    handle = tab.tokenize(A)[0]["handle"]
    digest = tab.session.desk.universe.digest[:8]
    options = {"tokenizer_json": True} if words else {}
    name, out = tab.save([handle], "hf", **options)
    assert name == f"u-{digest}.zip"
    assert tab.save([], "hf", limit=100, **options) == (name, out)
    tokenizer = IntervalTokenizer(Universe.from_regions(tab.session.desk.universe.regions)).replace(
        invalid="skip", unmatched="unk"
    )
    expected = {
        path.name: path.read_bytes() for path in tokenizer.save_pretrained(tmp_path / "s", tokenizer_json=words)
    }
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert {each.filename: archive.read(each) for each in archive.infolist()} == {
            f"u-{digest}/{name}": data for name, data in expected.items()
        }
        assert {(each.date_time, each.compress_type) for each in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}
        archive.extractall(tmp_path)
    assert ("tokenizer.json" in expected) == words
    assert IntervalTokenizer.from_pretrained(tmp_path / f"u-{digest}") == tokenizer


def test_a_comparison_is_saved_as_a_table(tab):
    """One token a line, in the order of the view, with how often either file has it."""
    handles = [tab.tokenize(data, name=name)[0]["handle"] for data, name in ((A, "x/a.bed"), (B, "b.bed"))]
    comparison = tab.call("compare", *handles)[0]["handle"]
    head = b"id\tchrom\tstart\tend\tcount_a\tcount_b\n"
    lines = [
        b"0\tchr1\t10\t20\t2\t1\n",
        b"1\tchr1\t15\t30\t1\t0\n",
        b"2\tchr2\t5\t9\t1\t0\n",
        b"3\tchr1\t30\t40\t0\t1\n",
    ]
    assert tab.save([comparison], "comparison") == ("a.bed-and-b.bed.tsv", head + b"".join(lines))
    assert tab.save([comparison], "comparison", which="only_b")[1] == head + lines[3]
    ordered = tab.save([comparison], "comparison", which="all", sort=[["start", True]])[1]
    assert ordered == head + b"".join(lines[at] for at in (3, 1, 0, 2))
    assert tab.save([comparison], "comparison", limit=7)[1] == head + b"".join(lines)


def test_decoded_ids_are_the_lines_that_convert_writes(tab, beside):
    """A region a line with its id and text; special tokens stand for no region."""
    name, out = tab.save([], "decoded", ids=[3, 0, 4, 3])
    Path("ids.jsonl").write_text('{"id":"x","input_ids":[3,0,4,3]}\n')
    assert run(["convert", "-q", "ids.jsonl", "decoded.bed", "-u", "u.bed"]) == 0
    assert (name, out) == ("decoded.bed", Path("decoded.bed").read_bytes())
    assert out.startswith(b"chr1\t30\t40\t3\tchr1:30-40\nchr1\t10\t20\t0\tchr1:10-20\n")


def test_many_ids_are_decoded_piece_by_piece():
    tab = Tab()
    tab.open_universe(b"".join(b"chr1\t%d\t%d\n" % (at, at + 1) for at in range(1000)))
    ids = [at % 1000 for at in range(150_000)]
    lines = tab.save([], "decoded", ids=ids)[1].split(b"\n")
    assert lines[:-1] == [b"chr1\t%d\t%d\t%d\tchr1:%d-%d" % (at, at + 1, at, at, at + 1) for at in ids]


@pytest.mark.parametrize(
    ("kind", "handles", "options", "message"),
    [
        ("report", "[]", {}, "nothing is selected; choose at least one file"),
        ("report", "[1]", {"format": "x"}, "unknown option format; known: rows"),
        ("comparison", "[]", {}, "a handle is None"),
        ("comparison", "[1]", {}, "handle 1 is no comparison"),
        ("decoded", "[]", {}, "there are no ids; decode some first"),
        ("decoded", "[]", {"ids": {"a": 1}}, "ids is no array of 32-bit whole numbers"),
        ("decoded", "[]", {"ids": []}, "there are no ids; decode some first"),
        ("decoded", "[]", {"ids": [11]}, "an id is 11; a whole number from 0 to 10"),
        ("decoded", "[]", {"ids": [True]}, "an id is True"),
        ("decoded", "[]", {"ids": [0.5]}, "an id is 0.5"),
        ("hf", "[1]", {"rows": True}, "unknown option rows; known: tokenizer_json"),
        ("hf", "[9]", {}, "handle 9 is no result"),
        ("universe", "{}", {}, "handles are no list"),
    ],
)
def test_what_can_not_be_saved_is_said(tab, kind, handles, options, message):
    assert tab.fail("begin_export", handles, kind, json.dumps(options))["message"].startswith(message)


def test_reports_of_different_options_are_two(tab):
    one, two = tab.tokenize(B)[0]["handle"], tab.tokenize(B, unmatched="drop")[0]["handle"]
    assert "with other options" in tab.fail("begin_export", f"[{one}, {two}]", "report", "{}")["message"]


def test_a_universe_whose_rows_bed_readers_refuse_is_saved_compact(tmp_path):
    """Rows kept as gtars keeps them come back only from a file that is not judged again."""
    tab = Tab()
    tab.open_universe(b"chr1\t30\t10\nchr1\t5\t4294967295\n", name="odd.bed", invalid="keep")
    begun = tab.call("begin_export", "[]", "universe", "{}")[0]
    digest = tab.session.desk.universe.digest
    assert (begun["name"], begun["mime"]) == (f"odd-{digest[:8]}.gtu", "application/octet-stream")
    name, out = tab.save([], "universe")
    (tmp_path / name).write_bytes(out)
    opened = IntervalTokenizer(os.fspath(tmp_path / name))
    assert (opened.universe, opened.universe.digest) == (tab.session.desk.universe, digest)
