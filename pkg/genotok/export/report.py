"""The account of a run as plain values: one shape for the terminal's ``--report json`` and the page."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from genotok import __version__
from genotok.export.manifest import ManifestLine
from genotok.tokenizers.interval import IntervalTokenizer

BAD_ROWS = ("reversed", "negative", "out_of_range", "unreadable")  # skipped although they meant to be regions


def describe_run(
    tokenizer: IntervalTokenizer,
    *,
    universe: str,
    options: Mapping[str, Any],
    warnings: Sequence[str],
    documents: Sequence[Mapping[str, Any]],
    kept: Sequence[ManifestLine] = (),
    failed: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return what became of every input; nothing in it depends on the clock or the number of jobs.

    ``universe`` is the path as given, ``options`` are those of `meta.describe_options`, ``documents`` have the keys
    document, input, load, encode (reports as plain values) and renamed, ``kept`` are inputs done by an earlier run.
    """
    regions = sum(each["encode"]["regions"] for each in documents) + sum(line.regions for line in kept)
    tokens = sum(each["encode"]["tokens"] for each in documents) + sum(line.tokens for line in kept)
    return {
        "genotok": __version__,
        "universe": {
            "path": universe,
            "regions": tokenizer.universe.n_regions,
            "sha256": tokenizer.universe.digest,
            "vocab_size": tokenizer.vocabulary.vocab_size,
            "load": tokenizer.universe.report.to_dict(),
        },
        "options": dict(options),
        "warnings": list(warnings),
        "documents": list(documents),
        "kept": [line.input for line in kept],
        "failed": list(failed),
        "totals": {
            "inputs": len(documents) + len(kept) + len(failed),
            "regions": regions,
            "tokens": tokens,
            "bad_rows": count_bad_rows(
                tokenizer.universe.report.skipped,
                *(each["load"]["skipped"] for each in documents),
                *(line.skipped for line in kept),
            ),
        },
    }


def count_bad_rows(*skipped: Mapping[str, int]) -> int:
    """Count the rows that were left out because they broke the rules, over counts by reason."""
    return sum(each.get(reason, 0) for each in skipped for reason in BAD_ROWS)


def render_run(account: Mapping[str, Any]) -> str:
    """Render an account as the JSON text that is shown and saved, without its last line end."""
    return json.dumps(account, indent=2)
