"""From a folder of real BED files to a masked language model that has learnt which regions lie together."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainingArguments,
    set_seed,
)

from genotok import Universe, read_bed
from genotok.hf import GenotokIntervalTokenizer, load_bed_folder

ROOT = Path(__file__).parents[2]
PEAKS = ROOT / "tests/fixtures/overlaps"
ACCESSIBLE = PEAKS / "10x_agg_peaks.hg38.chr21-22.bed.gz"
FILES = {
    "train": (ACCESSIBLE, PEAKS / "ctcf.hg38.chr21-22.bed.gz", PEAKS / "ensembl_regulatory.hg38.chr21-22.bed.gz"),
    "validation": (PEAKS / "test_big.hg38.chr21-22.bed.gz", ROOT / "web/samples/hg38-znf263.bed.gz"),
}
WINDOW = 32  # tokens


def draw_windows(rows, *, count):
    """Draw windows of neighbours along the genome, thinned at random, as sparser files would hold them."""
    random = np.random.default_rng(1)
    windows = []
    for _ in range(count):
        ids = rows["input_ids"][random.integers(len(rows["input_ids"]))]
        span = min(len(ids), int(WINDOW * 2 ** random.uniform(0, 3.3)))
        first = random.integers(len(ids) - span + 1)
        windows.append([ids[first + place] for place in np.sort(random.permutation(span)[:WINDOW])])
    return {"input_ids": windows}


def cut_windows(rows, *, step):
    """Cut documents into windows as they are."""
    return {"input_ids": [ids[at : at + WINDOW] for ids in rows["input_ids"] for at in range(0, len(ids) - 7, step)]}


def frequency_loss(train, targets, size):
    """Cross-entropy in nats a token, if all that is known are the frequencies in training, each one higher."""
    counts = np.bincount(np.concatenate(train["input_ids"][:]), minlength=size) + 1
    return float(-np.log(counts / counts.sum())[targets].mean())


@pytest.fixture
def one_thread():
    """Steps of a model this small are too short to share between cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.slow  # a minute of training
@pytest.mark.usefixtures("one_thread")
def test_a_model_learns_from_real_regions(tmp_path):
    """BED folder, tokenizer, dataset, collator, Trainer: files never seen surprise far less than by frequency."""
    for split, paths in FILES.items():
        (tmp_path / "peaks" / split).mkdir(parents=True)
        for path in paths:
            shutil.copy(path, tmp_path / "peaks" / split)
    accessible = read_bed(ACCESSIBLE)
    universe = Universe.from_regions(accessible.take(np.flatnonzero(accessible.codes == 0)))  # chr21
    tok = GenotokIntervalTokenizer(universe, sort=True)
    data = load_bed_folder(tmp_path / "peaks", tok, cache_dir=tmp_path / "cache")
    words = {"batched": True, "batch_size": None, "remove_columns": data["train"].column_names}
    train = data["train"].map(draw_windows, fn_kwargs={"count": 6000}, **words)
    held = data["validation"].map(cut_windows, fn_kwargs={"step": 8}, **words)

    set_seed(7)
    model = BertForMaskedLM(
        BertConfig(
            vocab_size=len(tok),
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=128,
            max_position_embeddings=WINDOW,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=tok.pad_token_id,
            bos_token_id=tok.bos_token_id,
            eos_token_id=tok.eos_token_id,
        )
    )
    collator = DataCollatorForLanguageModeling(
        tok, mlm_probability=0.15, mask_replace_prob=1.0, random_replace_prob=0.0
    )
    exam = collator(list(held) * 6)
    targets = exam["labels"][exam["labels"] != -100].numpy()

    def held_out_loss():
        with torch.no_grad():
            return float(model.eval()(**exam).loss)

    arguments = TrainingArguments(
        str(tmp_path / "run"),
        max_steps=1000,
        per_device_train_batch_size=16,
        learning_rate=3e-3,
        warmup_steps=100,
        logging_steps=100,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        seed=7,
    )
    trainer = Trainer(model, arguments, collator, train, processing_class=tok)
    untrained = held_out_loss()
    trainer.train()
    curve = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    learnt, frequency = held_out_loss(), frequency_loss(train, targets, len(tok))
    print(f"loss every 100 steps: {curve}; held out: {untrained:.2f} -> {learnt:.2f}, by frequency {frequency:.2f}")
    assert untrained > frequency
    assert learnt < frequency - 1.5  # nats: each region is 4.5 times as likely
    assert len(curve) == 10
    assert curve[-1] < curve[0] - 2

    trainer.save_model(str(tmp_path / "model"))
    assert AutoTokenizer.from_pretrained(tmp_path / "model").interval == tok.interval
    again = BertForMaskedLM.from_pretrained(tmp_path / "model").eval()
    assert float(again(**exam).loss.detach()) == pytest.approx(learnt, abs=1e-4)
