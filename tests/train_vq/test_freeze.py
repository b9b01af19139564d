"""A network becomes a saved model: the same codes by NumPy, whatever the quantiser, and what it knows of its corpus."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from genotok import VQTokenizer
from genotok.errors import ConfigError, TrainingError
from genotok.io.vqfolder import read_vq_folder
from genotok.train.vq_corpus import read_records
from genotok.train.vq_freeze import (
    check_frozen,
    count_usage,
    freeze_model,
    freeze_network,
    open_network,
    thaw_network,
)
from genotok.train.vq_network import Network
from genotok.train.vq_presets import preset_config
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvWeights
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable
from train_vq.worlds import QUICK, corpus, rows

pytestmark = pytest.mark.native
GOLDEN_DNA = Path(__file__).parents[1] / "golden" / "golden.fa.gz"
LEVELS = {"flat": (9,), "hrq": (4, 8), "rvq": (4, 8), "fsq": (4, 3, 5)}


def trained(kind="hrq", **changes):
    """A network with codes that its own tokens chose."""
    made = Network(replace(QUICK, quantizer=kind, levels=LEVELS[kind], **changes))
    taps, _ = made.encode(torch.from_numpy(corpus().sampler(400).draw(4, seed=1)))
    made.quantiser.start(taps, seed=0, batch=100)
    return made


def dna(length=6_000):
    """Held-out bases, some unknown."""
    bases = corpus().held_out[0].codes[:length].copy()
    bases[[7, 500, 501]] = 4
    return bases


@pytest.mark.parametrize("kind", list(LEVELS))
@pytest.mark.parametrize("blocks", [0, 2])
def test_numpy_gives_the_codes_of_torch(kind, blocks):
    """On held-out DNA with unknown bases, by networks of any depth."""
    made = trained(kind, blocks=blocks)
    model = freeze_model(made)
    assert (model.ends, model.unknown_scope, model.window, model.stride) == ("same", "core", 5, 2)
    test = check_frozen(thaw_network(made.config, model.network, model.codebook), model, dna())
    assert test.tokens == 3000
    assert test.differing <= 1


def test_the_golden_self_test_holds_on_100_kb():
    """The preset that is bundled, 10^5 bases in one document of four blocks: torch ids are NumPy ids."""
    made = Network(preset_config("strided"))
    taps, _ = made.encode(torch.from_numpy(corpus().sampler(400).draw(48, seed=1)))
    made.quantiser.start(taps, seed=0, batch=3000)
    model = freeze_model(made)
    frozen = thaw_network(made.config, model.network, model.codebook)
    test = check_frozen(frozen, model, np.concatenate([corpus().train[0].codes, corpus().held_out[0].codes]))
    assert test == (25_000, test.differing)
    assert test.differing <= 1


def test_arrays_are_what_float16_holds_unless_asked_otherwise():
    """So files of half the size say the same."""
    made = trained()
    weights, book = freeze_network(made)
    for array in (*weights.values(), *book.vectors):
        assert np.array_equal(array, array.astype(np.float16))
    exact, _ = freeze_network(made, half=False)
    assert any(not np.array_equal(exact[name], weights[name]) for name in weights)
    assert np.array_equal(exact["stem.conv.weight"], made.weights["stem.conv.weight"].detach())


def test_a_model_of_other_codes_fails_the_self_test():
    """With the token that differs."""
    made = trained()
    model = freeze_model(made)
    other = Codebook("hrq", (4, 8), (rows(4, 8, 1), rows(8, 8, 2)))
    with pytest.raises(TrainingError, match=r"torch and NumPy give token \d+ other codes; report it"):
        check_frozen(made, replace(model, codebook=other), dna())


def test_usage_counts_tokens_of_the_corpus():
    """As many of each level; the bits of both together are within those of each and their sum."""
    made = trained()
    usage, bits = count_usage(made, corpus(), bases=4_000)
    assert [each.sum() for each in usage] == [341 * 24] * 2
    assert [len(each) for each in usage] == [4, 8]
    single = [-(p := each[each > 0] / each.sum()) @ np.log2(p) for each in usage]
    assert max(single) - 1e-9 <= bits <= sum(single) + 1e-9


def test_a_frozen_model_is_a_tokenizer_that_is_saved_and_comes_back(tmp_path):
    """Ids, decoded bases and the model itself."""
    made = trained()
    model = freeze_model(made, usage=count_usage(made, corpus(), bases=4_000)[0])
    tokenizer = VQTokenizer(model)
    tokenizer.save_pretrained(tmp_path)
    again = VQTokenizer.from_pretrained(str(tmp_path))
    assert again.model == model
    assert read_vq_folder(tmp_path).model.network == model.network
    bases = dna()[:501]
    codes = again.codes(bases)
    assert np.array_equal(codes.codes, tokenizer.codes(bases).codes)
    frozen = thaw_network(made.config, model.network, model.codebook)
    with torch.no_grad():
        scores = frozen.run(torch.from_numpy(bases)[None]).scores[0]
    back = np.frombuffer(again.decode(codes, length=501).encode(), np.uint8)
    assert np.mean(back == np.frombuffer(b"ACGT", np.uint8)[scores.argmax(dim=1).numpy()]) > 0.99


def test_a_saved_network_is_opened_in_torch_again(tmp_path):
    """From the model alone; tables, and networks that training does not make, are refused."""
    made = trained()
    model = freeze_model(made)
    assert check_frozen(open_network(model), model, dna()).tokens == 3000
    shape = replace(model.network.shape, taps=(2, 2))
    with pytest.raises(ConfigError, match=r"training makes no network of ConvShape.*taps=\(2, 2\)"):
        open_network(replace(model, network=ConvWeights(shape, dict(model.network))))
    table = WindowTable(1, 1, np.zeros((1, 4), np.uint16))
    with pytest.raises(ConfigError, match="this model is a table; networks are trained by presets"):
        open_network(VQModel(Codebook("flat", (2,), (rows(2, 3, 1),)), table, None, window=1, stride=1))


def test_the_bundled_network_gives_the_codes_of_torch_on_human_dna():
    """Two pieces of 50 kb that it was not trained on, or that hold unknown bases: torch ids are NumPy ids."""
    model = VQTokenizer.from_pretrained("vq-hrq").model
    network = open_network(model)
    known = 0
    for name, codes in read_records(GOLDEN_DNA):
        test = check_frozen(network, model, codes)
        assert test.tokens == 12_500, name
        known += int((codes < 4).sum())
    assert known > 80_000
    assert [row["used"] for row in model.card["usage"]] == [32, 64]
    assert all(row["accuracy"] >= 0.97 for row in model.card["accuracy"])
    assert {row["what"].split(".")[0] for row in model.card["accuracy"]} >= {"NC_008253", "human_chr17_0_1M"}
