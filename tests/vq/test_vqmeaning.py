"""What tokens mean: bases, vectors, counts, descriptions, and what one changed base does; all by the definition."""

from collections import Counter
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import RaggedIds, VQTokenizer
from genotok.errors import ConfigError, InputError, SequenceError, VocabularyError
from genotok.kernels.network import decode as decode_vectors
from genotok.kernels.network import prepare_decoder
from vq import models, oracles

SETS = "A C G T AG CT CG AT GT AC CGT AGT ACT ACG ACGT"
NAMES = dict(zip(SETS.split(), "ACGTRYSWKMBDHVN", strict=True))
DNA = st.text("ACGTN", min_size=8, max_size=60)
quiet = pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")


def classes(model):
    """Name each window by the codes of all its levels: the class of each window, and the classes in order."""
    rows = [tuple(row) for row in model.table.codes.T.tolist()]
    order = sorted(set(rows))
    return [order.index(row) for row in rows], order


def decoded(tokenizer, codes, *, lead, length):
    """Decode by summing over all windows of each class."""
    model = tokenizer.model
    table, order = classes(model)
    numbers = [order.index(tuple(token)) if tuple(token) in order else -1 for token in codes.T.tolist()]
    parts = oracles.shares(table, len(order), model.window)
    return oracles.decode(numbers, parts, model.stride, lead=lead, length=length)


@given(DNA, st.sampled_from(["valid", "same"]), st.sampled_from([1, 2, 4]))
def test_decoding_follows_the_definition(text, ends, stride):
    """The bases that the windows of all tokens speak for; levels are read together."""
    made = models.tokenizer(models.toy_model(stride), ends=ends)
    codes = made.codes(text)
    n = codes.n_tokens
    length = len(text) if ends == "same" else (n - 1) * stride + 4
    wanted = decoded(made, codes.codes, lead=made.model.core if ends == "same" else 0, length=length)
    ids = made.encode(text)
    assert made.decode(ids, length=length) == wanted
    assert made.batch_decode([ids], skip_special_tokens=True) == [made.decode(ids)]
    shares = made.decode_probabilities(ids, length=length)
    assert shares.dtype == np.float32
    assert shares.shape == (length, 4)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    best = ["N" if row.max() - row.min() < 1e-6 else "ACGT"[row.argmax()] for row in shares]
    assert all(one == other for one, other in zip(best, wanted, strict=True) if one != "N")


@given(st.text("ACGT", min_size=3, max_size=60))
def test_where_nothing_is_lost_the_sequence_comes_back(text):
    """A code for each window decodes to the bases that it was made of."""
    for stride in (1, 2, 3):
        made = models.tokenizer(models.identity_model(3, stride))
        covered = (len(text) - 3) // stride * stride + 3
        assert made.decode(made.encode(text)) == text[:covered]


@quiet
@given(DNA, st.sampled_from(["forward", "reverse", "canonical"]), st.sampled_from(["valid", "same"]), st.integers(0, 1))
def test_codes_decode_to_the_document(text, strand, ends, phase):
    """VQCodes know strand, phase, length and gaps; so what comes back stands where it stood."""
    made = models.tokenizer(models.identity_model(3, 2), strand=strand, ends=ends, phase=phase, unknown="drop")
    codes = made.codes(text)
    back = made.decode(codes)
    assert len(back) == len(text)
    told = {base for start, end in codes.offsets.tolist() for base in range(start, end)}
    assert all(back[base] == text[base] for base in told)
    assert all(one in ("N", other) for one, other in zip(back, text, strict=True) if other != "N")
    assert made.batch_decode(made.codes([text, "ACGTT"])) == [back, made.decode(made.codes("ACGTT"))]


@pytest.mark.parametrize("stride", [1, 2])
def test_symmetric_tables_find_the_strand_of_each_token(stride):
    """A code that stands for both strands is read as its neighbours ask."""
    rng = np.random.default_rng(7)
    text = "".join("ACGT"[each] for each in rng.integers(0, 4, 400))
    window = 5
    lesser = np.minimum(np.arange(4**window), models.worlds.reverse_windows(window))
    names, codes = np.unique(lesser, return_inverse=True)
    book = models.Codebook("flat", (len(names),), models.vectors(len(names)))
    table = models.WindowTable(window, stride, codes.astype(np.uint16)[None], strand_symmetric=True)
    made = VQTokenizer(models.VQModel(book, table, None, window, stride, strand_symmetric=True))
    back = made.decode(made.encode(text))
    read = text[: len(back)]
    same = max(sum(map(str.__eq__, back, each)) for each in (read, oracles.reverse_complement(read)))
    assert same == len(back)


def test_decoding_ids_that_are_none():
    """Ids are checked before anything is made of them."""
    made = models.tokenizer(models.toy_model(2), layout="interleave")
    for call in (made.decode, made.embed, made.decode_probabilities):
        with pytest.raises(VocabularyError, match=r"^id 1: -1 is no id; ids of layout 'interleave' run from 0 to 15"):
            call([0, -1])
        with pytest.raises(VocabularyError, match=r"^id 0: 17 is no id"):
            call([17])
        with pytest.raises(VocabularyError, match=r"^1\.5 is no id; ids are whole numbers"):
            call([1.5])
        with pytest.raises(VocabularyError, match=r"^3 ids are no whole tokens; in this layout a token has 2 ids"):
            call([0, 6, 1])
        with pytest.raises(VocabularyError, match=r"^id 1: v1:2 where level 2 is due"):
            call([0, 2])
        with pytest.raises(InputError, match="str is no row of ids"):
            call("v1:2")


def test_special_tokens_stand_for_no_bases():
    """Unknown and masked tokens have a place; those around a document have none."""
    made = models.tokenizer(models.identity_model(2, 2))
    ids = made.encode("ACGTAC")
    around = [made.cls_token_id, *ids, made.sep_token_id, made.pad_token_id]
    assert made.decode(around) == made.decode(ids) == "ACGTAC"
    assert made.decode([ids[0], made.unk_token_id, ids[1]]) == "ACNNGT"
    assert made.decode([ids[0], made.mask_token_id, ids[1]]) == "ACNNGT"
    assert made.decode([]) == ""
    assert made.decode(made.unk_token_id) == "NN"
    shared = VQTokenizer(made.model, None, {"unk": "<pad>"})
    assert shared.decode([ids[0], shared.pad_token_id, ids[1]]) == "ACNNGT"


def test_lengths_that_tokens_can_not_have():
    """Where cores tile a document, its length says how many there are."""
    made = models.tokenizer(models.identity_model(3, 2), ends="same")
    ids = made.encode("ACGTT")
    assert made.decode(ids, length=5) == "ACGTT"
    assert len(made.decode(ids)) == 6
    with pytest.raises(InputError, match="3 tokens do not stand for 9 bases; from 5 to 6"):
        made.decode(ids, length=9)
    with pytest.raises(InputError, match="0 tokens do not stand for -1 bases; 0"):
        made.decode([], length=-1)
    with pytest.raises(InputError, match="length is -1; 0 or more bases"):
        made.replace(ends="valid").decode(ids, length=-1)


def test_fine_ids_of_several_levels_do_not_say_enough():
    """What the finest level alone can't say is not made up."""
    made = models.tokenizer(models.toy_model(2), layout="fine")
    ids = made.encode("ACGTACGT")
    with pytest.raises(ConfigError, match=r"layout='fine' keeps level 2 of 2 alone; give codes\(x\)"):
        made.decode(ids)
    assert made.decode(made.codes("ACGTACGT")) == models.tokenizer(models.toy_model(2)).decode(made.codes("ACGTACGT"))
    tree = models.tokenizer(models.tree_model())
    assert np.array_equal(tree.codes_of_ids(tree.encode("ACGTACGT")), tree.codes("ACGTACGT").codes)


def test_a_network_decodes_by_its_decoder():
    """The decoder hears the quantised vectors; without one the error says so."""
    made = models.tokenizer(models.network_model("hrq_tiny_s4"))
    text = "ACGTTGCAAGGCTTAACGGTA"
    codes = made.codes(text)
    books = made.codebook.vectors
    heard = (books[0][codes.level(1)] + books[1][codes.level(2)]) / 2
    network = made.model.network
    words = {"stride": 4, "blocks": network.shape.decoder_blocks}
    logits = decode_vectors(heard.astype(np.float32), prepare_decoder(network, **words), length=len(text), lead=2)
    assert made.decode(codes) == "".join("ACGT"[each] for each in logits.argmax(axis=1))
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = made.decode_probabilities(codes)
    assert np.allclose(shares, odds / odds.sum(axis=1, keepdims=True), atol=1e-5)
    assert made.decode(made.encode(text), length=len(text)) == made.decode(codes)
    mute = models.tokenizer(models.network_model("hrq_tiny_s4", decoder=False))
    with pytest.raises(ConfigError, match="this network was saved without its decoder"):
        mute.decode(mute.encode(text))


@pytest.mark.parametrize("made", models.every_kind(), ids=repr)
def test_vectors_of_tokens(made):
    """Each kind puts its levels together in its own way; unknown tokens are 0 and do not count in a mean."""
    text = "ACGTTGCAAGNCTTAACGGTACCA"
    codes = made.codes(text)
    book, known = made.codebook, ~codes.unknown
    levels = made.embed(codes, levels=True)
    points = [np.array([[code % 3 - 1, code // 3 - 1] for code in range(6)], np.float32)]  # of a grid of 3 x 2
    for level, vectors, row in zip(levels, book.vectors or points, codes.codes, strict=True):
        assert np.array_equal(level[known], vectors[row[known]])
        assert not level[~known].any()
    whole = {"hrq": sum(levels) / 2, "rvq": sum(levels)}.get(book.quantizer, levels[-1])
    found = made.embed(made.encode(text))
    assert found.dtype == np.float32
    assert np.allclose(found, whole, atol=1e-6)
    assert np.allclose(made.embed(codes, pool="mean"), [whole[known].mean(axis=0)], atol=1e-6)
    assert np.allclose(made.embed(made.encode(text), pool="mean"), whole[known].mean(axis=0), atol=1e-6)
    batch = made.encode_batch([text, "N" * 12, text])
    pooled = made.embed(batch, pool="mean")
    assert np.allclose(pooled, [whole[known].mean(axis=0), np.zeros(book.width), whole[known].mean(axis=0)], atol=1e-6)
    assert made.embed(RaggedIds.concat([])).shape == (0, book.width)
    with pytest.raises(InputError, match="pool is 'max'; 'mean', or None"):
        made.embed([], pool="max")


@quiet
@given(st.lists(st.text("ACGTN", max_size=30), max_size=4), st.booleans())
def test_bags_count_codes(texts, log):
    """A row a document, a column a code, level beside level; unknown tokens are left out."""
    made = models.tokenizer(models.tree_model())
    found = made.bag(texts, log=log)
    assert found.shape == (len(texts), 10)
    assert found.data.dtype == np.float32
    for row, text in zip(found.to_dense(), texts, strict=True):
        codes = made.codes(text)
        counts = Counter()
        for level, start in ((1, 0), (2, 3)):
            counts.update(start + code for code in codes.level(level).tolist() if code != 65_535)
        wanted = [log1p(counts[column]) if log else counts[column] for column in range(10)]
        assert np.allclose(row, wanted, atol=1e-6)
    some = made.bag(made.codes(texts), levels=[2], log=log)
    assert np.array_equal(some.to_dense(), found.to_dense()[:, 3:])
    assert made.bag(texts, levels=1).shape == (len(texts), 3)


def test_bags_of_levels_that_are_none():
    """Levels are counted from 1."""
    with pytest.raises(InputError, match="there is no level 3; 1 to 2"):
        models.tokenizer(models.tree_model()).bag(["ACGT"], levels=[3])


def test_a_description_says_what_a_token_stands_for():
    """Windows, letters, relatives and use of a code, counted one by one."""
    made = models.tokenizer(models.tree_model(4, 1, symmetric=False))
    table = made.model.table.codes[0].tolist()
    for code in range(7):
        told = made.describe(code)
        windows = [oracles.window_of(value, 4) for value in range(256) if table[value] == code]
        shares = np.array([[sum(w[place] == base for w in windows) for base in "ACGT"] for place in range(4)])
        logo = shares / len(windows)
        assert (told.id, told.text, told.codes, told.windows) == (code, f"v{code}", ((2, code),), len(windows))
        assert np.allclose(told.logo, logo)
        with np.errstate(divide="ignore", invalid="ignore"):
            assert np.allclose(told.bits, 2 + np.where(logo > 0, logo * np.log2(logo), 0).sum(axis=1))
        letters = ["".join(b for b, share in zip("ACGT", row, strict=True) if share >= 0.2) for row in logo]
        assert told.consensus == "".join(NAMES[each] for each in letters)
        assert told.parents == ((1, int(made.codebook.parents[0][code])),)
        assert told.children == ()
        turned = Counter(table[oracles.number(oracles.reverse_complement(each))] for each in windows)
        best = max(turned.values())
        assert told.reverse == (min(each for each, count in turned.items() if count == best),)
        assert (told.usage, told.rank) == ((7 - code,), (code + 1,))
        assert made.describe(f"v{code}").codes == told.codes
    coarse = made.describe_code(1, 2)
    assert coarse.children == (2, 5, 6)
    assert coarse.windows == sum(table.count(code) for code in (2, 5, 6))
    assert coarse.id is None


def test_descriptions_of_symmetric_tables_count_one_strand():
    """Of a window and its reverse complement the lesser one counts."""
    made = models.tokenizer(models.tree_model(4, 1))
    table = made.model.table.codes[0].tolist()
    shares = oracles.shares(table, 7, 4, symmetric=True)
    assert all(np.allclose(made.describe(code).logo, shares[code]) for code in range(7))
    assert made.describe(3).reverse == (3,)


def test_descriptions_in_other_layouts_and_of_special_tokens():
    """A joint id has several codes, an interleaved one a level; a special token none."""
    joint = models.tokenizer(models.toy_model())
    told, both = joint.describe("v3.1"), list(zip(*joint.model.table.codes.tolist(), strict=True))
    assert (told.id, told.codes, told.windows) == (10, ((1, 3), (2, 1)), both.count((3, 1)))
    assert joint.replace(layout="interleave").describe("v2:1").windows == [two for _, two in both].count(1)
    unk = joint.describe(joint.unk_token_id)
    assert (unk.text, unk.codes, unk.windows, unk.consensus, unk.reverse) == ("<unk>", (), 0, "", ())
    network = models.tokenizer(models.network_model("hrq_tiny_s4"))
    assert network.describe(17).logo.shape == (4, 4)
    assert models.tokenizer(models.network_model(decoder=False)).describe(17).consensus == ""
    with pytest.raises(VocabularyError, match="99 is no id"):
        joint.describe(99)
    with pytest.raises(InputError, match="2 ids; describe takes one at a time"):
        joint.describe([1, 2])
    with pytest.raises(InputError, match=r"no code 6 in level 1; levels have 6, 3 codes"):
        joint.describe_code(1, 6)


@quiet
@given(
    st.text("ACGTN", min_size=1, max_size=30),
    st.sampled_from("ACGTNacg"),
    st.sampled_from(["valid", "same"]),
    st.data(),
)
def test_a_mutation_changes_what_a_second_encoding_would_show(text, base, ends, data):
    """Tokens, levels, ids and spans that change, by encoding both sequences."""
    made = models.tokenizer(models.toy_model(2), ends=ends, layout="interleave", unknown="drop")
    position = data.draw(st.integers(0, len(text) - 1))
    changed = text[:position] + base + text[position + 1 :]
    one, two = (made.replace(unknown="unk").codes(each) for each in (text, changed))
    told = made.mutate(text, position, base)
    tokens = [at for at in range(one.n_tokens) if (one.codes[:, at] != two.codes[:, at]).any()]
    assert told.tokens.tolist() == tokens
    assert len(told) == len(tokens)
    assert (told.position, told.old_base, told.new_base, told.turned) == (position, text[position], base.upper(), False)
    assert told.spans.tolist() == one.offsets[tokens].tolist()
    assert np.array_equal(told.old_codes, one.codes[:, tokens])
    assert np.array_equal(told.new_codes, two.codes[:, tokens])
    assert np.array_equal(told.levels, told.old_codes != told.new_codes)
    words = made.vocabulary
    assert told.old_ids.tolist() == words.ids_of_codes(one.codes[:, tokens]).tolist()
    assert told.new_ids.tolist() == words.ids_of_codes(two.codes[:, tokens]).tolist()


def test_a_mutation_may_turn_a_canonical_sequence():
    """Then every token is another one."""
    made = models.tokenizer(models.identity_model(2, 1), strand="canonical")
    told = made.mutate("CAAAAA", 0, "A")
    assert not told.turned
    told = made.mutate("AAAAAC", 0, "T")
    assert told.turned
    assert told.tokens.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (("ACGTACGT", 8, "A"), InputError, r"there is no base 8; 0 to 7"),
        (("ACGTACGT", -1, "A"), InputError, r"there is no base -1"),
        (("ACGTACGT", 1.0, "A"), InputError, r"there is no base 1\.0"),
        (("", 0, "A"), InputError, r"there is no base 0; the sequence is empty"),
        (("ACGT", 0, "X"), SequenceError, r"'X' is no base; one letter"),
        (("ACGT", 0, "AC"), SequenceError, r"'AC' is no base"),
        (("ACGT", 0, 3), SequenceError, r"3 is no base"),
        ((["ACGT"], 0, "A"), InputError, r"several sequences; mutate takes one"),
    ],
)
def test_mutations_that_are_none(words, kind, message):
    """Position and letter are checked."""
    with pytest.raises(kind, match=message):
        models.tokenizer(models.toy_model()).mutate(*words)
