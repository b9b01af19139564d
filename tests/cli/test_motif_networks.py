"""genotok motif train, evaluate, attribute, tf-auc: fronts of genotok.train; one run is shared, made once."""

import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cli.desk import environment
from cli.motifdesk import human, made
from cli.stopping import start_program, wait_for
from genotok.cli.app import run
from genotok.io.fasta import read_fasta
from genotok.io.tracks import open_track
from genotok.tokenizers.motif import MotifTokenizer
from genotok.train.attribution import deeplift
from genotok.train.checkpoints import open_model
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import predict_contigs
from genotok.train.runs import read_inputs
from genotok.train.sources import contigs_of_genome

pytestmark = pytest.mark.native

SMALL = ("--length", "60", "--scale", "32", "--device", "cpu")
TRAIN = ("motif", "train", "-t", "model", "hg38.fa.gz", "--track", "atac.bdg.gz", *SMALL)


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def trained():
    """The folder of a run of two epochs, and what it reported."""
    folder = made()
    words = ["motif", "train", "-t", str(folder / "model"), str(folder / "hg38.fa.gz"), *SMALL, "--epochs", "2", "-q"]
    words += ["--track", str(folder / "atac.bdg.gz"), "-o", str(folder / "run"), "--rate", "0.003"]
    assert run([*words, "--report-file", str(folder / "told.json")]) == 0
    return json.loads((folder / "told.json").read_text())


@pytest.fixture
def world(desk):
    trained()
    for path in made().iterdir():
        (desk.folder / path.name).symlink_to(path)
    return desk


def without_seconds(records):
    return [{name: value for name, value in each.items() if name != "seconds"} for each in records]


def test_a_run_tells_of_every_epoch_and_of_what_needs_no_network(world):
    told, folder = trained(), world.folder / "run"
    assert told["inputs"]["split"] == {"train": ["chr1"], "validation": ["chr15"], "test": ["chr10"]}
    assert told["inputs"]["windows"] == {"length": 60, "stride": 24, "crop": 6, "shift": 12}
    assert [each["name"] for each in told["controls"]] == ["tokens", "4-mers", "5-mers", "composition"]
    assert json.loads((folder / "report.json").read_text()) == told
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert lines == told["epochs"]
    rows = [line.split("\t") for line in (folder / "curve.tsv").read_text().splitlines()]
    assert rows[0][:2] == ["epoch", "loss"]
    assert [float(row[1]) for row in rows[1:]] == pytest.approx([each["loss"] for each in lines], rel=1e-6)
    assert (folder / "curve.svg").read_text().startswith("<svg")


@cache
def _contig():
    genome = {"chr10": read_fasta(made() / "hg38.fa.gz")["chr10"]}
    tokenizer = MotifTokenizer.from_pretrained(made() / "run/tokenizer")
    return contigs_of_genome(tokenizer, genome, open_track(made() / "atac.bdg.gz"))[0]


def test_what_is_told_is_what_python_finds(world):
    """The same figures, by the functions of genotok.train on the saved weights."""
    inputs = read_inputs(world.folder / "run")
    dataset = WindowDataset.to_score([_contig()], inputs.windows, scaling=inputs.scaling)
    found = predict_contigs(open_model(world.folder / "run"), dataset, device="cpu")
    told = trained()["test"]
    assert told["agreement"]["windows"] == len(dataset)
    assert told["agreement"] == pytest.approx(found.agreement.to_dict())
    grid = found.on_grid(open_track(world.folder / "atac.bdg.gz")).agreement
    assert told["on_16_bp"] == pytest.approx(grid.to_dict())
    done = world.here(
        *("motif", "evaluate", "run", "hg38.fa.gz", "--track", "atac.bdg.gz", "--device", "cpu"),
        *("--json", "--predictions", "said.bedGraph.gz", "--plot", "tracks.svg"),
    )
    assert done.code == 0, done.err
    again = json.loads(done.out)
    assert again["test"] == told
    rows = [line.split() for line in gzip.decompress((world.folder / "said.bedGraph.gz").read_bytes()).splitlines()]
    assert [float(row[3]) for row in rows] == pytest.approx(np.expm1(found.values[0][:, 0] * 4.0).tolist(), rel=1e-5)
    assert (world.folder / "tracks.tsv").read_text().count("\n") == len(rows) + 1
    text = world.here("motif", "evaluate", "run", "hg38.fa.gz", "--track", "atac.bdg.gz", "--contigs", "chr15,chr1")
    assert "correlation on chr15, chr1:" in text.out.decode()


def test_a_run_stopped_by_ctrl_c_leaves_an_epoch_to_ask_and_goes_on_with_resume(world):
    """To the same records and weights; what is asked in between is the best epoch so far."""
    words = (*TRAIN, "-o", "cut", "--epochs", "5", "--rate", "0.003", "--no-controls")
    process = start_program(world, *world.command(*words), OMP_NUM_THREADS="1")  # as here: others add up otherwise
    lines = world.folder / "cut/metrics.jsonl"
    wait_for(lambda: lines.exists() and lines.read_text().count("\n") > 1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=90)
    assert process.returncode == 130, told
    assert re.search(rb"interrupted; [1-4] whole epochs? in cut, --resume goes on from there", told)
    assert b"epoch 1 of 5: loss " in told
    assert not [path for path in (world.folder / "cut").iterdir() if path.name.startswith(".")]
    asked = world.here("motif", "evaluate", "cut", "hg38.fa.gz", "--track", "atac.bdg.gz", "--device", "cpu")
    assert asked.code == 0, asked.err
    refused = world.here(*words)
    assert (refused.code, "cut holds an earlier run; add --resume" in refused.err) == (2, True)
    other = world.here(*words, "--resume", "--noise", "1")
    assert (other.code, "has noise 0.0, this one 1.0" in other.err) == (1, True)
    assert world.here(*words, "--resume", "-q").code == 0
    whole = world.here(*words[: words.index("-o")], "-o", "whole", *words[words.index("-o") + 2 :], "-q")
    assert whole.code == 0
    runs = [json.loads((world.folder / name / "report.json").read_text()) for name in ("cut", "whole")]
    assert without_seconds(runs[0]["epochs"]) == without_seconds(runs[1]["epochs"])
    for name in ("best.npz", "last.npz"):
        assert (world.folder / "cut" / name).read_bytes() == (world.folder / "whole" / name).read_bytes()


def test_letters_and_a_store_are_learnt_from_too(world):
    """A network on letters sees windows of as many units; a store gives the tokens that encoding gives."""
    done = world.here(
        *TRAIN, "-o", "letters", "--epochs", "1", "--input", "onehot", "--no-controls", "--report", "json"
    )
    assert done.code == 0, done.err
    told = json.loads(done.err[done.err.index("{") :])
    assert (told["model"]["input"], told["model"]["channels"], told["inputs"]["scaling"]) == ("onehot", 4, None)
    assert told["training_windows"] == trained()["training_windows"]
    assert told["test"]["agreement"] == told["test"]["on_16_bp"]
    loci = world.here("motif", "tf-auc", "letters", "hg38.fa.gz", "--loci", "loci.tsv", "--json", "--device", "cpu")
    assert [each["factor"] for each in json.loads(loci.out)["factors"]] == ["CTCF", "SP1"]
    fit = ("motif", "fit", "hg38.fa.gz", "-o", "m", "--motifs", "motifs.npz", "--min-count", "2", "--store", "parts")
    assert world.here(*fit, "--block", "8000", "-q").code == 0
    evaluate = ("motif", "evaluate", "run", "hg38.fa.gz", "--track", "atac.bdg.gz", "--json", "--store")
    assert json.loads(world.here(*evaluate, "parts").out)["test"] == trained()["test"]
    wrong = world.here(*evaluate, "bins")
    assert (wrong.code, "no contig 'chr10' in the store" in wrong.err) == (1, True)


def test_attributions_add_up_and_the_largest_come_first(world):
    """The table holds the largest of what Python gives for the same window."""
    words = ("motif", "attribute", "run", "hg38.fa.gz", "--regions", "open.bed", "--method", "deeplift")
    done = world.here(*words, "--device", "cpu", "--top", "0", "-o", "all.tsv.gz", "--json", "--plot", "why.svg")
    assert done.code == 0, done.err
    told = json.loads(done.out)["windows"]
    assert [each["contig"] for each in told] == ["chr10", "chr15"]
    assert max(each["error"] for each in told) < 1e-3
    text = gzip.decompress((world.folder / "all.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    for each in told:
        values = [float(row[7]) for row in rows if int(row[0]) == each["region"]]
        assert sum(values) == pytest.approx(each["prediction"] - each["baseline"], rel=1e-3, abs=1e-9)
        assert [abs(value) for value in values] == sorted(map(abs, values), reverse=True)
    inputs = read_inputs(world.folder / "run")
    edges = _contig().boundaries
    start = int(np.searchsorted(edges, told[0]["start"]))
    windows = WindowDataset.to_score([_contig()], inputs.windows).windows
    one = [np.array([each], dtype=np.int64) for each in (0, start, start + 6, start + 54)]
    dataset = WindowDataset([_contig()], windows._replace(**dict(zip(windows._fields, one, strict=False))), length=60)
    item = dataset.scaled(dataset[0]["inputs"]) if dataset.scaling else inputs.scaling
    raw = (dataset[0]["inputs"] - np.float32(item.mean)) * np.float32(item.factor)
    found = deeplift(open_model(world.folder / "run"), raw[None], crop=6, device="cpu")
    assert found.targets[0] == pytest.approx(told[0]["prediction"])
    largest = float(np.abs(found.values).max())
    assert abs(float(rows[0][7])) == pytest.approx(largest, rel=1e-5)
    inside = world.here(*words, "--inside", "--top", "2", "--device", "cpu").out.decode().splitlines()[1:]
    assert len(inside) == 4
    assert all(int(row.split("\t")[3]) > 1000 and int(row.split("\t")[2]) < 1200 for row in inside[:2])


def test_factors_are_told_beside_two_controls(world):
    words = ("motif", "tf-auc", "run", "hg38.fa.gz", "--loci", "loci.tsv", "--device", "cpu", "--draws", "50")
    done = world.here(*words, "--json", "--scores", "scores.tsv", "--plot", "auc.svg")
    assert done.code == 0, done.err
    told = json.loads(done.out)["factors"]
    assert [(each["factor"], each["bound"], each["unbound"]) for each in told] == [("CTCF", 4, 4), ("SP1", 4, 4)]
    rows = [line.split("\t") for line in (world.folder / "scores.tsv").read_text().splitlines()[1:]]
    for each in told:
        own = [row for row in rows if row[3] == each["factor"]]
        for at, kind in enumerate(("attribution", "best_pwm", "token_value"), start=5):
            true, false = ([float(row[at]) for row in own if row[4] == word] for word in ("bound", "unbound"))
            wins = sum((one > two) + 0.5 * (one == two) for one in true for two in false)
            assert each[kind]["auc"] == pytest.approx(wins / 16)
            assert each[kind]["low"] <= each[kind]["auc"] <= each[kind]["high"]
    assert "mean area: attribution" in world.here(*words).out.decode()
    assert (world.folder / "auc.tsv").read_text().count("\n") == 7


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (
            (*TRAIN, "-o", "x", "--val", "chr7"),
            1,
            "no contig 'chr7', which is for validation; contigs begin with chr1,",
        ),
        ((*TRAIN, "-o", "x", "--val", "chr10"), 1, "chr10 is given twice"),
        ((*TRAIN, "-o", "x", "--epochs", "0"), 1, "epochs=0; 1 or more"),
        ((*TRAIN, "-o", "x", "--device", "tpu"), 1, "device='tpu'"),
        ((*TRAIN, "-o", "x", "--length", "2000"), 1, "no window to look at"),
        ((*TRAIN, "-o", "x", "--track", "signal.bedGraph.gz"), 1, "signal.bedGraph.gz: no contig of the genome has"),
        (
            (*TRAIN, "-o", "x", "--track", "half.bedGraph"),
            1,
            "half.bedGraph: no value on chr15, which is all there is for",
        ),
        ((*TRAIN, "-o", "x", "--track", "long.bedGraph"), 1, "long.bedGraph:1: end 99,999 is beyond chr1"),
        ((*TRAIN, "-o", "x", "--store", "bins"), 1, "no contig 'chr15', which is for validation"),
        ((*TRAIN, "-o", "hg38.fa.gz"), 2, "hg38.fa.gz"),
        (("motif", "evaluate", "nowhere", "hg38.fa.gz", "--track", "atac.bdg.gz"), 1, "nowhere: no such folder"),
        (("motif", "evaluate", "model", "hg38.fa.gz", "--track", "atac.bdg.gz"), 1, "model: no training run here"),
        (
            ("motif", "evaluate", "run", "genome.fa.gz", "--track", "signal.bedGraph.gz"),
            1,
            "no contig 'chr10' in the gen",
        ),
        (
            ("motif", "evaluate", "run", "hg38.fa.gz", *["--track", "atac.bdg.gz"] * 2),
            2,
            "predicts 1, and --track nam",
        ),
        (("motif", "attribute", "run", "hg38.fa.gz", "--regions", "regions.bed"), 1, "no contig 'chrA' in the genome"),
        (
            ("motif", "attribute", "run", "hg38.fa.gz", "--regions", "open.bed", "--track", "2"),
            1,
            "track 2; the network",
        ),
        (("motif", "attribute", "run", "hg38.fa.gz", "--regions", "open.bed", "--json"), 2, "--json goes to stdout"),
        (
            ("motif", "attribute", "run", "hg38.fa.gz", "--regions", "open.bed", "--baseline", "around"),
            2,
            "add --method",
        ),
        (("motif", "tf-auc", "run", "hg38.fa.gz", "--loci", "open.bed"), 1, "open.bed:1: no locus of a factor"),
    ],
)
def test_what_can_not_be_done_is_one_line(world, words, code, expected):
    world.write("half.bedGraph", "chr1\t0\t100\t1\n")
    world.write("long.bedGraph", "chr1\t0\t99999\t1\n")
    done = world.here(*words)
    assert (done.code, done.err.count("\n")) == (code, 1), done.err
    assert expected in " ".join(done.err.split())
    assert not (world.folder / "x/train.json").exists()


def test_a_damaged_run_is_told_by_its_file(world):
    shutil.copytree(made() / "run", world.folder / "broken")
    for name, content, expected in (
        ("best.npz", b"PK", "best.npz: the weights are damaged or not there"),
        ("inputs.json", b"{}", "inputs.json: this says nothing of a run"),
    ):
        (world.folder / "broken" / name).write_bytes(content)
        done = world.here("motif", "evaluate", "broken", "hg38.fa.gz", "--track", "atac.bdg.gz")
        assert (done.code, expected in done.err) == (1, True), done.err


def test_without_torch_the_extra_is_named(world):
    """And nothing loads it for words alone."""
    code = "import sys; sys.modules['torch'] = None; from genotok.cli.app import run; sys.exit(run(sys.argv[1:]))"
    for words in ((*TRAIN, "-o", "x"), ("motif", "tf-auc", "run", "hg38.fa.gz", "--loci", "loci.tsv")):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=world.folder, env=environment(), capture_output=True, timeout=90
        )
        assert done.returncode == 4
        assert b"torch is not installed; pip install 'genotok[train]'" in done.stderr


def test_the_world_has_the_contigs_that_are_the_defaults():
    assert list(human()) == ["chr1", "chr10", "chr15"]
    assert Path(made() / "hg38.fa.gz").is_file()
