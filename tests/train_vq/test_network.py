"""Encoder and decoder: golden answers, NumPy's answers, unknown bases, batches."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from genotok.kernels.bases import encode_letters
from genotok.train.vq_measures import measure
from genotok.train.vq_model import decode, draw_weights, encode
from genotok.train.vq_network import Network, cross_entropy, known_tokens
from genotok.train.vq_presets import NetworkConfig
from genotok.values.convweights import ConvShape
from train_vq.worlds import QUICK

pytestmark = pytest.mark.native
GOLDEN = Path(__file__).parents[1] / "golden" / "vq"


def bases(text):
    return torch.from_numpy(encode_letters(np.frombuffer(text.encode(), np.uint8)).copy())[None]


def golden_network(name):
    told, arrays = json.loads((GOLDEN / f"{name}.json").read_text()), np.load(GOLDEN / f"{name}.npz")
    its = told["config"]
    config = NetworkConfig(
        levels=tuple(its["levels"]),
        window=its["stem_width"],
        stride=its["stride"],
        channels=its["stem_channels"],
        width=its["dim"],
        expansion=its["expansion"],
    )
    assert config.taps == tuple(its["taps"])
    network = Network(config)
    tensors = {key: torch.from_numpy(arrays[key]) for key in arrays}
    with torch.no_grad():
        for key, value in tensors.items():
            if key in network.weights:
                network.weights[key].copy_(value)
    network.quantiser.take([tensors["codebooks.0"], tensors["codebooks.1"]])
    return network, told["cases"]


@pytest.mark.parametrize("name", ["hrq_tiny_s1", "hrq_tiny_s4"])
def test_codes_and_values_are_golden(name):
    """Codes of both levels, Z(1), H(2) and the output of two tiny networks, written down in float64 elsewhere."""
    network, cases = golden_network(name)
    for case in cases.values():
        with torch.no_grad():
            taps = [tap[0] for tap in encode(network.weights, network.shape, bases(case["sequence"]))]
            out = network.quantiser(taps)
        assert out.codes.tolist() == case["codes"]
        np.testing.assert_allclose(taps[0][0], case["z1_first"], atol=1e-4)
        np.testing.assert_allclose(out.residuals[1][-1], case["h2_last"], atol=1e-4)
        np.testing.assert_allclose(out.output.mean(dim=0), case["embedding_mean"], atol=1e-4)


def test_a_sequence_has_one_token_for_each_stride_begun_and_comes_back_as_long():
    """ceil(L / S) tokens, L scores."""
    shape = ConvShape(kernel=9, stride=4, channels=6, width=4, expansion=2, blocks=1, taps=(1,), decoder_blocks=1)
    weights = draw_weights(shape, seed=0)
    for length in range(1, 14):
        (tap,) = encode(weights, shape, torch.zeros((2, length), dtype=torch.uint8))
        assert tap.shape == (2, -(-length // 4), 4)
        assert decode(weights, shape, tap, length).shape == (2, length, 4)


def test_a_token_is_unknown_by_its_core_alone():
    """Tokens of 4 bp, the last of 2; unknown bases elsewhere are seen as nothing."""
    text = bases("ACGTNCGTACGTACGTAN")
    assert known_tokens(text, 4).tolist() == [[True, False, True, True, False]]
    network = Network(QUICK)
    out = network.run(bases("ACGTNACGTACC"))
    assert out.known.tolist() == [[True, True, False, True, True, True]]
    assert len(out.quantised.output) == 5
    assert out.scores.shape == (1, 12, 4)


def test_unknown_bases_do_not_enter_the_loss():
    """The mean of -log softmax over known bases; what is said at an unknown one changes nothing."""
    scores = torch.randn((1, 4, 4), generator=torch.Generator().manual_seed(0))
    text = bases("ANGT")
    expected = -torch.stack([scores[0, at].log_softmax(0)[code] for at, code in ((0, 0), (2, 2), (3, 3))]).mean()
    assert cross_entropy(scores, text).item() == pytest.approx(expected.item())
    scores[0, 1] += 5
    assert cross_entropy(scores, text).item() == pytest.approx(expected.item())


def test_rows_of_a_batch_do_not_see_each_other():
    """A batch gives what its rows give alone."""
    network = Network(QUICK)
    texts = torch.cat([bases("ACGTTGCAACGT"), bases("TTGACCNNAGTA")])
    together, alone = network.run(texts).scores, [network.run(row[None]).scores[0] for row in texts]
    torch.testing.assert_close(together, torch.stack(alone))


def test_weights_are_drawn_by_their_seed_alone():
    """Torch's own generator neither matters nor moves."""
    torch.manual_seed(1)
    state = torch.get_rng_state()
    one = draw_weights(QUICK.shape, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    two, other = draw_weights(QUICK.shape, seed=3), draw_weights(QUICK.shape, seed=4)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["stem.conv.weight"], other["stem.conv.weight"])


def test_measures_are_what_they_say():
    """Accuracy and bits by the definition; without codes there is nothing to count."""
    network = Network(QUICK)
    texts = torch.cat([bases("ACGTTGCAACGT"), bases("TTGACCNNAGTA")])
    found = measure(network, [texts.numpy()])
    with torch.no_grad():
        scores = network.run(texts).scores
    known = texts != 4
    assert found.bases == known.sum()
    assert found.accuracy == pytest.approx(((scores.argmax(2) == texts)[known].float().mean()).item())
    assert found.bits == pytest.approx(cross_entropy(scores, texts).item() / np.log(2))
    assert (found.used, found.used_bits, found.is_quantised) == ((), None, False)
    network.quantiser.take([torch.zeros((4, 8)), torch.ones((8, 8))])
    again = measure(network, [texts.numpy(), texts.numpy()])
    assert (again.used, again.perplexity, again.used_bits, again.tokens) == ((1, 1), (1.0, 1.0), 0.0, 22)


def test_bfloat16_stays_outside_quantiser_and_loss(monkeypatch):
    """What CUDA does, on the processor: taps, scores, codes and loss are float32, gradients are finite."""
    network, exact = Network(QUICK), Network(QUICK)
    monkeypatch.setattr(network, "_cast", lambda: torch.autocast("cpu", torch.bfloat16))
    texts = torch.from_numpy(encode_letters(np.frombuffer(b"ACGTTGCAACGTTTGACCNNAGTA" * 20, np.uint8)).reshape(4, -1))
    taps, _ = network.encode(texts)
    network.quantiser.start(taps, seed=0, batch=len(taps[0]))
    exact.quantiser.load(network.quantiser.state())
    out, wanted = network.run(texts), exact.run(texts)
    loss, _ = network.loss(out, texts)
    loss.backward()
    assert {each.dtype for each in (*taps, out.scores, out.quantised.output, loss)} == {torch.float32}
    assert all(torch.isfinite(weight.grad).all() for weight in network.weights.values())
    assert not torch.equal(out.scores, wanted.scores)
    torch.testing.assert_close(out.scores, wanted.scores, atol=0.1, rtol=0.1)
