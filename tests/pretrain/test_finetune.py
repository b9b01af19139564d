"""Fine-tuning: vectors of documents, low-rank changes, classes told apart, seeds, stops, and what is saved."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model

from genotok.errors import BundleError, ConfigError, InputError, TrainingError
from genotok.io.safetensors import read_safetensors, write_safetensors
from genotok.kernels.confusion import count_confusion, matthews
from genotok.train import finetune as finetuning
from genotok.train.finetune import LabelledDocuments, build_head, finetune
from genotok.train.finetune_config import FinetuneConfig
from genotok.train.finetune_saving import HEAD, open_classifier, predict_shares, save_classifier
from genotok.train.lora import add_lora, merge_lora
from genotok.train.mlm import build_masked_model, read_hidden
from genotok.train.mlm_tokens import VQReader, lay_out
from genotok.train.pooling import Documents, embed_documents
from pretrain.worlds import QUICK, dna, reader
from vq_eval.worlds import planted

pytestmark = pytest.mark.native
MOTIFS = ("TTGACATA", "CCGTAAGG")
FAST = FinetuneConfig(rate=3e-3, full_rate=1e-3)


def documents(texts, kind="kmer6", longest=64):
    mine = reader(kind)
    return Documents(mine.read(texts), mine.space, longest)


def split(n, seed, kind="kmer6"):
    texts, labels = planted(n, length=60, words=MOTIFS, seed=seed)
    return LabelledDocuments(documents(texts, kind), np.array(labels, np.int32))


def model(kind="kmer6", **changes):
    return build_masked_model(replace(QUICK, tokens=64, **changes), reader(kind).space)


def ids_of(kind="kmer6", n=5):
    return torch.from_numpy(lay_out(reader(kind).space, reader(kind).read([dna(60, at) for at in range(n)]), 55))


def score(labels, predicted):
    return float(matthews(count_confusion(labels, predicted, classes=2)))


def test_low_rank_changes_begin_at_nothing_and_leave_the_rest_alone():
    """The model says the same; only A and B of queries and values are learned."""
    mine, ids = model(layers=2).eval(), ids_of()
    before = read_hidden(mine, ids).detach()
    learned = add_lora(mine.bert, rank=3)
    assert torch.equal(read_hidden(mine, ids), before)
    assert [tuple(each.shape) for each in learned] == [(3, 32), (32, 3)] * 4
    assert all(each.requires_grad == name.endswith((".up", ".down")) for name, each in mine.bert.named_parameters())


@pytest.mark.parametrize("seed", range(3))
def test_merged_changes_say_what_they_said_apart(seed):
    """To 1e-5, and the plain layers are back."""
    mine, ids = model(layers=2).eval(), ids_of()
    names = set(mine.state_dict())
    torch.manual_seed(seed)
    with torch.no_grad():
        for each in add_lora(mine.bert, rank=4, alpha=8.0, seed=seed):
            each.add_(torch.randn_like(each) * 0.1)
        apart = read_hidden(mine, ids)
        merge_lora(mine.bert)
        merged = read_hidden(mine, ids)
    assert (apart - read_hidden(model(layers=2).eval(), ids)).abs().max() > 1e-2
    assert torch.allclose(apart, merged, atol=1e-5)
    assert set(mine.state_dict()) == names


def test_low_rank_changes_are_those_of_the_definition():
    """W x + b + alpha / rank * B A x, dropout being off."""
    mine = model().eval()
    plain = mine.bert.encoder.layer[0].attention.self.query
    add_lora(mine.bert, rank=2, alpha=6.0)
    lora, x = mine.bert.encoder.layer[0].attention.self.query, torch.randn(7, 32)
    with torch.no_grad():
        lora.up.copy_(torch.randn(32, 2))
        expected = x @ plain.weight.T + plain.bias + 3.0 * (x @ (lora.up @ lora.down).T)
        assert torch.allclose(lora(x), expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")  # peft asks for it
def test_low_rank_changes_are_those_of_peft():
    """With equal A and B: equal answers, equal gradients, and equal weights once they are merged."""
    mine, theirs, ids = model(layers=2).eval(), model(layers=2).eval(), ids_of()
    settings = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.05, "target_modules": ["query", "value"]}
    wrapped = get_peft_model(theirs.bert, LoraConfig(**settings)).eval()  # changes the model in place
    add_lora(mine.bert, rank=4, alpha=8.0)
    ours, rivals = (
        {name: each for name, each in one.bert.named_parameters() if each.requires_grad} for one in (mine, theirs)
    )
    names = {
        name: name.replace(".down", ".lora_A.default.weight").replace(".up", ".lora_B.default.weight") for name in ours
    }
    assert set(names.values()) == set(rivals)
    with torch.no_grad():
        for name, each in ours.items():
            each.copy_(torch.randn(each.shape) * 0.1)
            rivals[names[name]].copy_(each)
    said = [read_hidden(each, ids) for each in (mine, theirs)]
    assert torch.allclose(*said, atol=1e-6)
    for each in said:
        each.square().sum().backward()
    assert all(torch.allclose(each.grad, rivals[names[name]].grad, rtol=1e-4, atol=1e-4) for name, each in ours.items())
    merge_lora(mine.bert)
    merged = wrapped.merge_and_unload().state_dict()
    assert set(merged) == set(mine.bert.state_dict())
    assert all(torch.allclose(each, merged[name], atol=1e-6) for name, each in mine.bert.state_dict().items())


@pytest.mark.parametrize("longest", [7, 16, 200])
def test_documents_are_cut_evenly_into_as_few_pieces_as_possible(longest):
    """Each token is in one piece, in order; pieces of a document differ by one token at most."""
    lengths = [0, 1, 7, 8, 50, 123]
    mine = documents(["A" * (n + 5) if n else "A" for n in lengths], longest=longest)
    pieces = mine.cut()
    for at, n in enumerate(lengths):
        inside = pieces.owners == at
        assert inside.sum() == -(-n // longest)
        starts, counts = pieces.starts[inside] - mine.tokens.rows[at], pieces.counts[inside]
        assert np.concatenate([np.arange(s, s + c) for s, c in zip(starts, counts, strict=True)] or [[]]).tolist() == (
            list(range(n))
        )
        assert not n or counts.max() - counts.min() <= 1
    some = mine.cut(np.array([4, 2]))
    assert some.starts.tolist() == [*pieces.starts[pieces.owners == 4], *pieces.starts[pieces.owners == 2]]
    assert set(some.owners.tolist()) == {0, 1}


@pytest.mark.parametrize("kind", ["kmer3", "tree", "wide"])
def test_vectors_are_the_mean_over_known_tokens(kind):
    """Document by document, unknown tokens left out, long ones piece by piece; without a token they are 0."""
    mine = model(kind).eval()
    texts = [dna(30, 1), dna(20, 2) + "N" + dna(15, 3), "AC", "NNNNNN", dna(40, 4)]
    found, counts = embed_documents(mine.bert, documents(texts, kind, longest=16))
    space = reader(kind).space
    for row, text in enumerate(texts):
        tokens = reader(kind).read([text])
        n = tokens.codes.shape[1]
        parts = -(-n // 16)
        kept = []
        for part in range(parts):
            low, high = n * part // parts, n * (part + 1) // parts
            ids = torch.from_numpy(space.ids_of(tokens.codes[:, low:high])[None])
            with torch.no_grad():
                kept.append(read_hidden(mine, ids)[0][torch.from_numpy(tokens.codes[0, low:high] >= 0)])
        every = torch.cat(kept) if kept else torch.zeros(0, 32)
        assert counts[row] == len(every)
        expected = every.mean(dim=0) if len(every) else torch.zeros(32)
        assert np.allclose(found[row], expected.numpy(), atol=1e-5)


@pytest.mark.parametrize(("tune", "least"), [("lora", 0.9), ("full", 0.9), ("head", 0.3)])
def test_two_motifs_are_told_apart(tune, least):
    """Even by a model that has learned nothing yet; the model that was given stays as it is."""
    mine = model()
    before = {name: value.clone() for name, value in mine.state_dict().items()}
    train, dev, test = split(600, 1), split(100, 2), split(200, 3)
    (run,) = finetune(mine, train, dev, test, config=replace(FAST, tune=tune), seeds=[0], device="cpu")
    assert score(test.labels, run.predicted) > least
    assert run.dev[run.epoch - 1] == max(run.dev)
    assert all(torch.equal(value, mine.state_dict()[name]) for name, value in before.items())
    changed = {name for name, value in run.model.state_dict().items() if not torch.equal(value, before[name])}
    parts = {"lora": ("query.weight", "value.weight"), "full": ("bert.",), "head": ()}[tune]
    assert bool(changed) == (tune != "head")
    assert all(any(part in name for part in parts) or "decoder" in name for name in changed)


def test_seeds_decide_all_that_is_drawn():
    """Equal seeds give equal answers, others do not; a run does not see those before it."""
    train, dev, test = split(120, 1), split(40, 2), split(60, 3)
    words = {"config": replace(FAST, epochs=2), "device": "cpu"}
    one, two = finetune(model(), train, dev, test, seeds=[0, 1], **words)
    (again,) = finetune(model(), train, dev, test, seeds=[1], **words)
    assert np.array_equal(two.shares, again.shares)
    assert not np.array_equal(one.shares, two.shares)
    assert np.allclose(two.shares.sum(axis=1), 1, atol=1e-6)


def test_it_stops_after_epochs_without_a_better_one(monkeypatch):
    """And the best epoch's weights read the test rows."""
    merits = iter([0.1, 0.5, 0.5, 0.2, 0.4, 0.9])
    seen = []
    monkeypatch.setattr(finetuning, "_merit", lambda *_: next(merits))
    shares = finetuning._Run._shares
    monkeypatch.setattr(finetuning._Run, "_shares", lambda run, at: seen.append(shares(run, 2)) or shares(run, at))
    rows = [split(n, n) for n in (60, 20, 30)]
    told = []
    (run,) = finetune(model(), *rows, config=FAST, seeds=[4], device="cpu", on_epoch=lambda *words: told.append(words))
    assert run.dev == (0.1, 0.5, 0.5, 0.2, 0.4)
    assert run.epoch == 2
    assert told == [(4, at, merit) for at, merit in enumerate(run.dev, start=1)]
    assert np.array_equal(run.shares, seen[1])
    assert not np.array_equal(run.shares, seen[4])


def test_rows_without_tokens_have_classes_too():
    """Too short, or unknown altogether, all of a batch or some."""
    texts, labels = planted(30, length=60, words=MOTIFS)
    rows = LabelledDocuments(documents([*texts, "AC", "N" * 30]), np.array([*labels, 0, 1], np.int32))
    none = LabelledDocuments(documents(["AC", "AG"]), np.array([0, 1], np.int32))
    for tune in ("lora", "head"):
        (run,) = finetune(model(), rows, rows, none, config=replace(FAST, tune=tune, epochs=1, batch=3), seeds=[0])
        assert run.shares.shape == (2, 2)
        assert np.array_equal(run.shares[0], run.shares[1])


def test_faults_of_a_run_are_told(monkeypatch):
    """No rows, strange classes, a loss that is no number, too little memory."""
    rows, none = split(20, 1), LabelledDocuments(documents([]), np.zeros(0, np.int32))
    with pytest.raises(InputError, match="0 rows, of classes that train rows lack; classes 0 to 1"):
        next(finetune(model(), rows, none, rows))
    strange = replace(rows, labels=np.full(20, 2, np.int32))
    with pytest.raises(InputError, match="20 rows, of classes that train rows lack; classes 0 to 1"):
        next(finetune(model(), rows, rows, strange))
    broken = model()
    with torch.no_grad():
        broken.bert.embeddings.position_embeddings.weight.fill_(float("nan"))
    with pytest.raises(TrainingError, match="the loss is no number in epoch 1 of seed 0; lower the rate"):
        next(finetune(broken, rows, rows, rows))
    monkeypatch.setattr(finetuning, "sum_known", lambda *_: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(TrainingError, match="a batch of 32 rows does not fit the memory; try a batch of 16"):
        next(finetune(model(), rows, rows, rows))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"tune": "some"}, "tune='some'; lora, full, head"),
        ({"rank": 0}, "rank=0; 1 or more"),
        ({"dropout": 1.0}, "dropout=1; from 0 to below 1"),
        ({"rate": 0.0}, "rate=0; above 0"),
    ],
)
def test_settings_that_make_no_run_are_refused(words, told):
    """With what is possible."""
    with pytest.raises(ConfigError, match=told):
        FinetuneConfig(**words)


def test_the_usual_settings_are_those_of_the_specification():
    """Rank, weights of the change, rates, epochs."""
    usual = FinetuneConfig()
    assert (usual.rank, usual.alpha, usual.lora_dropout, usual.dropout) == (8, 16, 0.05, 0.1)
    assert (usual.rate, usual.full_rate, usual.epochs, usual.patience) == (1e-3, 5e-5, 10, 3)


@pytest.mark.parametrize("tune", ["lora", "head"])
def test_a_saved_classifier_says_what_it_said(tmp_path, tune):
    """With LoRA merged: shares of the test rows to 1e-5; and its parts must fit."""
    mine = VQReader("kmer6", reader("kmer6").tokenizer, folded=True)
    train, dev, test = split(120, 1), split(40, 2), split(60, 3)
    (run,) = finetune(model(), train, dev, test, config=replace(FAST, tune=tune, epochs=3), seeds=[0], device="cpu")
    save_classifier(tmp_path, run, mine, {"name": "x"})
    opened, head, told = open_classifier(tmp_path)
    assert told["tokenizer"] == "kmer6"
    assert np.allclose(predict_shares(opened, head, test.documents), run.shares, atol=1e-5)
    (tmp_path / HEAD).write_bytes(
        write_safetensors({**read_safetensors(tmp_path / HEAD), "0.bias": np.zeros(3, "<f4")})
    )
    with pytest.raises(BundleError, match=r"classifier.safetensors: the head does not fit the model; its files belong"):
        open_classifier(tmp_path)
    (tmp_path / HEAD).unlink()
    with pytest.raises(InputError, match=r"no classifier.safetensors in it; genotok vq finetune writes such folders"):
        open_classifier(tmp_path)


def test_a_head_is_decided_by_its_seed():
    """Hidden layer as wide as the model, GELU, dropout, classes."""
    one, two = build_head(8, 3, seed=1), build_head(8, 3, seed=1)
    assert [type(each).__name__ for each in one] == ["Linear", "GELU", "Dropout", "Linear"]
    assert all(torch.equal(value, two.state_dict()[name]) for name, value in one.state_dict().items())
    assert not torch.equal(one[0].weight, build_head(8, 3, seed=2)[0].weight)
