"""From DNA to tokens: what the definition says, however sequences are given, grouped, cut or turned."""

import json
import pickle
import threading
import warnings
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import VQTokenizer
from genotok.errors import ConfigError, SequenceError, SequenceWarning
from genotok.tokenizers import vq_inputs
from vq import models, oracles, worlds

ENDS = st.sampled_from(["valid", "same"])
UNKNOWN = st.sampled_from(["unk", "majority", "drop"])
STRANDS = st.sampled_from(["forward", "reverse", "canonical"])
quiet = pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")


def told(codes):
    """Write codes as the oracles do: lists, -1 for unknown."""
    return [[oracles.UNKNOWN if code == 65_535 else code for code in level] for level in codes.codes.tolist()]


def turns(text):
    """Say whether the other strand comes first: A, C, G, T, then what is unknown."""
    spelled = [
        ["ACGTN".index(letter) for letter in oracles.plain(each)] for each in (text, oracles.reverse_complement(text))
    ]
    return spelled[1] < spelled[0]


def by_definition(text, tables, model, *, ends, unknown, strand, phase=0):
    """Encode one sequence by the definition; the phase is of what is read."""
    turned = strand == "reverse" or (strand == "canonical" and turns(text))
    read = oracles.reverse_complement(text) if turned else text
    codes, spans = oracles.encode(read[phase:], tables, model.window, model.stride, ends=ends, unknown=unknown)
    spans = [(start + phase, end + phase) for start, end in spans]
    length = len(text)
    return codes, [(length - end, length - start) for start, end in spans] if turned else spans


@quiet
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_golden_cases(stride):
    """Every case of the toy table: codes and offsets, and -1 is the unk id."""
    cases = [case for case in models.TOY["cases"] if case["stride"] == stride]
    assert len(cases) == 120
    for case in cases:
        words = {name: case[name] for name in ("ends", "unknown", "strand")}
        made = models.tokenizer(models.toy_model(stride), layout="interleave", **words)
        codes = made.codes(case["sequence"])
        assert told(codes) == case["codes"]
        assert codes.offsets.tolist() == case["offsets"]
        coarse, fine = (
            [each + 6 * level if each >= 0 else 9 for each in row] for level, row in enumerate(case["codes"])
        )
        assert made.encode(case["sequence"]) == [each for pair in zip(coarse, fine, strict=True) for each in pair]


@quiet
@given(worlds.shapes(widest=6), worlds.TEXTS, ENDS, UNKNOWN, STRANDS, st.data())
def test_codes_and_offsets_follow_the_definition(shape, text, ends, unknown, strand, data):
    """Windows by slicing strings, for every shape, policy, strand and phase."""
    window, stride = shape if shape[0] <= 6 else (6, 3)
    model = models.flat_model(window, stride)
    phase = data.draw(st.integers(0, stride - 1))
    made = models.tokenizer(model, ends=ends, unknown=unknown, strand=strand, phase=phase)
    codes = made.codes(text)
    words = {"ends": ends, "unknown": unknown, "strand": strand, "phase": phase}
    wanted, spans = by_definition(text, model.table.codes, model, **words)
    assert told(codes) == wanted
    assert [tuple(span) for span in codes.offsets.tolist()] == spans
    assert made.encode(text) == [7 if code < 0 else code for code in wanted[0]]
    if strand == "canonical":
        assert codes.reverse.tolist() == [turns(text)]


@quiet
@given(st.lists(worlds.TEXTS, max_size=8), ENDS, UNKNOWN, STRANDS, st.integers(1, 90), st.integers(0, 2))
def test_groups_and_pieces_change_nothing(texts, ends, unknown, strand, together, phase):
    """However many bases are encoded at once, and whether a sequence is read in pieces: one result, one report."""
    words = {"ends": ends, "unknown": unknown, "strand": strand, "phase": phase, "layout": "interleave"}
    made = models.tokenizer(models.tree_model(5, 3, symmetric=False), **words)
    whole, rows = made.codes(texts), made.encode_batch(texts)
    report = made.report
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vq_inputs, "TOGETHER", together)
        assert made.codes(texts) == whole
        assert made.encode_batch(texts) == rows
        assert made.report == report
    singles = [made.codes(text) for text in texts]
    assert [each.codes.tolist() for each in whole] == [each.codes.tolist() for each in singles]
    assert [each.offsets.tolist() for each in whole] == [each.offsets.tolist() for each in singles]
    assert rows.to_lists() == [made.encode(text) for text in texts]


@quiet
@given(st.lists(st.text("ACGTN", max_size=40), max_size=5), st.integers(1, 30))
def test_a_network_reads_long_documents_as_short_ones(texts, together):
    """A network is given whole documents, whatever is encoded at once."""
    made = models.tokenizer(models.network_model())
    whole = made.codes(texts, margins=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vq_inputs, "TOGETHER", together)
        again = made.codes(texts, margins=True)
    assert again == whole
    assert np.allclose(again.margins, whole.margins, atol=1e-4)
    assert whole.margins.shape == whole.codes.shape


@pytest.mark.parametrize("name", ["hrq_tiny_s1", "hrq_tiny_s4"])
def test_golden_networks(name):
    """A network's codes of both levels are those of the float64 answers, where the core has no unknown base."""
    made = models.tokenizer(models.network_model(name))
    answers = json.loads((models.GOLDEN / f"{name}.json").read_text())["cases"]
    checked = 0
    for case in answers.values():
        codes = made.codes(case["sequence"])
        known = ~codes.unknown
        assert np.array_equal(codes.codes[:, known], np.array(case["codes"])[:, known])
        spans = [set(case["sequence"].upper()[start:end]) for start, end in codes.offsets.tolist()]
        assert known.tolist() == [letters <= set("ACGTU") for letters in spans]
        checked += int(known.sum())
    assert checked >= 36


@quiet
@given(worlds.TEXTS, st.integers(1, 5))
def test_cores_tile_the_sequence(text, stride):
    """With ``ends='same'`` every base lies in one core."""
    made = models.tokenizer(models.flat_model(5, stride), ends="same")
    spans = made.codes(text).offsets.tolist()
    assert [base for start, end in spans for base in range(start, end)] == list(range(len(text)))
    assert len(spans) == -(-len(text) // stride)


@quiet
@given(worlds.TEXTS, ENDS)
def test_the_reverse_of_the_reverse_is_the_sequence(text, ends):
    """Reading the other strand of the other strand is reading the sequence."""
    forward = models.tokenizer(models.flat_model(5, 2), ends=ends)
    reverse = forward.replace(strand="reverse")
    assert forward.encode(text) == reverse.encode(oracles.reverse_complement(text))
    ahead, back = forward.codes(oracles.reverse_complement(text)), reverse.codes(text)
    assert np.array_equal(ahead.codes, back.codes)
    assert (len(text) - ahead.offsets[:, ::-1]).tolist() == back.offsets.tolist()


@quiet
@given(worlds.TEXTS)
def test_canonical_ids_know_no_strand(text):
    """A sequence and its reverse complement have the same canonical tokens."""
    made = models.tokenizer(models.flat_model(4, 3), strand="canonical")
    assert made.encode(text) == made.encode(oracles.reverse_complement(text))


def test_long_palindromes_stay_as_they_are():
    """Where no base decides, the sequence is read forward."""
    half = "ACGGT" * 60
    text = half + oracles.reverse_complement(half)
    made = models.tokenizer(models.flat_model(4, 1), strand="canonical")
    batch = made.codes([text, text[:-1], "T" + text])
    assert batch.reverse.tolist() == [turns(each) for each in (text, text[:-1], "T" + text)] == [False, False, True]


@given(st.text("ACGT", min_size=8, max_size=60), st.sampled_from([(8, 1), (5, 1), (4, 2), (8, 4)]))
def test_symmetric_tables_read_both_strands_alike(text, shape):
    """Ids of the reverse complement are the ids turned round, if S = 1 or S divides L - R."""
    window, stride = shape
    text = text[: window + (len(text) - window) // stride * stride]
    made = models.tokenizer(models.flat_model(window, stride, symmetric=True))
    assert made.strand_symmetric
    assert made.encode(oracles.reverse_complement(text)) == made.encode(text)[::-1]


def test_trees_have_all_levels():
    """The coarser code of a token is its finest one's parent."""
    made = models.tokenizer(models.tree_model())
    codes = made.codes("ACGTNACGTTGCA")
    parents = np.append(made.codebook.parents[0], np.zeros(65_529, np.uint16))
    known = ~codes.unknown
    assert made.levels == codes.levels == (3, 7)
    assert np.array_equal(codes.level(1)[known], parents[codes.level(2)[known]])
    assert codes.level(1)[~known].tolist() == [65_535] * 4


@quiet
@pytest.mark.parametrize("ends", ["valid", "same"])
def test_unknown_bases_are_refused_where_that_is_asked_for(ends):
    """The error names document and base, counted from 1 on the forward strand; what no token sees is no fault."""
    made = models.tokenizer(models.flat_model(4, 4), unknown="error", ends=ends)
    with pytest.raises(SequenceError, match=r"^element 1: the base 7 is unknown; unknown='unk', 'majority' or 'drop'"):
        made.codes(["ACGTACGT", "ACGTACNTACNT"])
    with pytest.raises(SequenceError, match=r"^the base 11 is unknown"):
        made.replace(strand="reverse").encode("ACGTACNTACNT")
    with pytest.raises(SequenceError, match=r"^the base 2 is unknown"):
        made.replace(phase=1).encode("NNGTACGTACGT")
    beyond = pytest.raises(SequenceError, match=r"^the base 10 is unknown") if ends == "same" else nullcontext()
    with beyond:
        made.encode("ACGTACGTANN")
    assert len(made.encode("ACGTACGTAA")) == (3 if ends == "same" else 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vq_inputs, "TOGETHER", 3)
        with pytest.raises(SequenceError, match=r"^element 0: the base 11 is unknown"):
            made.replace(strand="reverse").codes(["ACGTACNTACNT"])


def test_cores_decide_for_networks():
    """A network's token is unknown only if its core is, and with 'error' only that is a fault."""
    made = models.tokenizer(models.network_model("hrq_tiny_s4"), ends="valid", unknown="error")
    assert len(made.encode("NNACGTACGTANN")) == 2
    with pytest.raises(SequenceError, match="the base 3 is unknown"):
        made.encode("ACNTACGTACGTA")


def test_short_sequences_are_counted_and_told_once():
    """No token is no error: one warning a call, and the report says how many."""
    made = models.tokenizer(models.flat_model())
    with pytest.warns(SequenceWarning, match=r"2 of 4 sequences are too short for a token; it takes 8 bases") as caught:
        rows = made.encode_batch(["ACGTACG", "", "A", "ACGTACGT"])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert rows.counts().tolist() == [0, 0, 0, 1]
    report = made.report
    assert (report.documents, report.tokens, report.empty, report.too_short) == (4, 1, 1, 2)
    assert report.notes == ("1 sequences have no bases", "2 sequences are too short for a token")
    for call in (made.codes, made.encode, made.tokenize, made):
        with pytest.warns(SequenceWarning, match="1 of 1") as caught:
            call("ACG")
        assert [each.filename for each in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made.encode("") == []
        assert made.replace(ends="same").encode("A") == [7]


def test_reports_count_letters():
    """What needed a decision is counted: lower case, U, unknown letters, sequences that are unknown altogether."""
    made = models.tokenizer(models.flat_model(4, 1))
    codes = made.codes(["ACgunT", "NNNNN", "acgtRY"])
    report = made.report
    letters = report.letters
    assert (letters.bases, letters.lower, letters.uracil) == (17, 7, 1)
    assert dict(letters.unknown) == {"N": 6, "R": 1, "Y": 1}
    assert (report.tokens, report.unknown, report.all_unknown, report.mixed) == (8, 6, 1, 1)
    assert report.notes == ("1 sequences have unknown tokens only", "U was read as T, 1 times; 1 sequences have both")
    assert codes.unknown.sum() == 6
    assert report.to_dict()["unknown_letters"] == {"N": 6, "R": 1, "Y": 1}
    made = made.replace(unknown="drop")
    made.encode_batch(["ACgunT", "NNNNN", "acgtRY"])
    assert (made.report.tokens, made.report.unknown, made.report.dropped) == (2, 0, 6)


@pytest.mark.native
def test_a_report_is_of_its_thread():
    """Two threads share a tokenizer, not what is told of their calls."""
    made = models.tokenizer(models.flat_model())
    made.encode("ACGTACGTACGT")
    seen = []
    thread = threading.Thread(target=lambda: seen.append((made.report, made.encode("ACGTACGT"), made.report)))
    thread.start()
    thread.join()
    assert seen[0][0].documents == 0
    assert seen[0][2].tokens == 1
    assert made.report.tokens == 2


def test_lower_case_may_be_unknown():
    """``soft_mask='unknown'`` takes masked bases for unknown; else case does not matter."""
    made = models.tokenizer(models.flat_model(2, 2))
    assert made.encode("acGT") == made.encode("ACGT")
    masked = made.replace(soft_mask="unknown")
    assert masked.encode("acGT") == [7, made.encode("GT")[0]]
    assert masked.report.letters.lower == 2
    assert made.encode("ACGU") == made.encode("ACGT")


@pytest.mark.parametrize("made", models.every_kind(), ids=repr)
def test_equal_tokenizers_are_one(made):
    """==, hash and pickle go by what a tokenizer is; its use changes none of them."""
    before = pickle.dumps(made)
    made.encode("ACGTACGTTGCA")
    made.decode(made.encode("ACGTACGTTGCA"))
    assert pickle.dumps(made) == before
    again = pickle.loads(before)
    assert again == made
    assert hash(again) == hash(made)
    assert again.encode("ACGTACGTTGCA") == made.encode("ACGTACGTTGCA")
    assert again.card == made.card
    others = [made.replace(ends="same" if made.model.ends == "valid" else "valid"), made.replace(padding_side="left")]
    others.append(VQTokenizer(made.model, made.config, {"mask": "[M]"}))
    assert all(made != other for other in others)
    assert made != "vq-fine"
    assert repr(made).startswith(f"VQTokenizer({made.codebook.quantizer}, ")


def test_properties_tell_of_the_model():
    """What a tokenizer is made of is there to be read, and copies can't change it."""
    made = models.tokenizer(models.tree_model())
    assert (made.window, made.stride, made.receptive_span, made.levels) == (4, 1, 4, (3, 7))
    assert (made.layout, made.table is made.model.table, made.codebook.quantizer) == ("fine", True, "tree")
    card = made.card
    card["corpus"].clear()
    assert made.card["corpus"]
    network = models.tokenizer(models.network_model("hrq_tiny_s4"))
    assert (network.window, network.stride, network.receptive_span, network.table) == (9, 4, 153, None)
    assert (network.layout, network.strand_symmetric) == ("joint", False)


def test_margins_are_of_networks():
    """A table knows no distances."""
    with pytest.raises(ConfigError, match="a table has no margins"):
        models.tokenizer(models.flat_model()).codes("ACGTACGT", margins=True)
