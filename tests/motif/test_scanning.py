"""The scan: every window of both strands that reaches its threshold, and no other."""

import hashlib
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import CapacityError
from genotok.kernels import scanning
from genotok.kernels.bases import encode_letters, quads_of, reach_of
from genotok.kernels.ragged import offsets_of
from genotok.kernels.scanning import index_words, scan
from genotok.kernels.scanplan import plan_scan
from genotok.values import search
from genotok.values.motifs import MotifSet
from genotok.values.search import MotifSearch
from genotok.values.thresholds import ThresholdRule, thresholds_of
from motif import definitions, golden
from motif.strategies import as_bytes, motif_columns, sequences

JASPAR = MotifSet.from_jaspar()


LOOSE = MotifSearch(JASPAR.subset(slice(0, 4)), ThresholdRule(relative=0.6, p_max=1.0))


def found_in(text, tables, thresholds):
    """Scan a text for motifs given by their columns: a list of starts for each motif-strand."""
    offsets = offsets_of(np.array([len(table) for table in tables]))
    best = [int(table.max(axis=1).sum()) for table in tables]
    budgets = np.array([most - threshold for most, threshold in zip(best, thresholds, strict=True)], dtype=np.int32)
    plan = plan_scan(np.concatenate(tables), offsets, budgets)
    index = index_words(encode_letters(as_bytes(text)), shortest=min(map(len, tables)))
    starts, bounds = scan(index, plan)
    assert (starts.dtype, bounds.dtype) == (np.int32, np.int64)
    return [starts[begin:end].tolist() for begin, end in pairwise(bounds)]


def expected_in(text, tables, thresholds):
    both = []
    for table, threshold in zip(tables, thresholds, strict=True):
        both.append(definitions.scan(text, table.tolist(), threshold))
        both.append(definitions.scan(text, definitions.mirrored(table.tolist()), threshold))
    return both


@st.composite
def searches(draw):
    tables = draw(st.lists(motif_columns(), min_size=1, max_size=5))
    thresholds = []
    for table in tables:
        low, high = int(table.min(axis=1).sum()), int(table.max(axis=1).sum())
        share = draw(st.sampled_from([0, 0.3, 0.6, 0.8, 1, 1.1]))
        thresholds.append(low + round(share * (high - low)) + (share > 1))
    return tables, thresholds


@given(sequences, searches())
def test_hits_are_the_windows_that_the_definition_names(text, drawn):
    assert found_in(text, *drawn) == expected_in(text, *drawn)


@given(sequences, searches())
def test_each_row_alone_gives_what_many_together_give(text, drawn):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "_TOGETHER", 0)
        patch.setattr(scanning, "_DENSE", 3)
        assert found_in(text, *drawn) == expected_in(text, *drawn)


@given(sequences, searches())
def test_the_other_strand_of_a_sequence_mirrors_its_hits(text, drawn):
    text = text.upper().replace("U", "T")
    forward = found_in(text, *drawn)
    backward = found_in(definitions.reverse_complement(text), *drawn)
    for row, starts in enumerate(forward):
        width = len(drawn[0][row // 2])
        assert sorted(len(text) - start - width for start in backward[row ^ 1]) == starts


def test_losses_beyond_16_bits_are_added_up_all_the_same():
    table = np.array([[0, -40_000, -50_000, -60_000]] * 9, dtype=np.int32)
    text = "AAAAAAAAACAAAAAAAAACCAAAAAAAG"
    assert found_in(text, [table], [-90_000]) == expected_in(text, [table], [-90_000])


@pytest.mark.parametrize("rule", golden.RULES)
@pytest.mark.parametrize("piece", golden.PIECES)
def test_hits_of_real_dna_are_the_golden_ones(piece, rule):
    expected = golden.answers()
    starts, offsets = golden.scanned(piece, rule)
    assert np.array_equal(np.diff(offsets), expected[f"{piece}/{rule}/hit_counts"])
    sha = hashlib.sha256()
    for row, (begin, end) in enumerate(pairwise(offsets)):
        sha.update(np.array([row], dtype="<i4").tobytes() + starts[begin:end].astype("<i4").tobytes())
    assert sha.hexdigest() == str(expected[f"{piece}/{rule}/hits_sha256"])


def test_the_plan_looks_at_few_words():
    """The cost of a scan is the positions it follows up: on average 1.5 % of them for a motif-strand."""
    for rule in (ThresholdRule(), ThresholdRule(pvalue=1e-4)):
        plan = plan_scan(JASPAR.scores, JASPAR.offsets, thresholds_of(JASPAR, rule).budgets)
        assert len(plan.words) < 0.016 * 4**8 * len(plan.widths)


def test_rivals_find_the_same():
    """lightmotif's recorded hits are ours; MOODS leaves out the last window of a sequence for motifs of six columns."""
    with np.load(golden.FOLDER / "golden_rivals.npz") as archive:
        recorded = dict(archive)
    text = golden.sequences()[golden.PIECES[0]][:19_975].upper()
    motifs = JASPAR.select(golden.subset_answers()["matrix_ids"].tolist())
    tables = [motifs.scores_of(row) for row in range(len(motifs))]
    ours = found_in(text, tables, thresholds_of(motifs, ThresholdRule()).threshold.tolist())
    lightmotif, moods = (
        [recorded[f"{name}_starts"][begin:end].tolist() for begin, end in pairwise(recorded[f"{name}_offsets"])]
        for name in ("lightmotif", "moods")
    )
    assert lightmotif == ours
    last = len(text) - 6
    shortest = [len(table) == 6 for table in tables for _ in "+-"]
    assert moods == [
        [start for start in starts if not (is_short and start == last)]
        for starts, is_short in zip(ours, shortest, strict=True)
    ]
    assert moods != ours


@given(sequences)
def test_letters_become_codes_words_and_reaches(text):
    codes = encode_letters(as_bytes(text))
    plain = text.upper().replace("U", "T")
    assert codes.tolist() == ["ACGT".find(letter) % 5 for letter in plain]
    known = "".join(letter if letter in "ACGT" else " " for letter in plain)
    reaches = [len(known[at:].split(" ")[0]) for at in range(len(known))]
    assert reach_of(codes).tolist() == reaches
    padded = "AA" + plain + "A" * 7
    quads = [
        sum(max("ACGT".find(e), 0) * 4 ** (3 - at) for at, e in enumerate(padded[i : i + 4]))
        for i in range(len(padded) - 3)
    ]
    assert quads_of(codes, before=2, behind=4).tolist() == quads[: len(text) + 6]


def test_reaches_beyond_255_are_cut():
    reach = reach_of(encode_letters(as_bytes("A" * 300 + "N" + "C" * 600)))
    assert reach.tolist() == [min(300 - at, 255) for at in range(301)] + [min(600 - at, 255) for at in range(600)]


@given(st.lists(sequences, max_size=6), st.sampled_from([0, 50, 2**20]))
def test_sequences_searched_together_give_what_each_gives_alone(texts, joined):
    searcher = LOOSE
    codes = [encode_letters(as_bytes(text)) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_JOINED", joined)
        assert searcher.find_each(codes) == [searcher.find(each) for each in codes]


def test_a_search_is_pickled_without_its_plan():
    searcher = MotifSearch(JASPAR.subset(slice(0, 3)), ThresholdRule(relative=0.7))
    before = pickle.dumps(searcher)
    text = encode_letters(as_bytes("ACGTTGCATGCCCGGA" * 9))
    found = searcher.find(text)
    assert len(found)
    assert pickle.dumps(searcher) == before
    assert pickle.loads(before).find(text) == found
    covered = searcher.count_cover(found, len(text))
    rows = [(found.row(row // 2, "+-"[row % 2]).tolist(), int(searcher.widths[row])) for row in range(6)]
    assert covered.tolist() == definitions.coverage(len(text), rows)


def test_too_much_is_refused(monkeypatch):
    searcher = MotifSearch(JASPAR.subset(slice(0, 3)))
    monkeypatch.setattr(search, "_MOST_BASES", 9)
    with pytest.raises(CapacityError, match=r"^a sequence of 10 bases; search it in blocks$"):
        searcher.find(np.zeros(10, np.uint8))
    monkeypatch.setattr(search, "_MOST_MOTIFS", 2)
    with pytest.raises(CapacityError, match=r"^3 motifs exceed 2; select fewer$"):
        MotifSearch(JASPAR.subset(slice(0, 3)))
