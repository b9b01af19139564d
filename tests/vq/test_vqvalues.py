"""Codebooks, tables, codes and models: what they promise, and what they refuse."""

import hashlib
import pickle
from itertools import pairwise
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import BundleError, CapacityError, ConfigError, InputError
from genotok.kernels.tables import UNKNOWN_CODE, count_windows
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvShape, ConvWeights
from genotok.values.vqcodes import VQCodes
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable
from vq import oracles, worlds


def vectors(*sizes, width=3):
    return tuple(np.arange(size * width, dtype=np.float32).reshape(size, width) for size in sizes)


def tree():
    return Codebook("tree", (2, 4), vectors(2, 4), (np.array([0, 1, 1, 0], np.uint16),))


def small_model(**fields):
    table = WindowTable(2, 1, np.arange(16, dtype=np.uint16)[None] % 4)
    asked = {"codebook": tree(), "table": table, "network": None, "window": 2, "stride": 1}
    return VQModel(**asked | fields)


def network(**plan):
    shape = ConvShape(**{"kernel": 3, "channels": 2, "width": 3, "blocks": 1, "taps": (1,)} | plan)
    return ConvWeights(shape, {name: np.zeros(size, np.float32) for name, size in shape.shapes().items()})


def test_sizes_and_bits_of_codebooks():
    """Levels have their codes and bits; the coarser levels of a tree cost none, and a grid is one level."""
    flat, pair = Codebook("flat", (8,), vectors(8)), Codebook("rvq", (4, 8), vectors(4, 8))
    grid = Codebook("fsq", (8, 5), ())
    found = [(each.sizes, each.width, each.joint_size, each.nominal_bits) for each in (flat, pair, tree(), grid)]
    assert found == [((8,), 3, 8, 3.0), ((4, 8), 3, 32, 5.0), ((2, 4), 3, 8, 2.0), ((40,), 2, 40, log2(40))]


def test_the_digest_of_a_codebook_is_that_of_its_numbers():
    """It is SHA-256 over quantizer, levels, vectors and parents, little-endian, and equality follows it."""
    book = tree()
    raw = b"tree 2 4" + b"".join(each.astype("<f4").tobytes() for each in book.vectors)
    assert book.digest == hashlib.sha256(raw + book.parents[0].astype("<u2").tobytes()).hexdigest()
    other = Codebook("tree", (2, 4), vectors(2, 4), (np.array([0, 1, 1, 1], np.uint16),))
    assert book == tree() == pickle.loads(pickle.dumps(book))
    assert hash(book) == hash(tree())
    assert book != other
    assert book != "tree"


def test_codebooks_hold_read_only_views():
    """A caller's array stays writable, the codebook's own does not; pickles too."""
    mine = vectors(4)
    book = Codebook("flat", (4,), mine)
    assert mine[0].flags.writeable
    for each in (book, pickle.loads(pickle.dumps(book))):
        with pytest.raises(ValueError, match="read-only"):
            each.vectors[0][0] = 1


@pytest.mark.parametrize(
    ("fields", "error", "match"),
    [
        ({"quantizer": "vq"}, ConfigError, "quantizer='vq' is no choice; flat, hrq, rvq, fsq, tree"),
        ({"levels": ()}, ConfigError, "flat has 0 levels"),
        ({"levels": (4, 4), "vectors": vectors(4, 4)}, ConfigError, "flat has 2 levels; flat has one"),
        ({"levels": (1,), "vectors": vectors(1)}, BundleError, "a level of 1 codes; from 2 to 65,534"),
        ({"levels": (65_535,), "vectors": vectors(65_535)}, BundleError, "a level of 65,535 codes"),
        ({"quantizer": "fsq", "levels": (300, 300), "vectors": ()}, BundleError, "a level of 90,000 codes"),
        ({"vectors": ()}, BundleError, "0 arrays of vectors, expected 1"),
        ({"vectors": vectors(5)}, BundleError, r"level 1 have shape \(5, 3\), expected \(4, 3\)"),
        ({"vectors": (np.zeros((4, 0)),)}, BundleError, r"shape \(4, 0\)"),
        ({"vectors": (np.full((4, 3), np.nan),)}, BundleError, "the vector of code 0 of level 1 is not finite"),
        ({"parents": (np.zeros(4, np.uint16),)}, BundleError, "1 arrays of parents in a flat of 1 levels"),
        (
            {"quantizer": "rvq", "levels": (4, 4), "vectors": (*vectors(4), *vectors(4, width=2))},
            BundleError,
            r"level 2 have shape \(4, 2\), expected \(4, 3\)",
        ),
        ({"quantizer": "tree", "levels": (2, 4), "vectors": vectors(2, 4)}, BundleError, "0 arrays of parents"),
        (
            {"quantizer": "tree", "levels": (2, 4), "vectors": vectors(2, 4), "parents": (np.zeros(3, np.uint16),)},
            BundleError,
            r"parents of level 1 have shape \(3,\), expected \(4,\)",
        ),
        (
            {"quantizer": "tree", "levels": (2, 4), "vectors": vectors(2, 4), "parents": (np.full(4, 2),)},
            BundleError,
            "parent 2 of level 1, expected below 2",
        ),
        ({"parents": (np.full(4, -1),)}, BundleError, "codes are whole numbers from 0 to 65535"),
    ],
)
def test_codebooks_refuse_what_does_not_agree(fields, error, match):
    """What is wrong is named, with what was expected."""
    with pytest.raises(error, match=match):
        Codebook(**{"quantizer": "flat", "levels": (4,), "vectors": vectors(4)} | fields)


@pytest.mark.parametrize(
    ("fields", "error", "match"),
    [
        ({"window": 11}, ConfigError, "compile needs a span <= 10, this model has 11"),
        ({"stride": 3}, ConfigError, "stride=3 in windows of 2 bp; 1 <= stride <= window"),
        ({"codes": np.zeros((1, 15), np.uint16)}, BundleError, r"uint16 \(1, 15\), expected uint16 \(levels, 16\)"),
        ({"codes": np.zeros((1, 16))}, BundleError, r"the table is float64"),
        ({"codes": np.zeros((0, 16), np.uint16)}, BundleError, r"the table is uint16 \(0, 16\)"),
        ({"codes": np.full((1, 16), 65_535, np.uint16)}, BundleError, "code 65,535 in the table, expected below"),
        ({"strand_symmetric": True}, BundleError, "a window and its reverse complement have different codes"),
    ],
)
def test_tables_refuse_what_they_cannot_be(fields, error, match):
    """Windows, strides, shapes and symmetry are checked at birth."""
    asked = {"window": 2, "stride": 1, "codes": np.arange(16, dtype=np.uint16)[None]}
    with pytest.raises(error, match=match):
        WindowTable(**asked | fields)


def test_tables_keep_their_identity():
    """Equal tables have equal codes and settings; a symmetric one is accepted where it is; pickles are equal."""
    table = WindowTable(5, 2, worlds.symmetric_table(5), strand_symmetric=True)
    assert (table.core, table.n_levels) == (1, 1)
    assert table == pickle.loads(pickle.dumps(table)) == WindowTable(5, 2, table.codes.copy(), strand_symmetric=True)
    assert table != WindowTable(5, 2, table.codes)
    assert table != WindowTable(5, 1, table.codes, strand_symmetric=True)
    assert table.sha256 == hashlib.sha256(table.codes.astype("<u2").tobytes()).hexdigest()
    with pytest.raises(ValueError, match="read-only"):
        table.codes[0, 0] = 1


@given(st.lists(st.integers(0, 40), max_size=5), worlds.shapes(6), st.sampled_from(["valid", "same"]), st.data())
def test_offsets_are_the_cores_of_tokens(lengths, shape, ends, data):
    """Cores lie where the definition says, on the forward strand; those of `same` tile each document."""
    window, stride = shape
    rows = np.cumsum([0, *count_windows(np.array(lengths), window=window, stride=stride, ends=ends)])
    turned = np.array([data.draw(st.booleans()) for _ in lengths], np.bool_)
    first = (window - stride) // 2 if ends == "valid" else 0
    codes = VQCodes(np.zeros((1, rows[-1]), np.uint16), rows, (2,), np.array(lengths), stride, first, turned)
    expected = []
    for length, is_turned in zip(lengths, turned, strict=True):
        cores = [(start, end) for _, start, end in oracles.windows("A" * length, window, stride, ends)]
        expected += [(length - end, length - start) for start, end in cores] if is_turned else cores
        if ends == "same":
            assert sorted(base for start, end in cores for base in range(start, end)) == list(range(length))
    assert list(map(tuple, codes.offsets.tolist())) == expected
    assert [each.offsets.tolist() for each in codes] == [
        codes.offsets[begin:end].tolist() for begin, end in pairwise(rows)
    ]


def codes_with_gaps():
    codes = np.array([[0, UNKNOWN_CODE, 1, 1, UNKNOWN_CODE], [3, UNKNOWN_CODE, 0, 2, UNKNOWN_CODE]], np.uint16)
    return VQCodes(codes, np.array([0, 3, 5]), (2, 4), np.array([6, 4]), 2, margins=np.ones((2, 5), np.float32))


def test_unknown_tokens_can_be_left_out():
    """The others keep codes, margins and offsets, and all are found again in their documents."""
    codes = codes_with_gaps()
    kept = codes.without_unknown()
    assert kept.offsets.tolist() == codes.offsets[[0, 2, 3]].tolist() == [[0, 2], [4, 6], [0, 2]]
    assert kept.codes.tolist() == [[0, 1, 1], [3, 0, 2]]
    assert kept.rows.tolist() == [0, 2, 3]
    assert kept.margins.shape == (2, 3)
    assert kept.without_unknown() is kept
    assert kept.row(-1).offsets.tolist() == [[0, 2]]


def test_levels_and_joint_codes():
    """Levels count from 1; a joint code has the first level as its highest digit, and unknown is -1."""
    codes = codes_with_gaps()
    assert codes.level(2).tolist() == codes.codes[1].tolist()
    assert codes.joint().tolist() == [3, -1, 4, 6, -1]
    with pytest.raises(InputError, match="there is no level 3; 1 to 2, coarse to fine"):
        codes.level(3)
    deep = VQCodes(np.zeros((4, 1), np.uint16), np.array([0, 1]), (65_534,) * 4, np.array([1]))
    with pytest.raises(CapacityError, match="no number of 63 bits"):
        deep.joint()


def test_codes_are_equal_if_tokens_are():
    """Pickles are equal and read-only; other codes, documents or places are not equal."""
    codes = codes_with_gaps()
    copy = pickle.loads(pickle.dumps(codes))
    assert copy == codes == codes_with_gaps()
    assert not copy.codes.flags.writeable
    assert codes != codes.without_unknown()
    assert codes != VQCodes(codes.codes, codes.rows, codes.levels, codes.lengths, 2, first=1)
    assert (len(codes), codes.n_tokens) == (2, 5)


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"codes": np.zeros(3, np.uint16)}, r"codes have shape \(3,\); \(1, tokens\): a row for each level"),
        ({"levels": (2, 2)}, r"codes have shape \(1, 3\); \(2, tokens\)"),
        ({"codes": np.array([[0, 2, 1]])}, "token 1: code 2 in level 1 of 2 codes; 65535 in all levels is unknown"),
        ({"rows": np.array([0, 2])}, "2 offsets do not cut 3 tokens into documents"),
        ({"lengths": np.array([3, 3])}, r"lengths have shape \(2,\), expected \(1,\)"),
        ({"places": np.array([0])}, r"places have shape \(1,\), expected \(3,\)"),
        ({"margins": np.zeros((2, 3))}, r"margins have shape \(2, 3\), expected \(1, 3\)"),
    ],
)
def test_codes_refuse_what_does_not_agree(fields, match):
    """Shapes fit each other, and codes lie below the size of their level."""
    asked = {"codes": np.zeros((1, 3), np.uint16), "rows": np.array([0, 3]), "levels": (2,), "lengths": np.array([3])}
    with pytest.raises(InputError, match=match):
        VQCodes(**asked | fields)


def test_a_code_is_unknown_in_all_levels_or_in_none():
    """A token that is unknown in one level only is refused."""
    with pytest.raises(InputError, match="token 0: code 65535 in level 1"):
        VQCodes(np.array([[UNKNOWN_CODE], [1]], np.uint16), np.array([0, 1]), (2, 2), np.array([1]))


def test_models_are_equal_if_their_tokens_are():
    """The digest covers what tokens depend on, not the card; usage counts for equality, and pickles are equal."""
    usage = (np.array([3, 1], np.uint64), np.array([1, 1, 1, 1], np.uint64))
    model = small_model(usage=usage, card={"name": "toy"})
    assert model == pickle.loads(pickle.dumps(model)) == small_model(usage=usage)
    assert model.digest == small_model().digest
    assert model != small_model()
    others = [small_model(ends="same"), small_model(unknown_scope="core"), small_model(codebook=leafless())]
    assert len({each.digest for each in others} | {model.digest}) == 4
    assert model.table_sizes == (4,)


def leafless():
    """Make the tree with other parents."""
    return Codebook("tree", (2, 4), vectors(2, 4), (np.array([0, 0, 1, 1], np.uint16),))


def test_models_of_networks():
    """A network's window is its stem, or, beside a table of all its windows, its span."""
    book = Codebook("flat", (4,), vectors(4))
    alone = VQModel(book, None, network(), window=3, stride=1, ends="same", unknown_scope="core")
    assert (alone.core, alone.ends, alone.unknown_scope) == (1, "same", "core")
    assert alone == pickle.loads(pickle.dumps(alone))
    assert alone.digest != VQModel(book, None, network(channels=1), 3, 1, "same", "core").digest
    both = VQModel(book, WindowTable(9, 1, np.zeros((1, 4**9), np.uint16)), network(), window=9, stride=1)
    assert both.core == 4


@pytest.mark.parametrize(
    ("fields", "error", "match"),
    [
        ({"table": None}, BundleError, "there is neither a table nor a network"),
        ({"ends": "open"}, ConfigError, "ends='open' is no choice; valid or same"),
        ({"unknown_scope": "all"}, ConfigError, "unknown_scope='all' is no choice; window or core"),
        ({"stride": 3}, ConfigError, "stride=3 in windows of 2 bp"),
        ({"stride": 2}, BundleError, "the table has stride=1, the model 2"),
        ({"strand_symmetric": True}, BundleError, "the table has strand_symmetric=False, the model True"),
        ({"usage": (np.zeros(2),)}, BundleError, r"usage of \(2,\) codes, expected \(2, 4\)"),
        ({"codebook": Codebook("rvq", (2, 4), vectors(2, 4))}, BundleError, "the table has 1 levels, expected 2"),
        (
            {"codebook": Codebook("flat", (3,), vectors(3))},
            BundleError,
            "code 3 in row 0 of the table, expected below 3",
        ),
        (
            {"table": None, "network": network(), "strand_symmetric": True},
            BundleError,
            "strand_symmetric without a table",
        ),
        ({"table": None, "network": network()}, BundleError, "window: 2, expected 3 by the network"),
        ({"network": network(kernel=2)}, BundleError, "window: 2, expected 8 by the network"),
        ({"table": None, "network": network(stride=3), "window": 3}, BundleError, "stride: 1, expected 3"),
        ({"table": None, "network": network(width=5), "window": 3}, BundleError, "width of codewords: 3, expected 5"),
        ({"table": None, "network": network(taps=(0, 1)), "window": 3}, BundleError, "levels read: 1, expected 2"),
    ],
)
def test_models_refuse_parts_that_do_not_belong_together(fields, error, match):
    """Table, network and codebook are one model's, and settings are known ones."""
    with pytest.raises(error, match=match):
        small_model(**fields)


def test_a_table_of_too_many_levels_is_refused():
    """Combinations of codes are numbers of 63 bits."""
    book = Codebook("rvq", (65_534,) * 4, (np.zeros((65_534, 1), np.float32),) * 4)
    table = WindowTable(1, 1, np.zeros((4, 4), np.uint16))
    with pytest.raises(CapacityError, match="no number of 63 bits"):
        VQModel(book, table, None, window=1, stride=1)
