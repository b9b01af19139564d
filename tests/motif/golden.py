"""The golden files, opened."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "golden"
PIECES = ("chr17_400000_450000", "chr22_20100000_20150000")
RULES = ("rel80", "p1e4")


@cache
def answers():
    with np.load(FOLDER / "golden.npz") as archive:
        return dict(archive)


@cache
def subset_answers():
    with np.load(FOLDER / "golden_subset24.npz") as archive:
        return dict(archive)


@cache
def sequences():
    records = gzip.decompress((FOLDER / "golden.fa.gz").read_bytes()).decode().split(">")[1:]
    return {record.split(None, 1)[0]: "".join(record.split("\n")[1:]) for record in records}


@cache
def thresholds(rule):
    from genotok.values.motifs import MotifSet
    from genotok.values.thresholds import ThresholdRule, thresholds_of

    return thresholds_of(MotifSet.from_jaspar(), ThresholdRule(pvalue=None if rule == "rel80" else 1e-4))


@cache
def plan(rule):
    from genotok.kernels.scanplan import plan_scan
    from genotok.values.motifs import MotifSet

    motifs = MotifSet.from_jaspar()
    return plan_scan(motifs.scores, motifs.offsets, thresholds(rule).budgets)


@cache
def codes(piece):
    from genotok.kernels.bases import encode_letters

    return encode_letters(np.frombuffer(sequences()[piece].encode(), dtype=np.uint8))


@cache
def scanned(piece, rule):
    """Scan a piece for all 841 motifs: starts and offsets."""
    from genotok.kernels.scanning import index_words, scan

    return scan(index_words(codes(piece), shortest=6), plan(rule))
