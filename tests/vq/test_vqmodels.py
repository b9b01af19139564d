"""The tokenizers that come along: small, what their cards say, and the same ids wherever they are opened."""

import hashlib
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

import genotok
from genotok import VQTokenizer
from genotok.errors import ConfigError
from genotok.io.vqcard import render_card
from genotok.kernels.bases import reverse_complement
from genotok.kernels.draws import draw_below

NAMES = sorted(each.name for each in (resources.files("genotok") / "models").iterdir() if each.is_dir())
TABLES = ("vq-compact", "vq-fine")
IDS = {  # SHA-256 of the ids, as <i4, of 100 kb that are drawn
    "vq-fine": "b13ec251601117a32fc0888706a00466eb1d6fd802cce4ec16afcb1031e8531a",
    "vq-compact": "fd2d142ad43bca82107bd25bd7c8d6b5444ab7662bb61c0d3dfcd61bdc4e5ef7",
}
HELD_OUT = {"human": "chr17", "yeast": "sacCer3", "E. coli": "NC_008253"}


def drawn(length=100_000):
    return draw_below(length, 4, 45512).astype(np.uint8)


def card(name):
    return VQTokenizer.from_pretrained(name).card


def test_three_come_along():
    assert NAMES == ["vq-compact", "vq-fine", "vq-hrq"]


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_the_same_on_every_machine(name):
    ids = VQTokenizer.from_pretrained(name).encode_batch([drawn()]).ids
    assert hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest() == IDS[name]


def test_they_weigh_less_than_600_kb_together():
    files = [file for name in NAMES for file in (resources.files("genotok") / "models" / name).iterdir()]
    assert sum(len(file.read_bytes()) for file in files) < 600_000


@pytest.mark.parametrize("name", NAMES)
def test_cards_tell_what_a_model_was_made_of_and_what_it_does(name):
    """Corpus with digests, command, seed, versions, time, usage, bases that come back, limits, licence."""
    told = card(name)
    assert (told["name"], told["seed"]) == (name, 0)
    assert told["command"].startswith("genotok vq train --fasta hg19_chr22_partial_N.fa.gz --fasta sacCer3.fa.gz")
    assert [(each["file"], each["weight"]) for each in told["corpus"]] == [
        ("hg19_chr22_partial_N.fa.gz", 1.0),
        ("sacCer3.fa.gz", 1.0),
        ("NC_008253.fna.gz", 1.0),
        ("NC_045512.fasta", 30.0),
    ]
    assert all(len(each["sha256"]) == 64 for each in told["corpus"])
    assert told["wall_time_s"] > 0
    assert {"genotok", "numpy", "python"} <= set(told["versions"])
    assert told["limits"]
    assert told["licence"].startswith("BSD-3-Clause")
    assert all(each["used"] == each["codes"] for each in told["usage"]), "every code is used"
    told_of = " ".join(each["what"] for each in told["accuracy"])
    assert all(each in told_of for each in HELD_OUT.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_card_is_made_of_its_values(name):
    folder = resources.files("genotok") / "models" / name
    page = (folder / "model_card.md").read_text(encoding="utf-8")
    assert page == render_card(json.loads((folder / "card.json").read_bytes()))


def test_fine_tokens_keep_their_promises():
    """4,096 codes of 11.7 bits or more; 99.9 % of the bases come back; the other strand has the ids, reversed."""
    told = card("vq-fine")
    assert (told["tokens"]["levels"], told["tokens"]["strand_symmetric"]) == ([512, 4096], True)
    assert told["tokens"]["used_bits_per_token"] >= 11.7
    assert min(each["accuracy"] for each in told["accuracy"]) >= 0.999
    tokenizer = VQTokenizer.from_pretrained("vq-fine")
    forward, reverse = (tokenizer.encode_batch([each]).ids for each in (drawn(), reverse_complement(drawn())))
    assert np.array_equal(forward[::-1], reverse)


def test_compact_tokens_keep_their_promises():
    """A token each four bases, 2.9 used bits a base; 99.9 % of the bases come back."""
    told = card("vq-compact")
    assert (told["tokens"]["levels"], told["tokens"]["stride"]) == ([4096], 4)
    assert told["tokens"]["used_bits_per_base"] >= 2.9
    assert min(each["accuracy"] for each in told["accuracy"]) >= 0.999


def test_tokens_of_the_network_keep_their_promises():
    """Two levels, 97 % of the bases of every file come back, those that were held out."""
    told = card("vq-hrq")
    assert told["tokens"]["levels"] == [32, 64]
    assert min(each["accuracy"] for each in told["accuracy"]) >= 0.97


@pytest.mark.parametrize("name", TABLES)
def test_drawn_bases_come_back(name):
    tokenizer = VQTokenizer.from_pretrained(name)
    text = "".join("ACGT"[base] for base in drawn(4_000))
    back = tokenizer.decode(tokenizer.encode(text))
    assert np.mean([one == other for one, other in zip(text, back, strict=True)]) > 0.99


def test_other_names_are_refused_with_the_near_ones():
    with pytest.raises(ConfigError, match="'vq-fien' is no tokenizer and no folder; the wheel has vq-fine"):
        VQTokenizer.from_pretrained("vq-fien")


@pytest.mark.native
def test_importing_opens_no_model():
    """A new process reads nothing below models/ until it is asked."""
    code = (
        "import sys; seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(str(args[0])) if event == 'open' else None)\n"
        "import genotok; genotok.VQTokenizer; print(*seen, sep='\\n')\n"
        "genotok.VQTokenizer.from_pretrained('vq-fine'); print('opened', *seen, sep='\\n')\n"
    )
    home = Path(genotok.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, capture_output=True, text=True, timeout=60, check=True
    )
    before, after = done.stdout.split("opened")
    assert "vq_meaning" in before
    assert "vq-fine" not in before
    assert "vq-fine" in after
