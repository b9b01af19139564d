"""DNA that a small network can learn, settings that are quick, and numbers that are the same everywhere."""

from functools import cache
from io import BytesIO

import numpy as np

from genotok.kernels.draws import draw_below, draw_words
from genotok.train.vq_corpus import read_corpus
from genotok.train.vq_presets import NetworkConfig

QUICK = NetworkConfig(
    levels=(4, 8), window=5, stride=2, channels=8, width=8, blocks=2, crop=48, batch=8, steps=24, every=6, warmup=0.25
)


def rows(count, width, seed):
    """Draw numbers from -2 to 2 that are the same everywhere: float32 (count, width)."""
    shares = (draw_words(count * width, seed) >> np.uint64(40)).astype(np.float64) / 2**24
    return (4 * shares - 2).astype(np.float32).reshape(count, width)


def fasta(length, seed=0):
    """Write DNA in which few words of eight letters are common: 64 of them follow each other at random."""
    words = draw_below(64 * 8, 4, seed).astype(np.uint8).reshape(64, 8)
    text = np.frombuffer(b"ACGT", np.uint8)[words[draw_below(length // 8, 64, seed + 1)]].ravel()
    return b">one\n" + text.tobytes() + b"\n"


@cache
def corpus(length=100_000, seed=0):
    return read_corpus([BytesIO(fasta(length, seed))], crop=48)
