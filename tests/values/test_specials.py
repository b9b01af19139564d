"""Special tokens: seven roles in a fixed order, one id for each distinct text."""

import pytest

from genotok.errors import VocabularyError
from genotok.values.specials import ROLES, SpecialTokens


def test_the_defaults_are_seven_texts_in_the_order_of_the_roles():
    """Without a choice each role has its own text, and ids follow the order of the roles."""
    specials = SpecialTokens()
    assert specials.distinct() == ("<unk>", "<pad>", "<mask>", "<cls>", "<eos>", "<bos>", "<sep>")
    assert specials.places() == {role: place for place, role in enumerate(ROLES)}


@pytest.mark.parametrize(
    ("texts", "places"),
    [
        ({"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>"}, [0, 1, 2, 3, 4, 3, 4]),
        ({"unk": "<pad>"}, [0, 0, 1, 2, 3, 4, 5]),
        (dict.fromkeys(ROLES, "<x>"), [0] * 7),
    ],
)
def test_roles_with_one_text_share_the_id_of_its_first_role(texts, places):
    """Distinct texts are numbered at their first role, and nothing is left without a place."""
    specials = SpecialTokens.from_mapping(texts)
    assert list(specials.places().values()) == places
    assert len(specials.distinct()) == max(places) + 1


def test_roles_may_be_named_as_in_a_special_tokens_map():
    """``unk_token`` and ``unk`` are one role."""
    assert SpecialTokens.from_mapping({"unk_token": "[U]", "unk": "[U]"}) == SpecialTokens(unk="[U]")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"unk": ""}, r"the unk token '' is empty; the default is '<unk>'"),
        ({"pad": "a b"}, r"the pad token 'a b' holds white space"),
        ({"pad": "a\u2028"}, r"the pad token .* holds white space"),
        ({"sep": 7}, r"the sep token 7 is int, not text"),
        ({"sep": "\ud800"}, r"the sep token .* is no valid Unicode"),
        ({"start": "<s>"}, r"'start' is no role of a special token; roles: unk, pad, mask, cls, eos, bos, sep"),
        ({"unk": "a", "unk_token": "b"}, r"the unk token is both 'a' and 'b'; keep one"),
    ],
)
def test_texts_that_no_token_can_have_are_refused(texts, message):
    """A fault names the role, the text and what is wrong."""
    with pytest.raises(VocabularyError, match=message):
        SpecialTokens.from_mapping(texts)
