"""Ids, texts and special tokens under the names of gtars and transformers."""

import numpy as np
import pytest

from genotok import IntervalTokenizer, RaggedIds, Regions, Universe
from genotok.errors import InputError, VocabularyError

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr1", 30, 40), ("chr2", 5, 9)]
ROLES = ("unk", "pad", "mask", "cls", "eos", "bos", "sep")


@pytest.fixture
def tokenizer():
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)))


class Tensor:
    """A tensor as torch has it: whole numbers behind ``__array__``."""

    def __init__(self, values):
        self.values = np.array(values)
        self.ndim = self.values.ndim

    def __array__(self, dtype=None, copy=None):
        return self.values

    def tolist(self):
        return self.values.tolist()


def test_special_tokens_have_names(tokenizer):
    """Each role has a text and an id; the maps and lists agree with them."""
    for place, role in enumerate(ROLES):
        assert getattr(tokenizer, f"{role}_token") == f"<{role}>"
        assert getattr(tokenizer, f"{role}_token_id") == 4 + place
    assert tokenizer.special_tokens_map == {f"{role}_token": f"<{role}>" for role in ROLES}
    assert tokenizer.all_special_tokens == [f"<{role}>" for role in ROLES]
    assert tokenizer.all_special_ids == list(range(4, 11))
    assert tokenizer.vocab_size == len(tokenizer) == len(tokenizer.get_vocab()) == 11
    assert tokenizer.is_fast is False


def test_shared_texts_are_listed_once():
    """Seven roles with five texts give five ids, ascending, and seven entries in the map."""
    texts = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>"}
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)), texts)
    assert tokenizer.all_special_ids == [4, 5, 6, 7, 8]
    assert tokenizer.all_special_tokens == ["<unk>", "<pad>", "<mask>", "<s>", "</s>"]
    assert [getattr(tokenizer, f"{role}_token_id") for role in ("cls", "bos", "eos", "sep")] == [7, 7, 8, 8]
    assert len(tokenizer.special_tokens_map) == 7


@pytest.mark.parametrize("kind", [list, tuple, np.array, Tensor, lambda ids: np.array(ids, np.uint64)])
def test_rows_of_ids_are_taken_from_whatever_holds_them(tokenizer, kind):
    """Lists, arrays and tensors decode to lists of texts; ids past the end are unk."""
    texts = ["chr1:10-20", "<pad>", "<unk>"]
    assert tokenizer.decode(kind([0, 5, 99])) == texts
    assert tokenizer.convert_ids_to_tokens(kind([0, 5, 99])) == texts
    assert tokenizer.decode(kind([0, 5, 99]), skip_special_tokens=True) == texts[:1]
    assert tokenizer.get_special_tokens_mask(kind([0, 5, 99])) == [0, 1, 1]


def test_one_id_decodes_to_a_list_and_converts_to_a_text(tokenizer):
    """decode always gives a list; convert gives one for one."""
    for number in (1, np.int32(1), np.array(1)):
        assert tokenizer.decode(number) == ["chr1:15-30"]
        assert tokenizer.convert_ids_to_tokens(number) == "chr1:15-30"
    assert tokenizer.convert_ids_to_tokens(10**6) == "<unk>"
    assert tokenizer.convert_ids_to_tokens(2**70) == "<unk>"
    assert tokenizer.decode([]) == []


def test_texts_convert_to_ids(tokenizer):
    """One text gives one id, several a list; unknown ones give unk."""
    assert tokenizer.convert_tokens_to_ids("chr1:30-40") == 2
    assert isinstance(tokenizer.convert_tokens_to_ids("chr1:30-40"), int)
    assert tokenizer.convert_tokens_to_ids("nope") == 4
    assert tokenizer.convert_tokens_to_ids(["chr2:5-9", "x", "<sep>"]) == [3, 4, 10]
    assert tokenizer.convert_tokens_to_ids(np.array(["chr2:5-9"])) == [3]
    assert tokenizer.convert_tokens_to_ids([]) == []


def test_batches_decode_row_by_row(tokenizer):
    """Lists of lists, 2-D arrays and RaggedIds give one list of texts for each row."""
    wanted = [["chr1:10-20", "<pad>"], ["chr1:15-30", "chr2:5-9"]]
    ids = [[0, 5], [1, 3]]
    ragged = RaggedIds(np.array([0, 5, 1, 3], np.int32), np.array([0, 2, 4]))
    for batch in (ids, np.array(ids), ragged, (row for row in ids)):
        assert tokenizer.batch_decode(batch) == wanted
    assert tokenizer.batch_decode(ids, skip_special_tokens=True) == [wanted[0][:1], wanted[1]]
    assert tokenizer.decode(ragged) == wanted[0] + wanted[1]


def test_negative_ids_are_refused_everywhere(tokenizer):
    """No call counts from the end."""
    for call in (tokenizer.decode, tokenizer.convert_ids_to_tokens, tokenizer.decode_regions):
        for ids in (-1, [0, -1], np.array([-1])):
            with pytest.raises(VocabularyError, match=r"-1 is no id; ids run from 0 to 10"):
                call(ids)


@pytest.mark.parametrize("ids", ["chr1:10-20", [0.5], [[0, 1], [2, 3]], [None], {"a": 1}, [True]])
def test_what_is_no_row_of_ids_is_refused(tokenizer, ids):
    """Texts, fractions, nested rows and booleans are named for what they are."""
    with pytest.raises(InputError, match=r"is no row of ids; give whole numbers; batch_decode takes rows"):
        tokenizer.decode(ids)


def test_what_is_no_text_is_refused(tokenizer):
    """An id among texts is named with its place."""
    with pytest.raises(InputError, match=r"element 1: int is no token text; give texts"):
        tokenizer.convert_tokens_to_ids(["chr1:10-20", 5])


def test_what_has_no_elements_is_refused(tokenizer):
    """A number or nothing where a list belongs is an InputError like any other."""
    for call in (tokenizer.convert_tokens_to_ids, tokenizer.get_special_tokens_mask, tokenizer.batch_decode):
        for value in (None, 5, b"chr1"):
            with pytest.raises(InputError, match=r"is no list of tokens; give a list, array or tensor"):
                call(value)


class DeviceTensor:
    """A tensor that tracks gradients and lives on a device: it must be asked home first."""

    ndim = 1

    def detach(self):
        return self

    def cpu(self):
        return Tensor([0, 5])

    def __array__(self, dtype=None, copy=None):
        raise TypeError("not on this host")


def test_tensors_on_a_device_are_fetched(tokenizer):
    """Ids may come as a model left them."""
    assert tokenizer.decode(DeviceTensor()) == ["chr1:10-20", "<pad>"]
    assert tokenizer.pad({"input_ids": [DeviceTensor()]})["input_ids"] == [[0, 5]]


def test_masks_take_texts_and_ids(tokenizer):
    """Texts as they are, unknown ones are not special; ids with what a call puts around them, unless they have it."""
    assert tokenizer.get_special_tokens_mask(["<pad>", "chr1:10-20", "zz", "<sep>"]) == [1, 0, 0, 1]
    other = tokenizer.replace(special_tokens_pattern="cls_sep")
    assert other.get_special_tokens_mask([0, 4]) == [1, 0, 1, 1]
    assert other.get_special_tokens_mask([7, 0, 10], None, True) == [1, 0, 1]
    assert other.get_special_tokens_mask([7, 0, 10], already_has_special_tokens=True) == [1, 0, 1]
    assert other.get_special_tokens_mask(["<cls>", "chr1:10-20"]) == [1, 0]
    assert other.get_special_tokens_mask([]) == [1, 1]


def test_there_are_no_pairs(tokenizer):
    """A second sequence means nothing here and is refused."""
    with pytest.raises(InputError, match=r"there are no pairs of documents; leave token_ids_1 out"):
        tokenizer.get_special_tokens_mask([0], [1])
    with pytest.raises(InputError, match=r"there are no pairs of documents; pair=False"):
        tokenizer.num_special_tokens_to_add(pair=True)
