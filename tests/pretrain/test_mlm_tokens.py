"""Tokens as a language model reads them: levels in one table of ids, rivals in the same form."""

import numpy as np
import pytest

from genotok.cli.vq.reading import BpeReader, open_reader, open_saved_reader
from genotok.errors import BundleError, ConfigError, InputError
from genotok.train.mlm_tokens import TokenRows, TokenSpace, VQReader, lay_out
from genotok.train.mlm_words import words_tokenizer
from pretrain.worlds import byte_pairs, dna, reader, tokenizer
from vq.oracles import reverse_complement

pytestmark = pytest.mark.native


@pytest.mark.parametrize("kind", ["tree", "hrq", "rvq"])
def test_words_are_the_levels_of_each_id(kind):
    """Whatever the layout, an id and its row of words are codes of one token."""
    mine, text = tokenizer(kind), dna(300, 5)
    codes = mine.codes(text).codes.astype(np.int64)
    assert np.array_equal(VQReader(kind, mine).space.words[mine.encode(text)], codes.T)
    assert np.array_equal(reader(kind).read([text]).codes, codes)


def test_a_token_with_several_ids_has_no_list_of_words():
    """And can't be read by one id."""
    mine = reader("wide")
    assert mine.space.words is None
    assert mine.tokenizer.vocabulary.ids_per_token == 2
    with pytest.raises(ConfigError, match="a token has an id for each level; read its levels instead"):
        VQReader("wide", mine.tokenizer, folded=True)


@pytest.mark.parametrize("kind", ["tree", "hrq", "kmer2"])
def test_a_folded_reader_gives_the_ids_of_the_tokenizer(kind):
    """Unknown tokens too, as the special id that the tokenizer has."""
    folded = VQReader(kind, reader(kind).tokenizer, folded=True)
    text = dna(40, 1) + "N" + dna(40, 2)
    ids = lay_out(folded.space, folded.read([text, "ACGT"]), 90)
    assert ids[0, 0, :-8][: len(folded.tokenizer.encode(text))].tolist() == folded.tokenizer.encode(text)[:82]
    assert (folded.space.unknown, folded.space.pad, folded.space.mask) == (
        folded.tokenizer.unk_token_id, folded.tokenizer.pad_token_id, folded.tokenizer.mask_token_id,
    )  # fmt: skip
    short = folded.tokenizer.encode("ACGT")
    assert ids[1, 0].tolist() == short + [folded.space.pad] * (90 - len(short))


def test_rows_are_cut_and_padded():
    """By the definition, level by level."""
    space = TokenSpace.of_levels((2, 3))
    tokens = TokenRows(np.array([[0, 1, -1, 1, 0], [2, 0, -1, 1, 1]]), np.array([0, 4, 4, 5]))
    assert lay_out(space, tokens, 3).tolist() == [
        [[0, 1, 5], [4, 2, 5]], [[6, 6, 6], [6, 6, 6]], [[0, 6, 6], [3, 6, 6]],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["tree", "hrq", "wide", "kmer3"])
def test_drawn_tokens_are_tokens(kind):
    """Of a tree a code goes with its own parent; all tokens come up, about equally often."""
    space = reader(kind).space
    drawn = space.draw(20_000, 3) - space.starts[:, None]
    assert ((drawn >= 0) & (drawn < np.array(space.sizes)[:, None])).all()
    if space.words is not None:
        number = {tuple(row): at for at, row in enumerate(space.words.tolist())}
        counts = np.bincount([number[tuple(row)] for row in drawn.T.tolist()], minlength=len(number))
        assert counts.min() > 0.7 * 20_000 / len(number)


@pytest.mark.parametrize("name", ["char", "kmer3", "kmer6-step6", "kmer4-merged"])
def test_words_of_letters_are_those_of_the_definition(name):
    """Read one by one from the text: the number of a word in the alphabet, or of the first of both strands."""
    mine, text = words_tokenizer(name), dna(100, 4)
    k, step = {"char": (1, 1), "kmer3": (3, 1), "kmer6-step6": (6, 6), "kmer4-merged": (4, 1)}[name]
    words = [text[at : at + k] for at in range(0, len(text) - k + 1, step)]
    if name.endswith("merged"):
        words = [min(word, reverse_complement(word)) for word in words]
    found = mine.encode(text)
    order = sorted(set(words))
    assert sorted(set(found)) == sorted({found[words.index(word)] for word in order})
    assert [found[words.index(word)] for word in order] == sorted(set(found))
    assert all(found[at] == found[words.index(word)] for at, word in enumerate(words))
    if not name.endswith("merged"):
        assert mine.decode(found) == text[: (len(words) - 1) * step + k]
    assert mine.strand_symmetric == name.endswith("merged")


@pytest.mark.parametrize("name", ["kmer8", "kmer0", "kmer3-step4", "kmer3-step0"])
def test_words_that_are_no_vocabulary_are_refused(name):
    """With what is possible."""
    with pytest.raises(ConfigError, match=f"{name} is no tokenizer; words of up to 7 letters, and steps no longer"):
        open_reader(name)


@pytest.mark.parametrize(("kind", "tokens"), [("tree", 7), ("kmer6-step6", 9), ("char", 5)])
def test_bases_for_tokens_make_as_many(kind, tokens):
    """Neither fewer nor more."""
    mine = reader(kind)
    assert np.diff(mine.read([dna(mine.bases_for(tokens), 0)]).rows).tolist() == [tokens]


def test_byte_pairs_are_read_and_saved(tmp_path):
    """With the ids of their file; saved, they put no special tokens around, and name the roles."""
    from transformers import AutoTokenizer

    mine = BpeReader(byte_pairs(tmp_path / "pairs.json"))
    assert mine.read(["ACGTAA", "NAC"]).codes.tolist() == [[11, 12, -1, 9]]
    assert mine.read(["ACGTAA", "NAC"]).rows.tolist() == [0, 2, 4]
    assert (mine.space.unknown, mine.space.pad, mine.space.mask, mine.space.rows) == (0, 3, 4, 14)
    assert mine.space.words.ravel().tolist() == list(range(5, 14))
    assert len(mine.read([dna(mine.bases_for(20), 0)]).codes[0]) >= 20
    mine.save(tmp_path)
    opened = AutoTokenizer.from_pretrained(tmp_path)
    assert opened("ACGTAA")["input_ids"] == [11, 12]
    assert (opened.mask_token_id, opened.pad_token_id) == (4, 3)
    again = open_saved_reader(tmp_path, {"tokenizer": "bpe", "digest": "", "levels": [14]})
    assert again.read(["ACGTAA"]).codes.tolist() == [[11, 12]]
    with pytest.raises(BundleError, match=r"the tokenizer has \[14\] codes, the model \[15\]; its files belong to"):
        open_saved_reader(tmp_path, {"tokenizer": "bpe", "digest": "", "levels": [15]})


def test_byte_pairs_need_their_file_and_a_mask(tmp_path):
    """And say so."""
    with pytest.raises(ConfigError, match="bpe without its vocabulary; --bpe FILE names"):
        open_reader("bpe")
    path = byte_pairs(tmp_path / "pairs.json")
    path.write_text(path.read_text().replace("[MASK]", "[X]"))
    with pytest.raises(InputError, match=r"pairs.json: no special token \[MASK\]; a tokenizer.json of a BERT"):
        BpeReader(path)
