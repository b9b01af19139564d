"""Networks that judge tokenizers: equal but for their embedding, they learn what there is, and repeat themselves."""

import numpy as np
import pytest
import torch
from sklearn.metrics import matthews_corrcoef

from genotok.analysis.vq_baselines import baseline
from genotok.errors import ConfigError, InputError
from genotok.train.vq_networks import LabelledIds, build_network, count_parameters, network_of, train_network
from vq_eval.worlds import planted

pytestmark = pytest.mark.native


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def ids_of(name, n, seed, **settings):
    """Rows with a word or without, as the ids of a baseline."""
    texts, labels = planted(n, seed=seed, **settings)
    (stream,) = baseline(name).streams(texts)
    return LabelledIds((stream.ids,), stream.rows, np.array(labels, dtype=np.int32), (stream.size,))


def two_levels(n, seed):
    """Rows of two levels, whose classes only the second tells."""
    random = np.random.default_rng(seed)
    labels = np.arange(n, dtype=np.int32) % 3
    coarse = random.integers(0, 4, n * 8).astype(np.int32)
    fine = random.integers(0, 6, n * 8).astype(np.int32)
    fine[::8] = labels + 6
    fine[3::8] = -1
    return LabelledIds((coarse, fine), np.arange(n + 1, dtype=np.int64) * 8, labels, (4, 9))


@pytest.mark.parametrize("body", ["cnn", "transformer"])
def test_only_the_embedding_depends_on_the_tokenizer(body):
    """Of all others there are as many whatever the vocabulary, the levels and the length of a row are."""
    found = []
    for sizes, longest in (((4,), 300), ((4096,), 95), ((512, 4096), 12)):
        model = build_network(network_of(body, sizes, 2), longest)
        found.append(count_parameters(model))
        assert sum(found[-1].values()) == sum(each.numel() for each in model.parameters())
    assert len({each["rest"] for each in found}) == 1
    width = {"cnn": 64, "transformer": 128}[body]
    places = {"cnn": 0, "transformer": 12 * 128}[body]
    assert found[-1]["embedding"] == (512 + 2 + 4096 + 2) * width + places


@pytest.mark.parametrize("body", ["cnn", "transformer"])
def test_what_is_padded_is_not_seen(body):
    """A row is read alike alone and beside longer ones; a row without tokens is no fault."""
    torch.manual_seed(0)
    model = build_network(network_of(body, (4,), 2), 40).eval()
    ids = torch.randint(2, 6, (3, 1, 40))
    ids[0, 0, 16:] = 0
    ids[2] = 0
    with torch.no_grad():
        whole, alone = model(ids), model(ids[:1, :, :16])
    assert torch.allclose(whole[0], alone[0], atol=1e-4)
    assert torch.isfinite(whole).all()


@pytest.mark.parametrize(("body", "epochs", "rate"), [("cnn", 5, 1e-3), ("transformer", 8, 1e-3)])
def test_levels_add_up_and_unknown_tokens_are_read(body, epochs, rate):
    """Three classes that the second level alone tells."""
    train, dev, test = two_levels(300, 0), two_levels(90, 1), two_levels(90, 2)
    config = network_of(body, (4, 9), 3, epochs=epochs, rate=rate)
    seen = []
    run = train_network(
        config, train, dev, test, device="cpu", progress=lambda epoch, merit: seen.append((epoch, merit))
    )
    assert matthews_corrcoef(test.labels, run.predicted) > 0.95
    assert run.dev_mcc == max(merit for _, merit in seen)
    assert run.epoch == next(epoch for epoch, merit in seen if merit == run.dev_mcc)
    assert [epoch for epoch, _ in seen] == list(range(1, epochs + 1))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_word_is_found_among_letters(precision):
    """A convolution over single letters sees a planted word of eight, whatever its products are rounded to."""
    train, dev, test = (ids_of("char", n, seed, length=40) for n, seed in ((400, 0), (100, 1), (100, 2)))
    config = network_of("cnn", (4,), 2, epochs=6, precision=precision)
    run = train_network(config, train, dev, test, device="cpu")
    assert matthews_corrcoef(test.labels, run.predicted) > 0.7


def test_equal_seeds_give_equal_answers():
    """And training leaves the caller's own draws alone."""
    train, dev, test = (ids_of("kmer3", n, seed, length=30) for n, seed in ((60, 0), (30, 1), (30, 2)))
    config = network_of("transformer", (64,), 2, epochs=2)
    before = torch.get_rng_state()
    one, two, other = (train_network(config, train, dev, test, seed=seed, device="cpu") for seed in (3, 3, 4))
    assert torch.equal(before, torch.get_rng_state())
    assert (one.predicted.tolist(), one.dev_mcc) == (two.predicted.tolist(), two.dev_mcc)
    assert (one.predicted.tolist(), one.dev_mcc) != (other.predicted.tolist(), other.dev_mcc)


def test_the_answers_are_those_of_the_chosen_epoch():
    """What is learnt after it does not matter: ending there says the same of the test rows."""
    train, dev, test = (ids_of("kmer3", n, seed, length=30) for n, seed in ((60, 0), (30, 1), (30, 2)))
    whole = train_network(network_of("cnn", (64,), 2, epochs=8), train, dev, test, device="cpu")
    assert whole.epoch < 8
    ended = train_network(network_of("cnn", (64,), 2, epochs=whole.epoch), train, dev, test, device="cpu")
    assert (ended.predicted.tolist(), ended.epoch) == (whole.predicted.tolist(), whole.epoch)


def test_rows_are_taken_with_their_tokens():
    rows = two_levels(6, 0)
    part = rows.take(np.array([4, 4, 1]))
    assert part.labels.tolist() == rows.labels[[4, 4, 1]].tolist()
    for level in range(2):
        wanted = [rows.ids[level][8 * at : 8 * at + 8].tolist() for at in (4, 4, 1)]
        assert part.ids[level].tolist() == [each for row in wanted for each in row]
    assert part.longest == 8


def test_wrong_settings_are_told():
    with pytest.raises(ConfigError, match="body='rnn'; cnn, transformer"):
        network_of("rnn", (4,), 2)
    with pytest.raises(ConfigError, match="classes=1; 2 or more"):
        network_of("cnn", (4,), 1)
    with pytest.raises(ConfigError, match="precision='float8'; float32, bfloat16"):
        network_of("cnn", (4,), 2, precision="float8")
    with pytest.raises(ConfigError, match=r"sizes=\(\); the codes of each level"):
        network_of("cnn", (), 2)
    rows = two_levels(6, 0)
    with pytest.raises(InputError, match=r"6 rows of levels \(4, 9\); rows of levels \(4,\)"):
        train_network(network_of("cnn", (4,), 3), rows, rows, rows, device="cpu")
    with pytest.raises(ConfigError, match="device='tpu-7'"):
        train_network(network_of("cnn", (4, 9), 3), rows, rows, rows, device="tpu-7")
