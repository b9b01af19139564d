"""The masked language model: what is hidden, what it reads, what it says, and how it is folded, saved and opened."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForMaskedLM, AutoTokenizer

import genotok.hf  # noqa: F401  # so that AutoTokenizer knows the class
from genotok.errors import BundleError, ConfigError, InputError
from genotok.train.mlm import (
    build_masked_model,
    chance_loss,
    count_parameters,
    level_logits,
    mask_tokens,
    masked_loss,
    measure,
    read_hidden,
)
from genotok.train.mlm_config import MlmConfig, mlm_config
from genotok.train.mlm_saving import fold_levels, open_masked_model, save_pretrained
from genotok.train.mlm_tokens import TokenSpace, VQReader, lay_out
from pretrain.worlds import QUICK, dna, reader

pytestmark = pytest.mark.native
KINDS = ("tree", "hrq", "wide", "kmer3")


def batch(space, b=40, t=50, seed=0):
    """Ids with unknown tokens and padding at known places."""
    ids = space.draw(b * t, seed).reshape(len(space.sizes), b, t).transpose(1, 0, 2).copy()
    ids[:, :, 7] = space.unknown
    ids[::2, :, 45:] = space.pad
    return ids


def set_free(model):
    """Give all weights random values, so that nothing is equal by being zero."""
    torch.manual_seed(0)
    with torch.no_grad():
        for each in model.parameters():
            each.copy_(torch.randn_like(each) * 0.3)
    return model.eval()


@pytest.mark.parametrize("kind", KINDS)
def test_a_quarter_is_chosen_and_of_it_eighty_ten_ten(kind):
    """Special ids never are; a hidden token is the mask in all levels; others stay whole."""
    space = reader(kind).space
    ids = batch(space, 200)
    read, chosen = mask_tokens(ids, space, share=0.25, seed=3)
    known = space.is_known(ids)
    assert not chosen[:, 7].any()
    assert not chosen[::2, 45:].any()
    assert abs(chosen.sum() / known.sum() - 0.25) < 0.01
    hidden = (read == space.mask).any(axis=1)
    assert np.array_equal(hidden, (read == space.mask).all(axis=1))
    changed = (read != ids).any(axis=1)
    assert not (changed & ~chosen).any()
    drawn_alike = 1 / (len(space.words) if space.words is not None else np.prod(space.sizes))
    assert abs(hidden.sum() / chosen.sum() - 0.8) < 0.02
    assert abs((changed & ~hidden).sum() / chosen.sum() - 0.1 * (1 - drawn_alike)) < 0.02
    if space.words is not None:
        tokens = (read - space.starts[:, None]).transpose(0, 2, 1)[changed & ~hidden]
        assert {tuple(row) for row in tokens.tolist()} <= {tuple(row) for row in space.words.tolist()}


def test_masks_are_decided_by_their_seed():
    """And other seeds hide others; of few tokens one at least is hidden, of none none."""
    space = reader("kmer3").space
    ids = batch(space)
    one, two = mask_tokens(ids, space, share=0.25, seed=1), mask_tokens(ids, space, share=0.25, seed=2)
    assert np.array_equal(one[0], mask_tokens(ids, space, share=0.25, seed=1)[0])
    assert not np.array_equal(one[1], two[1])
    few = np.array([[[space.unknown, 3, space.pad]]])
    assert all(
        mask_tokens(few, space, share=0.01, seed=seed)[1].tolist() == [[False, True, False]] for seed in range(9)
    )
    assert not mask_tokens(few[:, :, :1], space, share=0.5, seed=0)[1].any()


def test_one_level_is_read_as_transformers_reads_ids():
    """The same logits, padding told by the mask."""
    space = reader("kmer3").space
    model, ids = set_free(build_masked_model(QUICK, space)), torch.from_numpy(batch(space, 4, 30))
    with torch.no_grad():
        (mine,) = level_logits(model, read_hidden(model, ids).flatten(0, 1), space)
        theirs = model(input_ids=ids[:, 0], attention_mask=(ids[:, 0] != space.pad).long()).logits
    assert torch.allclose(mine, theirs[:, :, : space.sizes[0]].flatten(0, 1), atol=1e-5)


@pytest.mark.parametrize("kind", ["tree", "hrq"])
def test_a_folded_model_says_the_same(kind):
    """Of a tree: the finest level's shares. Else: the product of the levels' shares."""
    levels = reader(kind)
    space = levels.space
    model = set_free(build_masked_model(QUICK, space))
    folded = fold_levels(model, space)
    whole = VQReader(kind, levels.tokenizer, folded=True)
    texts = [dna(30, 1), dna(12, 2) + "N" + dna(5, 3)]
    ids = torch.from_numpy(lay_out(space, levels.read(texts), 28))
    one = torch.from_numpy(lay_out(whole.space, whole.read(texts), 28))
    ids[0, :, 3], one[0, :, 3] = space.mask, whole.space.mask
    with torch.no_grad():
        hidden = read_hidden(model, ids)
        assert torch.allclose(hidden, read_hidden(folded, one), atol=1e-4)
        (found,) = level_logits(folded, read_hidden(folded, one).flatten(0, 1), whole.space)
        parts = [each.log_softmax(dim=1) for each in level_logits(model, hidden.flatten(0, 1), space)]
    words = torch.from_numpy(space.words)
    expected = parts[-1] if kind == "tree" else sum(part[:, words[:, at]] for at, part in enumerate(parts))
    assert torch.allclose(found.log_softmax(dim=1), expected, atol=1e-4)


def test_special_ids_are_no_answer():
    """The shares of a fresh model over all ids are those over tokens."""
    space = TokenSpace.of_levels((5,))
    model = build_masked_model(QUICK, space)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[0, 1, 2, space.mask]])).logits
    assert logits.softmax(dim=2)[:, :, 5:].max() < 1e-30


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_the_mean_of_the_levels_cross_entropies(kind):
    """At the chosen tokens alone, by the definition; and a measure is the mean over tokens of all batches."""
    space = reader(kind).space
    model = set_free(build_masked_model(QUICK, space))
    rows = []
    for seed, b in ((1, 3), (2, 5)):
        ids = batch(space, b, 30, seed)
        rows.append((ids, *mask_tokens(ids, space, share=0.3, seed=seed)))
    sums, right, count = np.zeros(len(space.sizes)), np.zeros(len(space.sizes)), 0
    with torch.no_grad():
        for ids, read, chosen in rows:
            hidden = read_hidden(model, torch.from_numpy(read))
            for level, start in enumerate(space.starts):
                logits = model.cls(hidden)[..., start : start + space.sizes[level]].log_softmax(dim=2).numpy()
                for row, at in zip(*np.nonzero(chosen), strict=True):
                    wanted = ids[row, level, at] - start
                    sums[level] -= logits[row, at, wanted]
                    right[level] += logits[row, at].argmax() == wanted
            count += chosen.sum()
        loss, _, _ = masked_loss(model, *(torch.from_numpy(each) for each in rows[0]), space)
        first = measure(model, rows[:1], space)
    found = measure(model, rows, space)
    assert np.allclose(found.losses, sums / count, atol=1e-4)
    assert np.allclose(found.accuracies, right / count)
    assert found.tokens == count
    assert abs(found.loss - np.mean(sums / count)) < 1e-4
    assert abs(float(loss) - first.loss) < 1e-4


def test_rivals_get_the_same_model():
    """The numbers that are no token's own are equally many whatever the tokenizer."""
    counts = [count_parameters(build_masked_model(QUICK, reader(kind).space)) for kind in (*KINDS, "char")]
    assert len({each["rest"] for each in counts}) == 1
    sizes = [sum(reader(kind).space.sizes) + 7 for kind in (*KINDS, "char")]
    assert [each["embedding"] for each in counts] == [size * (QUICK.hidden + 1) for size in sizes]


def test_weights_are_decided_by_the_seed():
    """And by nothing else that torch has drawn."""
    space = reader("kmer3").space
    one = build_masked_model(QUICK, space).state_dict()
    torch.manual_seed(99)
    two = build_masked_model(QUICK, space).state_dict()
    assert all(torch.equal(value, two[name]) for name, value in one.items())


def test_presets_are_those_of_the_specification():
    """Sizes, and what ends them."""
    small, large = mlm_config("cpu"), mlm_config("h200")
    assert (small.layers, small.hidden, small.heads, small.ffn) == (2, 128, 2, 512)
    assert (small.tokens, small.batch, small.steps, small.minutes) == (256, 16, 600, None)
    assert (large.layers, large.hidden, large.heads, large.ffn) == (8, 512, 8, 2048)
    assert (large.tokens, large.batch, large.steps, large.minutes, large.patience) == (512, 256, None, 30, 3)
    assert small.share == large.share == 0.25
    assert (small.rate, small.warmup) == (large.rate, large.warmup) == (5e-4, 0.05)
    assert abs(chance_loss(reader("tree").space) - (np.log(4) + np.log(16)) / 2) < 1e-12


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"layers": 0}, "layers=0; 1 or more"),
        ({"tokens": 1}, "tokens=1; 2 or more"),
        ({"share": 0.0}, "share=0; above 0"),
        ({"share": 1.0}, "share=1; from 0 to below 1"),
        ({"rate": -1.0}, "rate=-1; above 0"),
        ({"hidden": 33}, "hidden=33 in 2 heads; a multiple of the heads"),
        ({"steps": None}, "neither steps nor minutes are given; a run needs an end"),
        ({"minutes": 0}, "minutes=0; above 0"),
    ],
)
def test_settings_that_make_no_run_are_refused(words, told):
    """With what is wrong and what is possible."""
    with pytest.raises(ConfigError, match=told):
        MlmConfig(**words)


def test_unknown_presets_and_settings_are_refused():
    """By their names."""
    with pytest.raises(ConfigError, match="preset 'tpu' is not known; there are cpu, h200"):
        mlm_config("tpu")
    with pytest.raises(ConfigError, match="unknown depth; known: layers, hidden"):
        mlm_config("cpu", depth=3)


@pytest.mark.parametrize("kind", ["tree", "hrq", "kmer3"])
def test_a_saved_folder_is_what_transformers_opens(tmp_path, kind):
    """Auto classes alone, fed by the folder's own tokenizer, give what the trained model gives."""
    mine = reader(kind)
    model = set_free(build_masked_model(QUICK, mine.space))
    save_pretrained(tmp_path, model, mine, {"name": "a model"}, use="words\n")
    opened, theirs = AutoModelForMaskedLM.from_pretrained(tmp_path).eval(), AutoTokenizer.from_pretrained(tmp_path)
    text = dna(25, 3)
    found = theirs([text, text[:9]], padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = opened(**found).logits[0, :, :-7]
        ids = torch.from_numpy(lay_out(mine.space, mine.read([text]), 23))
        levels = level_logits(model, read_hidden(model, ids)[0], mine.space)
    parts = [each.log_softmax(dim=1).max(dim=1).values for each in (levels[-1:] if kind == "tree" else levels)]
    assert torch.allclose(logits.log_softmax(dim=1).max(dim=1).values, sum(parts), atol=1e-4)
    assert (tmp_path / "README.md").read_text().endswith("# a model\n\n## Use\nwords\n")
    assert (tmp_path / "model.safetensors").stat().st_mode == (tmp_path / "config.json").stat().st_mode
    again, told = open_masked_model(tmp_path)
    assert told == {"tokenizer": kind, "digest": mine.digest, "levels": [opened.config.vocab_size - 7]}
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in opened.state_dict().items())


def test_a_model_of_several_ids_a_token_is_saved_as_it_is(tmp_path):
    """Its settings tell the levels."""
    mine = reader("wide")
    model = set_free(build_masked_model(QUICK, mine.space))
    save_pretrained(tmp_path, model, mine, {"name": "wide"})
    again, told = open_masked_model(tmp_path)
    assert told["levels"] == [300, 400]
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in model.state_dict().items())


def test_folders_that_are_no_model_are_refused(tmp_path):
    """Not there, empty, another's, damaged: each by its name."""
    with pytest.raises(InputError, match=r"nowhere: no such folder; genotok vq pretrain writes such folders"):
        open_masked_model(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"no config.json in it; genotok vq pretrain"):
        open_masked_model(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match=r"its config.json is none of genotok"):
        open_masked_model(tmp_path)
    folder = tmp_path / "cut"
    folder.mkdir()
    save_pretrained(folder, build_masked_model(QUICK, reader("char").space), reader("char"), {"name": "x"})
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-100])
    with pytest.raises(BundleError, match=r"cut: the model is damaged \(.*\); copy the folder again"):
        open_masked_model(folder)


def _without_a_weight(folder, arrays):
    arrays.pop("bert.encoder.layer.0.attention.self.query.weight")
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})


def _with_infinity(folder, arrays):
    arrays["bert.embeddings.LayerNorm.bias"][3] = float("inf")
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})


def _of_another_shape(folder, arrays):
    arrays["bert.embeddings.LayerNorm.bias"] = torch.zeros(7)
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})


def _pickled(folder, arrays):
    torch.save(arrays, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_without_a_weight, r"no weight bert\.encoder\.layer\.0\.attention\.self\.query\.weight"),
        (_with_infinity, r"NaN or infinity in bert\.embeddings\.LayerNorm\.bias"),
        (_of_another_shape, r".*"),
        (_pickled, r".*safetensors.*"),
    ],
)
def test_damaged_weights_are_refused(tmp_path, capfd, damage, told):
    """In one error, without words of transformers beside it; nothing is unpickled."""
    save_pretrained(tmp_path, build_masked_model(QUICK, reader("char").space), reader("char"), {"name": "x"})
    damage(tmp_path, load_file(tmp_path / "model.safetensors"))
    with pytest.raises(BundleError, match=rf"the model is damaged \({told}\); copy the folder again"):
        open_masked_model(tmp_path)
    assert capfd.readouterr() == ("", "")
