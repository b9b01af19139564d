"""What a run says of itself."""

import json
import os
import pty
import re
import subprocess

from cli.desk import DIGEST, environment

UNIVERSE_LINE = f"universe u.bed: 4 regions, sha256 {DIGEST[:12]}\n"


def test_the_report_of_one_input(desk):
    """Counts first, then each trouble with its lines, then where the universe and the output are."""
    rows = ["#a", "", "track x", "7\t1\t2", "chrUn\t1\t2", "chrUn\t5\t6", "chr1\t12\t12", "chr1\t15\t2", "chr2\tx\t9"]
    desk.write("w.bed.gz", "\n".join([*rows, *["# more"] * 6, "chr1\t18\t19", ""]))
    found = desk.here("tokenize", "-u", "u.bed", "w.bed.gz", "--invalid", "skip", "-o", "t.jsonl")
    assert found.code == 0
    assert found.err == (
        "w.bed.gz: 5 regions, 2 hit (40.0 %), 3 tokens\n"
        "  skipped  11 of 16 lines: 7 comment (lines 1, 10, 11, 12, 13, ..), 1 blank (line 2), 1 track (line 3), "
        "1 reversed (line 8), 1 unreadable (line 9)\n"
        "  empty    1 region of length 0\n"
        "  unknown  3 regions on 2 chromosomes that the universe lacks: chrUn (2), 7 (1)\n"
        "  note     the name ends in .gz, but the file is plain text\n"
        f"{UNIVERSE_LINE}written to t.jsonl\n"
    )


def test_a_plain_run_says_three_lines(desk):
    """Where nothing was skipped or unknown, nothing is said of it."""
    desk.write("p.bed", "chr1\t18\t19\n")
    found = desk.here("tokenize", "-u", "u.bed", "p.bed")
    assert found.err == f"p.bed: 1 region, 1 hit (100.0 %), 2 tokens\n{UNIVERSE_LINE}written to standard output\n"


def test_no_hit_on_known_chromosomes_asks_for_the_assembly(desk):
    """Regions that all miss although their chromosomes are known look like another assembly."""
    desk.write("p.bed", "chr1\t1000\t2000\n")
    found = desk.here("tokenize", "-u", "u.bed", "p.bed")
    assert "  no hit   the chromosomes are known, but nothing overlaps; is it the same assembly?\n" in found.err


def test_the_report_of_some_inputs_is_a_table(desk):
    """A line an input, details below the troubled ones, sums at the end."""
    desk.write("r.bed", "chr1\t18\t19\n")
    found = desk.here("tokenize", "-u", "u.bed", "q.bed", "r.bed", "gone.bed", "-o", "out/", "--keep-going")
    assert found.code == 3
    assert found.err == (
        "error: gone.bed: no such file; check the path\n"
        "     regions          hit      %       tokens  input\n"
        "           3            2   66.7            3  q.bed\n"
        "      skipped  1 of 4 lines: 1 comment (line 1)\n"
        "           1            1  100.0            2  r.bed\n"
        f"3 inputs: 4 regions, 5 tokens; 1 failed\n{UNIVERSE_LINE}written to out/\n"
    )


def test_names_that_would_break_a_line_are_spelled_out(desk):
    """A line of the table is an input, whatever its name."""
    desk.write("two\nlines.bed", "chr1\t18\t19\n")
    found = desk.here("tokenize", "-u", "u.bed", "u.bed", "two\nlines.bed", "-o", "out/")
    assert "           1            1  100.0            2  two\\nlines.bed\n" in found.err
    assert desk.here("tokenize", "-u", "u.bed", "two\nlines.bed").err.startswith("two\\nlines.bed: 1 region, ")


def test_of_many_inputs_the_clean_ones_are_counted(desk):
    """Hundreds of inputs do not scroll the trouble away."""
    names = desk.write_many(30)
    desk.write(names[7], "# x\nchr1\t18\t19\n")
    found = desk.here("tokenize", "-u", "u.bed", *names, "-o", "out/")
    lines = found.err.splitlines()
    assert lines[1:4] == [
        "           1            1  100.0            2  d1/f007.bed",
        "      skipped  1 of 2 lines: 1 comment (line 1)",
        "  and 29 more inputs, all clean",
    ]
    again = desk.here("tokenize", "-u", "u.bed", *names, "-o", "out/", "--resume")
    assert lines[4].startswith("30 inputs: 88 regions, ")
    assert again.err.splitlines()[0] == lines[4] + "; 30 kept from an earlier run"


def test_a_universe_that_warns_is_shown_once(desk):
    """Repeated rows of the universe are a warning, also with workers."""
    desk.write("twice.bed", "chr1\t10\t20\nchr1\t10\t20\n")
    for more in ((), ("--jobs", "2")):
        found = desk.apart("tokenize", "-u", "twice.bed", *desk.write_many(4), *more)
        assert found.err.count("warning: twice.bed: 1 repeated row (line 2) keeps ") == 1


def test_the_json_report(desk):
    """Every count is there by name, and nothing that changes from run to run."""
    found = desk.here("tokenize", "-u", "u.bed", "q.bed", "--report", "json", "-o", "t.tsv")
    report = json.loads(found.err)
    assert set(report) == {"genotok", "universe", "options", "warnings", "documents", "kept", "failed", "totals"}
    assert report["totals"] == {"inputs": 1, "regions": 3, "tokens": 3, "bad_rows": 0}
    assert report["universe"]["sha256"] == DIGEST
    document = report["documents"][0]
    assert document["document"] == "q.bed"
    assert document["load"]["skipped"] == {"comment": 1}
    assert document["load"]["lines"] == document["load"]["rows"] + 1
    assert document["encode"]["regions_hit"] == 2
    assert desk.here("tokenize", "-u", "u.bed", "q.bed", "--report", "json", "-o", "t.tsv").err == found.err


def test_reports_go_where_they_are_sent(desk):
    """--report-file takes the report away from stderr; its ending may choose the form; none and quiet say nothing."""
    args = ("tokenize", "-u", "u.bed", "q.bed", "-o", "t.jsonl")
    assert desk.here(*args, "--report-file", "made/r.json").err == ""
    assert json.loads((desk.folder / "made/r.json").read_text())["totals"]["regions"] == 3
    assert desk.here(*args, "--report-file", "r.txt", "--quiet").err == ""
    assert (desk.folder / "r.txt").read_text() == desk.here(*args).err
    assert desk.here(*args, "--report", "none").err == ""
    assert desk.here(*args, "-q").err == ""


def watch(desk, *args, **more):
    """Run a command with a terminal as its stderr; return its exit code, its stdout, and what the terminal showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        desk.command(*args),
        cwd=desk.folder,
        env=environment(TERM="xterm", COLUMNS="200", **more),
        stdout=subprocess.PIPE,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    try:
        while block := os.read(master, 4096):
            shown += block
    except OSError:
        pass  # a terminal without a writer ends with an error
    os.close(master)
    out = process.stdout.read()
    process.stdout.close()
    return process.wait(60), out, shown.decode()


def test_a_terminal_sees_progress_and_colours(desk):
    """Bytes and regions run along on a terminal, and only there; the data stays clean."""
    desk.write("big.bed", "chr1\t18\t19\n" * 400_000)
    code, out, shown = watch(desk, "tokenize", "-u", "u.bed", "big.bed", "-o", "t.gtok")
    assert (code, out) == (0, b"")
    assert "400,000 regions" in shown
    assert "/4.2 MiB" in shown
    assert "\x1b[1mbig.bed\x1b[0m" in shown
    code, out, shown = watch(desk, "tokenize", "-u", "u.bed", "q.bed")
    assert out == b'{"id":"q.bed","input_ids":[0,1,3]}\n'
    code, out, shown = watch(desk, "tokenize", "-u", "u.bed", "big.bed", "-o", "t.gtok", "--quiet")
    assert (code, shown) == (0, "")


def test_no_color_is_respected(desk):
    """With NO_COLOR nothing is coloured, neither progress nor report."""
    desk.write("big.bed", "chr1\t18\t19\n" * 100_000 + "chr1\t9\t5\n")
    args = ("tokenize", "-u", "u.bed", "big.bed", "-o", "t.gtok", "--invalid", "skip")
    assert re.search(r"\x1b\[3\dm", watch(desk, *args)[2])
    code, _, shown = watch(desk, *args, NO_COLOR="1")
    assert code == 0
    assert "1 reversed (line 100001)" in shown
    assert not re.search(r"\x1b\[[0-9;]*[0-9]m", shown.replace("\x1b[0m", ""))
