"""Small tokenizers and ways to open them in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import genotok
from genotok import IntervalTokenizer, Regions, Universe
from genotok.hf import GenotokIntervalTokenizer

# Python 3.12 and 3.13 warn that torch's threads and the processes of datasets don't go together; these use no torch
FORKS = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr2", 40, 60)]
DOCUMENT = [("chr2", 0, 6), ("chr1", 0, 100), ("chrX", 1, 2)]
BATCH = [[("chr1", 18, 19)], DOCUMENT, [("chrX", 5, 6)]]


def interval(texts=None, **settings):
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)), texts).replace(**settings)


def tokenizer(**words):
    return GenotokIntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)), **words)


def run(code, *words, **environment):
    """Run code in a fresh interpreter without torch or a network; what it prints last as JSON comes back."""
    source = str(Path(genotok.__file__).parents[1])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "COV"))}
    settings = {"PYTHONPATH": source, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "*"}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['torch'] = None\n" + code, json.dumps(words)],
        env=clean | settings | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class Collate:
    """Tokenizes in a loader's process, which finds it here; other packages than ours install a `tests`."""

    def __init__(self, tok):
        self.tok = tok

    def __call__(self, documents):
        return self.tok(list(documents), padding="max_length", max_length=8, return_tensors="pt")
