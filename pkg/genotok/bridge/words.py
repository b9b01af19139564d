"""What is said of a universe, of settings and of a result: plain values for the page to show and to give back."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from genotok.analysis.assemblies import ASSEMBLIES, count_beyond, fitting_assemblies
from genotok.analysis.document import Document
from genotok.analysis.summary import count_distinct
from genotok.bridge.desk import SETTINGS, Labels
from genotok.bridge.reading import FileReading
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


def describe_result(reading: FileReading, document: Document, labels: Labels) -> dict[str, Any]:
    """Say what the page shows of a tokenized file besides the reports."""
    tokenizer, tokens = reading.tokenizer, len(document.ids)
    known = tokenizer.universe.chrom_names
    unknown = np.array([*(name not in known for name in document.chrom_names), True])
    special_tokens = tokenizer.specials.by_role()
    return {
        "name": reading.name,
        "crc32": reading.crc32,
        "rows": len(document),
        "hit": reading.hit,
        "tokens": tokens,
        "distinct": count_distinct(document.ids, tokenizer.vocab_size),
        "flat": max(tokens, 1),
        "flat_unk": tokens == 0,
        "chrom_names": list(document.chrom_names),
        "unknown_rows": int(np.count_nonzero(unknown[document.codes])),
        "options": {**describe_settings(tokenizer.config, special_tokens), "rename": reading.renames},
        "universe": {"name": labels.name, "digest": tokenizer.universe.digest},
        "beyond": _rows_beyond(document, labels.assembly or ""),
    }


def _rows_beyond(document: Document, assembly: str) -> dict[str, Any] | None:
    """Count the ends that lie past the chromosomes of the universe's assembly, and say what would fit."""
    if assembly not in ASSEMBLIES:
        return None
    columns = (document.chrom_names, document.codes, document.ends)
    rows = count_beyond(*columns, ASSEMBLIES[assembly])
    return {"assembly": assembly, "rows": rows, "fits": list(fitting_assemblies(*columns))} if rows else None


def is_of_result(words: Mapping[str, Any]) -> bool:
    """Tell whether words have the parts that results are asked for later."""
    mappings = dict.fromkeys(("load", "encode", "options", "universe", "renamed"), dict)
    kinds = {"name": str, "crc32": int, "rows": int, "chrom_names": list, **mappings}
    counts = (("load", "bytes"), ("encode", "regions"), ("encode", "tokens"))
    return (
        all(isinstance(words.get(key), kind) for key, kind in kinds.items())
        and all(isinstance(words[report].get(key), int) for report, key in counts)
        and isinstance(words["load"].get("skipped"), dict)
        and isinstance(words["options"].get("rename"), (dict, str, type(None)))
        and isinstance(words.get("pasted"), (str, type(None)))
    )
