"""FASTA: the same contigs however the bytes arrive, and every fault told by its line."""

import gzip
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import EmptyFileError, FastaError, GenotokError, InputError, SequenceError
from genotok.io import sources
from genotok.io.fasta import FastaReader, read_fasta
from genotok.values.sequences import Sequence
from motif import golden


class Dripping(BytesIO):
    """A file that hands out a few bytes at a time."""

    name = "x.fa"

    def __init__(self, data, cuts=()):
        super().__init__(data)
        self.cuts = list(cuts)

    def read(self, size=-1):
        return super().read(self.cuts.pop(0) if self.cuts else size)


def read(data, cuts=(), **options):
    genome = read_fasta(Dripping(data if isinstance(data, bytes) else data.encode(), cuts), **options)
    return {name: "".join("ACGTN"[code] for code in each.codes) for name, each in genome.items()}


TEXT = ">one the first\nACGT\nacg\n\n>two\nNNRY\n>three\n  AC GT\t\n>four\n"
ANSWER = {"one": "ACGTACG", "two": "NNNN", "three": "ACGT", "four": ""}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])])
def test_line_ends_and_packing_change_nothing(end, pack):
    assert read(pack(TEXT.replace("\n", end).encode())) == ANSWER
    assert read(pack(TEXT.rstrip().replace("\n", end).encode())) == ANSWER
    assert read(pack(("\ufeff" + end + TEXT).replace("\n", end).encode())) == ANSWER


@given(st.lists(st.integers(1, 9), max_size=40), st.sampled_from(["\n", "\r\n", "\r"]))
def test_pieces_of_any_size_change_nothing(cuts, end):
    assert read(TEXT.replace("\n", end), cuts) == ANSWER


@given(st.lists(st.integers(1, 5), max_size=30))
def test_faults_stand_at_the_same_line_however_the_bytes_arrive(cuts):
    with pytest.raises(
        SequenceError, match=r"^x\.fa:4: letter '5' at base 6 of 'b'; bases are A, C, G, T, U and IUPAC"
    ):
        read(">a\nACGT\n>b\nACGTA5\n", cuts)
    with pytest.raises(FastaError, match=r"^x\.fa:5: 'a' stands at line 1 already; contigs are told apart by"):
        read(">a x\nACGT\n>b\nACGTA\n>a y\nA", cuts)


def test_what_needed_a_decision_is_counted():
    reader = FastaReader(BytesIO(b">a\nACGUUacNNr\n>b\n\n>c\nxX\n"))
    assert sum(len(piece.codes) for piece in reader) == 12
    letters = reader.report.letters
    assert (letters.bases, letters.lower, letters.uracil, letters.known) == (12, 4, 2, 7)
    assert letters.unknown == {"N": 2, "R": 1, "X": 2}
    assert reader.report.notes == ("b has no bases", "U was read as T, 2 times")


def test_lower_case_may_be_taken_for_unknown():
    assert read(">a\nACgtA\n", soft_mask="n") == {"a": "ACNNA"}
    with pytest.raises(InputError, match=r"^soft_mask='x' is no choice; 'keep' or 'n'$"):
        read(">a\nACgtA\n", soft_mask="x")


def test_pieces_are_small_and_complete(monkeypatch):
    monkeypatch.setattr(sources, "BLOCK_BYTES", 1000)
    data = b">a\n" + b"ACGTN" * 2000 + b"\n>b\n" + b"TTTTG" * 100
    pieces = list(FastaReader(Dripping(data, [700] * 20)))
    assert max(len(piece.codes) for piece in pieces[:12]) <= 700
    ends = {}
    for piece in pieces:
        assert piece.start == ends.get(piece.name, 0)
        ends[piece.name] = piece.start + len(piece.codes)
    assert ends == {"a": 10_000, "b": 500}


def test_real_pieces_are_read_as_they_are():
    genome = read_fasta(golden.FOLDER / "golden.fa.gz")
    assert {name: len(each) for name, each in genome.items()} == dict.fromkeys(golden.PIECES, 50_000)
    for name, text in golden.sequences().items():
        assert np.array_equal(genome[name].codes, Sequence.from_text(text).codes)
    assert genome.report.compression == "gzip"
    assert set(genome.report.letters.unknown) == {"N"}


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"", EmptyFileError, r"^x\.fa: there is no sequence in it; FASTA is text: > and a name on one line"),
        (b"\n \n", EmptyFileError, r"^x\.fa: there is no sequence in it;"),
        (b"ACGT\n>a\nAC\n", FastaError, r"^x\.fa:1: text before the first >; FASTA is text"),
        (b"chr1\t5\t9\n", FastaError, r"^x\.fa:1: text before the first >;"),
        (b"@read\nACGT\n+\nIIII\n", FastaError, r"^x\.fa:1: FASTQ: reads with qualities; run: seqtk seq -a FILE > out"),
        (b">\nACGT\n", FastaError, r"^x\.fa:1: > without a name; write >name$"),
        (b">a\nAC\n> b\nACGT\n", FastaError, r"^x\.fa:3: > without a name; write >name$"),
        (b">a\xff\nAC\n", FastaError, r"^x\.fa:1: the name b'a\\xff' is not UTF-8; rename it$"),
        (
            b">a\nAC\n>a\nAC\n",
            FastaError,
            r"^x\.fa:3: 'a' stands at line 1 already; contigs are told apart by the first",
        ),
        (b">P1\nMLEFPLLQ\n", SequenceError, r"^x\.fa:2: letter 'L' at base 2 of 'P1'; this looks like protein$"),
        (b">a\nACGT\nAC-GT\n", SequenceError, r"^x\.fa:3: letter '-' at base 7 of 'a'; remove alignment gaps$"),
        (b">a\nAC>GT\n", SequenceError, r"^x\.fa:2: letter '>' at base 3 of 'a'; bases are A, C, G, T, U"),
        (b">a\nACGT*\n", SequenceError, r"^x\.fa:2: letter '\*' at base 5 of 'a'; this looks like protein$"),
        (b">a\nAC\xc3\xa9\n", SequenceError, r"^x\.fa:2: letter '\\\\xc3' at base 3 of 'a'; bases are"),
        (b"\x43\x27\x41\x1a\0\0", FastaError, r"^x\.fa: the file is 2bit; run: twoBitToFa FILE out\.fa$"),
        (
            gzip.compress(b"BAM\x01\0\0", mtime=0),
            FastaError,
            r"^x\.fa: the file is BAM; run: samtools fasta FILE > out\.fa$",
        ),
        (b"PK\x03\x04abc", FastaError, r"^x\.fa: the file is a zip archive; run: unzip -p FILE > out\.fa$"),
        (">a\nAC".encode("utf-16"), FastaError, r"^x\.fa: the file is UTF-16 text; run: iconv -f UTF-16 -t UTF-8"),
        (b"BZh91AY", FastaError, r"^x\.fa: the file is bzip2-compressed; run: bunzip2 FILE$"),
        (b">a\nA\0C\n", FastaError, r"^x\.fa: the file is binary: it holds a NUL byte; FASTA is text"),
        (
            gzip.compress(TEXT.encode(), mtime=0)[:-9],
            FastaError,
            r"^x\.fa: the gzip stream is cut at byte [0-9,]+; copy or",
        ),
        (
            b">a " + b"b" * 2**20 + b"\nACGT\n",
            FastaError,
            r"^x\.fa:1: a header of more than 1,048,576 bytes;",
        ),
        (
            b">" + b"a" * (2**20 + 9),
            FastaError,
            r"^x\.fa:1: a header of more than 1,048,576 bytes; names are short; does the line end",
        ),
    ],
)
def test_a_bad_file_is_told_by_line(data, error, message):
    with pytest.raises(error, match=message):
        read(data)


@given(st.data())
def test_edited_bytes_give_contigs_or_an_error_of_ours(data):
    text = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    with suppress(GenotokError):
        assert read(bytes(text))


def test_codes_are_checked_at_birth():
    with pytest.raises(
        InputError, match=r"^codes of letters are 0 to 4, in one row; Sequence\.from_text takes letters$"
    ):
        Sequence(np.array([5], np.uint8))
    with pytest.raises(SequenceError, match=r"^letter 'L' at base 2 of 'p'; this looks like protein$"):
        Sequence.from_text("MLL", "p")
    assert len(Sequence.from_text("")) == 0
