"""What ``genotok info`` tells of a path, as plain values and as text."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.cli.report import count
from genotok.cli.settings import open_tokenizer
from genotok.export.documents import TokenFile
from genotok.export.tokens import read_tokens
from genotok.export.writers import format_of
from genotok.tokenizers.interval import IntervalTokenizer

_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TOKEN_LINE = re.compile(rb"[^\n]*\t(\.|\d+(,\d+)*)\t(\.|[^\t\n]+)\r?\n?")
_CHROMS = 30  # listed in the text


def describe(path: str) -> dict[str, Any]:
    """Return what a path holds, as plain values; ``kind`` is 'universe' or 'tokens'."""
    kind = format_of(path) if Path(path).is_file() else None
    if kind is not None and (kind != "bed" or _holds_tokens(Path(path))):
        return _describe_tokens(path, kind, read_tokens(path))
    tokenizer, warnings = open_tokenizer(path, {})
    return _describe_universe(path, tokenizer, warnings)


def _holds_tokens(path: Path) -> bool:
    """Tell a BED file with ids and texts from a universe by its first line with as many ids as texts."""
    with path.open("rb") as file:
        found = _TOKEN_LINE.fullmatch(file.readline(2**20))
    if not found:
        return False
    ids, texts = found[1], found[3]
    return (ids == b".") == (texts == b".") and (ids == b"." or b":" in texts or texts.startswith(b"<"))


def _describe_universe(path: str, tokenizer: IntervalTokenizer, warnings: list[str]) -> dict[str, Any]:
    universe, vocabulary = tokenizer.universe, tokenizer.vocabulary
    widths = universe.regions.ends - universe.regions.starts
    counts = np.bincount(universe.regions.codes, minlength=len(universe.chrom_names)).tolist()
    return {
        "path": path,
        "kind": "universe",
        "regions": universe.n_regions,
        "sha256": universe.digest,
        "vocab_size": vocabulary.vocab_size,
        "special_tokens": dict(vocabulary.special_tokens),
        "special_ids": dict(vocabulary.special_ids),
        "config": tokenizer.config.to_dict(),
        "bases": int(widths.sum(dtype=np.int64)),
        "widths": _quantiles(widths),
        "chroms": dict(zip(universe.chrom_names, counts, strict=True)),
        "load": universe.report.to_dict(),
        "warnings": warnings,
    }


def _describe_tokens(path: str, kind: str, tokens: TokenFile) -> dict[str, Any]:
    ids = tokens.tokens.ids
    lengths = tokens.tokens.counts()
    regions = [document.offsets for document in tokens if document.offsets is not None]
    rows = [np.diff(offsets) for offsets in regions]
    return {
        "path": path,
        "kind": "tokens",
        "format": kind,
        "bytes": Path(path).stat().st_size,
        "documents": len(tokens),
        "tokens": len(ids),
        "distinct": len(np.unique(ids)),
        "largest_id": int(ids.max()) if len(ids) else None,
        "tokens_per_document": _quantiles(lengths),
        "regions": sum(map(len, rows)) if len(rows) == len(tokens) else None,
        "regions_hit": sum(int(np.count_nonzero(each)) for each in rows) if len(rows) == len(tokens) else None,
        "meta": None if tokens.meta is None else dict(tokens.meta),
    }


def _quantiles(values: NDArray[Any]) -> dict[str, int]:
    """Return quantiles that occur among the values, by share: ``{"0.5": 300, ..}``; empty for no values."""
    if not len(values):
        return {}
    found = np.quantile(values, _QUANTILES, method="inverted_cdf")
    return {f"{share:g}": int(value) for share, value in zip(_QUANTILES, found, strict=True)}


def render_description(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    yield from _render_universe(found) if found["kind"] == "universe" else _render_tokens(found)


def _render_universe(found: Mapping[str, Any]) -> Iterator[str]:
    load = found["load"]
    regions, chroms = count(found["regions"], "region"), count(len(found["chroms"]), "chromosome")
    yield f"{found['path']}: universe of {regions} on {chroms}"
    yield _line("sha256", found["sha256"])
    special = found["vocab_size"] - found["regions"]
    yield _line("ids", f"0 to {found['vocab_size'] - 1:,}; the last {special} are special")
    texts = [f"{role} {found['special_tokens'][role]} {number}" for role, number in found["special_ids"].items()]
    yield _line("special", ", ".join(texts))
    yield _line("widths", _render_quantiles(found["widths"]) + f"; {found['bases']:,} bp in all")
    if load["lines"]:
        packing = "" if load["compression"] == "none" else f", {load['compression']}"
        yield _line("file", f"{count(load['lines'], 'line')}, {load['bytes']:,} bytes{packing}")
    skipped = [f"{number:,} {reason}" for reason, number in load["skipped"].items()]
    yield _line("skipped", ", ".join(skipped) or "nothing")
    repeated = f"{count(load['duplicates'], 'row')}; ids keep the first appearance"
    yield _line("repeated", repeated if load["duplicates"] else "none")
    for text in (*load["notes"], *found["warnings"]):
        yield _line("note", text)
    yield _line("chroms", "")
    for name, number in list(found["chroms"].items())[:_CHROMS]:
        yield f"    {number:>12,}  {name}"
    if len(found["chroms"]) > _CHROMS:
        yield f"    and {len(found['chroms']) - _CHROMS:,} more; --json has all"


def _render_tokens(found: Mapping[str, Any]) -> Iterator[str]:
    what = f"{count(found['documents'], 'document')}, {count(found['tokens'], 'token')}"
    yield f"{found['path']}: {what} ({found['format']}, {found['bytes']:,} bytes)"
    if found["tokens"]:
        yield _line("ids", f"{found['distinct']:,} distinct, largest {found['largest_id']:,}")
    if found["tokens"] and found["documents"] > 1:
        yield _line("tokens", f"a document: {_render_quantiles(found['tokens_per_document'])}")
    if found["regions"] is not None:
        yield _line("regions", f"{found['regions']:,}, {found['regions_hit']:,} of them with tokens")
    if found["meta"] is not None:
        if found["meta"].get("universe_sha256"):  # a format that names none can be converted to one that would
            yield _line("universe", f"sha256 {found['meta']['universe_sha256']}, {found['meta'].get('vocab_size')} ids")
        options = found["meta"].get("options")
        if options:
            yield _line("options", ", ".join(f"{name} {value}" for name, value in options.items()))


def _render_quantiles(found: Mapping[str, int]) -> str:
    names = {"0": "least", "0.5": "median", "1": "most"}
    return ", ".join(f"{names.get(share, f'{float(share):.0%}')} {value:,}" for share, value in found.items())


def _line(word: str, text: str) -> str:
    return f"  {word:<9} {text}".rstrip()
