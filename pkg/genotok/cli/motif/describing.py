"""What ``genotok motif info``, ``describe`` and ``store`` tell, as plain values and as text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from genotok.analysis.zipf import ZipfReport, zipf
from genotok.cli.description import entry, quantiles_of, render_quantiles
from genotok.cli.motif.fitting import describe_tokenizer, render_tokenizer
from genotok.cli.motif.opening import open_motifs, open_tokenizer
from genotok.cli.report import count
from genotok.errors import NotFittedError
from genotok.io.tokenstore import STORE_FILE, TokenStore
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_model import TokenDescription

_CONTIGS = 30  # listed in the text
_FEATURES = 6  # of a member
_PLACE = re.compile(r"(.+):([\d,_]+)(?:-([\d,_]+))?")
_MOST_BINS = 200  # shown of a place


def describe_path(path: str) -> dict[str, Any]:
    """Return what a path holds: ``kind`` is 'motif', 'motif-store' or 'motifs'."""
    place = Path(path)
    if (place / STORE_FILE).is_file():
        return _describe_store(TokenStore(path), path)
    if place.is_file():
        return _describe_motifs(path)
    tokenizer = open_tokenizer(path)
    sizes = np.bincount(tokenizer.labels, minlength=tokenizer.n_clusters).astype(np.int64)
    told = describe_tokenizer(tokenizer) | {"path": path, "cluster_sizes": quantiles_of(sizes)}
    return told | {"zipf": vocabulary_zipf(tokenizer, path).to_dict()}


def vocabulary_zipf(tokenizer: MotifTokenizer, name: str, **limits: int | None) -> ZipfReport:
    """Measure the counts that the vocabulary keeps, with and without a filter; rarer sets are not among them."""
    assert tokenizer.fitted is not None, "a saved one is fitted"
    corpus = f"{name}, sets with f >= {tokenizer.config.vocabulary.min_count}"
    return zipf(tokenizer.fitted.counts, corpus=corpus, empty=0, **limits)


def _describe_store(store: TokenStore, path: str) -> dict[str, Any]:
    contigs = [asdict(each.contig) | {"bins": sum(each.blocks), "blocks": len(each.blocks)} for each in store.contigs]
    widths = np.concatenate([np.zeros(0, np.int64), *(np.diff(each.bins.boundaries) for each in store.blocks())])
    return {
        "kind": "motif-store",
        "path": path,
        "bins": store.bins,
        "features": store.n_features,
        "has_ids": has_ids(store),
        "widths": quantiles_of(widths),
        "contigs": contigs,
        "settings": dict(store.settings),
    }


def has_ids(store: TokenStore) -> bool:
    """Tell whether a fitted tokenizer has written the ids of the bins."""
    try:
        store.ids(0, 0, 1)
    except NotFittedError:
        return False
    return True


def _describe_motifs(path: str) -> dict[str, Any]:
    motifs = open_motifs(path)
    return {
        "kind": "motifs",
        "path": path,
        "format": motifs.report.format,
        "motifs": len(motifs),
        "columns": quantiles_of(motifs.lengths),
        "digest": motifs.digest,
        "credit": motifs.credit,
        "notes": list(motifs.report.notes),
    }


def render_path(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    renderers = {"motif": _render_tokenizer, "motif-store": _render_store, "motifs": _render_motifs}
    yield from renderers[found["kind"]](found)


def _render_tokenizer(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['path']}: motif tokenizer"
    yield from (f"  {line}" for line in render_tokenizer(found))
    yield entry("clusters", f"features in each: {render_quantiles(found['cluster_sizes'])}")
    yield entry("digest", found["motif_digest"])
    if found["credit"]:
        yield entry("credit", found["credit"])
    special = ", ".join(f"{role} {number}" for role, number in found["special_ids"].items())
    yield entry("special", special)
    for part in ("scan", "bins", "features", "vocabulary"):
        yield entry(part, ", ".join(f"{name} {value}" for name, value in found["config"][part].items()))
    least = found["config"]["vocabulary"]["min_count"]
    yield entry("Zipf", f"of the sets that have ids, met {least:,} times or more: which alone brings r near -1")
    records = found["zipf"]["records"]
    for each in records:
        which = "all of them" if each["max_count"] is None else f"{each['min_count']:,} to {each['max_count']:,}"
        empty = "with" if each["with_empty"] else "without"
        r = "-" if each["r"] is None else f"{each['r']:.3f}"
        yield f"    {which}, {empty} the empty set: {count(each['types'], 'type')}, r {r}"


def _render_store(found: Mapping[str, Any]) -> Iterator[str]:
    what = f"{count(len(found['contigs']), 'contig')}, {count(found['bins'], 'bin')}"
    yield f"{found['path']}: store of {what}, {found['features']:,} features"
    yield entry("ids", "yes" if found["has_ids"] else "none; genotok motif fit writes them")
    if found["widths"]:
        yield entry("widths", render_quantiles(found["widths"]))
    for name in ("scan", "bins"):
        yield entry(name, ", ".join(f"{key} {value}" for key, value in found["settings"][name].items()))
    yield entry("contigs", "")
    for each in found["contigs"][:_CONTIGS]:
        yield f"    {each['length']:>13,} bp {each['bins']:>12,} bins  {each['name']}"
    if len(found["contigs"]) > _CONTIGS:
        yield f"    and {len(found['contigs']) - _CONTIGS:,} more; --json has all"


def _render_motifs(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['path']}: {count(found['motifs'], 'motif')} ({found['format']})"
    yield entry("columns", render_quantiles(found["columns"]))
    yield entry("digest", found["digest"])
    for note in (*([found["credit"]] if found["credit"] else []), *found["notes"]):
        yield entry("note", note)


def describe_token(tokenizer: MotifTokenizer, token: str) -> TokenDescription:
    """Say what an id or a text stands for; a text that no token has is refused."""
    if token.isascii() and token.isdecimal():
        return tokenizer.describe(int(token))
    found = tokenizer.describe(token)
    if found.text != token:
        raise click.UsageError(f"no token is called {token!r}; give an id, or members joined by &, as 'c3&c7'")
    return found


def render_token(found: TokenDescription) -> Iterator[str]:
    """Yield the description of a token as text."""
    yield f"{found.id}  {found.text}  {count(found.count, 'bin')} of the corpus"
    if found.example is not None:
        contig, start, end = found.example
        yield entry("first", f"{contig}:{start}-{end}")
    for each in found.members:
        names = _listed(each.names)
        yield entry(each.text, f"{names}; {count(len(each.features), 'feature')}: {_listed(each.features)}")


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _FEATURES
    return ", ".join(items[:_FEATURES]) + (f", and {more:,} more" if more > 0 else "")


def locate(store: TokenStore, place: str) -> dict[str, Any]:
    """Return the bins that overlap ``chr:start-end``, or hold ``chr:position``; 0-based, half-open."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise click.UsageError(f"{place!r} is no place; write chr:start-end, 0-based half-open, or chr:position")
    contig, start, end = found[1], _number(found[2]), _number(found[3]) if found[3] else None
    if end is not None and end <= start:
        raise click.UsageError(f"{place} is empty; start < end, and the end is not included")
    first = store.locate(contig, start)
    last = store.locate(contig, (start if end is None else end - 1)) + 1
    rows = store.rows(contig, first, last)
    edges = store.boundaries(contig)[first : last + 1].tolist()
    ids = store.ids(contig, first, last).tolist() if has_ids(store) else [None] * (last - first)
    bins = []
    for at in range(last - first):
        held = slice(int(rows.indptr[at]), int(rows.indptr[at + 1]))
        cells = dict(zip(rows.indices[held].tolist(), rows.data[held].tolist(), strict=True))
        bins.append({"bin": first + at, "start": edges[at], "end": edges[at + 1], "id": ids[at], "counts": cells})
    return {"contig": contig, "bins": bins}


def _number(text: str) -> int:
    return int(text.replace(",", "").replace("_", ""))


def render_place(found: Mapping[str, Any], tokenizer: MotifTokenizer | None) -> Iterator[str]:
    """Yield the bins of a place as a table: contig, start, end, bin, id, text or features."""
    for each in found["bins"][:_MOST_BINS]:
        token = "." if each["id"] is None else str(each["id"])
        if tokenizer is not None and each["id"] is not None:
            words = tokenizer.vocabulary.texts_of([each["id"]])[0]
        else:
            words = f"{len(each['counts'])} features"
        yield f"{found['contig']}\t{each['start']}\t{each['end']}\t{each['bin']}\t{token}\t{words}"
    if len(found["bins"]) > _MOST_BINS:
        yield f"and {len(found['bins']) - _MOST_BINS:,} more; --json has all"
