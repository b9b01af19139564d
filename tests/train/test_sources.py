"""From a tokenizer, a genome and a track to a trained network beside its controls; in memory, and from a store."""

import json

import numpy as np
import pytest

from genotok import read_fasta
from genotok.train.contigs import Scaling
from genotok.train.controls import run_controls
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import predict_contigs
from genotok.train.loop import train_model
from genotok.train.models import ModelConfig
from genotok.train.settings import TrainConfig
from genotok.train.sources import base_contigs, contigs_of_genome, contigs_of_store
from genotok.train.windows import Split, WindowConfig
from genotok.values.motifencoding import average_clusters
from genotok.values.tracks import Track
from motif.worlds import FASTA, PIECE, WITH_N, fitted, subset_store

pytestmark = pytest.mark.native
WINDOWS = WindowConfig(length=100, stride=50, crop=10, shift=5)


def track():
    """A signal every 40 bp on both golden pieces."""
    random, starts = np.random.default_rng(0), np.arange(0, 49_900, 40)
    values = random.random(2 * len(starts)) * 9
    offsets = np.array([0, len(starts), 2 * len(starts)])
    return Track((PIECE, WITH_N), offsets, np.tile(starts, 2), np.tile(starts + 23, 2), values)


def test_a_store_gives_what_the_genome_gives():
    tokenizer, store = fitted(), subset_store()
    (contig,) = contigs_of_store(store, tokenizer.clusters, track())
    assert contig.tokens.shape == (3399, tokenizer.n_clusters)
    whole = average_clusters(store.rows(0), tokenizer.clusters).astype(np.float32).to_dense()
    assert np.array_equal(contig.inputs(100, 50), whole[100:150])
    assert np.array_equal(contig.inputs(3390, 50)[:9], whole[3390:])
    assert np.array_equal(contig.targets[:, 0], (track().means(PIECE, contig.boundaries, log1p=True) / 4).astype("f4"))
    assert contigs_of_store(store, tokenizer.clusters, track(), names=[]) == []


def test_a_genome_is_learnt_by_tokens_and_by_bases_beside_controls(tmp_path):
    """Three contigs of real DNA: everything a run needs, from FASTA to a table in JSON."""
    tokenizer, genome, signal = fitted(), read_fasta(FASTA), track()
    tokens, bases = contigs_of_genome(tokenizer, genome, signal), base_contigs(genome, signal)
    assert [each.name for each in tokens] == [each.name for each in bases] == [PIECE, WITH_N]
    assert [len(each) for each in bases] == [3125, 3125]
    assert tokens[0].boundaries[-1] == 50_000
    agreements = {}
    for kind, contigs in (("tokens", tokens), ("onehot", bases)):
        options = {"scaling": Scaling.of(tokens[:1])} if kind == "tokens" else {}
        training = WindowDataset.to_train(contigs[:1], WINDOWS, **options)
        validation = WindowDataset.to_score(contigs[1:], WINDOWS, **options)
        model = ModelConfig(kind, channels=tokenizer.n_clusters, scale=32)
        config = TrainConfig(epochs=1, warmup=0, batch=16, device="cpu")
        run = train_model(model, training, validation, tmp_path / kind, config=config)
        on_grid = predict_contigs(run.model, validation, device="cpu").on_grid(signal)
        assert len(on_grid.targets[0]) == 3125
        agreements[kind] = on_grid.agreement.to_dict()
    assert np.array_equal(on_grid.targets[0], bases[1].targets)
    split = Split((PIECE,), (WITH_N,), (WITH_N,))
    rows = run_controls(tokens, [each.codes for each in genome.values()], split, windows=WINDOWS)
    table = json.loads(json.dumps([row.to_dict() for row in rows] + list(agreements.values()), allow_nan=False))
    assert len(table) == 6
