"""Clusters, vocabulary and ids by the public calls: the goldens, and the definitions in plain loops."""

import pickle
from collections import Counter

import numpy as np
import pytest

from genotok import MotifConfig, MotifSet, MotifTokenizer, open_store
from genotok.errors import ConfigError, InputError, MotifWarning, NotFittedError, VocabularyError
from genotok.io.keyspool import KeySpool
from genotok.tokenizers import motif_clusters, motif_words
from motif import golden
from motif.worlds import FASTA, PIECE, fitted, subset_counts, subset_motifs, subset_store, subset_tokenizer, text_of

NO_GAPS = np.zeros(3399, dtype=bool)


def test_clusters_vocabulary_and_ids_are_those_of_the_golden_file():
    answer, made = golden.subset_answers(), fitted()
    assert np.array_equal(made.labels, answer["labels_single"])
    assert np.array_equal(made.fitted.support, answer["support"])
    assert np.abs(made.fitted.ids_matrix - answer["ids_matrix"]).max() < 1e-7  # float32
    assert np.array_equal(made.fitted.sets.offsets, answer["set_offsets"])
    assert np.array_equal(made.fitted.sets.members, answer["set_members"])
    assert np.array_equal(made.fitted.counts, answer["set_counts"])
    assert (made.n_clusters, made.unk_token_id, made.vocab_size) == (38, 129, 136)
    assert np.array_equal(made.ids_of(subset_counts(), NO_GAPS)[0], answer["tokens_unk"])
    assert np.array_equal(subset_store().ids(PIECE), answer["tokens_unk"])
    backs_off = made.replace(unknown="backoff")
    assert np.array_equal(backs_off.ids_of(subset_counts(), NO_GAPS)[0], answer["tokens_backoff"])
    assert np.array_equal(fitted(linkage="average").labels, answer["labels_average"])


def test_sums_over_blocks_give_the_same_clusters():
    features, settings = fitted().single, fitted().config.features
    again = motif_clusters.cluster_features(subset_store(), features, settings, seed=0, held_cells=0)
    assert np.array_equal(again.labels, fitted().labels)
    assert np.array_equal(again.support, fitted().fitted.support)
    assert np.abs(again.scores - fitted().fitted.ids_matrix).max() < 1e-6


def sets_by_definition(tokenizer):
    """Count the sets of the golden bins as frozen sets, in plain loops."""
    values = np.zeros((3399, tokenizer.n_clusters))
    shares = subset_counts().to_dense() / tokenizer.clusters.lengths
    for cluster in range(tokenizer.n_clusters):
        members = np.flatnonzero(tokenizer.labels == cluster)
        values[:, cluster] = shares[:, members].sum(axis=1) / len(members)
    return [frozenset(np.flatnonzero(row >= 0.5 - 1e-9).tolist()) for row in values]


@pytest.mark.parametrize("held", [0, 2**26])
def test_the_vocabulary_counts_sets_as_they_are_defined(held, monkeypatch):
    monkeypatch.setattr(motif_words, "_HELD_MEMBERS", held)
    made = subset_tokenizer(min_count=3, max_vocab=40).fit(subset_store())
    counts = Counter(sets_by_definition(made))
    often = [(-count, sorted(each)) for each, count in counts.items() if count >= 3 and each]
    expected = [members for _, members in sorted(often)][:38]
    assert made.decode_sets(range(2, made.vocabulary.n_content)).to_lists() == expected
    assert made.fitted.counts.tolist() == [counts[frozenset()], *(counts[frozenset(each)] for each in expected)]
    kept = sum(made.fitted.counts.tolist())
    assert made.fitted.unk_share == pytest.approx(1 - kept / 3399)
    first = sets_by_definition(made).index(frozenset(expected[0]))
    assert made.describe(2).example == (PIECE, *subset_store().boundaries(0)[first : first + 2].tolist())


def test_keys_on_disk_are_counted_as_in_memory():
    keys = np.random.default_rng(0).integers(0, 2**64, 500, dtype=np.uint64)[np.arange(5000) % 700 % 500]
    answers = []
    for held in (2**25, 999):
        with KeySpool(held_keys=held) as spool:
            for part in np.array_split(keys, 7):
                spool.add(part)
            answers.append(spool.frequent(10))
    assert all(np.array_equal(one, two) for one, two in zip(*answers, strict=True))
    assert dict(zip(*map(np.ndarray.tolist, answers[0]), strict=True)) == {
        key: count for key, count in Counter(keys.tolist()).items() if count >= 10
    }


def test_features_can_stand_alone_and_sets_be_made_of_them():
    single = subset_tokenizer(features="motifs").fit(subset_store())
    assert single.labels.tolist() == list(range(50))
    by_motif = subset_tokenizer(discrete_on="motifs").fit(subset_store())
    assert np.array_equal(by_motif.labels, fitted().labels)
    assert by_motif.members.cluster_texts == by_motif.features
    assert by_motif.vocabulary.sets.members.tolist() == single.vocabulary.sets.members.tolist()


def test_ids_do_not_depend_on_the_order_of_contigs_or_the_size_of_blocks():
    pieces = {name: text[:20_000] for name, text in golden.sequences().items()}
    base = subset_tokenizer(min_support=10, prominence_window=1001)
    one, two = base.fit(pieces), base.fit(dict(reversed(pieces.items())))
    for name in ("labels", "support", "counts"):
        assert np.array_equal(getattr(one.fitted, name), getattr(two.fitted, name))
    assert one.get_vocab() == two.get_vocab()
    small = base.replace(block=3000).fit(pieces)
    assert np.array_equal(small.labels, one.labels)
    assert small.get_vocab() == one.get_vocab()


def test_what_is_not_fitted_says_so_before_any_work():
    bare = subset_tokenizer()
    calls = [
        lambda: bare("ACGT"),
        lambda: bare.encode("ACGT"),
        lambda: bare.vocab_size,
        lambda: bare.n_clusters,
        lambda: bare.decode([0]),
        lambda: bare.encode_sequence("ACGT").input_ids,
        lambda: bare.encode_sequence("ACGT").continuous,
        lambda: bare.save_pretrained("nowhere"),
        lambda: bare.describe(3),
    ]
    for call in calls:
        with pytest.raises(NotFittedError, match="no clusters and no vocabulary yet; fit it first"):
            call()
    assert "not fitted" in repr(bare)
    assert bare.encode_sequence(text_of(end=500)).counts.shape[1] == 50


def test_a_token_is_described():
    made = fitted()
    told = made.describe("c32")
    assert (told.text, told.count) == ("c32", 77)
    assert told.members[0].features == ("MA0628.1+", "MA0628.1-")
    assert told.members[0].names == ("POU6F1",)
    assert made.describe(0).members == ()
    assert made.describe(1).text == "<gap>"
    assert made.describe(made.unk_token_id).text == "<unk>"
    assert made.describe(np.int32(3)) == made.describe(3)
    for wrong in (-1, made.vocab_size, 99_999):
        with pytest.raises(VocabularyError, match=rf"^{wrong} is no id; ids run from 0 to {made.vocab_size - 1}$"):
            made.describe(wrong)
    for wrong, message in ((2.5, "float is no row of ids"), ([2, 3], "2 ids; describe takes one at a time")):
        with pytest.raises(InputError, match=message):
            made.describe(wrong)


def test_what_can_not_be_learnt_from_is_told(tmp_path):
    bare = subset_tokenizer()
    for source in (3, [3], {"x": 3}):
        with pytest.raises(InputError, match=r"is no genome|no DNA"):
            bare.fit(source)
    with pytest.raises(InputError, match="no base to learn from"):
        bare.fit({"x": ""})
    with pytest.raises(FileNotFoundError):
        bare.fit(tmp_path / "absent.fa")
    with pytest.raises(ConfigError, match=r"no motif reaches p <= 1e-12; the rarest word"):
        MotifTokenizer(MotifSet.from_counts({"M1": [[9, 0, 0, 0]] * 6}), MotifConfig().replace(pvalue=1e-12))
    with pytest.raises(ConfigError, match="jobs is 0"):
        bare.fit(FASTA, jobs=0)
    with pytest.raises(ConfigError, match=r"bins is .* in the store; give the tokenizer that made it, or make"):
        subset_tokenizer(max_bin=40).fit(subset_store())
    with pytest.warns(MotifWarning, match="% of the bins are unk: their sets are too rare"):
        subset_tokenizer(min_count=3000).fit(subset_store())
    with pytest.warns(MotifWarning, match="no motif occurs in any contig"):
        nothing = bare.fit({"x": "N" * 300})
    assert nothing.encode("NNNN") == [1]
    assert nothing.fitted.gaps == 12


def test_a_fitted_tokenizer_keeps_what_its_ids_rest_on():
    made = fitted()
    assert made.replace(unknown="backoff", model_max_length=5).model_max_length == 5
    for settings, message in [
        ({"pvalue": 1e-4}, "scan was fitted"),
        ({"min_count": 3}, "only unknown= can change"),
    ]:
        with pytest.raises(ConfigError, match=message):
            made.replace(**settings)
    with pytest.raises(AttributeError, match="config is fixed"):
        made.config = None
    with pytest.raises(ConfigError, match="motifs are list, not a MotifSet"):
        MotifTokenizer([])
    with pytest.raises(ConfigError, match="labels for 48 features"):
        MotifTokenizer(subset_motifs(), made.config.replace(cpg=False), fitted=made.fitted)
    with pytest.raises(VocabularyError, match="'c32' is also the text of a set"):
        MotifTokenizer(subset_motifs(), made.config, {"pad": "c32"}, fitted=made.fitted)


def test_pickles_and_equality_rest_on_the_parts_alone():
    made = fitted()
    before = pickle.dumps(made)
    made("ACGT" * 30, return_continuous=True)
    assert pickle.dumps(made) == before
    again = pickle.loads(before)
    assert again == made
    assert hash(again) == hash(made)
    assert again.encode("ACGT" * 30) == made.encode("ACGT" * 30)
    assert made != made.replace(unknown="backoff")
    assert made != fitted(linkage="average")


def test_a_store_answers_for_bins_anywhere():
    store = open_store(subset_store().folder)
    boundaries = golden.answers()[f"{PIECE}/rel80/boundaries"]
    assert np.array_equal(store.boundaries(PIECE), boundaries)
    assert store.rows(0, 100, 200) == subset_counts().rows(slice(100, 200))
    assert store.rows(0, -3) == subset_counts().rows(slice(-3, None))
    for position in (0, 25_000, 49_999):
        bin_number = store.locate(PIECE, position)
        assert boundaries[bin_number] <= position < boundaries[bin_number + 1]
    with pytest.raises(InputError, match="position 50,000 is outside the 50,000 bases"):
        store.locate(PIECE, 50_000)
    with pytest.raises(InputError, match="no contig 'chr1' in the store"):
        store.rows("chr1")
