"""From FASTA to a tokenizer by the one entry, and by the command that is stopped and goes on."""

import signal
import subprocess
import sys

import pytest
import torch

from genotok import VQTokenizer
from genotok.errors import MissingExtraError
from genotok.train import libraries
from genotok.train.vq import estimate, plan_training, train
from train_vq.worlds import corpus, fasta

pytestmark = pytest.mark.native
SMALL = {
    "window": 5, "stride": 2, "channels": 8, "width": 8, "blocks": 1, "crop": 48, "batch": 8, "steps": 20, "rate": 1e-2,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "levels"), [("flat", (16,)), ("hrq", (4, 8)), ("rvq", (4, 8)), ("fsq", (4, 3, 5))])
def test_every_quantiser_becomes_a_tokenizer(tmp_path, kind, levels):
    """Trained, frozen, held against NumPy, judged, saved, opened again; the card tells how."""
    plan = plan_training("strided", quantizer=kind, levels=levels, **SMALL)
    told = []
    model = train(corpus(), plan, folder=tmp_path / "run", name=kind, device="cpu", on_measure=told.append)
    card = model.card
    assert card["self_test"] == {"tokens": 50_000, "differing": card["self_test"]["differing"]}
    assert card["steps"] == 20
    assert card["parameters"] == plan.network.n_parameters
    assert card["best"] == min((each for each in told if each["used"]), key=lambda each: each["bits"])
    assert card["accuracy"][0]["accuracy"] > 0.3
    assert card["versions"]["torch"] == torch.__version__
    VQTokenizer(model).save_pretrained(tmp_path / "model")
    again = VQTokenizer.from_pretrained(str(tmp_path / "model"))
    assert again.encode("ACGTNACGT") == VQTokenizer(model).encode("ACGTNACGT")
    assert again.card["best"] == card["best"]


def test_an_estimate_is_the_plan_s(tmp_path):
    """As the command tells it before it trains."""
    found = estimate(plan_training("strided", **SMALL), 10_000, device="cpu")
    assert found["steps"] == 20
    assert found["seconds"] > 0


def test_without_torch_a_network_cannot_be_trained(tmp_path, monkeypatch):
    """One line with the command that helps; tables need none."""

    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", refuse)
    with pytest.raises(MissingExtraError, match=r"torch is not installed; pip install 'genotok\[train\]'"):
        train(corpus(), plan_training("strided", **SMALL), folder=tmp_path)
    assert train(corpus(), plan_training("table", window=4, levels=(4, 16))).codebook.sizes == (4, 16)
    with pytest.raises(MissingExtraError, match="torch is not installed"):
        train(corpus(), plan_training("table", window=4, levels=(4, 16), steps=5))


def test_the_command_is_stopped_by_ctrl_c_and_goes_on(tmp_path):
    """Exit code 130 with a checkpoint; --resume ends with a model."""
    (tmp_path / "dna.fa").write_bytes(fasta(100_000))
    words = (
        "--preset strided --window 5 --channels 8 --width 8 --blocks 1 --crop 48 --batch 8 --levels 4,8 --device cpu"
    )
    command = [sys.executable, "-m", "genotok", "vq", "train", "--fasta", str(tmp_path / "dna.fa"), *words.split()]
    command += ["--threads", "1", "--steps", "400", "-o", str(tmp_path / "model")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        for line in run.stderr:
            if line.startswith("step 100"):
                run.send_signal(signal.SIGINT)
        assert run.wait() == 130
    kept = sorted(path.name for path in (tmp_path / "model").glob("step-*"))
    assert kept
    assert kept[-1] < "step-000400"
    rest = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False)
    assert rest.returncode == 0, rest.stderr
    assert "step 400" in rest.stderr
    assert "step 100:" not in rest.stderr
    assert VQTokenizer.from_pretrained(str(tmp_path / "model")).levels == (4, 8)
