import gzip
import json
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from bridge.tab import RESULT_ARRAYS, Tab, bed_text
from genotok import IntervalTokenizer, Regions, Universe, read_bed
from packing import bgzip_of
from strategies import universes_and_queries

UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
TEXT = b"# peaks\nchr2\t5\t9\tname\nchr10\t1\t2\n\nchr1\t30\t40\nchr1\t0\t12\n"


def make_tab(universe=UNIVERSE, **options):
    tab = Tab()
    tab.open_universe(bed_text(universe), invalid="keep")
    if options:
        tab.call("configure", json.dumps(options))
    return tab


def tokenizer_of(universe=UNIVERSE, **fields):
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(universe, invalid="keep"))).replace(**fields)


def lists_of(arrays):
    ids, offsets = arrays["ids"].tolist(), arrays["offsets"].tolist()
    return [ids[first:last] for first, last in pairwise(offsets)]


def regions_of(said, arrays):
    names = [said["chrom_names"][code] for code in arrays["codes"].tolist()]
    starts, ends = (arrays[key].view(np.uint32).tolist() for key in ("starts", "ends"))
    return list(zip(names, starts, ends, strict=True))


@given(universes_and_queries(kept=True), st.sampled_from(["drop", "unk"]), st.booleans())
def test_a_file_becomes_what_the_tokenizer_makes_of_it(drawn, unmatched, sort):
    """Ids, rows, lines and reports are those of the definition and of the public API, up to coordinates of 2^32 - 1."""
    universe, queries = drawn
    if not queries:
        return
    tab = make_tab(universe, unmatched=unmatched, invalid="keep", sort=sort)
    data = bed_text(queries)
    said, arrays = tab.tokenize(data)
    order = oracles.sorting_order(queries) if sort else range(len(queries))
    hits = oracles.encode(universe, queries)
    misses = [[len(universe)]] if unmatched == "unk" else [[]]
    assert lists_of(arrays) == [hits[row] or misses[0] for row in order]
    assert regions_of(said, arrays) == [queries[row] for row in order]
    assert arrays["lines"].tolist() == [row + 1 for row in order]
    assert said["hit"] == said["encode"]["regions_hit"] == sum(map(bool, hits))
    assert said["tokens"] == len(arrays["ids"])
    assert said["distinct"] == len(set(arrays["ids"].tolist()))
    assert said["crc32"] == zlib.crc32(data)
    tokenizer = tokenizer_of(universe, unmatched=unmatched, invalid="keep")
    regions = Regions.from_tuples(queries, invalid="keep")
    assert said["encode"] == tokenizer.report(regions).to_dict()


@pytest.mark.parametrize("step", [1, 2, 3, 7, 16, 10**6])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: bgzip_of(text, 11)])
def test_the_size_of_the_blocks_changes_nothing(pack, step):
    """One byte at a time or the whole file at once: the same words and the same arrays."""
    tab, data = make_tab(unmatched="unk"), pack(TEXT)
    said, arrays = tab.tokenize(data, step=step)
    expected, expected_arrays = tab.tokenize(data)
    assert {**said, "handle": 0} == {**expected, "handle": 0}
    assert all(np.array_equal(arrays[key], expected_arrays[key]) for key in RESULT_ARRAYS)
    assert lists_of(arrays) == [[2], [4], [3], [0]]
    assert arrays["lines"].tolist() == [2, 3, 5, 6]


def test_the_load_report_is_that_of_read_bed(tmp_path):
    """Every skipped line is counted under its reason, as read_bed does."""
    (tmp_path / "peaks.bed").write_bytes(TEXT)
    expected = read_bed(tmp_path / "peaks.bed").report.to_dict()
    said, _ = make_tab().tokenize(TEXT)
    assert said["load"] == {**expected, "path": "peaks.bed"}
    assert said["load"]["skipped"] == {"comment": 1, "blank": 1}


def test_feed_counts_what_came_so_far():
    """Lines, rows, hits and tokens grow with the blocks."""
    tab = make_tab()
    handle = tab.call("open_file", "peaks.bed", len(TEXT), "{}")[0]["handle"]
    counts = tab.feed(handle, TEXT + b"\n" * 70000)
    assert counts["rows"] == 4
    assert (counts["hit"], counts["tokens"]) == (3, 3)
    assert tab.feed(handle, b"chr1\t16\t17\n")["tokens"] == 5


def test_no_hit_at_all_is_said():
    """The flat view of a document without hits is the unknown token."""
    said, arrays = make_tab().tokenize(b"chr9\t1\t2\n")
    assert (said["tokens"], said["flat"], said["flat_unk"], said["hit"]) == (0, 1, True, 0)
    assert arrays["offsets"].tolist() == [0, 0]


@pytest.mark.parametrize("step", [5, 10**6])
def test_misses_that_are_errors_are_those_of_the_whole_file(step, tmp_path):
    """The message counts the misses of the file, not of a block, and names their lines; the buttons offer more."""
    data = TEXT + b"chr10\t3\t4\n"
    (tmp_path / "peaks.bed").write_bytes(data)
    tab = make_tab()
    handle = tab.call("open_file", "peaks.bed", len(data), '{"unmatched": "error"}')[0]["handle"]
    tab.feed(handle, data, step)
    error = tab.fail("close_file", handle)
    with pytest.raises(ValueError, match=r"peaks\.bed:3") as caught:
        tokenizer_of(unmatched="error").encode_rows(tmp_path / "peaks.bed")
    assert error["code"] == "UnmatchedError"
    assert error["message"] == str(caught.value).replace(str(tmp_path) + "/", "")
    assert [button["options"] for button in error["action"]] == [{"unmatched": "drop"}, {"unmatched": "unk"}]


def test_a_file_may_have_its_own_settings():
    """Options of open_file stand over those of configure, for this file only."""
    tab = make_tab(unmatched="unk")
    assert tab.tokenize(b"chr9\t1\t2\n", unmatched="drop")[0]["tokens"] == 0
    assert tab.tokenize(b"chr9\t1\t2\n")[0]["tokens"] == 1
    said = tab.tokenize(b"chr1\t9\t5\nchr1\t12\t13\n", invalid="skip")[0]
    assert (said["rows"], said["load"]["skipped"], said["options"]["invalid"]) == (1, {"reversed": 1}, "skip")
    assert tab.tokenize(b"", allow_empty=True)[0]["rows"] == 0


def test_names_that_do_not_match_bring_a_proposal_and_following_it_is_recorded():
    """``1`` becomes ``chr1`` only when asked; then ids are those of the renamed file."""
    tab = make_tab()
    said, arrays = tab.tokenize(b"1\t12\t13\nMT\t1\t2\n2\t6\t7\n")
    assert said["renames"] == {"1": "chr1", "2": "chr2"}
    assert said["encode"]["hint"] is not None
    assert (said["unknown_rows"], len(arrays["ids"])) == (3, 0)
    for rename in ("auto", said["renames"]):
        again, arrays = tab.tokenize(b"1\t12\t13\nMT\t1\t2\n2\t6\t7\n", step=4, rename=rename)
        assert lists_of(arrays) == [[0], [], [2]]
        assert again["renamed"] == {"1": "chr1", "2": "chr2"}
        assert again["chrom_names"] == ["chr1", "MT", "chr2"]
        assert again["renames"] == {}
        assert again["options"]["rename"] == rename


def test_two_names_that_become_one_are_one_chromosome():
    """``1`` and ``chr1`` in one file share a code after renaming."""
    said, arrays = make_tab().tokenize(b"1\t12\t13\nchr1\t12\t13\n", step=3, rename="auto")
    assert said["chrom_names"] == ["chr1"]
    assert arrays["codes"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("pasted", "rows", "lines"),
    [
        ("chr1:12-13", [("chr1", 12, 13)], [1]),
        ("chr1:1,200-1,300\r\nchr2:5-9\n", [("chr1", 1200, 1300), ("chr2", 5, 9)], [1, 2]),
        ("# mine\n  chr1:12-13 \nchr1\t15\t16\n", [("chr1", 12, 13), ("chr1", 15, 16)], [2, 3]),
        ("HLA-A*01:01:5-6", [("HLA-A*01:01", 5, 6)], [1]),
        ("a:5-6\t1\t2\n", [("a:5-6", 1, 2)], [1]),
    ],
)
def test_pasted_text_is_bed_or_one_region_a_line(pasted, rows, lines):
    """``chr1:12-13`` means the same as in a token's text; other lines are BED."""
    said, arrays = make_tab().call("encode_text", pasted, "{}")
    assert regions_of(said, arrays) == rows
    assert arrays["lines"].tolist() == lines
    assert said["name"] == "pasted.bed"


def test_a_bad_pasted_line_is_named():
    """Line numbers are those of the text that was pasted."""
    error = make_tab().fail("encode_text", "chr1:5-6\nhello\n", "{}")
    assert (error["code"], error["line"]) == ("BedError", 2)


def test_a_result_comes_back_from_its_words_and_arrays():
    """After a restart the page gives back what it holds, and every view and output is as before."""
    tab, other = make_tab(unmatched="unk"), make_tab()
    said, arrays = tab.tokenize(TEXT, rename={"chr10": "chrTen"})
    back, _ = other.call("load_result", json.dumps(said), *(memoryview(arrays[key]) for key in RESULT_ARRAYS))
    assert {**back, "handle": 0} == {**said, "handle": 0}
    for operation, *arguments in (("summary", 5), ("overview", 9), ("tokens", 0, 99), ("rows", "{}", 0, 9)):
        first, first_arrays = tab.call(operation, said["handle"], *arguments)
        second, second_arrays = other.call(operation, back["handle"], *arguments)
        assert first == second
        assert all(np.array_equal(first_arrays[key], second_arrays[key]) for key in first_arrays)
    for kind in ("jsonl", "tsv", "npz", "gtok", "bed", "zip"):
        inputs = (TEXT,) if kind in ("bed", "zip") else ()
        assert tab.save([said["handle"]], kind, inputs) == other.save([back["handle"]], kind, inputs)


def test_a_result_of_another_universe_is_refused():
    """Old ids never meet new regions."""
    tab = make_tab()
    said, arrays = tab.tokenize(TEXT)
    tab.open_universe(bed_text(UNIVERSE[:2]))
    columns = [arrays[key] for key in RESULT_ARRAYS]
    error = tab.fail("load_result", json.dumps(said), *columns)
    assert error["code"] == "UniverseError"
    assert error["hint"] == "open that universe first"


def test_an_old_result_stays_readable_after_the_universe_changed():
    """It keeps the universe that made it until it is forgotten."""
    tab = make_tab()
    said, _ = tab.tokenize(TEXT)
    tab.open_universe(bed_text([("chr7", 1, 2)]))
    values, arrays = tab.call("rows", said["handle"], "{}", 0, 10)
    assert values["total"] == 4
    assert arrays["id_starts"].tolist() == [5, 30, 10]


def test_what_is_forgotten_is_gone():
    """Results and readings leave the session; forgetting twice is fine."""
    tab = make_tab()
    said, _ = tab.tokenize(TEXT)
    reading = tab.call("open_file", "half.bed", 100, "{}")[0]["handle"]
    tab.feed(reading, b"chr1\t1\t2\n")
    for handle in (said["handle"], reading, reading):
        assert tab.call("forget", handle) == ({}, {})
    assert tab.session.desk._things == {}
    assert tab.fail("rows", said["handle"], "{}", 0, 1)["message"].startswith("handle 2 is no result")
    assert tab.fail("feed", reading, 0)["code"] == "InputError"


def test_ends_past_the_chromosomes_of_the_assembly_are_counted():
    """A file whose ends overshoot hg38 and fit hg19 says so."""
    from genotok.analysis.assemblies import ASSEMBLIES

    tab = Tab()
    tab.open_universe(bed_text([(name, size - 600, size) for name, size in ASSEMBLIES["hg38"].items()]))
    past = ASSEMBLIES["hg38"]["chr1"] + 10
    said, _ = tab.tokenize(bed_text([("chr1", past - 500, past), ("chr1", 5, 9), ("chrUn", 5, 2**31 - 1)]))
    assert said["beyond"] == {"assembly": "hg38", "rows": 1, "fits": ["hg19"]}
    assert tab.tokenize(bed_text([("chr1", 5, 9)]))[0]["beyond"] is None


def test_a_small_file_that_holds_an_absurd_amount_of_text_is_stopped(monkeypatch):
    """More than 200 : 1 beyond 256 MB is no BED file; reading stops without its rows."""
    import genotok.bridge.reading as reading

    monkeypatch.setattr(reading, "RATIO_FROM", 2**20)
    tab = make_tab()
    handle = tab.call("open_file", "bomb.bed.gz", 0, "{}")[0]["handle"]
    data = gzip.compress(b"#%8190s\n" % b"" * 2**12) * 3
    error = tab.fail("feed", handle, tab.stage(data))
    assert error["code"] == "BedError"
    assert "over 200 : 1" in error["message"]
    assert tab.fail("close_file", handle)["code"] == "InputError"
