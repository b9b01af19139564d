"""What is said of a universe and of settings: plain values for the page to show and to give back."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from genotok.bridge.desk import SETTINGS, Labels
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer


def describe_settings(config: IntervalConfig, special_tokens: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that the page knows, as `configure` takes them."""
    return {**{key: getattr(config, key) for key in SETTINGS}, "special_tokens": dict(special_tokens)}


def describe_universe(tokenizer: IntervalTokenizer, labels: Labels) -> dict[str, Any]:
    """Say what the page shows of the universe in use."""
    universe, regions = tokenizer.universe, tokenizer.universe.regions
    rows = np.bincount(regions.codes, minlength=len(regions.chrom_names)).tolist()
    widths = regions.ends - regions.starts
    quantiles = np.quantile(widths, [0, 0.25, 0.5, 0.75, 1], method="nearest").tolist()
    return {
        "name": labels.name,
        "n": len(universe),
        "digest": universe.digest,
        "chrom_names": list(regions.chrom_names),
        "chroms": dict(zip(regions.chrom_names, rows, strict=True)),
        "widths": {
            **dict(zip(("min", "q1", "median", "q3", "max"), quantiles, strict=True)),
            "bases": int(np.maximum(widths, 0).sum(dtype=np.int64)),
        },
        "assembly": labels.assembly,
        "licence": labels.licence,
        "source": labels.source,
        "report": universe.report.to_dict(),
        "warnings": list(labels.warnings),
        "classes": list(labels.class_names),
        "vocab_size": tokenizer.vocab_size,
        "special_ids": tokenizer.vocabulary.special_ids,
    }
