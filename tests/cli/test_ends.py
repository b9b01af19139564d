"""How commands end: exit codes, one line an error, and nothing half-written."""

import os
import re
import signal
import subprocess
import sys

import pytest

from cli.desk import environment
from genotok.cli import termination
from genotok.cli.targets import choose_target

USAGE = {
    (): "Missing option '-u' / '--universe'; see genotok tokenize --help",
    ("-u", "u.bed"): "no input; name BED files, or - for standard input; see genotok tokenize --help",
    ("-u", "u.bed", "-", "-"): "standard input is given twice",
    ("-u", "u.bed", "-", "--from-file", "-"): "standard input can't be both the list and an input",
    ("-u", "u.bed", "q.bed", "--bla"): "No such option '--bla'",
    ("-u", "u.bed", "q.bed", "--format", "csv"): "Invalid value for '--format': 'csv' is not one of 'jsonl'",
    ("-u", "u.bed", "q.bed", "--jobs", "0"): "Invalid value for '--jobs': 0 is not in the range x>=1",
    ("-u", "u.bed", "q.bed", "--shard", "3/2"): "'3/2' is no shard; write i/n with i from 1 to n, as 2/8",
    ("-u", "u.bed", "q.bed", "--shard", "0/2"): "'0/2' is no shard",
    ("-u", "u.bed", "q.bed", "--shard", "x"): "'x' is no shard",
    ("-u", "u.bed", "q.bed", "--shard", "2/2"): "shard 2 of 2 has no input: there are 1",
    ("-u", "u.bed", "q.bed", "--rename-chroms", "chr1"): "'chr1' is neither auto nor old=new",
    ("-u", "u.bed", "q.bed", "-o", "t.txt"): "'t.txt' tells no format: add --format, end it in .jsonl, .tsv, .bed",
    ("-u", "u.bed", "q.bed", "-o", "t.tsv", "--format", "bed"): "--format bed and -o t.tsv disagree",
    ("-u", "u.bed", "q.bed", "r.bed", "-o", "t.gtok"): "a .gtok file holds one document, and there are 2 inputs; give",
    ("-u", "u.bed", "q.bed", "-o", "t.gtok", "--rows"): "a .gtok file can't keep rows; use --format npz or jsonl",
    ("-u", "u.bed", "q.bed", "-o", "t.jsonl", "--resume"): "--resume needs an output folder, as -o tokens/",
    ("-u", "u.bed", "q.bed", "-o", "q.bed"): "q.bed is both input and output",
    ("-u", "u.bed", "q.bed", "-o", "u.bed"): "u.bed is both universe and output",
    ("-u", "u.bed", "q.bed", "-o", "t.tsv", "--report-file", "./q.bed"): "./q.bed is both input and --report-file",
    ("-u", "u.bed", "q.bed", "-o", "o/", "--report-file", "o/q.bed.jsonl"): "is both output and --report-file",
    ("-u", "u.bed", "q.bed", "-o", "o", "--report-file", "./o/manifest.jsonl"): "is both output and --report-file",
    ("-u", "u.bed", "q.bed", "--report-file", "u.bed"): "u.bed is both universe and --report-file",
    ("-u", "u.bed", "q.bed", "-o", "t.jsonl", "--report-file", "./t.jsonl"): "is both output and --report-file",
    ("-u", "u.bed", "q.bed", "--report-file", "http://x/y.json"): "http://x/y.json is a URL, and output goes to files",
    ("-u", "", "q.bed"): "universe: the name is empty; is a variable not set?",
    ("-u", "u.bed", "q.bed", "-o", ""): "output: the name is empty; is a variable not set?",
    ("-u", "u.bed", ""): "the name of an input is empty; is a variable not set?",
    ("-u", "u.bed", "--from-file", "nul"): "nul is no list of paths: it holds a NUL byte; write one path a line",
    ("-u", "u.bed", "-", "--kind", "fragments", "--barcodes", "-"): "can't be both the barcodes and an input",
    ("-u", "u.bed", "--from-file", ""): "the name of an input is empty; is a variable not set?",
    ("-u", "u.bed", "d/x.bed", "d/x.bed.bed", "-o", "d/", "--format", "bed"): "d/x.bed.bed is both input and output",
    ("-u", "u.bed", "q.bed", "q.bed", "-o", "out/"): "q.bed is given twice, and an output folder holds one file",
    ("-u", "u.bed", "manifest", "-o", "out/"): "the output of manifest would be called manifest.jsonl, as the manifest",
}


@pytest.mark.parametrize("args", USAGE)
def test_wrong_usage_is_2_and_one_line(desk, args):
    """A command that can't be meant is refused before anything is written."""
    for name in ("manifest", "d/x.bed", "d/x.bed.bed"):
        desk.write(name, "chr1\t1\t2\n")
    desk.write("nul", b"GTU\0")
    before = desk.tree(".")
    found = desk.here("tokenize", *args)
    assert (found.code, found.out) == (2, b"")
    assert re.fullmatch(r"error: [^\n]*\n", found.err)
    assert USAGE[args] in found.err
    assert desk.tree(".") == before


DATA = {
    ("-u", "nope.bed", "q.bed"): "error: nope.bed: no such file; check the path\n",
    ("-u", "u.bed", "nope.bed"): "error: nope.bed: no such file; check the path\n",
    ("-u", "u.bed", "."): "error: .: is a folder; name a file in it\n",
    ("-u", "u.bed", "--from-file", "nope.txt"): "error: nope.txt: no such file; check the path\n",
    ("-u", "u.bed", "float.bed"): "error: float.bed:2: start '5.0' is not a whole number",
    ("-u", "float.bed", "q.bed"): "error: float.bed:2: start '5.0' is not a whole number",
    ("-u", "u.bed", "zip.bed"): "error: zip.bed: the file is ",
    ("-u", "u.bed", "q.bed", "--unmatched", "error"): "1 of 3 regions hit nothing (q.bed:3 chr1:90-95); --unmatched ",
    ("-u", "wrong.toml", "q.bed"): "error: wrong.toml",
}


@pytest.mark.parametrize("args", DATA)
@pytest.mark.parametrize("output", ["-", "t.jsonl", "t.gtok", "out/"])
def test_bad_data_is_1_and_one_line(desk, args, output):
    """An input that can't be read ends with its place and cure; no output file appears."""
    desk.write("float.bed", "chr1\t1\t2\nchr1\t5.0\t9\n")
    desk.write("zip.bed", b"PK\x03\x04" + bytes(60))
    desk.write("wrong.toml", "universe = 7\n")
    found = desk.here("tokenize", *args, "-o", output)
    assert (found.code, found.out) == (1, b"")
    assert re.fullmatch(r"error: [^\n]*\n", found.err)
    assert DATA[args] in found.err
    assert not [path for path in desk.folder.rglob("*") if path.suffix in (".jsonl", ".gtok")]


def test_a_missing_extra_is_4(desk, monkeypatch):
    """A repository needs a package that is not always there; the line says which."""
    from genotok import IntervalTokenizer
    from genotok.errors import missing_extra

    def refuse(*_args, **_options):
        raise missing_extra("hub", "huggingface_hub")

    monkeypatch.setattr(IntervalTokenizer, "from_pretrained", refuse)
    found = desk.here("tokenize", "-u", "owner/model", "q.bed")
    assert found.code == 4
    message = "error: owner/model: there is no such file, and huggingface_hub is not installed, which opens "
    assert found.err == message + "repositories; pip install 'genotok[hub]'\n"


def test_without_click_the_line_says_so():
    """NumPy alone is enough for the library, not for its command."""
    code = "import sys; sys.modules['click'] = None; from genotok.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr == b"error: the command line needs click; pip install click rich\n"


def test_a_fault_of_the_program_is_1_and_says_so(desk, monkeypatch):
    """Even then there is one line; --debug, anywhere, adds the traceback."""
    import genotok.cli.run

    def fail(*_args):
        raise KeyError("x")

    monkeypatch.setattr(genotok.cli.run, "tokenize_inputs", fail)
    found = desk.here("tokenize", "-u", "u.bed", "q.bed")
    message = "error: KeyError: 'x'; this is a fault of genotok, run again with --debug and report it\n"
    assert (found.code, found.err) == (1, message)
    for args in (["--debug", "tokenize"], ["tokenize", "--debug"]):
        found = desk.here(*args, "-u", "u.bed", "q.bed")
        assert found.code == 1
        assert found.err.startswith("Traceback (most recent call last):\n")
        assert found.err.endswith(message)


def test_little_memory_is_said(desk, monkeypatch):
    """Running out of memory is no traceback either."""
    import genotok.cli.run

    def fail(*_args):
        raise MemoryError

    monkeypatch.setattr(genotok.cli.run, "tokenize_inputs", fail)
    found = desk.here("tokenize", "-u", "u.bed", "q.bed")
    assert (found.code, found.err) == (1, "error: not enough memory; use fewer --jobs, or leave --sort out\n")


@pytest.mark.parametrize(
    ("output", "chosen", "kind", "told"),
    [
        ("-", None, "stdout", "jsonl"),
        ("-", "npz", "stdout", "npz"),
        ("a/t.GTOK", None, "file", "gtok"),
        ("t.tokens", "tsv", "file", "tsv"),
        ("out/", "gtok", "folder", "gtok"),
        ("out", None, "folder", "jsonl"),
        ("new.d/", "bed", "folder", "bed"),
        ("there.bed", None, "folder", "jsonl"),
    ],
)
def test_the_output_is_told_by_its_name(tmp_path, monkeypatch, output, chosen, kind, told):
    """A name without an ending, with a slash, or of a folder is a folder; other names are files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.bed").mkdir()
    target = choose_target(output, chosen)
    assert (target.kind, target.format) == (kind, told)


def test_parquet_without_its_extra_is_4_and_names_the_command(desk, monkeypatch):
    """Nothing is written, and the line says what to install."""
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    found = desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", "t.parquet")
    assert (found.code, found.out) == (4, b"")
    assert found.err == "error: arro3 is not installed; pip install 'genotok[arrow]'\n"
    assert not (desk.folder / "t.parquet").exists()
    many = desk.here("tokenize", "-u", "u.bed", "q.bed", "u.bed", "-o", "t/", "--format", "parquet", "--keep-going")
    assert (many.code, many.err) == (4, found.err)


def test_sigterm_breaks_off_a_read_that_never_ends(monkeypatch):
    """It first asks as Ctrl-C does, which may only be noted; a moment later nothing is waited for."""
    monkeypatch.setattr(termination, "_PATIENCE_SECONDS", 0.05)
    noted = []
    before = signal.signal(signal.SIGINT, lambda *_: noted.append("asked"))
    reader, writer = os.pipe()
    try:
        with termination.terminations_unwind() as came:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt):
                os.read(reader, 1)
            assert came()
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(reader)
        os.close(writer)
    assert noted == ["asked"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
