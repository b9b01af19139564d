"""genotok vq finetune: what it writes and says, what it refuses, how it is stopped, and its examples."""

import csv
import json
import re
import shlex
import signal
import subprocess
import sys

import numpy as np
import pyarrow.parquet
import pytest
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef
from transformers import AutoTokenizer

import genotok.hf  # noqa: F401  # so that AutoTokenizer knows the class
from cli.desk import Desk, environment
from cli.stopping import hear
from genotok.analysis.vq_sets import read_rows
from genotok.cli.vq.reading import open_saved_reader
from genotok.train import finetune as finetuning
from genotok.train import libraries
from genotok.train.finetune_saving import open_classifier, predict_shares
from genotok.train.mlm import build_masked_model
from genotok.train.mlm_saving import save_pretrained
from genotok.train.pooling import Documents
from pretrain.worlds import QUICK, byte_pairs, reader
from vq_eval.worlds import planted, write_csv

pytestmark = pytest.mark.native
FILES = ("--train", "train.csv", "--dev", "dev.csv.gz", "--test", "test.csv")
FAST = ("--epochs", "3", "--lr", "3e-3", "--device", "cpu")


@pytest.fixture
def desk(tmp_path, capsysbinary):
    """A folder with a model that has learned nothing, and rows of two motifs."""
    here = Desk(tmp_path, capsysbinary)
    save_bert(here.folder / "bert", "kmer6")
    for seed, (name, n) in enumerate((("train.csv", 120), ("dev.csv.gz", 40), ("dev.csv", 40), ("test.csv", 50))):
        write_csv(here.folder / name, *planted(n, words=("TTGACATA", "CCGTAAGG"), seed=seed))
    return here


def save_bert(folder, kind, mine=None):
    folder.mkdir()
    mine = mine or reader(kind)
    save_pretrained(folder, build_masked_model(QUICK, mine.space), mine, {"name": "bert"})


def finetune(desk, *words):
    return desk.here("vq", "finetune", "--model", "bert", *FILES, *FAST, *words)


@pytest.mark.parametrize("tune", ["lora", "full", "head"])
def test_scores_are_those_of_the_predictions(desk, tune):
    """By scikit-learn, for each seed; the mean is theirs, the interval holds it, and the saved model is one of them."""
    done = finetune(desk, "-o", "tuned", "--tune", tune, "--seeds", "3")
    assert done.code == 0, done.err
    facts = json.loads((desk.folder / "tuned/finetune.json").read_text())
    with (desk.folder / "tuned/predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    labels = [int(each["label"]) for each in rows]
    assert labels == read_rows(desk.folder / "test.csv").labels.tolist()
    assert [int(each["row"]) for each in rows] == list(range(50))
    said = {seed: [int(each[f"seed_{seed}"]) for each in rows] for seed in range(3)}
    for name, score in (
        ("mcc", matthews_corrcoef), ("f1", lambda a, b: f1_score(a, b, average="macro")), ("accuracy", accuracy_score),
    ):  # fmt: skip
        found = facts["scores"][name]
        assert np.allclose(found["seeds"], [score(labels, said[seed]) for seed in range(3)])
        assert abs(found["mean"] - np.mean(found["seeds"])) < 1e-12
        assert found["low"] <= found["mean"] <= found["high"]
        assert f"{name}: {found['mean']:.4f} ({found['low']:.4f} to {found['high']:.4f}); by seed" in done.err
    shares = np.array([[float(each["share_0"]), float(each["share_1"])] for each in rows])
    assert np.allclose(shares.sum(axis=1), 1, atol=2e-6)
    assert [int(each["predicted"]) for each in rows] == shares.argmax(axis=1).tolist()
    merits = [each["dev_mcc"][each["best_epoch"] - 1] for each in facts["seeds"]]
    assert facts["saved_seed"] == int(np.argmax(merits))
    model, head, told = open_classifier(desk.folder / "tuned")
    mine = open_saved_reader(desk.folder / "tuned", told)
    texts = read_rows(desk.folder / "test.csv").texts
    again = predict_shares(model, head, Documents(mine.read(texts), mine.space, 32))
    assert again.argmax(axis=1).tolist() == said[facts["saved_seed"]]
    assert len(re.findall(r"seed \d, epoch \d: MCC -?\d.\d{4} on dev", done.err)) == sum(
        len(each["dev_mcc"]) for each in facts["seeds"]
    )
    assert "# tuned\n\nbert on kmer6, fitted to 2 classes of DNA.\n" in (desk.folder / "tuned/README.md").read_text()


@pytest.mark.parametrize("kind", ["tree", "wide", "bpe"])
def test_models_of_every_tokenizer_are_fitted(desk, kind):
    """Folded, of several ids a token, of byte pairs; the tokenizer goes along."""
    from genotok.cli.vq.reading import BpeReader

    save_bert(desk.folder / "other", kind, BpeReader(byte_pairs(desk.folder / "pairs.json")) if kind == "bpe" else None)
    done = desk.here("vq", "finetune", "--model", "other", *FILES, *FAST, "--seeds", "1", "-o", "tuned", "-q")
    assert (done.code, done.err) == (0, "")
    one, two = (AutoTokenizer.from_pretrained(desk.folder / name) for name in ("other", "tuned"))
    assert one("ACGTAACC")["input_ids"] == two("ACGTAACC")["input_ids"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("ACGT,0\n", "the header is 'acgt,0'; name the columns: sequence,label"),
        ("sequence,label\nACGT,0\nAC-T,1\n", "bad.csv:3: letter '-' at base 3"),
        ("sequence,label\nACGT,0\nACGT,x\n", "bad.csv:3: label 'x'; classes are 0, 1, 2, .."),
        ("sequence,label\nACGT,0\nACGT\n", "bad.csv:3: 1 cells; the header has 2"),
        ("sequence,label\nACGT,0\n,1\n", "bad.csv:3: a row without sequence; leave the row out"),
        ("sequence,label\nACGT,0\nACGT,2\n", "bad.csv:3: class 2, and no row is of class 1"),
        ("sequence,label\nACGT,0\nACGA,0\n", "bad.csv:2: all rows are of one class"),
        ("sequence,label\n", "bad.csv: no rows"),
    ],
)
def test_faults_of_rows_are_told_with_file_and_line(desk, rows, told):
    """Each in one line, before anything is trained."""
    desk.write("bad.csv", rows)
    words = ["--train", "bad.csv", "--dev", "dev.csv", "--test", "test.csv"]
    done = desk.here("vq", "finetune", "--model", "bert", *words, "-o", "tuned")
    assert done.code == 1
    assert told in done.err
    assert done.err.count("\n") == 1
    assert not (desk.folder / "tuned").exists()


def test_classes_that_train_rows_lack_are_told(desk):
    """With file and line of the split that has them."""
    desk.write("bad.csv", "sequence,label\nACGT,0\nACGT,3\n")
    words = ["--train", "train.csv", "--dev", "dev.csv", "--test", "bad.csv"]
    done = desk.here("vq", "finetune", "--model", "bert", *words, "-o", "tuned")
    assert "bad.csv:3: class 3, which no row of train has; classes are 0 to 1" in done.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--model", "-"], 2, "finetune reads files and folders; name one instead of -"),
        (["--model", "bert", "--rank", "0"], 2, "--rank 0; 1 or more"),
        (["--model", "bert", "--lora-dropout", "1"], 2, "--lora-dropout 1; from 0 to below 1"),
        (["--model", "bert", "--full-lr", "0"], 2, "--full-lr 0; above 0"),
        (["--model", "nowhere"], 1, "nowhere: no such folder; genotok vq pretrain writes such folders"),
        (["--model", "sets"], 1, "sets: no config.json in it; genotok vq pretrain writes such folders"),
        (["--model", "bert", "--device", "cuda:99"], 1, "device='cuda:99': "),
        (["--model", "bert", "--test", "no.csv"], 1, "no.csv"),
    ],
)
def test_what_cannot_be_fitted_is_told_in_one_line(desk, words, code, told):
    """What is wrong with settings, folders and files."""
    (desk.folder / "sets").mkdir()
    done = desk.here("vq", "finetune", *FILES, "-o", "tuned", *words)
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert told in done.err


def test_rows_without_tokens_and_rows_met_before_are_told(desk):
    """Of each split, on either strand; in the facts and in words."""
    text = "ACCATGACAGTTGACATAC"
    other = text[::-1].translate(str.maketrans("ACGT", "TGCA"))
    desk.write("train.csv", f"sequence,label\n{text},0\nNNNNNNNN,1\nGGAGGAGGAGG,1\n")
    desk.write("test.csv", f"sequence,label\n{other},0\nACG,1\nGGAGGAGGAGG,1\n")
    done = finetune(desk, "-o", "tuned", "--seeds", "1", "--tune", "head")
    told = [
        "1 row of train without a known token, read as zeros",
        "1 row of test without a known token, read as zeros",
        "2 rows of test among the train rows too, or the other strand of one",
    ]
    assert json.loads((desk.folder / "tuned/finetune.json").read_text())["notes"] == told
    assert [line for line in done.err.splitlines() if line.startswith("note: ")] == [f"note: {each}" for each in told]


def test_a_fitted_model_tells_classes_of_other_dna(desk):
    """embed gives the shares that the saved model gave the test rows, in both forms."""
    assert finetune(desk, "-o", "tuned", "--seeds", "1", "-q").code == 0
    with (desk.folder / "tuned/predictions.csv").open(newline="") as file:
        shares = np.array([[row["share_0"], row["share_1"]] for row in csv.DictReader(file)], dtype=np.float32)
    for ending in ("parquet", "npz"):
        done = desk.here("vq", "embed", "test.csv", "--model", "tuned", "-o", f"out.{ending}", "--device", "cpu")
        assert f"vectors of 32 numbers, and shares of 2 classes, written to out.{ending}" in done.err
    table = pyarrow.parquet.read_table(desk.folder / "out.parquet").to_pydict()
    with np.load(desk.folder / "out.npz") as found:
        assert np.allclose(found["shares"], shares, atol=1e-5)
        assert np.array_equal(np.array(table["shares"], np.float32), found["shares"])


def test_results_are_not_written_over(desk):
    """Neither those of a run, nor the model that it began with."""
    for folder, name in (("bert", "pretrain.json"), ("tuned", "finetune.json")):
        desk.write(f"{folder}/{name}", "{}")
        told = f"error: {folder}: there is a model in it ({name}); choose another folder\n"
        assert finetune(desk, "-o", folder).err == told


def test_a_missing_package_ends_with_its_command(desk, monkeypatch):
    """Exit code 4."""

    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", refuse)
    done = finetune(desk, "-o", "tuned")
    assert (done.code, done.err) == (4, "error: torch is not installed; pip install 'genotok[pretrain]'\n")


def test_too_large_a_batch_ends_with_half_of_it(desk, monkeypatch):
    """In one line."""
    monkeypatch.setattr(finetuning, "sum_known", lambda *_: (_ for _ in ()).throw(MemoryError()))
    done = finetune(desk, "-o", "tuned", "--batch", "10")
    assert done.err == "error: a batch of 10 rows does not fit the memory; try a batch of 5\n"


def test_ctrl_c_says_how_far_it_was(desk):
    """Exit code 130; nothing is half written."""
    command = [sys.executable, "-m", "genotok", "vq", "finetune", "--model", "bert", *FILES, "--seeds", "500"]
    command += ["-o", "tuned", "--threads", "1"]
    streams = {"stderr": subprocess.PIPE, "text": True, "preexec_fn": hear}
    with subprocess.Popen(command, cwd=desk.folder, env=environment(), **streams) as run:
        told = []
        for line in run.stderr:
            told.append(line)
            if line.startswith("seed 1, epoch 1:"):
                run.send_signal(signal.SIGINT)
        assert run.wait() == 130
    assert re.fullmatch(r"interrupted; \d+ of 500 seeds done, nothing is written\n", told[-1])
    assert not (desk.folder / "tuned").exists()


def test_every_example_of_the_help_runs(desk):
    """As shown, with fewer epochs."""
    lines = re.findall(r"^    (genotok .*)$", desk.here("vq", "finetune", "--help").out.decode(), re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        done = desk.here(*shlex.split(line)[1:], "--epochs", "1")
        assert done.code == 0, done.err
