"""genotok vq pretrain: what it writes and says, what it refuses, how it is stopped, and its examples."""

import gzip
import json
import re
import shlex
import signal
import subprocess
import sys

import pytest
from transformers import AutoModelForMaskedLM, AutoTokenizer

import genotok.hf  # noqa: F401  # so that AutoTokenizer knows the class
from cli.desk import Desk, environment
from cli.stopping import hear
from genotok import VQTokenizer
from genotok.train import libraries, mlm_loop
from pretrain.worlds import byte_pairs, dna, fasta

pytestmark = pytest.mark.native
SMALL = shlex.split("--layers 1 --hidden 16 --ffn 32 --tokens 32 --batch 4 --steps 4 --every 2 --device cpu --lr 5e-3")


@pytest.fixture
def desk(tmp_path, capsysbinary):
    here = Desk(tmp_path, capsysbinary)
    here.write("genome.fa.gz", gzip.compress(fasta(110_000), mtime=0))
    return here


def pretrain(desk, *words):
    return desk.here("vq", "pretrain", "--fasta", "genome.fa.gz", *SMALL, *words)


@pytest.mark.parametrize("name", ["vq-fine", "vq-compact", "char", "kmer3", "kmer4-merged", "bpe"])
def test_a_folder_for_transformers_is_written(desk, name):
    """Model, tokenizer, card, facts and measures; the checkpoints are gone."""
    byte_pairs(desk.folder / "pairs.json")
    done = pretrain(desk, "-t", name, "-o", "bert", *(["--bpe", "pairs.json"] if name == "bpe" else []))
    assert done.code == 0, done.err
    folder = desk.folder / "bert"
    facts = json.loads((folder / "pretrain.json").read_text())
    assert facts["tokens"]["tokenizer"] == name
    assert [facts["steps"], facts["settings"]["turned"]] == [4, name in ("vq-fine", "kmer4-merged")]
    assert facts["corpus"][0]["file"] == "genome.fa.gz"
    assert facts["command"].startswith("genotok vq pretrain --fasta genome.fa.gz --tokenizer ")
    assert [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()] == [2, 4]
    assert not (folder / "run").exists()
    found = re.findall(r"step (\d): loss (\S+); .* % of hidden tokens right", done.err)
    assert [each[0] for each in found] == ["2", "4"]
    assert f"loss {facts['tokens']['loss']:.4f} (of chance " in done.err
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    ids = tokenizer("ACGTACGTACGTACGT", return_tensors="pt")
    assert model(**ids).logits.shape == (*ids["input_ids"].shape, len(tokenizer))
    if name.startswith("vq"):
        assert VQTokenizer.from_pretrained(folder) == VQTokenizer.from_pretrained(name)
    card = (folder / "README.md").read_text()
    assert "do not reproduce the paper's Table 2" in card
    assert ("Windows overlap" in card) == (name not in ("char", "bpe"))


def test_the_written_command_says_the_settings(desk):
    """Those that are not the usual ones."""
    assert pretrain(desk, "-o", "bert", "--mask", "0.5", "--no-rc", "--report", "none").code == 0
    facts = json.loads((desk.folder / "bert/pretrain.json").read_text())
    assert facts["command"] == (
        "genotok vq pretrain --fasta genome.fa.gz --tokenizer vq-fine --layers 1 --hidden 16 --ffn 32 --tokens 32 "
        "--batch 4 --steps 4 --mask 0.5 --lr 0.005 --every 2 --device cpu --no-rc"
    )
    assert facts["settings"]["share"] == 0.5


def test_a_model_is_not_written_over(desk):
    """Neither by another, nor over a tokenizer of another kind."""
    assert pretrain(desk, "-t", "char", "-o", "bert", "-q").err == ""
    told = pretrain(desk, "-t", "char", "-o", "bert")
    assert (told.code, told.err) == (
        1, "error: bert: there is a pretrained model in it; choose another folder, or remove this one\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--fasta", "-"], 2, "pretrain reads its input more than once; name a file instead of -"),
        (["--fasta", "genome.fa.gz", "--mask", "1"], 2, "--mask 1; from 0 to below 1"),
        (["--fasta", "genome.fa.gz", "--hidden", "15"], 2, "--hidden 15 in 2 heads; a multiple of the heads"),
        (["--fasta", "genome.fa.gz", "--preset", "tpu"], 2, "--preset 'tpu' is not known; there are cpu, h200"),
        (["--fasta", "genome.fa.gz", "-t", "kmer9"], 1, "kmer9 is no tokenizer; words of up to 7 letters"),
        (["--fasta", "genome.fa.gz", "-t", "vq-fin"], 1, "'vq-fin' is no tokenizer and no folder; the wheel has vq-fi"),
        (["--fasta", "genome.fa.gz", "-t", "bpe"], 1, "bpe without its vocabulary; --bpe FILE names"),
        (["--fasta", "q.bed"], 1, "q.bed"),
        (["--fasta", "nothing.fa"], 1, "nothing.fa: no such file; check the path"),
        (["--fasta", "short.fa"], 1, "nothing to train on: 8 bases, 8 of them known, none of it in 263 bp or more"),
        (["--fasta", "genome.fa.gz", "--device", "cuda:99"], 1, "device='cuda:99': "),
    ],
)
def test_what_cannot_be_pretrained_is_told_in_one_line(desk, words, code, told):
    """What is wrong with files, settings and names."""
    desk.write("short.fa", ">a\nACGTACGT\n")
    done = desk.here("vq", "pretrain", "-o", "bert", *words)
    assert done.code == code
    assert told in done.err
    assert done.err.count("\n") == 1
    assert not (desk.folder / "bert").exists()


def test_what_it_was_judged_on_is_told(desk):
    """Held-out crops, or, where no record is long enough to keep an end, those it learned from."""
    text = dna(3000, 5)
    for length, told in ((3000, "crops that were learned from too"), (110_000, "held-out crops")):
        desk.write("some.fa", f">a\n{(text * 40)[:length]}\n")
        done = desk.here("vq", "pretrain", "--fasta", "some.fa", *SMALL, "-t", "char", "-o", f"{length}")
        assert f" hidden tokens of {told}\n" in done.err
        assert json.loads((desk.folder / f"{length}/pretrain.json").read_text())["tokens"]["measured_on"] == told


def test_names_of_rivals_are_told(desk):
    """With those of the wheel, when a name is neither."""
    done = desk.here("vq", "pretrain", "--fasta", "genome.fa.gz", "-t", "chars", "-o", "bert")
    assert done.err.endswith("or give a path; rivals are char, kmer3 .. kmer7, kmer6-step6, kmer7-merged, bpe\n")


def test_a_missing_package_ends_with_its_command(desk, monkeypatch):
    """Exit code 4."""

    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", refuse)
    done = pretrain(desk, "-o", "bert")
    assert (done.code, done.err) == (4, "error: torch is not installed; pip install 'genotok[pretrain]'\n")


def test_too_large_a_batch_ends_with_half_of_it(desk, monkeypatch):
    """In one line."""
    monkeypatch.setattr(mlm_loop, "masked_loss", lambda *_: (_ for _ in ()).throw(MemoryError()))
    done = pretrain(desk, "-o", "bert")
    assert done.err == "error: a batch of 4 rows of 32 tokens does not fit the memory; try a batch of 2\n"


def test_ctrl_c_keeps_a_checkpoint_and_resume_goes_on(desk):
    """Exit code 130; the model is the one of a run that was not stopped."""
    words = ["vq", "pretrain", "--fasta", "genome.fa.gz", *SMALL, "--steps", "200", "--every", "50", "--threads", "1"]
    command = [sys.executable, "-m", "genotok", *words, "-o", "a"]
    streams = {"stderr": subprocess.PIPE, "text": True, "preexec_fn": hear}
    with subprocess.Popen(command, cwd=desk.folder, env=environment(), **streams) as run:
        told = []
        for line in run.stderr:
            told.append(line)
            if line.startswith("step 50:"):
                run.send_signal(signal.SIGINT)
        assert run.wait() == 130
    assert re.fullmatch(r"interrupted; \d+ steps kept in a/run, --resume goes on from there\n", told[-1])
    rest = desk.here(*words, "-o", "a", "--resume")
    assert rest.code == 0, rest.err
    assert "step 200:" in rest.err
    assert "step 50:" not in rest.err
    assert desk.here(*words, "-o", "b", "-q").code == 0
    for name in ("model.safetensors", "metrics.jsonl", "config.json"):
        assert (desk.folder / "a" / name).read_bytes() == (desk.folder / "b" / name).read_bytes()


def test_every_example_of_the_help_runs(desk):
    """As shown, with fewer steps where it would take minutes."""
    lines = re.findall(r"^    (genotok .*)$", desk.here("vq", "pretrain", "--help").out.decode(), re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        words = shlex.split(line)[1:]
        done = desk.here(*words, *([] if "--steps" in words else ["--steps", "2", "--batch", "2"]))
        assert done.code == 0, done.err
