"""What an input is: every kind is recognised, one document or a batch, and a mixture is refused with its place."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from genotok import IntervalTokenizer, Regions, Universe, read_bed
from genotok.errors import BedError, InputError, IntervalError
from genotok.tokenizers.inputs import read_input

ROWS = [("chr1", 12, 16), ("chr2", 0, 9)]
TABLE = {"chrom": ["chr1", "chr2"], "start": [12, 0], "end": [16, 9]}


@pytest.fixture
def tokenizer():
    rows = [("chr1", 10, 20), ("chr1", 15, 30), ("chr1", 30, 40), ("chr2", 5, 9)]
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "query.bed"
    path.write_text("chr1\t12\t16\nchr2\t0\t9\n")
    return path


class Region:
    """A region as gtars has it."""

    def __init__(self, chrom, start, end):
        self.chr, self.start, self.end, self.rest = chrom, start, end, None


class RegionSet:
    """A set of regions that can be iterated, and nothing else."""

    def __iter__(self):
        return (Region(*row) for row in ROWS)


FORMS = {
    "Regions": lambda _: Regions.from_tuples(ROWS),
    "text": str,
    "Path": lambda path: path,
    "bytes in memory": lambda path: io.BytesIO(path.read_bytes()),
    "open file": lambda path: opened(path),
    "dict": lambda _: TABLE,
    "structured array": lambda _: np.array(
        [(*row, "x") for row in ROWS], [("chr", "U9"), ("start", "i8"), ("end", "i8"), ("name", "U9")]
    ),
    "tuples": lambda _: ROWS,
    "tuple of tuples": lambda _: tuple(ROWS),
    "lists": lambda _: [list(row) for row in ROWS],
    "longer tuples": lambda _: [(*row, "name", 7) for row in ROWS],
    "numpy numbers": lambda _: [(chrom, np.int32(start), float(end)) for chrom, start, end in ROWS],
    "generator": lambda _: (row for row in ROWS),
    "2-D object array": lambda _: np.array(ROWS, dtype=object),
    "object array of objects": lambda _: np.array([Region(*row) for row in ROWS], dtype=object),
    "objects with chr": lambda _: [Region(*row) for row in ROWS],
    "a triple and an object": lambda _: [ROWS[0], Region(*ROWS[1])],
    "objects with chrom": lambda _: [SimpleNamespace(chrom=row[0], start=row[1], end=row[2]) for row in ROWS],
    "objects with chromosome": lambda _: [SimpleNamespace(chromosome=row[0], start=row[1], end=row[2]) for row in ROWS],
    "a set of regions": lambda _: RegionSet(),
    "a view of values": lambda _: dict(enumerate(ROWS)).values(),
}
_OPEN = []


def opened(path):
    """Open a file that is closed after the test."""
    _OPEN.append(path.open("rb"))
    return _OPEN[-1]


@pytest.fixture(autouse=True)
def _close():
    yield
    while _OPEN:
        _OPEN.pop().close()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_document_gives_the_same_ids(tokenizer, path, form):
    """Files, Regions, tables, triples and objects are one document, for every call."""
    document = FORMS[form]
    assert tokenizer.encode_rows(document(path)).to_lists() == [[0, 1], [3]]
    assert tokenizer.encode(document(path)) == [0, 1, 3]
    assert tokenizer.tokenize(document(path)) == ["chr1:10-20", "chr1:15-30", "chr2:5-9"]
    assert tokenizer(document(path), return_offsets=True) == {
        "input_ids": [0, 1, 3],
        "attention_mask": [1, 1, 1],
        "region_index": [0, 0, 1],
    }
    assert tokenizer.report(document(path)).regions_hit == 2


@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_any_form_is_a_batch(tokenizer, path, form):
    """A list, tuple, generator or object array of documents gives lists of lists."""
    document = FORMS[form]
    array = np.empty(2, object)
    array[0], array[1] = document(path), document(path)
    generator = (document(path) for _ in range(2))
    for batch in ([document(path), document(path)], (document(path), document(path)), generator, array):
        assert tokenizer(batch, return_offsets=True) == {
            "input_ids": [[0, 1, 3], [0, 1, 3]],
            "attention_mask": [[1, 1, 1], [1, 1, 1]],
            "region_index": [[0, 0, 1], [0, 0, 1]],
        }


def test_one_region_is_one_document(tokenizer):
    """A triple, as tuple or list, or an object with its fields needs no list around it."""
    for region in (("chr1", 12, 16), ["chr1", 12, 16], ("chr1", np.int64(12), 16.0, "name"), Region("chr1", 12, 16)):
        assert tokenizer.encode_rows(region).to_lists() == [[0, 1]]
        assert tokenizer(region)["input_ids"] == [0, 1]


def test_nothing_is_one_document_without_regions(tokenizer):
    """An empty iterable has no rows, and flat it is unk."""
    for empty in ([], (), iter(()), np.empty(0, object), {"chrom": [], "start": [], "end": []}):
        rows = tokenizer.encode_rows(empty)
        assert (len(rows), rows.to_lists()) == (0, [])
    assert tokenizer.encode([]) == [4]
    assert tokenizer([])["input_ids"] == [4]
    assert tokenizer([[], ROWS, []])["input_ids"] == [[4], [0, 1, 3], [4]]


def test_lists_of_texts_are_batches_of_files(tokenizer, path):
    """Two paths are two documents, as text, Path or open file, and in a text array."""
    for batch in ([str(path), str(path)], [path, path], np.array([str(path)] * 2), [opened(path), opened(path)]):
        assert tokenizer(batch)["input_ids"] == [[0, 1, 3], [0, 1, 3]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([("chr1", 1, 2), "a.bed"], r"element 1: a file, but element 0 is a region; one kind a list"),
        ([TABLE, [("chr1", 1, 2)]], r"element 1: a list, but element 0 is a table; one kind a list"),
        ([Regions.empty(), TABLE], r"element 1: a table, but element 0 is a Regions object"),
        (["a.bed", [("chr1", 1, 2)]], r"element 1: a list, but element 0 is a file"),
        ([("chr1", 1, 2), ("chr1", 1, 2), None], r"element 2: NoneType can't be tokenized; give a BED path, Regions,"),
        ([None, ("chr1", 1, 2)], r"element 0: NoneType can't be tokenized"),
        ([1, 2, 3], r"element 0: int can't be tokenized"),
        (7, r"^int can't be tokenized; give a BED path, Regions, a table, \[\(\"chr1\", 1, 9\)\], or a list of such"),
        (None, r"NoneType can't be tokenized"),
        (np.arange(3, dtype=np.int64), r"an array of int64 can't be tokenized"),
        (np.zeros((2, 3)), r"an array of float64 can't be tokenized"),
        (b"chr1\t1\t2\n", r"bytes can't be tokenized; for the bytes of a BED file, pass io.BytesIO\(data\)"),
        ([[[("chr1", 1, 2)]]], r"element 0: a batch inside a batch; give a flat list of documents"),
        ([["a.bed"]], r"element 0: a batch inside a batch"),
        ([{"chrom": "chr1", "start": 1, "end": 2}], r"element 0: column 'chrom' is one value, not a column of names"),
        (
            [("chr1", "10", "20")],
            r"element 0: '10' is text, not a number; give \(chrom, start, end\) with whole numbers",
        ),
        (("chr1", 5), r"row 0: \('chr1', 5\) is no region; give \(chrom, start, end\)"),
        ([("chr1", 5, 6), ("chr1", 5)], r"row 1: \('chr1', 5\) is no region"),
        ([[("chr1", 5, 6)], [("chr1", 5)]], r"element 1, row 0: \('chr1', 5\) is no region"),
        ([("chr1", True, 6)], r"column 'start' holds booleans"),
        ([TABLE, {"chrom": [], "start": []}], r"element 1: no column is the end"),
        ({"chrom": "chr1", "start": 1, "end": 5}, r"column 'chrom' is one value, not a column of names"),
        (SimpleNamespace(obs_names=[], var_names=[], X=None), r"AnnData holds cells, not regions; tokenize_anndata"),
        (io.StringIO("chr1\t1\t2\n"), r"a file opened as text; open it with mode 'rb'"),
    ],
)
def test_what_is_no_document_is_refused(tokenizer, value, message):
    """Nothing is guessed: the error says what was found, where, and what to give."""
    with pytest.raises(InputError, match=message):
        tokenizer(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([("chr1", 1, 2), ("chr1", 5, 3)], r"row 1: end 3 precedes start 5"),
        ([("chr1", 1.5, 2)], r"row 0: start 1.5 is not a whole number"),
        ([("chr1", None, 2)], r"row 0: start None is not a whole number"),
        ([[("chr1", 1, 2)], [("chr1", 1, 2), ("chr1", -1, 3)]], r"element 1, row 1: start -1 is negative"),
        ([TABLE, TABLE | {"end": [1, 2**31]}], r"element 1, row 0: end 1 precedes start 12"),
        ([("chr1", 1, 10**25)], r"row 0: end \d+ exceeds"),
    ],
)
def test_bad_numbers_name_their_row_and_document(tokenizer, value, message):
    """Memory is checked by the rules of files, and a batch names the document too."""
    with pytest.raises(IntervalError, match=message):
        tokenizer(value)


def test_skipped_rows_from_memory_stay_as_empty_rows(tokenizer):
    """Under invalid='skip' alignment is kept: a bad row is an empty row, or unk."""
    rows = [("chr1", 12, 16), ("chr1", 16, 12), ("chr2", -1, 9), ("chr2", 0, 9)]
    skipping = tokenizer.replace(invalid="skip")
    assert skipping.encode_rows(rows).to_lists() == [[0, 1], [], [], [3]]
    assert skipping.encode_rows(rows, unmatched="unk").to_lists() == [[0, 1], [4], [4], [3]]
    assert skipping([rows, rows])["input_ids"] == [[0, 1, 3]] * 2


def test_reversed_rows_are_kept_on_request(tokenizer):
    """Under invalid='keep' a reversed row follows the predicate."""
    keeping = tokenizer.replace(invalid="keep")
    assert keeping.encode_rows([("chr1", 18, 12), ("chr1", 35, 12)]).to_lists() == [[0], []]
    assert keeping([[("chr1", 18, 12)], [("chr1", 35, 12)]])["input_ids"] == [[0], [4]]


def test_a_missing_file_is_an_error_never_unk(tokenizer, tmp_path):
    """A path that isn't there, and a region written as text, raise FileNotFoundError with a hint."""
    with pytest.raises(FileNotFoundError, match=r"missing.bed: no such file"):
        tokenizer.encode(str(tmp_path / "missing.bed"))
    with pytest.raises(FileNotFoundError, match=r"chr1:1-9: no such file; .*\[\('chr1', 1, 9\)\]"):
        tokenizer("chr1:1-9")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        tokenizer.encode(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"missing.bed: no such file"):
        tokenizer([tmp_path / "missing.bed"])


def test_errors_in_files_of_a_batch_name_the_file(tokenizer, path):
    """A batch of paths needs no element numbers: file and line say more."""
    bad = path.with_name("bad.bed")
    bad.write_text("chr1\t1\t2\nchr1\tx1\t2\n")
    with pytest.raises(BedError, match=r"bad.bed:2: "):
        tokenizer([path, bad])


def test_calls_for_one_document_refuse_a_batch(tokenizer, path):
    """encode_rows, encode and tokenize name the call that takes a batch."""
    message = r"a batch of 2 documents where one is wanted; call the tokenizer itself for a batch"
    for call in (tokenizer.encode_rows, tokenizer.encode, tokenizer.tokenize):
        with pytest.raises(InputError, match=message):
            call([ROWS, ROWS])
    with pytest.raises(InputError, match=message):
        tokenizer.encode_rows([path, path])
    with pytest.raises(InputError, match="element 0: '10' is text, not a number; give"):  # no batch was meant
        tokenizer.encode_rows([["chr1", "10", "20"]])


def test_a_generator_is_read_once(tokenizer):
    """Documents and regions may come from generators inside generators."""
    batch = ((row for row in rows) for rows in (ROWS, ROWS[:1]))
    assert tokenizer(batch)["input_ids"] == [[0, 1, 3], [0, 1]]


def test_documents_searched_together_are_found_as_alone(tokenizer, monkeypatch):
    """Small documents are joined for the search; where groups end never shows."""
    lists = [[("chr1", start, start + 12)] * (start % 4) for start in range(0, 40, 3)]
    alone = [tokenizer(rows, return_offsets=True) for rows in lists]
    for rows in (1, 2, 3, 7, 10**6):
        monkeypatch.setattr("genotok.tokenizers.inputs._GROUP_ROWS", rows)
        for batch in (lists, [Regions.from_tuples(each) for each in lists]):
            found = tokenizer(batch, return_offsets=True)
            for name in ("input_ids", "region_index"):
                assert found[name] == [each[name] for each in alone]


def test_a_text_path_like_object_is_a_path(tokenizer, path):
    """Anything with ``__fspath__`` opens."""

    class Here:
        def __fspath__(self):
            return str(path)

    assert tokenizer.encode(Here()) == [0, 1, 3]
    assert read_bed(Here()) == read_bed(Path(path))


def test_one_document_is_recognised_as_single():
    """A table or a list of regions is single; a list of them is not."""
    assert read_input(TABLE, "error").single
    assert read_input(ROWS, "error").single
    assert len(read_input([ROWS, ROWS], "error")) == 2
