"""From DNA to bins, ids and model inputs: the goldens through the public calls, blocks, inputs, layouts."""

import io
import pickle
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genotok import MotifConfig, MotifSet, MotifTokenizer, read_fasta
from genotok.errors import CapacityError, GenotokError, InputError, MotifError, SequenceError
from genotok.kernels.bases import encode_letters
from genotok.tokenizers import motif_encode
from genotok.tokenizers.motif_blocks import BlockCutter
from genotok.values.blocks import windows_of
from motif import golden
from motif.strategies import sequences
from motif.worlds import WITH_N, fitted, subset_tokenizer, text_of


@pytest.mark.parametrize("rule", golden.RULES)
@pytest.mark.parametrize("piece", golden.PIECES)
def test_bins_and_counts_are_those_of_the_golden_files(piece, rule):
    tokenizer = MotifTokenizer.from_jaspar(pvalue=None if rule == "rel80" else 1e-4)
    answer = {key: golden.answers()[f"{piece}/{rule}/{key}"] for key in ("boundaries", "indptr", "columns", "counts")}
    made = tokenizer.encode_sequence(text_of(piece))
    assert np.array_equal(made.bins.boundaries, answer["boundaries"])
    assert np.array_equal(made.counts.indptr, answer["indptr"])
    assert np.array_equal(made.counts.indices, answer["columns"])
    assert np.array_equal(made.counts.data, answer["counts"])
    assert made.report.hits == golden.answers()[f"{piece}/{rule}/hit_counts"].sum()
    assert tokenizer.n_features == 1684
    assert tokenizer.features[-2:] == ("CpG+", "CpG-")


def test_the_set_of_motifs_may_have_another_background_or_no_cpg():
    skewed = subset_tokenizer(background=(0.3, 0.2, 0.2, 0.3), cpg=False)
    assert skewed.n_features == 48
    assert skewed.motifs.background.tolist() == [0.3, 0.2, 0.2, 0.3]
    assert not np.array_equal(skewed.thresholds.threshold, subset_tokenizer().thresholds.threshold)
    paper = subset_tokenizer(end_inclusive=True).encode_sequence(text_of(end=3000))
    plain = subset_tokenizer().encode_sequence(text_of(end=3000))
    assert np.array_equal(paper.bins.boundaries, plain.bins.boundaries)
    assert paper.counts.data.sum(dtype=np.int64) > plain.counts.data.sum(dtype=np.int64)


@settings(max_examples=25)
@given(sequences)
def test_bins_are_the_whole_sequence_and_counts_stay_within_them(text):
    made = fitted().encode_sequence(text)
    edges = made.bins.boundaries
    assert edges[0] == 0
    assert edges[-1] == len(text)
    assert not len(text) or (np.diff(edges) > 0).all()
    assert np.diff(edges).max(initial=0) <= 50
    known = [letter.upper() in "ACGTU" for letter in text]
    gaps = [not any(known[a:b]) for a, b in made.offsets.tolist()]
    assert made.bins.is_gap.tolist() == gaps
    assert (made.input_ids[made.bins.is_gap] == 1).all()
    widths = np.repeat(np.diff(edges), np.diff(made.counts.indptr).astype(np.intp))
    assert (made.counts.data <= widths).all()
    assert (made.report.bases, made.report.known, made.report.bins) == (len(text), sum(known), len(made))


@pytest.mark.parametrize(("block", "halo"), [(1000, 700), (4096, 2000), (49_999, 600), (50_000, 600)])
def test_blocks_change_no_bin_where_prominence_is_local(block, halo):
    whole = subset_tokenizer(prominence_window=1001).encode_sequence(text_of(WITH_N))
    parts = subset_tokenizer(prominence_window=1001, block=block, halo=halo).encode_sequence(text_of(WITH_N))
    assert np.array_equal(parts.bins.boundaries, whole.bins.boundaries)
    assert parts == whole
    assert parts.report.hits == whole.report.hits


def test_a_stretch_of_n_over_several_blocks_is_cut_from_its_own_beginning():
    """No block in the middle sees a flank, so that each needs those that others found."""
    text = text_of(end=1200) + "N" * 3100 + text_of(start=1200, end=2500)
    whole = subset_tokenizer(prominence_window=1001).encode_sequence(text)
    parts = subset_tokenizer(prominence_window=1001, block=300, halo=600).encode_sequence(text)
    assert np.array_equal(parts.bins.boundaries, whole.bins.boundaries)
    assert parts == whole
    nothing = subset_tokenizer(block=300, halo=600).encode_sequence("N" * 1000)
    assert nothing.bins.boundaries.tolist() == list(range(0, 1001, 25))


def test_a_part_of_a_contig_is_cut_as_with_the_whole():
    tokenizer = subset_tokenizer(block=1000, halo=600)
    codes = encode_letters(np.frombuffer((text_of(end=3300) + "N" * 2500 + text_of(end=900)).encode(), np.uint8))
    whole = tokenizer.cutter.cut_contig(codes)
    for first, last in [(0, 0), (3, 3), (4, 5), (2, 6), (len(whole) - 1, len(whole) - 1)]:
        assert tokenizer.cutter.cut_part(codes, first, last) == whole[first : last + 1]


def test_windows_of_blocks_cover_the_contig():
    windows = list(windows_of(np.zeros(1000, dtype=np.uint8), block=300, halo=256))
    assert [(each.first, each.last) for each in windows] == [(0, 300), (300, 600), (600, 900), (900, 1000)]
    assert [(each.start, each.stop, each.is_end) for each in windows][1:] == [
        (44, 856, False),
        (344, 1000, False),
        (644, 1000, True),
    ]


def test_sequences_searched_together_are_encoded_as_alone(monkeypatch):
    made = fitted()
    texts = [text_of(start=start, end=start + size) for start, size in [(0, 700), (700, 1), (900, 0), (1000, 2500)]]
    alone = [made.encode_sequence(each) for each in texts]
    assert list(made.encode_sequences(texts)) == alone
    monkeypatch.setattr(motif_encode, "_TOGETHER", 800)
    assert list(made.encode_sequences(texts)) == alone


def test_every_way_to_give_dna_means_the_same(tmp_path):
    made, text = fitted(), text_of(WITH_N, 15_000, 16_000)
    expected = made.encode(text)
    raw = np.frombuffer(text.encode(), dtype=np.uint8)
    for value in (
        text.encode(),
        bytearray(text.encode()),
        raw,
        encode_letters(raw),
        text.lower(),
        text[:500] + "\n" + text[500:],
    ):
        assert made.encode(value) == expected
    genome = read_fasta(io.BytesIO(f">x\n{text}\n>y\nACGT\n".encode()))
    assert made.encode(genome["x"]) == expected
    path = tmp_path / "some.fa"
    path.write_text(f">x\n{text}\n>y\nACGT\n")
    two = made(path)["input_ids"]
    assert (
        two
        == made([text, "ACGT"])["input_ids"]
        == made(genome)["input_ids"]
        == made({"x": text, "y": "ACGT"})["input_ids"]
    )
    assert two[0] == expected
    assert made.encode("ACGU" * 20) == made.encode("ACGT" * 20)
    assert made.tokenize(text) == made.decode(expected)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("genome.fa", InputError, r"'genome.fa' is a file's name, not DNA; for a FASTA file pass Path"),
        (">x\nACGT", SequenceError, "letter '>'"),
        (">x", InputError, "FASTA text, not DNA alone"),
        (3, InputError, "int is no DNA; give DNA as str"),
        (["ACGT", 4], InputError, "element 1: int is no DNA"),
        ([["ACGT"]], InputError, "element 0: list is no DNA"),
        (np.zeros(4), InputError, "an array of float64 is no DNA"),
        ("ACGTE", SequenceError, "letter 'E' at base 5 of ''; this looks like protein"),
        ("ACGTACGTACGTE", SequenceError, "letter 'E' at base 13 of ''; bases are A, C, G, T"),
        ("AC-GT", SequenceError, "remove alignment gaps"),
        ("ACG*T", SequenceError, "letter '\\*' at base 4"),
    ],
)
def test_what_is_no_dna_is_told(value, error, message):
    with pytest.raises(error, match=message):
        fitted()(value)


def test_calls_lay_out_ids_masks_and_features_together():
    made = fitted().replace(special_tokens_pattern="cls_sep")
    texts = [text_of(end=400), text_of(start=400, end=460), ""]
    encodings = list(made.encode_sequences(texts))
    words = {"return_offsets": True, "return_continuous": True, "return_length": True}
    plain, padded = made(texts, **words), made(texts, padding=True, return_tensors="np", **words)
    longest = max(map(len, encodings)) + 2
    assert padded["input_ids"].shape == (3, longest)
    assert padded["features"].shape == (3, longest, made.n_clusters)
    assert padded["features"].dtype == np.float32
    for row, encoding in enumerate(encodings):
        size = len(encoding)
        assert plain["input_ids"][row] == [made.cls_token_id, *encoding.input_ids.tolist(), made.sep_token_id]
        assert plain["offset_mapping"][row] == [[0, 0], *encoding.offsets.tolist(), [0, 0]]
        assert plain["length"][row] == size + 2
        assert np.array_equal(plain["features"][row].to_dense()[1:-1], encoding.continuous.to_dense())
        assert np.array_equal(padded["features"][row, 1 : size + 1], encoding.continuous.to_dense())
        assert not padded["features"][row, [0, *range(size + 1, longest)]].any()
        assert padded["attention_mask"][row].tolist() == [1] * (size + 2) + [0] * (longest - size - 2)
        assert not padded["offset_mapping"][row, size + 1 :].any()
    single = made(texts[0], return_continuous=True)
    assert (single["input_ids"], single["features"]) == (plain["input_ids"][0], plain["features"][0])
    left = made(texts, padding=True, padding_side="left", return_tensors="np", **words)
    assert np.array_equal(left["features"][1, -len(encodings[1]) - 1 : -1], encodings[1].continuous.to_dense())
    cut = made(texts[0], truncation="sample", max_length=9, add_special_tokens=False, **words)
    kept = [encodings[0].offsets.tolist().index(span) for span in cut["offset_mapping"]]
    assert kept == sorted(kept)
    assert cut["input_ids"] == encodings[0].input_ids[kept].tolist()
    assert cut["features"] == encodings[0].continuous.take(kept)
    assert made.pad([{"input_ids": [4, 5]}, {"input_ids": [4]}])["input_ids"] == [[4, 5], [4, made.pad_token_id]]
    with pytest.raises(InputError, match="pass padding=True"):
        made(texts, return_tensors="np")
    with pytest.raises(TypeError, match="return_rows"):
        made(texts, return_rows=True)


def test_features_that_would_fill_the_memory_are_refused(monkeypatch):
    monkeypatch.setattr(motif_encode, "_MAX_DENSE", 1000)
    with pytest.raises(CapacityError, match="dense features would take"):
        fitted()([text_of(end=400)], return_tensors="np", return_continuous=True)


def test_texts_ids_and_special_tokens_go_back_and_forth():
    made = fitted()
    words = made.get_vocab()
    texts = list(words)
    assert len(made) == made.vocab_size == len(texts)
    assert texts[:2] == ["{}", "<gap>"]
    assert texts[-7:] == made.all_special_tokens
    assert made.convert_tokens_to_ids(texts) == list(range(len(texts)))
    assert made.convert_ids_to_tokens(made.all_special_ids) == made.all_special_tokens
    assert made.decode([0, 1, 2, made.mask_token_id], skip_special_tokens=True) == texts[:3]
    assert made.batch_decode([[0], [1, 1]]) == [["{}"], ["<gap>", "<gap>"]]
    several = next(text for text in texts if "&" in text)
    other_order = "&".join(several.split("&")[::-1])
    assert made.convert_tokens_to_ids([other_order, several + "&c99", "", "&"]) == [made.unk_token_id] * 4
    assert other_order not in words
    assert made.decode_sets([1, 0, made.pad_token_id]).to_lists() == [[], [], []]
    assert made.get_special_tokens_mask([0, made.unk_token_id], already_has_special_tokens=True) == [0, 1]


def test_windows_of_bins_leave_out_what_is_not_whole():
    made = fitted().encode_sequence(text_of(end=3000))
    windows = fitted().windows(made, length=50, stride=20)
    assert (np.diff(windows, axis=1) == 50).all()
    assert windows[:3, 0].tolist() == [0, 20, 40]
    assert len(made) - 20 < windows[-1, 1] <= len(made)
    assert fitted().windows(made, length=10**6).shape == (0, 2)
    with pytest.raises(InputError, match="stride is 0"):
        fitted().windows(made, stride=0)


def test_motif_ids_that_make_no_texts_are_refused():
    for name, message in [("a b", "holds white space or &"), ("a&b", "holds white space"), ("CpG", "has the id CpG")]:
        with pytest.raises(MotifError, match=message):
            MotifTokenizer(MotifSet.from_counts({name: [[9, 0, 0, 0]] * 8}))
    assert MotifTokenizer(MotifSet.from_counts({"CpG": [[9, 0, 0, 0]] * 8}), MotifConfig().replace(cpg=False))


def test_encodings_survive_pickling():
    made = fitted().encode_sequence(text_of(end=300))
    values = made.continuous
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.continuous == values
    assert "continuous" not in pickle.loads(pickle.dumps(made)).__dict__


@given(st.binary(max_size=60))
@settings(max_examples=60)
def test_any_bytes_are_dna_or_told(data):
    with suppress(GenotokError):
        assert fitted().encode_sequence(data).report.bases <= len(data)


def test_a_cutter_is_pickled_without_its_plan():
    cutter = subset_tokenizer().cutter
    cutter.cut_contig(np.zeros(300, dtype=np.uint8))
    assert len(pickle.dumps(cutter)) < 60_000
    assert isinstance(pickle.loads(pickle.dumps(cutter)), BlockCutter)
