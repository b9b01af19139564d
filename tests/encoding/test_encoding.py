"""Model inputs: truncation, special tokens, masks and padding by position, in the shapes of transformers."""

import copy
import pickle
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.encoding import Around, Encoding, Layout, lay_out, pad_encodings, sample_places
from genotok.errors import InputError, MissingExtraError

PAD, CLS, SEP = 101, 103, 106
NONE = Around(pad_id=PAD, first_special=100, before=np.empty(0, np.int32), after=np.empty(0, np.int32))
CLS_SEP = Around(pad_id=PAD, first_special=100, before=np.array([CLS], np.int32), after=np.array([SEP], np.int32))


def laid(rows, around=NONE, *, single=False, **keywords):
    documents = [(np.array(row, np.int32), np.arange(len(row), dtype=np.int32)) for row in rows]
    return lay_out(documents, Layout(**keywords), around, single=single)


@given(
    st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=9), min_size=1, max_size=5),
    st.sampled_from([NONE, CLS_SEP]),
    st.sampled_from([False, True, "longest", "max_length"]),
    st.booleans(),
    st.integers(2, 8),
    st.sampled_from([None, 1, 2, 4]),
    st.sampled_from(["left", "right"]),
    st.sampled_from(["left", "right"]),
)
def test_a_call_is_cut_surround_pad(rows, around, padding, truncation, length, multiple, pad_side, cut_side):
    """Each row is cut, surrounded and padded as plain lists would be, and the masks say by position what is what."""
    if truncation and padding and length % (multiple or 1):
        length = multiple * 2
    before, after = around.before.tolist(), around.after.tolist()
    room = length - len(before) - len(after)
    expected, indices = [], []
    for row in rows:
        places = list(range(len(row)))
        if truncation and len(row) > room:
            places = places[:room] if cut_side == "right" else places[len(row) - room :]
        expected.append(before + [row[place] for place in places] + after)
        indices.append([-1] * len(before) + places + [-1] * len(after))
    target = {False: 0, "max_length": length}.get(padding, max(map(len, expected)))
    target = -(-target // (multiple or 1)) * (multiple or 1)

    def padded(values, fill):
        missing = [fill] * (target - len(values))
        return values + missing if pad_side == "right" else missing + values

    found = laid(
        rows,
        around,
        padding=padding,
        truncation=truncation,
        max_length=length,
        pad_to_multiple_of=multiple,
        padding_side=pad_side,
        truncation_side=cut_side,
        return_special_tokens_mask=True,
        return_offsets=True,
        return_length=True,
    )
    assert dict(found) == {
        "input_ids": [padded(row, PAD) for row in expected],
        "attention_mask": [padded([1] * len(row), 0) for row in expected],
        "special_tokens_mask": [padded([int(each >= 100) for each in row], 1) for row in expected],
        "region_index": [padded(row, -1) for row in indices],
        "length": [len(row) for row in expected],
    }


def test_one_document_gives_flat_lists_and_a_batch_lists_of_lists():
    """The shape follows the input, as in transformers."""
    assert dict(laid([[1, 2]], single=True)) == {"input_ids": [1, 2], "attention_mask": [1, 1]}
    assert dict(laid([[1, 2]])) == {"input_ids": [[1, 2]], "attention_mask": [[1, 1]]}
    assert laid([[1, 2]], single=True, return_length=True)["length"] == 2


@pytest.mark.parametrize("single", [True, False])
def test_arrays_always_have_a_batch_axis(single):
    """'np' gives int64 (b, L), one document (1, L)."""
    found = laid([[1, 2]], single=single, return_tensors="np", return_offsets=True, return_length=True)
    assert {name: (value.dtype, value.shape) for name, value in found.items()} == {
        "input_ids": (np.int64, (1, 2)),
        "attention_mask": (np.int64, (1, 2)),
        "region_index": (np.int64, (1, 2)),
        "length": (np.int64, (1,)),
    }


def test_unequal_rows_make_no_array():
    """An array of objects is never made; the error says what to pass."""
    with pytest.raises(InputError, match=r"rows of 1 to 2 tokens make no tensor; pass padding=True"):
        laid([[1, 2], [3]], return_tensors="np")
    assert laid([[1, 2], [3]], return_tensors="np", padding=True)["input_ids"].tolist() == [[1, 2], [3, PAD]]
    with pytest.raises(InputError, match=r"rows of 2 to 3 tokens make no tensor"):  # longer rows are not padded away
        laid([[1, 2, 3], [3]], return_tensors="np", padding="max_length", max_length=2)


class FakeTorch:
    """Stands for torch: says what it was given."""

    @staticmethod
    def from_numpy(array):
        assert array.flags.writeable
        assert array.dtype == np.int64
        return ("tensor", array.tolist())


def test_torch_tensors_are_made_of_int64_arrays(monkeypatch):
    """'pt' hands int64 arrays to torch, which is imported only then."""
    monkeypatch.setitem(__import__("sys").modules, "torch", FakeTorch)
    assert laid([[1, 2]], return_tensors="pt")["input_ids"] == ("tensor", [[1, 2]])


def test_torch_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    """Asking for its tensors without torch is one clear line."""
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"torch is not installed; pip install 'genotok\[torch\]'"):
        laid([[1, 2]], return_tensors="pt")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"padding": "longer"}, r"padding is 'longer'; one of False, True, 'longest', 'max_length', 'do_not_pad'"),
        ({"padding": 1}, r"padding is 1; one of"),
        ({"truncation": "longest_first"}, r"truncation is 'longest_first'; one of False, True, 'sample'"),
        ({"padding_side": "up"}, r"padding_side is 'up'; one of 'right', 'left'"),
        ({"truncation_side": None}, r"truncation_side is None; one of 'right', 'left'"),
        ({"return_tensors": "tf"}, r"return_tensors is 'tf'; one of None, 'np', 'pt'"),
        ({"max_length": 0}, r"max_length is 0; a positive whole number, or None"),
        ({"max_length": True}, r"max_length is True; a positive whole number"),
        ({"pad_to_multiple_of": 1.5}, r"pad_to_multiple_of is 1.5; a positive whole number"),
        ({"padding": "max_length"}, r"padding='max_length' has no length; pass max_length=, or set model_max_length"),
        (
            {"padding": True, "truncation": True, "max_length": 9, "pad_to_multiple_of": 4},
            r"max_length 9 is no multiple of 4; truncate to a multiple of pad_to_multiple_of",
        ),
    ],
)
def test_keywords_with_a_wrong_value_are_refused(keywords, message):
    """The error names the keyword, its value and the choices."""
    with pytest.raises(InputError, match=message):
        Layout(**keywords)


def test_a_length_without_room_for_the_special_tokens_is_refused():
    """``max_length`` counts special tokens; exactly their number leaves nothing else."""
    with pytest.raises(InputError, match=r"max_length 1 has no room for 2 special tokens; raise it"):
        laid([[1, 2, 3]], CLS_SEP, truncation=True, max_length=1)
    for truncation in (True, "sample"):
        assert laid([[1, 2, 3]], CLS_SEP, truncation=truncation, max_length=2)["input_ids"] == [[CLS, SEP]]


def test_truncation_without_any_limit_cuts_nothing():
    """No ``max_length`` and no ``model_max_length`` is no limit, as in transformers."""
    for truncation in (True, "sample"):
        assert laid([[1, 2, 3]], truncation=truncation)["input_ids"] == [[1, 2, 3]]


@given(st.integers(1, 200), st.data(), st.integers(-5, 2**70))
def test_a_sample_is_places_without_repeats_in_order(length, data, seed):
    """A draw has the wanted size, stays inside, ascends, and is the same each time."""
    count = data.draw(st.integers(0, length - 1))
    places = sample_places(length, count, seed)
    assert len(places) == count
    assert (np.diff(places) > 0).all()
    assert not count or 0 <= places[0] <= places[-1] < length
    assert (places == sample_places(length, count, seed)).all()


def test_a_sample_is_uniform():
    """Over many seeds each pair of 6 places is drawn about equally often."""
    draws = Counter(tuple(sample_places(6, 2, seed).tolist()) for seed in range(15_000))
    assert len(draws) == 15
    assert 880 < min(draws.values()) <= max(draws.values()) < 1120  # 1,000 each, standard deviation 31


def test_a_sample_is_the_same_on_every_platform():
    """Golden draws: the rule is part of the format of results, not of a library's generator."""
    assert sample_places(20, 5, 0).tolist() == [2, 4, 6, 8, 18]
    assert sample_places(20, 5, 7).tolist() == [9, 11, 14, 18, 19]
    assert laid([list(range(20))], truncation="sample", max_length=5, seed=7)["input_ids"] == [[9, 11, 14, 18, 19]]


def test_an_encoding_is_a_mapping_with_attributes():
    """It iterates, unpacks and counts like a dict, and survives copying and pickling."""
    found = laid([[1, 2]], single=True)
    assert list(found) == ["input_ids", "attention_mask"]
    assert len(found) == 2
    assert dict(**found) == {"input_ids": [1, 2], "attention_mask": [1, 1]}
    assert found.input_ids == [1, 2]
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == copy.copy(found) == found
    assert found.pop("attention_mask") == [1, 1]  # collators take masks out
    with pytest.raises(AttributeError, match=r"this encoding has no 'attention_mask'; it has input_ids"):
        found.attention_mask  # noqa: B018  # the access is the test
    assert repr(found) == "Encoding({'input_ids': [1, 2]})"
    there = Encoding({"input_ids": SimpleNamespace(to="{} on it".format), "length": 2}).to("gpu")
    assert there == Encoding({"input_ids": "gpu on it", "length": 2})


def padded(encodings, **keywords):
    return pad_encodings(encodings, Layout(**({"padding": True} | keywords)), pad_id=PAD)


def test_padding_takes_all_shapes_that_calls_return():
    """A list of documents, a dict of lists of lists, and an Encoding of a batch pad alike."""
    wanted = {"input_ids": [[1, 2, 3], [4, PAD, PAD]], "attention_mask": [[1, 1, 1], [1, 0, 0]]}
    batch = laid([[1, 2, 3], [4]])
    documents = [{"input_ids": [1, 2, 3]}, {"input_ids": [4]}]
    for encodings in (batch, dict(batch), {"input_ids": batch["input_ids"]}, documents, tuple(documents)):
        assert dict(padded(encodings)) == wanted
    assert dict(padded([laid([[1, 2, 3]], single=True), laid([[4]], single=True)])) == wanted
    assert batch == laid([[1, 2, 3], [4]]), "the input is not changed"


def test_padding_knows_the_fill_of_each_key():
    """Masks, index and ids are padded each with its own value, on the side asked for; other keys are passed on."""
    encodings = laid([[1, 2], [3]], CLS_SEP, return_special_tokens_mask=True, return_offsets=True) | {"label": [1, 0]}
    assert dict(padded(encodings, padding_side="left", pad_to_multiple_of=5)) == {
        "input_ids": [[PAD, CLS, 1, 2, SEP], [PAD, PAD, CLS, 3, SEP]],
        "attention_mask": [[0, 1, 1, 1, 1], [0, 0, 1, 1, 1]],
        "special_tokens_mask": [[1, 1, 0, 0, 1], [1, 1, 1, 0, 1]],
        "region_index": [[-1, -1, 0, 1, -1], [-1, -1, -1, 0, -1]],
        "label": [1, 0],
    }


def test_padding_one_document_keeps_it_one():
    """As in transformers, ``pad`` of one document adds no batch axis, not even to arrays."""
    assert dict(padded({"input_ids": [1]}, padding="max_length", max_length=3)) == {
        "input_ids": [1, PAD, PAD],
        "attention_mask": [1, 0, 0],
    }
    assert padded({"input_ids": [1]}, return_tensors="np")["input_ids"].shape == (1,)
    assert padded({"input_ids": []}, padding="max_length", max_length=2)["input_ids"] == [PAD, PAD]


def test_arrays_are_padded_to_arrays():
    """What came as arrays comes back as arrays, foreign keys too where they can."""
    found = padded([{"input_ids": np.array([1, 2]), "label": 0.5}, {"input_ids": np.array([3]), "label": 1.5}])
    assert found["input_ids"].tolist() == [[1, 2], [3, PAD]]
    assert found["label"].tolist() == [0.5, 1.5]
    assert isinstance(padded({"input_ids": np.array([[1, 2], [3, 4]])})["input_ids"], np.ndarray)


def test_an_existing_mask_is_kept():
    """A mask with zeros of its own is extended, not replaced; none is added where none is wanted."""
    found = padded([{"input_ids": [1, 2], "attention_mask": [0, 1]}, {"input_ids": [3], "attention_mask": [1]}])
    assert found["attention_mask"] == [[0, 1], [1, 0]]
    assert list(padded({"input_ids": [[1], [2, 3]]}, return_attention_mask=False)) == ["input_ids"]


@pytest.mark.parametrize(
    ("encodings", "message"),
    [
        ([], r"list is no encoding; give what calls returned, or a list of it"),
        ([1], r"list is no encoding"),
        ("ids", r"str is no encoding"),
        ({"ids": [1]}, r"no input_ids among ids; pad needs them"),
        ([{"input_ids": [1]}, {"ids": [1]}], r"element 1: keys ids differ from input_ids; all encodings need the same"),
        ({"input_ids": [[1, 2]], "attention_mask": [[1]]}, r"attention_mask is not as long as input_ids"),
        ({"input_ids": [[1.5]]}, r"input_ids holds no row of whole numbers"),
        ({"input_ids": [[[1]]]}, r"input_ids holds no row of whole numbers"),
    ],
)
def test_what_is_no_encoding_is_not_padded(encodings, message):
    """Each fault says what was found."""
    with pytest.raises(InputError, match=message):
        padded(encodings)


def test_a_foreign_key_that_makes_no_array_is_named():
    """Ragged extra values can't be stacked."""
    with pytest.raises(InputError, match=r"extra makes no tensor; leave it out, or give rows of equal length"):
        padded({"input_ids": [[1], [2]], "extra": [[1], [2, 3]]}, return_tensors="np")


def test_no_documents_give_empty_inputs():
    """A batch of nothing lays out as nothing."""
    assert dict(laid([])) == {}
    assert isinstance(laid([]), Encoding)
