"""What codes are learnt from: stretches, ends held out, counts that files weigh, crops that a key draws."""

import gzip
import hashlib
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import ConfigError, EmptyFileError, SequenceError
from genotok.kernels.bases import encode_letters
from genotok.train.vq_corpus import read_corpus, read_records, stretches_of
from genotok.train.vq_crops import CropSampler

LETTERS = np.frombuffer(b"ACGTN", np.uint8)


def bases(text):
    return encode_letters(np.frombuffer(text.encode(), np.uint8))


def text_of(codes):
    return LETTERS[codes].tobytes().decode()


def dna(length, seed=0):
    return text_of(np.random.default_rng(seed).integers(0, 4, length).astype(np.uint8))


def fasta(**records):
    return io.BytesIO("".join(f">{name}\n{text}\n" for name, text in records.items()).encode())


@given(
    st.lists(st.text("ACGT", min_size=1, max_size=5) | st.integers(60, 70).map("N".__mul__), max_size=6),
    st.integers(1, 6),
)
def test_stretches_end_at_more_than_64_unknown_bases(parts, shortest):
    text = "".join(parts)
    expected = [
        (found.start(), found[0])
        for found in re.finditer(r"[ACGT](?:N{0,64}[ACGT])*", text)
        if len(found[0]) >= shortest
    ]
    found = [(start, text_of(codes)) for start, codes in stretches_of(bases(text), shortest=shortest)]
    assert found == expected


def test_the_last_tenth_of_long_records_is_held_out():
    long, short = dna(100_000), dna(99_999, seed=1)
    corpus = read_corpus([fasta(long=long, short=short)])
    assert [(each.record, each.start, text_of(each.codes)) for each in corpus.train] == [
        ("long", 0, long[:90_000]),
        ("short", 0, short),
    ]
    assert [(each.start, text_of(each.codes)) for each in corpus.held_out] == [(90_000, long[90_000:])]
    assert (corpus.bases, corpus.files[0].held_out, corpus.files[0].records) == (189_999, 10_000, 2)


def test_a_file_is_known_by_the_digest_of_its_stored_bytes(tmp_path):
    path = tmp_path / "some.fa.gz"
    path.write_bytes(gzip.compress(b">a\nACGTN\n>b\nAC\n", mtime=0))
    (file,) = read_corpus([path]).files
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (file.file, file.bases, file.known, file.records) == ("some.fa.gz", 7, 6, 2)


def test_records_are_read_one_by_one():
    found = [(name, text_of(codes)) for name, codes in read_records(fasta(a="ACG", empty="", b="NT"))]
    assert found == [("a", "ACG"), ("empty", ""), ("b", "NT")]


def test_windows_count_as_their_file_weighs():
    """Windows do not reach over unknown bases, nor from one record to the next."""
    corpus = read_corpus([fasta(a="AACNAA", b="AAC"), (fasta(c="AAG"), 2.5)])
    counts = corpus.count_windows(2)
    assert {int(each): counts[each] for each in np.flatnonzero(counts)} == {0: 2 + 1 + 2.5, 1: 2, 2: 2.5}


def test_balance_weighs_files_by_a_power_of_their_bases():
    """With 0 all files count alike, with 1 all bases."""
    sources = [dna(3_000), dna(1_000, seed=1)]
    even = read_corpus([fasta(a=each) for each in sources], balance=0.0)
    total = [even.file_weight(number) * each.known for number, each in enumerate(even.files)]
    assert total[0] == pytest.approx(total[1])
    assert read_corpus([fasta(a=each) for each in sources]).file_weight(1) == 1.0


def test_crops_are_decided_by_seed_and_step_alone():
    corpus = read_corpus([fasta(a=dna(5_000))])
    draw = corpus.sampler(20).draw
    assert np.array_equal(draw(8, seed=1, step=5), corpus.sampler(20).draw(8, seed=1, step=5))
    others = [draw(8, seed=1, step=6), draw(8, seed=2, step=5)]
    assert not any(np.array_equal(draw(8, seed=1, step=5), other) for other in others)


def test_a_crop_lies_in_its_stretch_and_half_of_those_turned_on_its_other_strand():
    text = dna(3_000)
    other = text.translate(str.maketrans("ACGT", "TGCA"))[::-1]
    sampler = CropSampler([bases(text), bases("ACGT")], [1.0, 9.0], 30)
    crops = [text_of(each) for each in sampler.draw(200, seed=3, turned=True)]
    assert all(each in text or each in other for each in crops)
    assert 60 < sum(each in text for each in crops) < 140
    assert all(text_of(each) in text for each in sampler.draw(50, seed=3))


def test_crops_are_drawn_as_stretches_weigh_and_unknown_bases_stay():
    """A stretch counts by the places a crop has in it, times its weight."""
    stretches = [bases("A" * 29), bases("CN" * 15)]
    drawn = CropSampler(stretches, [3.0, 1.0], 10).draw(2_000, seed=0)
    share = np.mean(drawn[:, 0] == 0)
    assert share == pytest.approx(20 * 3 / (20 * 3 + 21), abs=0.03)
    assert set(drawn[drawn[:, 0] != 0].ravel().tolist()) == {1, 4}


def test_held_out_crops_come_from_the_ends_or_from_all_if_there_are_none():
    text = dna(100_000)
    held = read_corpus([fasta(a=text)]).sampler(50, held_out=True).draw(20, seed=0)
    assert all(text_of(each) in text[90_000:] for each in held)
    small = read_corpus([fasta(a=text[:500])])
    assert small.notes == ("nothing is held out: no record has 100,000 bp",)
    assert all(text_of(each) in text for each in small.sampler(50, held_out=True).draw(20, seed=0))


def test_what_is_too_short_and_what_counts_twice_is_noted():
    corpus = read_corpus([fasta(a="ACGTACGT", b="AC"), fasta(a="ACGTACGT", b="AC")], crop=4)
    assert corpus.notes[0] == "<stream>: 1 record of less than 4 bp left out"
    assert corpus.notes[2] == "<stream> and <stream> are the same file, and count twice"


def test_a_corpus_is_known_by_files_weights_and_balance():
    def digest(weight=1.0, balance=1.0, text="ACGT"):
        return read_corpus([(fasta(a=text), weight)], balance=balance).digest

    assert digest() == digest()
    assert len({digest(), digest(weight=2.0), digest(balance=0.5), digest(text="ACGA")}) == 4


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("N" * 500, ConfigError, "nothing to train on: 500 bases, 0 of them known, none of it in 8 bp or more"),
        ("ACGTACG", ConfigError, "7 of them known"),
        ("MKVLAEELNHQQ", SequenceError, "this looks like protein"),
    ],
)
def test_what_has_no_dna_is_refused(text, error, match):
    with pytest.raises(error, match=match):
        read_corpus([fasta(a=text)], crop=8)


def test_empty_files_weights_of_nothing_and_long_crops_are_refused():
    with pytest.raises(EmptyFileError, match="there is no sequence in it"):
        read_corpus([io.BytesIO(b"\n")])
    with pytest.raises(ConfigError, match="weight 0 of <stream>; above 0"):
        read_corpus([(fasta(a="ACGT"), 0.0)])
    with pytest.raises(ConfigError, match="no stretch of known bases has 9 bp, the longest has 4"):
        read_corpus([fasta(a="ACGT")]).sampler(9)
