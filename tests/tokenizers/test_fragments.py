"""Fragment files: each cell has the tokens of its lines, in their order; nothing is lost, and faults are named."""

import gzip
import io
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from genotok import CellTokens, IntervalTokenizer, Regions, Universe
from genotok.errors import ConfigError, FragmentError, InputError, UnmatchedError
from genotok.tokenizers import fragments
from strategies import universes_and_queries

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr1", 30, 40), ("chr2", 5, 9)]
LINES = b"""# id=sample
chr1\t18\t19\tAAAC-1\t2

chr1\t90\t95\tCCGT-1\t1
chr1\t35\t50\tAAAC-1\t3
chr2\t0\t6\tGGGG-1\t1
chr1\t0\t12\tCCGT-1\t4
"""


def tokenizer_of(rows, **config):
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)))
    return tokenizer.replace(**config) if config else tokenizer


@st.composite
def files(draw):
    """A universe, lines as (query, barcode, count), and the text of the file."""
    universe, queries = draw(universes_and_queries())
    barcodes = st.sampled_from(["A", "AAAC-1", "CCGT-1", "é", "a_very_long_barcode_of_many_bytes"])
    lines = [(query, draw(barcodes), draw(st.integers(0, 10**9))) for query in queries]
    text = draw(st.sampled_from(["", "# made by a test\n"]))
    for (chrom, start, end), barcode, count in lines:
        text += f"{chrom}\t{start}\t{end}\t{barcode}\t{count}{draw(st.sampled_from(['', '', chr(9) + 'x y']))}\n"
    return universe, lines, text.encode()


def expected(universe, lines, unk=None):
    """The definition: walk the lines and extend the list of each cell."""
    cells = {}
    for query, barcode, _ in lines:
        found = oracles.hits(universe, query)
        cells.setdefault(barcode, []).extend(found or ([] if unk is None else [unk]))
    return cells


@given(files())
def test_cells_are_those_of_the_definition(world):
    universe, lines, text = world
    tokenizer = tokenizer_of(universe)
    if not lines:
        with pytest.raises(FragmentError, match="no fragments"):
            tokenizer.tokenize_fragments(io.BytesIO(text))
        return
    cells = tokenizer.tokenize_fragments(io.BytesIO(text))
    assert cells.to_dict() == expected(universe, lines)
    assert list(cells.to_dict()) == list(expected(universe, lines))
    with_unk = tokenizer.tokenize_fragments(io.BytesIO(text), unmatched="unk")
    assert with_unk.to_dict() == expected(universe, lines, tokenizer.unk_token_id)
    names = [barcode for _, barcode, _ in lines]
    assert cells.n_fragments.tolist() == [names.count(each) for each in cells.barcodes.tolist()]


@settings(max_examples=25)
@given(files(), st.integers(1, 400))
def test_blocks_join_to_the_whole(world, block_bytes):
    """Blocks of any size yield the same lines, whose cells and tokens are those of the whole."""
    universe, lines, text = world
    if not lines:
        return
    tokenizer = tokenizer_of(universe, unmatched="unk")
    cells = {}
    for block in tokenizer.iter_fragments(io.BytesIO(text), block_bytes=block_bytes):
        assert sorted(set(block.codes.tolist())) == list(range(len(block.barcodes)))
        for code, ids in zip(block.codes.tolist(), block.tokens.to_lists(), strict=True):
            cells.setdefault(str(block.barcodes[code]), []).extend(ids)
    assert cells == tokenizer.tokenize_fragments(io.BytesIO(text)).to_dict()


@settings(max_examples=25)
@given(files(), st.sampled_from(["lines", "count"]))
def test_counts_are_those_of_the_definition(world, weight):
    universe, lines, text = world
    if not lines:
        return
    tokenizer = tokenizer_of(universe)
    matrix = tokenizer.count_fragments(io.BytesIO(text), weight=weight)
    dense = np.zeros(matrix.shape, dtype=np.int64)
    names = list(dict.fromkeys(barcode for _, barcode, _ in lines))
    for query, barcode, count in lines:
        for token in oracles.hits(universe, query):
            dense[names.index(barcode), token] += count if weight == "count" else 1
    assert matrix.barcodes.tolist() == names
    assert np.array_equal(matrix.to_dense(), dense)
    # a count of 0 keeps its place; else nothing but non-zeros is stored
    assert weight == "count" or len(matrix.data) == np.count_nonzero(dense)
    if weight == "lines":
        assert matrix == tokenizer.tokenize_fragments(io.BytesIO(text)).counts()


@settings(max_examples=25)
@given(files(), st.lists(st.sampled_from(["é", "AAAC-1", "none", "A"]), unique=True, min_size=1))
def test_a_list_of_barcodes_orders_the_rows(world, only):
    universe, lines, text = world
    if not lines:
        return
    tokenizer = tokenizer_of(universe)
    whole = tokenizer.tokenize_fragments(io.BytesIO(text)).to_dict()
    cells = tokenizer.tokenize_fragments(io.BytesIO(text), barcodes=only)
    assert cells.to_dict() == {name: whole.get(name, []) for name in only}
    assert cells.report.unlisted == sum(barcode not in only for _, barcode, _ in lines)
    assert cells.report.unlisted + int(cells.n_fragments.sum()) == len(lines)
    matrix = tokenizer.count_fragments(io.BytesIO(text), barcodes=only)
    assert matrix == cells.counts()


@settings(max_examples=25)
@given(files(), st.integers(0, 3))
def test_cells_with_few_lines_are_left_out_and_counted(world, least):
    universe, lines, text = world
    if not lines:
        return
    tokenizer = tokenizer_of(universe)
    whole = tokenizer.tokenize_fragments(io.BytesIO(text))
    cells = tokenizer.tokenize_fragments(io.BytesIO(text), min_fragments=least)
    assert cells == whole.take(whole.n_fragments >= least)
    assert cells.report.sparse == len(whole) - len(cells)
    assert cells.report.sparse_lines + int(cells.n_fragments.sum()) == len(lines)


@settings(max_examples=25)
@given(files(), st.integers(0, 5))
def test_a_spill_changes_nothing(world, held):
    universe, lines, text = world
    if not lines:
        return
    tokenizer = tokenizer_of(universe)
    reader = fragments.CellLines(tokenizer, io.BytesIO(text))
    spilt = fragments.tokenize_fragments(reader, min_fragments=0, vocab_size=tokenizer.vocab_size, held_tokens=held)
    assert spilt == tokenizer.tokenize_fragments(io.BytesIO(text))


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text,
        gzip.compress,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\t", b" "),
        lambda text: text.replace(b"\t", b"  "),
        lambda text: text.rstrip(b"\n"),
        lambda text: b"".join(line.rsplit(b"\t", 1)[0] + b"\n" for line in text.splitlines()),
    ],
    ids=["plain", "gzip", "crlf", "mark", "blanks", "many blanks", "no last end", "four columns"],
)
def test_the_form_of_the_text_changes_nothing(form):
    cells = tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(form(LINES)))
    assert cells.to_dict() == {"AAAC-1": [0, 1, 2], "CCGT-1": [0], "GGGG-1": [3]}
    assert cells.n_fragments.tolist() == [2, 2, 1]


def test_the_report_accounts_for_every_line():
    cells = tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(LINES), barcodes=["CCGT-1", "TTTT-1"])
    told = cells.report.to_dict()
    assert told["load"]["skipped"] == {"comment": 1, "blank": 1}
    assert told["load"]["lines"] == 7
    assert told["unlisted"] == 3
    assert (told["encode"]["regions"], told["encode"]["regions_hit"], told["cells"]) == (2, 1, 2)


def test_names_can_be_renamed_on_the_way():
    text = b"1\t18\t19\tAA\n2\t0\t6\tAA\n"
    tokenizer = tokenizer_of(ROWS)
    cells = tokenizer.tokenize_fragments(io.BytesIO(text), rename_chroms="auto")
    assert cells.to_dict() == {"AA": [0, 1, 3]}
    assert cells.report.renamed == {"1": "chr1", "2": "chr2"}
    assert tokenizer.tokenize_fragments(io.BytesIO(text), rename_chroms={"2": "chr2"}).to_dict() == {"AA": [3]}
    assert tokenizer.count_fragments(io.BytesIO(text), rename_chroms="auto").data.tolist() == [1, 1, 1]
    assert "chr1" in tokenizer.tokenize_fragments(io.BytesIO(text)).report.encode.hint


def test_misses_are_an_error_where_asked_for():
    tokenizer = tokenizer_of(ROWS, unmatched="error")
    with pytest.raises(UnmatchedError, match=r"<stream>:4: 1 of 5 regions hit nothing \(<stream>:4 chr1:90-95\)"):
        tokenizer.tokenize_fragments(io.BytesIO(LINES))
    with pytest.raises(UnmatchedError, match=r"<stream>:4: 1 of 2 regions"):
        tokenizer.tokenize_fragments(io.BytesIO(LINES), barcodes=["CCGT-1"])
    kept = tokenizer.tokenize_fragments(io.BytesIO(LINES), barcodes=["AAAC-1"])
    assert kept.to_dict() == {"AAAC-1": [0, 1, 2]}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"chr1\t5\t9", r"<stream>:2: 3 columns, so no barcode; a fragment is chrom, start, end, barcode"),
        (b"chr1 5 9", r"<stream>:2: 3 columns, so no barcode"),
        (b"chr1\t5\t9\t\t1", r"<stream>:2: the barcode is empty; a fragment is"),
        (b"chr1\t5.0\t9\tAA", r"<stream>:2: start '5.0' is not a whole number"),
        (b"chr1\t9\t5\tAA", r"<stream>:2: end 5 precedes start 9"),
        (b"chr1\t-5\t5\tAA", r"<stream>:2: start -5 is negative; clip to 0"),
        (b"chr1\t5\t9\t\xff\xfe", r"<stream>:2: barcode b'\\xff\\xfe' is not UTF-8; rename it"),
        (b"chr1:5-9", r"<stream>:2: 1 column; a fragment is"),
    ],
)
def test_a_fault_names_its_line(line, message):
    text = b"chr1\t18\t19\tAAAC-1\n" + line + b"\nchr1\t18\t19\tAAAC-1\n"
    with pytest.raises(FragmentError, match=message):
        tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no fragments; 0 lines"),
        (b"# a\n", "no fragments; 1 line, all comment"),
        (b"BAM\x01" + bytes(80), "the file is BAM; a fragment is"),
        (gzip.compress(LINES, mtime=0)[:-9], "the gzip stream is cut at byte"),
    ],
)
def test_what_is_no_fragment_file_is_refused(text, message):
    with pytest.raises(FragmentError, match=message):
        tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(text))


@pytest.mark.parametrize("text", [b"chr1\t1\t12\tAA\tx\n", b"chr1\t1\t12\tAA\t-1\n", b"chr1\t1\t12\tAA\t\n"])
def test_a_count_that_is_no_number_is_refused_where_it_counts(text):
    tokenizer = tokenizer_of(ROWS)
    assert tokenizer.count_fragments(io.BytesIO(text)).data.tolist() == [1]
    with pytest.raises(
        FragmentError, match=r"<stream>:1: count '.*' is not a whole number of up to 10 digits; weight='lines'"
    ):
        tokenizer.count_fragments(io.BytesIO(text), weight="count")
    with pytest.raises(FragmentError, match="4 columns, so no count; weight='lines' counts lines instead"):
        tokenizer.count_fragments(io.BytesIO(b"chr1\t1\t12\tAA\n"), weight="count")


def test_wrong_arguments_are_refused():
    tokenizer = tokenizer_of(ROWS)
    with pytest.raises(InputError, match="weight='reads' is unknown; 'lines' counts lines"):
        tokenizer.count_fragments(io.BytesIO(LINES), weight="reads")
    with pytest.raises(InputError, match="min_fragments is -1; a whole number"):
        tokenizer.tokenize_fragments(io.BytesIO(LINES), min_fragments=-1)
    with pytest.raises(ConfigError, match="unmatched is 'keep'"):
        tokenizer.tokenize_fragments(io.BytesIO(LINES), unmatched="keep")
    with pytest.raises(FileNotFoundError, match=r"nowhere\.tsv: no such file"):
        tokenizer.tokenize_fragments("nowhere.tsv")
    with pytest.raises(InputError, match="rename_chroms='ucsc' names no mapping; give a mapping, or 'auto'"):
        tokenizer.tokenize_fragments(io.BytesIO(LINES), rename_chroms="ucsc")
    with pytest.raises(InputError, match="block_bytes is 0; a whole number from 1"):
        next(tokenizer.iter_fragments(io.BytesIO(LINES), block_bytes=0))


def test_bad_rows_are_skipped_and_counted_where_asked_for():
    text = b"chr1\t18\t19\tAA\nchr1\t9\t5\tAA\nchr1\t35\t50\tAA\n"
    cells = tokenizer_of(ROWS, invalid="skip").tokenize_fragments(io.BytesIO(text))
    assert cells.to_dict() == {"AA": [0, 1, 2]}
    assert cells.report.load.skipped == {"reversed": 1}


def test_cells_survive_a_pickle_and_are_read_only():
    import pickle

    cells = tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(LINES))
    again = pickle.loads(pickle.dumps(cells))
    assert again == cells
    assert again.counts() == pickle.loads(pickle.dumps(cells.counts()))
    for each in (cells.barcodes, again.n_fragments, again.counts().data):
        with pytest.raises(ValueError, match="read-only"):
            each[0] = each[0]


def test_parts_that_do_not_agree_are_refused():
    cells = tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(LINES))
    with pytest.raises(InputError, match="2 barcodes, 3 rows of tokens and 3 numbers of fragments"):
        CellTokens(cells.barcodes[:2], cells.tokens, cells.n_fragments, cells.vocab_size)
    matrix = cells.counts()
    assert matrix.take([2, 0]).to_dense().tolist() == matrix.to_dense()[[2, 0]].tolist()
    with pytest.raises(InputError, match="make no matrix of 3 cells"):
        type(matrix)(matrix.data, matrix.indices, matrix.indptr, matrix.shape, matrix.barcodes[:1])
    with pytest.raises(InputError, match="a column is outside 0 to 3"):
        type(matrix)(np.array([1]), np.array([4]), np.array([0, 1]), (1, 4), np.array(["A"]))


def test_unique_keeps_each_token_once():
    cells = tokenizer_of(ROWS).tokenize_fragments(io.BytesIO(LINES.replace(b"GGGG", b"AAAC") * 2)).unique()
    assert cells.to_dict() == {"AAAC-1": [0, 1, 2, 3], "CCGT-1": [0]}


def test_many_blocks_are_read_as_one(monkeypatch):
    """A file of some megabytes, in blocks of a few kilobytes each."""
    monkeypatch.setattr(fragments, "BLOCK_BYTES", 2**12)
    lines = [f"chr1\t{10 * at}\t{10 * at + 5}\tcell{at * at % 97}\t1\n" for at in range(20_000)]
    rows = [("chr1", 40 * at, 40 * at + 10) for at in range(5_000)]
    cells = tokenizer_of(rows).tokenize_fragments(io.BytesIO("".join(lines).encode())).to_dict()
    plain = {}
    for at in range(20_000):
        plain.setdefault(f"cell{at * at % 97}", []).extend([at // 4] if at % 4 == 0 else [])
    assert cells == plain
    assert list(accumulate(map(len, cells.values())))[-1] == 5_000
