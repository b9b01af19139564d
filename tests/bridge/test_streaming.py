import gzip
import io
import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.tab import Tab, bed_text, open_reply, terminal_bytes
from genotok.analysis.assemblies import ASSEMBLIES
from genotok.export.gtok import GtokParts, GtokWriter
from packing import bgzip_of
from strategies import universes_and_queries

UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
TEXT = b"# peaks\nchr2\t5\t9\tname\nchr10\t1\t2\n\nchr1\t30\t40\nchr1\t0\t12\n"
COMMENT = b"#" * 5000 + b"\n"
KINDS = ["gtok", "jsonl", "tsv", "bed"]
CHOICES = {
    "plain": (TEXT, {}, []),
    "unk": (TEXT, {"unmatched": "unk"}, ["--unmatched", "unk"]),
    "skip": (TEXT + b"chr1\t9\t5\n", {"invalid": "skip"}, ["--invalid", "skip"]),
    "keep": (TEXT + b"chr1\t35\t12\n", {"invalid": "keep"}, ["--invalid", "keep"]),
    "auto": (TEXT.replace(b"chr", b""), {"rename": "auto"}, ["--rename-chroms", "auto"]),
    "pairs": (TEXT, {"rename": {"chr10": "chr1"}}, ["--rename-chroms", "chr10=chr1"]),
    "empty": (b"# none\n", {"allow_empty": True}, ["--keep-empty"]),
    "no hit": (b"chr9\t1\t2\n", {}, []),
}


def make_tab(universe=UNIVERSE, invalid="error"):
    tab = Tab()
    tab.open_universe(bed_text(universe), name="universe.bed", invalid=invalid)
    return tab


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", CHOICES)
def test_a_stream_is_what_the_command_line_writes(tmp_path, choice, kind):
    """The head and the parts, one after the other."""
    data, options, words = CHOICES[choice]
    _, name, out = make_tab().stream(data, kind, step=7, limit=5, **options)
    assert name == f"peaks.bed.{kind}"
    assert out == terminal_bytes(tmp_path, {"peaks.bed": data}, bed_text(UNIVERSE), name, *words)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: bgzip_of(text, 11)])
@pytest.mark.parametrize("step", [1, 13, 10**6])
def test_the_size_of_blocks_and_parts_changes_nothing(kind, pack, step):
    tab = make_tab()
    expected = tab.stream(TEXT, kind)[2]
    assert tab.stream(pack(TEXT), kind, step=step, limit=3)[2] == expected


@given(universes_and_queries(kept=True), st.sampled_from(KINDS), st.sampled_from(["drop", "unk"]), st.integers(1, 50))
def test_words_and_bytes_are_those_of_a_result_that_is_kept(drawn, kind, unmatched, step):
    """What is counted piece by piece is what is counted of the whole."""
    universe, queries = drawn
    if not queries:
        return
    tab, data = make_tab(universe, "keep"), bed_text(queries)
    options = {"unmatched": unmatched, "invalid": "keep"}
    words, name, out = tab.stream(data, kind, step=step, **options)
    said, _ = tab.tokenize(data, **options)
    assert (words.pop("streamed"), words.pop("recipe")["cli"].split()[1]) == (True, "tokenize")
    assert {**words, "handle": 0} == {**said, "handle": 0}
    assert tab.save([said["handle"]], kind, (data,) if kind == "bed" else ()) == (name, out)


def test_ends_past_the_assembly_are_counted_too():
    """They are summed over the pieces, and so are the chromosomes that tell what would fit."""
    tab = make_tab([(name, size - 600, size) for name, size in ASSEMBLIES["hg38"].items()])
    past = ASSEMBLIES["hg38"]["chr1"] + 10
    rows = [("chr1", past - 500, past), ("chr2", 5, 9), ("chr1", 7, past), ("chr1", 5, 6)]
    words = tab.stream(bed_text(rows), "tsv", step=5)[0]
    assert words["beyond"] == {"assembly": "hg38", "rows": 2, "fits": ["hg19"]}


@given(st.lists(st.lists(st.integers(0, 70_000) | st.sampled_from([65_535, 65_536]), max_size=5), max_size=6))
def test_parts_of_gtok_do_not_depend_on_when_a_wide_id_comes(pieces):
    """Early, late or never: the header and the parts are the file that is written in one go."""
    whole, sink = io.BytesIO(), io.BytesIO()
    GtokWriter(whole).write([each for piece in pieces for each in piece])
    parts = GtokParts(sink, largest=70_000)
    for piece in pieces:
        parts.write(piece)
    head = parts.close()
    assert head + sink.getvalue() == whole.getvalue()
    assert parts.count == sum(map(len, pieces))


def test_narrow_ids_are_handed_out_at_once_where_no_wide_one_can_come():
    """A vocabulary of up to 65,536 tokens never holds values back."""
    for largest, held in ((65_535, False), (65_536, True)):
        sink = io.BytesIO()
        GtokParts(sink, largest=largest).write([1, 2])
        assert (sink.getvalue() == b"") is held


@pytest.mark.native
@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_file(kind):
    """Six times the rows take the same memory: no row is kept."""
    tab = make_tab([("chr1", at, at + 50) for at in range(0, 10**6, 100)])
    rng = np.random.default_rng(5)
    starts = np.sort(rng.integers(0, 10**6, 50_000)).tolist()
    block = b"".join(b"chr1\t%d\t%d\n" % (start, start + 80) for start in starts)
    peaks = []
    for times in (2, 12):
        tracemalloc.start()
        handle = tab.call("open_stream", "peaks.bed", 0, kind, "{}")[0]["handle"]
        for _ in range(times):
            tab.feed(handle, block, 2**18)
            while tab.call("take_stream", handle, 2**20)[0]["more"]:
                pass
        tab.call("close_stream", handle)
        tab.call("end_stream", handle)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + 2**18


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("npz", {}, "format 'npz' can't be streamed; one of gtok, jsonl, tsv, bed"),
        ("jsonl", {"sort": True}, "sorted rows can't be streamed; leave sort out, or use the terminal"),
        ("jsonl", {"budget": 5}, "unknown option budget"),
        (7, {}, "format is int, not text"),
    ],
)
def test_what_can_not_be_streamed_is_said(kind, options, message):
    error = make_tab().fail("open_stream", "peaks.bed", 1, kind, json.dumps(options))
    assert (error["code"], error["message"][: len(message)]) == ("InputError", message)


def test_a_stream_ends_in_order():
    """Closed once, ended after it was closed, and gone then; misses that are errors end it."""
    tab = make_tab()
    handle = tab.call("open_stream", "peaks.bed", 1, "jsonl", "{}")[0]["handle"]
    tab.feed(handle, TEXT)
    assert tab.fail("end_stream", handle)["message"] == "the stream is not closed; call close_stream"
    tab.call("close_stream", handle)
    assert tab.fail("close_stream", handle)["message"] == "the stream is closed; take what is left of it"
    handle = tab.call("open_stream", "peaks.bed", 1, "gtok", '{"unmatched": "error"}')[0]["handle"]
    tab.feed(handle, TEXT)
    error = tab.fail("close_stream", handle)
    assert (error["code"], error["line"]) == ("UnmatchedError", 3)
    for name in ("close_stream", "end_stream"):
        assert tab.fail(name, handle)["message"].startswith(f"handle {handle} is no stream")


def open_with_budget(tab, size, budget, **options):
    return tab.call("open_file", "big.bed", size, json.dumps({"budget": budget, **options}))[0]["handle"]


def test_a_file_that_needs_too_much_is_refused_before_it_is_read_on():
    """After the first MiB the need is guessed from the rows so far; the message offers ways that need none."""
    tab = make_tab()
    block = b"chr1\t30\t40\n" * (2**20 // 11 + 1)
    handle = open_with_budget(tab, 100 * len(block), 300 * 2**20)
    error = tab.fail("feed", handle, tab.stage(block))
    assert error["code"] == "CapacityError"
    assert error["where"] == "big.bed"
    needed = 100 * block.count(b"\n") * 44 / 1e6
    assert error["message"] == (
        f"big.bed: the result would take about {needed:.1f} MB of memory, and 314.6 MB are allowed; "
        "run: genotok tokenize -u universe.bed big.bed -o big.bed.gtok"
    )
    assert [button["options"] for button in error["action"]] == [{"stream": kind} for kind in ("gtok", "jsonl", "tsv")]
    assert error["action"][0]["label"] == "Tokenize straight into a .gtok file"
    assert tab.fail("feed", handle, 0)["code"] == "InputError"
    fits = open_with_budget(tab, 5 * len(block), 300 * 2**20)
    tab.feed(fits, block)


def test_a_packed_file_is_guessed_with_its_ratio():
    """A gzip file of 2 MB that holds 20 times as much is told from its first MiB."""
    tab = make_tab()
    rng = np.random.default_rng(2)
    text = b"".join(b"chr1\t%d\t40\n" % start for start in rng.integers(0, 39, 2_000_000).tolist())
    data = gzip.compress(text, 1)
    assert len(data) > 2**20
    for budget, refused in ((60 * 10**6, True), (100 * 10**6, False)):
        handle = open_with_budget(tab, len(data), budget)
        fed, errors = 0, []
        while fed < len(data) and not errors:
            part = data[fed : fed + 2**18]
            values, _ = open_reply(tab.session.feed(handle, tab.stage(part)))
            errors += [values["error"]] if "error" in values else []
            fed += len(part)
        assert bool(errors) is refused
        if refused:
            assert "would take about" in errors[0]["message"]
            assert fed < len(data)


def test_a_budget_also_holds_for_what_is_there():
    """However small the file is, and whatever size was announced."""
    tab = make_tab()
    handle = open_with_budget(tab, 1, 100)
    error = tab.fail("feed", handle, tab.stage(COMMENT + b"chr1\t30\t40\n" * 3))
    assert error["message"].startswith("big.bed: the result takes 132 bytes and more of memory, and 100 bytes are")
    handle = open_with_budget(tab, 33, 132)
    tab.feed(handle, COMMENT + b"chr1\t30\t40\n" * 3)
    tab.call("close_file", handle)
    handle = open_with_budget(tab, 33, 131)
    tab.feed(handle, b"chr1\t30\t40\n" * 3)  # too short to be begun before its end
    assert tab.fail("close_file", handle)["code"] == "CapacityError"


def test_sorted_rows_can_only_be_made_elsewhere():
    """No button offers what would be refused; the command is named."""
    tab = make_tab()
    handle = open_with_budget(tab, 1, 10, sort=True)
    error = tab.fail("feed", handle, tab.stage(COMMENT + TEXT))
    assert error["action"] == []
    assert error["hint"].endswith("-o big.bed.gtok --sort")


@pytest.mark.parametrize("budget", ["1", -1, 1.5, True, [], 10**20])
def test_a_budget_is_a_number_of_bytes(budget):
    error = make_tab().fail("open_file", "big.bed", 9, json.dumps({"budget": budget}))
    assert error["message"].startswith("budget is ")
