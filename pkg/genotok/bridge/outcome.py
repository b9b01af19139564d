"""What is said of a tokenized file: plain values for the page to show and to give back."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from genotok.analysis.assemblies import ASSEMBLIES, assemblies_reaching, count_beyond, furthest_ends
from genotok.analysis.document import Document
from genotok.analysis.summary import count_distinct
from genotok.bridge.desk import Labels
from genotok.bridge.reading import Reading
from genotok.bridge.words import describe_settings
from genotok.tokenizers.interval import IntervalTokenizer


class Outcome(NamedTuple):
    """What came of a file, whether its rows are kept or not.

    ``chrom_names`` are those of the rows, renamed; ``distinct`` counts the different ids; ``past`` the rows that end
    past the chromosomes of the universe's assembly, and ``furthest`` is the largest end of each chromosome.
    """

    rows: int
    distinct: int
    chrom_names: Sequence[str]
    past: int
    furthest: Mapping[str, int]


def outcome_of(document: Document, tokenizer: IntervalTokenizer, labels: Labels) -> Outcome:
    """Count what is told of rows that are kept."""
    names, codes, ends = document.chrom_names, document.codes, document.ends
    past = count_beyond(names, codes, ends, ASSEMBLIES.get(labels.assembly or "", {}))
    furthest = furthest_ends(names, codes, ends) if past else {}
    return Outcome(len(document), count_distinct(document.ids, tokenizer.vocab_size), names, past, furthest)


def describe_result(reading: Reading, outcome: Outcome, labels: Labels) -> dict[str, Any]:
    """Say what the page shows of a tokenized file besides the reports."""
    tokenizer, tokens = reading.tokenizer, reading.tokens
    return {
        "name": reading.name,
        "crc32": reading.crc32,
        "rows": outcome.rows,
        "hit": reading.hit,
        "tokens": tokens,
        "distinct": outcome.distinct,
        "flat": max(tokens, 1),
        "flat_unk": tokens == 0,
        "chrom_names": list(outcome.chrom_names),
        "unknown_rows": reading.unknown_rows,
        "options": {
            **describe_settings(tokenizer.config, tokenizer.specials.by_role()),
            "rename": reading.renames,
        },
        "universe": {"name": labels.name, "digest": tokenizer.universe.digest},
        "beyond": _beyond(outcome, labels.assembly or ""),
    }


def _beyond(outcome: Outcome, assembly: str) -> dict[str, Any] | None:
    """Tell of ends that lie past the chromosomes of the universe's assembly, and what would fit."""
    if not outcome.past:
        return None
    return {"assembly": assembly, "rows": outcome.past, "fits": list(assemblies_reaching(outcome.furthest))}


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
