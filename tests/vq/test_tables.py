"""Looking windows up: what the definition says, whatever the path, the block or the batch."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import tables as kernel
from genotok.kernels.bases import (
    AMBIGUOUS,
    BAD,
    classify_letters,
    count_letters,
    count_lower,
    letter_classes,
    reverse_complement,
)
from genotok.kernels.completing import complete_windows
from genotok.kernels.tables import (
    UNKNOWN_CODE,
    canonical_windows,
    climb,
    count_windows,
    look_up,
    reverse_windows,
    window_numbers,
)
from genotok.values.vqcodes import VQCodes
from vq import oracles, worlds

ENDS = st.sampled_from(["valid", "same"])
TOY = json.loads((Path(__file__).parents[1] / "golden/vq/table_toy.json").read_text())


def told(codes):
    """Write codes as the oracles do: lists, -1 for unknown."""
    return [[oracles.UNKNOWN if code == UNKNOWN_CODE else code for code in level] for level in codes.tolist()]


def numbers_by_definition(text, window, stride):
    return [oracles.number(each) for each, _, _ in oracles.windows(text, window, stride, "valid")]


@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("ends", ["valid", "same"])
@pytest.mark.parametrize("unknown", ["unk", "majority", "drop"])
@pytest.mark.parametrize("strand", ["forward", "reverse"])
def test_toy_cases(stride, ends, unknown, strand):
    """Codes and offsets of every case of the toy table are those of its loops."""
    wanted = {"stride": stride, "ends": ends, "unknown": unknown, "strand": strand}
    cases = [case for case in TOY["cases"] if wanted.items() <= case.items()]
    window, levels = TOY["window"], np.array([TOY["table_level0"], TOY["table_level1"]], np.uint16)
    assert len(cases) == 10
    for case in cases:
        bases = worlds.bases(case["sequence"])
        if strand == "reverse":
            bases = reverse_complement(bases)
        majority = unknown == "majority"
        codes = look_up(bases, tables=levels, window=window, stride=stride, ends=ends, majority=majority)
        found = VQCodes(
            codes=codes,
            rows=np.array([0, codes.shape[1]]),
            levels=tuple(TOY["levels"]),
            lengths=np.array([len(bases)]),
            stride=stride,
            first=(window - stride) // 2 if ends == "valid" else 0,
            reverse=np.array([strand == "reverse"]),
        )
        found = found.without_unknown() if unknown == "drop" else found
        assert told(found.codes) == case["codes"], case
        assert found.offsets.tolist() == case["offsets"], case


@given(worlds.TEXTS, worlds.shapes(), ENDS, st.booleans(), st.sampled_from(["forward", "reverse"]))
def test_codes_match_the_definition(text, shape, ends, majority, strand):
    """Each token has the code of its window, found by slicing the string."""
    window, stride = shape
    levels = worlds.tables(window, 2)
    bases = worlds.bases(text)
    bases = reverse_complement(bases) if strand == "reverse" else bases
    codes = look_up(bases, tables=levels, window=window, stride=stride, ends=ends, majority=majority)
    unknown = "majority" if majority else "unk"
    expected, _ = oracles.encode(text, levels, window, stride, ends=ends, unknown=unknown, strand=strand)
    assert told(codes) == expected


@given(st.text("ACGT", max_size=300), worlds.shapes(), st.integers(0, 5))
def test_all_paths_number_windows_alike(text, shape, cut):
    """Packing, doubling and reading one letter after the other give one number, wherever in memory bases begin."""
    window, stride = shape
    expected = numbers_by_definition(text[cut:], window, stride)
    bases = worlds.bases(text)[cut:]
    assert window_numbers(bases, window=window, stride=stride).tolist() == expected
    if len(bases) >= window:
        assert kernel._double(bases, window)[::stride].tolist() == expected
        if window >= 8 and stride % 4 == 0:
            assert kernel._pack(bases, window, stride).tolist() == expected


def test_big_endian_machines_do_not_pack(monkeypatch):
    """Where the first byte of a number is its highest, windows are numbered by doubling."""
    monkeypatch.setattr(kernel, "_PACKS", False)
    monkeypatch.delattr(kernel, "_pack")
    text = "ACGTTGCATGCCGATAGGCTAA"
    found = window_numbers(worlds.bases(text), window=8, stride=4)
    assert found.tolist() == numbers_by_definition(text, 8, 4)


@given(st.lists(worlds.TEXTS, max_size=6), worlds.shapes(), ENDS, st.booleans(), st.data())
def test_blocks_and_batches_change_nothing(texts, shape, ends, majority, data):
    """Sequences have the codes they have alone, however many are put together and however they are cut."""
    window, stride = shape
    asked = {"tables": worlds.tables(window, 2), "window": window, "stride": stride, "ends": ends, "majority": majority}
    bases, rows = worlds.laid(texts)
    codes = look_up(bases, rows=rows, **asked)
    cuts = kernel.offsets_of(count_windows(np.diff(rows), window=window, stride=stride, ends=ends))
    assert codes.shape == (2, cuts[-1])
    for text, first, last in zip(texts, cuts, cuts[1:], strict=False):
        assert np.array_equal(codes[:, first:last], look_up(worlds.bases(text), **asked))
    block = data.draw(st.sampled_from([1, 7, 64, 100, 256, 2**20]))
    assert np.array_equal(look_up(bases, rows=rows, block=block, **asked), codes)


@pytest.mark.parametrize(("window", "stride"), [(8, 4), (8, 1), (10, 4), (5, 3)])
def test_long_sequences_are_cut_without_a_trace(window, stride):
    """Blocks of any size give the codes of one block, on a sequence of several, with unknown bases in some."""
    rng = np.random.default_rng(0)
    bases = rng.integers(0, 4, 300_000).astype(np.uint8)
    bases[rng.integers(150_000, 300_000, 50)] = 4
    asked = {"tables": worlds.tables(window, 1, 4096), "window": window, "stride": stride}
    whole = look_up(bases, block=2**20, **asked)
    for block in (5_000, 65_536, kernel.BLOCK):
        assert np.array_equal(look_up(bases, block=block, **asked), whole)
    assert np.count_nonzero(whole == UNKNOWN_CODE) > 50


@given(st.text("ACGTN", max_size=80), st.integers(1, 10), st.data())
def test_symmetric_tables_read_both_strands_alike(text, window, data):
    """Codes of the reverse complement are the codes reversed, where the last window ends with the sequence."""
    stride = data.draw(st.integers(1, window))
    text = text[: len(text) - max(len(text) - window, 0) % stride]
    asked = {"tables": worlds.symmetric_table(window), "window": window, "stride": stride}
    there = look_up(worlds.bases(text), **asked)
    back = look_up(worlds.bases(oracles.reverse_complement(text)), **asked)
    assert np.array_equal(there, back[:, ::-1])


@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_windows_of_the_other_strand(window):
    """A window's partner is its reverse complement, and of two partners the lower number is the canonical one."""
    spelt = [oracles.window_of(number, window) for number in range(4**window)]
    turned = [oracles.number(oracles.reverse_complement(each)) for each in spelt]
    assert reverse_windows(window).tolist() == turned
    assert canonical_windows(window).tolist() == [n for n, partner in enumerate(turned) if n <= partner]


def test_majority_ties_go_to_the_lowest_code():
    """Of codes that come out equally often the lowest wins; three unknown bases are too many."""
    one = np.array([[6, 2, 6, 2], [9, 8, 7, 6]], np.uint16)
    asked = {"window": 1, "low": 0, "high": 1, "other": 77}
    starts = np.zeros(1, np.int64)
    found = complete_windows(np.array([4], np.uint8), tables=one, starts=starts, **asked)
    assert found.tolist() == [[2], [6]]
    three = worlds.tables(3)
    found = complete_windows(np.full(3, 4, np.uint8), tables=three, starts=starts, **asked | {"window": 3, "high": 3})
    assert found.tolist() == [[77]]


def test_a_level_of_a_tree_follows_the_finest():
    """A coarser code is the parent of the finest one, and unknown stays unknown."""
    parents = np.array([3, 0, 3, 1], np.uint16)
    fine = np.array([0, 1, UNKNOWN_CODE, 3, 2, 2], np.uint16)
    assert climb(fine, parents).tolist() == [3, 0, UNKNOWN_CODE, 1, 3, 3]


def test_counts_of_tokens():
    """`valid` windows lie inside, `same` ones begin with each stride; a short sequence has none, or those it begins."""
    lengths = np.array([0, 1, 7, 8, 9, 12, 16])
    assert count_windows(lengths, window=8, stride=4).tolist() == [0, 0, 0, 1, 1, 2, 3]
    assert count_windows(lengths, window=8, stride=4, ends="same").tolist() == [0, 1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize("soft_mask", ["upper", "unknown"])
def test_every_byte_has_its_class(soft_mask):
    """Bases and U are 0 to 3, ambiguous letters 4, lower case as asked for, and each other byte is bad, X too."""
    found = classify_letters(bytes(range(256)), letter_classes(soft_mask))
    for byte, code in enumerate(found.tolist()):
        letter = chr(byte).upper() if byte < 128 else ""
        known = "ACGT".find("T" if letter == "U" else letter) if letter else -1
        ambiguous = bool(letter) and letter.encode() in [bytes([each]) for each in AMBIGUOUS]
        if chr(byte).islower() and soft_mask == "unknown" and (known >= 0 or ambiguous):
            assert code == 4
        else:
            assert code == (known if known >= 0 else 4 if ambiguous else BAD), letter


@given(st.binary(max_size=300))
def test_letters_are_counted(text):
    """Counts of letters, and of lower-case ones, are those of Python."""
    letters = b"NRuU"
    array = np.frombuffer(text, np.uint8)
    assert count_letters(array, letters).tolist() == [text.count(letter) for letter in letters]
    assert count_lower(array) == sum(byte >= ord("a") for byte in text)


@given(worlds.TEXTS)
def test_the_other_strand_of_bases(text):
    """Reading the other strand complements known bases, keeps unknown ones, and undoes itself."""
    bases = worlds.bases(text)
    assert np.array_equal(reverse_complement(bases), worlds.bases(oracles.reverse_complement(text)))
    assert np.array_equal(reverse_complement(reverse_complement(bases)), bases)
