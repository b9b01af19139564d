"""What ``genotok info`` tells of a path, as plain values and as text."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.cli.holding import held
from genotok.cli.report import count
from genotok.cli.settings import open_tokenizer
from genotok.export.cells import holds_matrix, read_matrix_and_meta
from genotok.export.documents import TokenFile
from genotok.export.tokens import read_tokens
from genotok.export.writers import format_of
from genotok.io.remote import is_url, place_of
from genotok.io.sources import open_path
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.cells import CellMatrix

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TOKEN_LINE = re.compile(rb"[^\n]*\t(\.|\d+(,\d+)*)\t(\.|[^\t\n]+)\r?\n?")
_CHROMS = 30  # listed in the text


def describe(path: str) -> dict[str, Any]:
    """Return what a path or URL holds, as plain values; ``kind`` is 'universe', 'tokens' or 'matrix'."""
    kind = format_of(place_of(path)) if is_url(path) else format_of(path) if Path(path).is_file() else None
    if kind is not None and (kind != "bed" or _holds_tokens(path)):
        with held(path) as place:
            return {**_describe_output(place, kind), "path": path}
    tokenizer, warnings = open_tokenizer(path, {})
    return _describe_universe(path, tokenizer, warnings)


def _describe_output(path: str, kind: str) -> dict[str, Any]:
    if kind == "npz" and holds_matrix(path):
        return _describe_matrix(path, *read_matrix_and_meta(path))
    return _describe_tokens(path, kind, read_tokens(path))


def _holds_tokens(path: str) -> bool:
    """Tell a BED file with ids and texts from a universe by its first line with as many ids as texts."""
    with open_path(path) as file:
        found = _TOKEN_LINE.fullmatch(file.read(2**20).partition(b"\n")[0])
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
        "widths": quantiles_of(widths),
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
        "tokens_per_document": quantiles_of(lengths),
        "regions": sum(map(len, rows)) if len(rows) == len(tokens) else None,
        "regions_hit": sum(int(np.count_nonzero(each)) for each in rows) if len(rows) == len(tokens) else None,
        "meta": None if tokens.meta is None else dict(tokens.meta),
    }


def _describe_matrix(path: str, matrix: CellMatrix, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": path,
        "kind": "matrix",
        "bytes": Path(path).stat().st_size,
        "cells": matrix.shape[0],
        "columns": matrix.shape[1],
        "values": len(matrix.data),
        "dtype": matrix.data.dtype.name,
        "tokens_per_cell": quantiles_of(np.diff(matrix.indptr)),
        "meta": dict(meta),
    }


def quantiles_of(values: NDArray[Any]) -> dict[str, int]:
    """Return quantiles that occur among the values, by share: ``{"0.5": 300, ..}``; empty for no values."""
    if not len(values):
        return {}
    found = np.quantile(values, QUANTILES, method="inverted_cdf")
    return {f"{share:g}": int(value) for share, value in zip(QUANTILES, found, strict=True)}


def render_description(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    renderers = {"universe": _render_universe, "tokens": _render_tokens, "matrix": _render_matrix}
    yield from renderers[found["kind"]](found)


def _render_universe(found: Mapping[str, Any]) -> Iterator[str]:
    load = found["load"]
    regions, chroms = count(found["regions"], "region"), count(len(found["chroms"]), "chromosome")
    yield f"{found['path']}: universe of {regions} on {chroms}"
    yield entry("sha256", found["sha256"])
    special = found["vocab_size"] - found["regions"]
    yield entry("ids", f"0 to {found['vocab_size'] - 1:,}; the last {special} are special")
    texts = [f"{role} {found['special_tokens'][role]} {number}" for role, number in found["special_ids"].items()]
    yield entry("special", ", ".join(texts))
    yield entry("widths", render_quantiles(found["widths"]) + f"; {found['bases']:,} bp in all")
    if load["lines"]:
        packing = "" if load["compression"] == "none" else f", {load['compression']}"
        yield entry("file", f"{count(load['lines'], 'line')}, {load['bytes']:,} bytes{packing}")
    skipped = [f"{number:,} {reason}" for reason, number in load["skipped"].items()]
    yield entry("skipped", ", ".join(skipped) or "nothing")
    repeated = f"{count(load['duplicates'], 'row')}; ids keep the first appearance"
    yield entry("repeated", repeated if load["duplicates"] else "none")
    for text in (*load["notes"], *found["warnings"]):
        yield entry("note", text)
    yield entry("chroms", "")
    for name, number in list(found["chroms"].items())[:_CHROMS]:
        yield f"    {number:>12,}  {name}"
    if len(found["chroms"]) > _CHROMS:
        yield f"    and {len(found['chroms']) - _CHROMS:,} more; --json has all"


def _render_tokens(found: Mapping[str, Any]) -> Iterator[str]:
    what = f"{count(found['documents'], 'document')}, {count(found['tokens'], 'token')}"
    yield f"{found['path']}: {what} ({found['format']}, {found['bytes']:,} bytes)"
    if found["tokens"]:
        yield entry("ids", f"{found['distinct']:,} distinct, largest {found['largest_id']:,}")
    if found["tokens"] and found["documents"] > 1:
        yield entry("tokens", f"a document: {render_quantiles(found['tokens_per_document'])}")
    if found["regions"] is not None:
        yield entry("regions", f"{found['regions']:,}, {found['regions_hit']:,} of them with tokens")
    if found["meta"] is not None:
        yield from _render_meta(found["meta"])


def _render_matrix(found: Mapping[str, Any]) -> Iterator[str]:
    shape = f"{count(found['cells'], 'cell')} x {count(found['columns'], 'token')}"
    yield f"{found['path']}: {shape}, {count(found['values'], 'value')} ({found['dtype']}, {found['bytes']:,} bytes)"
    if found["cells"]:
        yield entry("tokens", f"distinct in a cell: {render_quantiles(found['tokens_per_cell'])}")
    yield from _render_meta(found["meta"])


def _render_meta(meta: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a file says of its making."""
    if meta.get("universe_sha256"):  # a format that names none can be converted to one that would
        yield entry("universe", f"sha256 {meta['universe_sha256']}, {meta.get('vocab_size')} ids")
    if meta.get("options"):
        yield entry("options", ", ".join(f"{name} {value}" for name, value in meta["options"].items()))


def render_quantiles(found: Mapping[str, int]) -> str:
    """Render quantiles by share in one line."""
    names = {"0": "least", "0.5": "median", "1": "most"}
    return ", ".join(f"{names.get(share, f'{float(share):.0%}')} {value:,}" for share, value in found.items())


def entry(word: str, text: str) -> str:
    """Render one line of a description: a word and what is to be said of it."""
    return f"  {word:<9} {text}".rstrip()
