"""What goes in: DNA in all its clothes, one sequence or many, a FASTA file; and every way to be refused."""

import gzip
import tracemalloc
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import read_fasta
from genotok.errors import (
    CapacityError,
    EmptyFileError,
    FastaError,
    GenotokError,
    InputError,
    SequenceError,
    SequenceWarning,
)
from genotok.io.fasta import FastaReader
from genotok.io.fastagroups import GroupReader, Records
from genotok.tokenizers import vq_encode, vq_inputs
from genotok.tokenizers.vq_letters import encode_record, translate
from genotok.values.sequences import LetterTally, Sequence
from vq import models, worlds

TEXT = "ACGTnACgtUUGCAR"
LETTERS = "ACGTUNRYSWKMBDHVacgtunryswkmbdhv"


def made(**settings):
    return models.tokenizer(models.flat_model(4, 1), **settings)


def test_one_sequence_in_all_its_clothes():
    """Text, bytes, letters and codes are one document; so are views of them."""
    letters = np.frombuffer(TEXT.encode(), np.uint8)
    codes = worlds.bases(TEXT)
    wide = np.zeros(2 * len(letters), np.uint8)
    wide[::2] = letters
    values = [TEXT, TEXT.encode(), bytearray(TEXT.encode()), memoryview(TEXT.encode()), letters, codes, wide[::2]]
    for value in [*values, Sequence.from_text(TEXT), memoryview(letters)]:
        assert made().encode(value) == made().encode(TEXT)
        assert made().encode_batch([value, value]).to_lists() == [made().encode(TEXT)] * 2
        assert made()(value)["input_ids"] == made().encode(TEXT)


def test_batches_in_all_their_clothes():
    """Lists, tuples, generators, columns and mappings are batches, in their order."""
    texts = ["ACGTA", "", "GGGTT"]
    wanted = [made().encode(text) for text in texts]
    values = [texts, tuple(texts), iter(texts), np.array(texts), np.array(texts, dtype=object)]
    for value in [*values, {"a": "ACGTA", "b": "", "c": "GGGTT"}, np.array(texts, dtype="S")]:
        assert made().encode_batch(value).to_lists() == wanted
    assert made().encode_batch([]).to_lists() == []
    assert dict(made()([])) == {}
    assert len(made().codes([])) == 0


def test_a_str_is_never_a_path(tmp_path, monkeypatch):
    """A file of the name of a sequence is not looked at."""
    monkeypatch.chdir(tmp_path)
    Path("ACGT").write_text(">x\nTTTT\n")
    assert made().encode("ACGT") == made().encode(b"ACGT")
    assert made().encode_batch(Path("ACGT")).to_lists() == [made().encode("TTTT")]


@pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.text(LETTERS, max_size=90), min_size=1, max_size=6))
def test_records_of_a_file_are_documents(records):
    """A FASTA file gives what a list of its records gives, however lines are broken and records grouped."""
    lines = [
        f">{name} first\n" + "\n".join(text[at : at + 7] for at in range(0, len(text), 7))
        for name, text in records.items()
    ]
    data = "\n".join(lines).encode() + b"\n"
    for tokenizer in (made(), made(soft_mask="unknown", strand="reverse")):
        wanted = tokenizer.encode_batch(list(records.values()))
        report = tokenizer.report
        for file in (BytesIO(data), BytesIO(gzip.compress(data)), BytesIO(data.replace(b"\n", b"\r\n"))):
            assert tokenizer.encode_batch(file) == wanted
            assert tokenizer.report == report
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vq_inputs, "TOGETHER", 20)
            assert tokenizer.encode_batch(BytesIO(data)) == wanted
            assert tokenizer.codes(BytesIO(data)) == tokenizer.codes(list(records.values()))


def encode(text, name, **place):
    return encode_record(bytes(text), name, **place)


def read_all(reader):
    """Read a file to its end: bases by name and the report, or the error."""
    bases = {}
    try:
        for piece in reader:
            if isinstance(piece, Records):
                cuts = np.cumsum([0, *piece.lengths.tolist()]).tolist()
                for name, low, high in zip(piece.names, cuts, cuts[1:], strict=False):
                    bases[name] = piece.codes[low:high].tolist()
            else:
                bases.setdefault(piece.name, []).extend(piece.codes.tolist())
    except GenotokError as fault:
        return type(fault), str(fault)
    return bases, reader.report, reader.lines


LINES = st.sampled_from(
    [">", "> x", ">\tx", ">a", ">b c", ">c", ">d", ">e", "", " ", "ACGT", "acN", "AC GT", "A>C", "X", "U", "TU"]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\n", "\r\n", "\r"]), st.booleans(), st.integers(1, 40))
def test_records_read_together_are_those_read_one_by_one(lines, end, closed, block):
    """Names, bases, report, lines and errors are the same, wherever blocks of the file end."""
    data = (end.join(lines) + (end if closed else "")).encode()
    plain = FastaReader(BytesIO(data), encode=encode)
    grouped = GroupReader(BytesIO(data), encode=encode, translate=lambda text: translate(text, "upper"))
    with pytest.MonkeyPatch.context() as patch:
        wanted = read_all(plain)
        assert read_all(grouped) == wanted
        grouped = GroupReader(BytesIO(data), encode=encode, translate=lambda text: translate(text, "upper"))
        patch.setattr(grouped, "_blocks", lambda: iter([data[at : at + block] for at in range(0, len(data), block)]))
        plain = FastaReader(BytesIO(data), encode=encode)
        patch.setattr(plain, "_blocks", grouped._blocks)
        assert read_all(grouped) == read_all(plain)


@pytest.mark.parametrize("size", [0, 1, 2**18, 2**18 + 1, 2**18 + 2])
def test_letters_are_counted_alike_one_by_one_and_two_by_two(size):
    """A long text is counted in pairs of bytes, whatever its length, and wherever in memory it begins."""
    text = np.resize(np.frombuffer(b"ACGTacgtuUNNRy\n", np.uint8), size + 1)[1:]
    whole, parts = LetterTally(), LetterTally()
    whole.add(text)
    for at in range(0, size, 9_999):
        parts.add(text[at : at + 9_999])
    assert whole.report() == parts.report()
    assert whole.report().lower == sum(text.tobytes().count(letter) for letter in (b"a", b"c", b"g", b"t", b"u", b"y"))


def test_sequences_that_were_read_bring_their_letters():
    """What `read_fasta` counted is in the report."""
    records = read_fasta(BytesIO(b">a\nACgtN\n>b\nACGUA\n"))
    assert made().encode_batch(records).to_lists() == made().encode_batch(["ACgtN", "ACGUA"]).to_lists()
    tokenizer = made()
    tokenizer.encode_batch([Sequence.from_text("ACgtN"), Sequence.from_text("ACGUA")])
    assert (tokenizer.report.letters.lower, tokenizer.report.letters.uracil) == (2, 1)


def test_empty_inputs():
    """Nothing gives nothing; special tokens come if they are asked for."""
    tokenizer = made(special_tokens_pattern="cls_sep")
    assert made().encode("") == []
    assert tokenizer("")["input_ids"] == [tokenizer.cls_token_id, tokenizer.sep_token_id]
    assert tokenizer("", add_special_tokens=False)["input_ids"] == []
    for data in (b"", b"\n \n"):
        with pytest.raises(EmptyFileError, match="there is no sequence in it"):
            tokenizer.encode_batch(BytesIO(data))
    assert tokenizer.encode_batch(BytesIO(b">x\n>y\nACGT\n")).counts().tolist() == [0, 1]
    assert tokenizer.report.notes == ("1 sequences have no bases",)
    assert tokenizer.encode_batch(BytesIO(b">x\n")).counts().tolist() == [0]


def test_unknown_sequences_are_no_error():
    """All N gives unk tokens only, or nothing where they are dropped."""
    assert made().encode("N" * 6) == [7, 7, 7]
    assert made(unknown="drop").encode("N" * 6) == []
    assert made(unknown="majority").encode("N" * 6) == [7, 7, 7]
    assert made(ends="same").encode("N") == [7]
    with pytest.warns(SequenceWarning, match="1 of 1"):
        assert made().encode("N") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ACGXACGTACGT", r"^letter 'X' at base 4; bases are A, C, G, T, U and IUPAC's"),
        ("ACGTACGTACGTJ", r"^letter 'J' at base 13; bases are"),
        ("MKVLAAGIEFPQRST", r"^letter 'L' at base 4; this looks like protein"),
        ("ACGT-ACGT", r"^letter '-' at base 5; remove alignment gaps"),
        ("AC..GT", r"^letter '\.' at base 3; remove alignment gaps"),
        ("----------ACGT", r"^letter '-' at base 1; remove alignment gaps"),
        ("ACGT ACGT", r"^letter ' ' at base 5; pass one sequence without white space"),
        ("ACGT\nACGT\n", r"^letter '\\n' at base 5; pass one sequence without white space"),
        ("ACGTACGTACGT*", r"^letter '\*' at base 13; bases are"),
        ("ACGTACGTACGT7", r"^letter '7' at base 13; bases are"),
        ("ACGTACGTACGTé", r"^letter 'é' at base 13"),
        ("ACGTACGTACGT\udc80", r"^letter "),
        ("ACGTACGTACGT\0", r"^letter '\\x00' at base 13"),
    ],
)
def test_letters_that_are_no_bases(text, message):
    """The error says which letter, where, and what may have happened; alone, in a batch, in pieces."""
    with pytest.raises(SequenceError, match=message):
        made().encode(text)
    with pytest.raises(SequenceError, match=message.replace("^", "^element 1: ")):
        made().encode_batch(["ACGT", text])
    with pytest.raises(SequenceError, match=message.replace("^", "^sick: ")):
        made().encode_batch({"well": "ACGT", "sick": text})
    raw = text.encode("utf-8", "surrogatepass")
    with pytest.raises(SequenceError, match=r"^letter "):
        made().encode(raw)
    with pytest.raises(SequenceError, match=r"^letter "):
        made().encode(np.frombuffer(raw, np.uint8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vq_inputs, "TOGETHER", len(text) - 1)
        with pytest.raises(SequenceError, match=message.partition(";")[0].replace("^", "^element 0: ")):
            made().encode_batch([text])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b">a\nACGT\n>b\nAC GT\nACXGTTTT\n", r"<stream>:5: letter 'X' at base 7 of 'b'; bases are"),
        (b">p\nMKVLAAGIEFPQRST\n", r"<stream>:2: letter 'L' at base 4 of 'p'; this looks like protein"),
        (b">a\nAC-GT\n", r"<stream>:2: letter '-' at base 3 of 'a'; remove alignment gaps"),
        (b">a\r\nAC\r\n.GT\r\n", r"<stream>:3: letter '\.' at base 3 of 'a'; remove alignment gaps"),
    ],
)
def test_letters_of_a_file_that_are_no_bases(data, message):
    """In a file the record and the line are told too; white space is the file's own."""
    with pytest.raises(SequenceError, match=message):
        made().encode_batch(BytesIO(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b">a\nACGT\n>a\nACGT\n", "'a' stands at line 1 already"),
        (gzip.compress(b">a\n" + b"ACGTTGCA" * 999)[:-9], "cut|ends"),
        (b"\x1a\x41\x27\x43" + bytes(90), "the file is 2bit; run: twoBitToFa"),
        (b"BAM\x01" + bytes(90), "the file is BAM; run: samtools fasta"),
        (">a\nACGT\n".encode("utf-16"), "the file is UTF-16 text; run: iconv"),
        (b"@r\nACGT\n+\nIIII\n", "FASTQ"),
        (b"ACGT\n", "text before the first >"),
    ],
)
def test_files_that_are_no_fasta(data, message):
    """Whatever else a file is, it is told by name with what to do."""
    with pytest.raises(FastaError, match=message):
        made().encode_batch(BytesIO(data))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, r"^NoneType is no DNA; give DNA as str, bytes, a uint8 array or Sequence"),
        (7, r"^int is no DNA"),
        (1.5, r"^float is no DNA"),
        (np.arange(5, dtype=np.int64), r"^an array of int64 is no DNA"),
        (np.zeros((2, 2), np.uint8), r"^an array of uint8 is no DNA"),
        (["ACGT", None], r"^element 1: NoneType is no DNA"),
        ([1, 2], r"^element 0: int is no DNA"),
        ([["ACGT"]], r"^element 0: a list in a list; a batch is one list of sequences"),
        (["ACGT", b"ACGT"], r"^element 1: bytes in a list of str; give documents of one kind"),
        ([Sequence.from_text("AC"), "ACGT"], r"^element 1: str in a list of Sequence"),
        ([Path("x.fa")], r"^element 0: 'x\.fa' in a list; a FASTA file is given alone"),
        ({"a": 3}, r"^a: int is no DNA"),
        ("genome.fa", r"^'genome\.fa' is a file's name, not DNA; pass Path"),
        (["ACGT", "reads/x.fasta.gz"], r"^element 1: 'reads/x\.fasta\.gz' is a file's name"),
        (">x\nACGT", r"^FASTA text, not DNA alone; FASTA text: read_fasta\(io\.BytesIO"),
    ],
)
def test_what_is_no_dna(value, message):
    """What it is instead is told, with its place and a hint."""
    for call in (made().codes, made().encode_batch, made(), made().bag):
        with pytest.raises(InputError, match=message):
            call(value)


def test_one_document_where_one_is_meant():
    """`encode` and `tokenize` take no batch."""
    for call in (made().encode, made().tokenize):
        with pytest.raises(InputError, match=r"several sequences; encode_batch\(\.\.\), or the tokenizer itself"):
            call(["ACGT"])


def test_a_file_in_the_folder_is_told_for_a_file(tmp_path, monkeypatch):
    """A text that is no DNA, but the name of a file at hand."""
    monkeypatch.chdir(tmp_path)
    Path("plasmid").write_text(">x\nACGT\n")
    with pytest.raises(InputError, match="'plasmid' is a file's name"):
        made().encode("plasmid")


def test_too_many_ids_are_told_before_memory_is_taken(monkeypatch):
    """2^31 - 1 ids are the most of one call; the error says how many there would be."""
    text = "A" * 2**20
    with pytest.raises(CapacityError, match=r"2,149,574,650 ids, more than 2,147,483,647; split the input"):
        made().encode_batch([text] * 2050)
    wide = models.tokenizer(models.toy_model(), layout="interleave", ends="same")
    with pytest.raises(CapacityError, match=r"2,147,483,648 ids"):
        wide.codes([text] * 1024)
    monkeypatch.setattr(vq_encode, "MAX_IDS", 3)
    assert made().encode_batch(BytesIO(b">a\nACGTA\n>b\nACGT\n")).counts().tolist() == [2, 1]
    with pytest.raises(CapacityError, match="4 ids, more than 3"):
        made().encode_batch(BytesIO(b">a\nACGTA\n>b\nACGTA\n"))
    monkeypatch.setattr(vq_encode, "MAX_IDS", 99)
    monkeypatch.setattr(vq_encode, "MOST_BASES", 9)
    for value in (["ACGTA", "ACGTA"], BytesIO(b">a\nACGTA\n>b\nACGTA\n")):
        with pytest.raises(CapacityError, match="10 bases, and this machine's memory takes 9 at once; split"):
            made().encode_batch(value)


@pytest.mark.native
def test_a_long_record_takes_its_bases_its_codes_and_little_more(tmp_path):
    """So that a contig of 250 Mb passes through a small machine: 64 MB are for all else."""
    size, path = 30_000_000, tmp_path / "long.fa"
    line = b"ACGTTGCAAGCTTACGGATCCATGCATGCAACGTTGCAAGCTTACGGATCCATGCATGCA\n"
    path.write_bytes(b">long\n" + line * (size // 60))
    tokenizer = models.tokenizer(models.flat_model(8, 4, 64))
    tracemalloc.start()
    ((_, codes),) = tokenizer.iter_codes(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert codes.n_tokens == (size - 8) // 4 + 1
    assert peak < size + codes.codes.nbytes + 64 * 10**6


@pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")
@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_give_tokens_or_an_error_of_ours(data, as_file):
    """No other exception, whatever comes in."""
    value = BytesIO(b">x\n" + data) if as_file else data
    try:
        rows = made(ends="same").encode_batch(value if as_file else [value])
    except (SequenceError, FastaError, EmptyFileError):
        return
    assert rows.ids.max(initial=0) <= 7
