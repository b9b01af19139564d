"""What a notebook shows of a value: its facts in a line and a small picture, in HTML that runs no script."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.overview import chrom_lengths, count_in_bins, make_bins
from genotok.analysis.summary import sum_by_chrom
from genotok.analysis.svg import LETTER, bar, near
from genotok.encoding import Encoding
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.arrow import by_document
from genotok.values.names import natural_ranks
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.universe import Universe

_WIDTH, _HEIGHT = 640, 48  # px of a picture's field; words stand below it
_CHROMS, _BINS = 24, 320  # of the picture of a genome: the chromosomes with the most regions
_CLASSES = 12  # of tokens per row; the last takes what has more
_DOCUMENTS, _TOKENS = 8, 512  # of the picture of an encoding
_KINDS = (("g-hit", "regions"), ("g-miss", "special tokens"), ("g-wash", "padding"))  # how they look and are called
_LIGHT = (
    "--g-sheet:#fff;--g-ink:#10201d;--g-soft:#4d5f5a;--g-line:#d3dcd9;--g-hit:#0b6153;--g-wash:#b9c7c2;--g-miss:#a1284c"
)
_DARK = (
    "--g-sheet:#121c19;--g-ink:#e4edea;--g-soft:#9db0aa;--g-line:#263430;"
    "--g-hit:#63cdb3;--g-wash:#3d4f49;--g-miss:#f2889f"
)
_NIGHTS = ("[data-jp-theme-light=false]", ".vscode-dark", "html[theme=dark]", "[data-md-color-scheme=slate]")
# the page's colours (web/style); the notebook, not the system, says if it is night, and each rule stays in the card
_STYLE = (
    f".genotok-card{{{_LIGHT};display:inline-block;max-width:100%;padding:.6em .8em;background:var(--g-sheet);"
    "color:var(--g-ink);border:1px solid var(--g-line);font:13px/1.5 system-ui,sans-serif;"
    "font-variant-numeric:tabular-nums}"
    f"{','.join(f'{night} .genotok-card' for night in _NIGHTS)}{{{_DARK}}}"
    ".genotok-card .g-soft{color:var(--g-soft);fill:var(--g-soft)}.genotok-card .g-hit{fill:var(--g-hit)}"
    ".genotok-card .g-miss{fill:var(--g-miss)}.genotok-card .g-wash{fill:var(--g-wash)}"
    ".genotok-card svg{display:block;max-width:100%;height:auto;margin-top:.4em}"
)
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], "\ufffd")
_FILLS = {"g-hit": "#0b6153", "g-miss": "#a1284c", "g-wash": "#b9c7c2", "g-soft": "#4d5f5a"}  # where styles are cut out


def show_regions(regions: Regions) -> str:
    """Show rows: how many, on which chromosomes, how wide, from which file; and where they are."""
    return _card("Regions", _facts_of(regions), _genome(regions, "regions"))


def show_universe(universe: Universe) -> str:
    """Show a universe: the same, and its digest."""
    facts = [*_facts_of(universe.regions), f"SHA-256 {universe.digest[:12]}"]
    return _card("Universe", facts, _genome(universe.regions, "regions"))


def show_tokenizer(tokenizer: IntervalTokenizer) -> str:
    """Show a tokenizer: its universe, its special tokens and what its settings change."""
    first = tokenizer.n_regions
    specials = ", ".join(f"{text} {first + place}" for place, text in enumerate(tokenizer.all_special_tokens))
    config = ", ".join(f"{name}={value!r}" for name, value in tokenizer.config.to_dict().items() if value is not None)
    facts = [f"{tokenizer.vocab_size:,} tokens", *_facts_of(tokenizer.universe.regions)]
    notes = [f"special tokens: {specials}", config]
    return _card(type(tokenizer).__name__, facts, _genome(tokenizer.universe.regions, "regions"), notes)


def show_rows(rows: RaggedIds) -> str:
    """Show rows of ids: how many have none, one, two, .. of them."""
    counts = rows.counts()
    missed = int(np.count_nonzero(counts == 0))
    facts = [_many(len(rows), "row"), _many(len(rows.ids), "id"), f"{_many(missed, 'row')} without any"]
    if rows.order is not None:
        facts.append("sorted")
    tally = np.bincount(np.minimum(counts, _CLASSES - 1).astype(np.intp), minlength=_CLASSES).astype(np.int64)
    names = [*map(str, range(_CLASSES - 1)), f"{_CLASSES - 1}+"]
    return _card("RaggedIds", facts, _columns(tally, names, "ids in a row, and how many rows have so many"))


def show_encoding(encoding: Encoding) -> str:
    """Show model inputs: their names and lengths, and what is content, special or padding in the first documents."""
    documents = by_document(encoding.data)
    ids = documents.get("input_ids", [])
    lengths = [len(row) for row in ids]
    facts = [_many(len(ids), "document")]
    if lengths:
        facts += [f"{_span(lengths)} ids each", ", ".join(documents)]
    return _card("Encoding", facts, _layouts(documents) if max(lengths, default=0) else "")


def _facts_of(regions: Regions) -> list[str]:
    facts = [_many(len(regions), "region"), _many(len(np.unique(regions.codes[regions.codes >= 0])), "chromosome")]
    if len(regions):
        widths = regions.ends - regions.starts
        facts.append(f"width {_span(widths)} bp, median {float(np.median(widths)):,g}")
    strays = np.count_nonzero(regions.codes < 0)
    facts += [f"{strays:,} of no chromosome"] * bool(strays)
    return facts if regions.source is None else [*facts, regions.source]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _span(values: Sequence[int] | NDArray[Any]) -> str:
    low, high = int(min(values)) if isinstance(values, list) else int(np.min(values)), int(np.max(values))
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _genome(regions: Regions, noun: str) -> str:
    """Draw how many rows stand where: a column a bin, chromosome after chromosome in natural order."""
    totals = sum_by_chrom(regions.codes, None, len(regions.chrom_names))
    busiest = np.argsort(-totals, kind="stable")[:_CHROMS]
    ranks = natural_ranks(regions.chrom_names)
    shown = sorted((at for at in busiest.tolist() if totals[at]), key=lambda at: int(ranks[at]))
    if not shown:
        return ""
    places = np.full(len(totals) + 1, -1, dtype=np.int32)  # the last entry takes the rows of no chromosome
    places[shown] = np.arange(len(shown), dtype=np.int32)
    codes = places[regions.codes]
    kept = codes >= 0
    codes, starts, ends = codes[kept], regions.starts[kept], regions.ends[kept]
    names = [regions.chrom_names[at] for at in shown]
    bins = make_bins(chrom_lengths(names, codes, ends), _BINS)
    counts = count_in_bins(bins, codes=codes, starts=starts, ends=ends)
    unit = _WIDTH / int(bins.first[-1])
    parts, free = [], 0.0
    for at, name in enumerate(names):
        first, last = int(bins.first[at]), int(bins.first[at + 1])
        parts.append(_shape(_bars(counts[first:last], int(counts.max()), first * unit, unit), "g-hit"))
        parts.append(_shape(bar(first * unit, last * unit - 1, _HEIGHT + 1, _HEIGHT + 3), "g-wash"))
        if first * unit >= free and first * unit + len(name) * LETTER <= _WIDTH:
            parts.append(_words(first * unit, name))
            free = first * unit + (len(name) + 1) * LETTER
    rest = int(np.count_nonzero(totals)) - len(shown)
    note = (
        f"Where the {noun} are, at most {int(counts.max()):,} in {bins.width:,} bp"
        + f"; {rest:,} more chromosomes" * bool(rest)
    )
    return _picture(note, parts)


def _bars(counts: NDArray[Any], most: int, left: float, unit: float) -> str:
    """Return the shape of a column for each bin that has rows, at least a pixel high."""
    tops = _HEIGHT - np.maximum(counts / max(most, 1) * _HEIGHT, 1.0)
    return "".join(
        bar(left + at * unit, left + (at + 1) * unit, tops[at], _HEIGHT) for at in np.flatnonzero(counts).tolist()
    )


def _columns(tally: NDArray[Any], names: Sequence[str], note: str) -> str:
    """Draw a named column a class; the first, which is none, as misses are drawn."""
    unit, parts = _WIDTH / len(names), []
    for at, name in enumerate(names):
        parts.append(
            _shape(_bars(tally[at : at + 1], int(tally.max()), at * unit, unit - 4), "g-hit" if at else "g-miss")
        )
        parts.append(_words(at * unit, name))
    return _picture(note[:1].upper() + note[1:], parts) if tally.any() else ""


def _layouts(documents: dict[str, list[Any]]) -> str:
    """Draw the first documents, a band each: content, special tokens, padding."""
    ids = documents["input_ids"][:_DOCUMENTS]
    longest = min(max(map(len, ids)), _TOKENS)
    unit, step = _WIDTH / max(longest, 1), _HEIGHT / max(len(ids), 4)
    parts: list[str] = []
    met: set[int] = set()
    for at, row in enumerate(ids):
        kinds = _kinds(documents, at, len(row))[:longest]
        edges = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
        for first, last in pairwise(edges):
            if first < last:
                box = bar(first * unit, last * unit, at * step, (at + 1) * step - 2)
                parts.append(_shape(box, _KINDS[int(kinds[first])][0]))
                met.add(int(kinds[first]))
    for at, kind in enumerate(sorted(met)):
        parts += [_shape(bar(at * 130, at * 130 + 9, _HEIGHT + 7, _HEIGHT + 16), _KINDS[kind][0])]
        parts += [_words(at * 130 + 14, _KINDS[kind][1])]
    return _picture(f"The first {len(ids)} documents, {longest:,} places wide", parts)


def _kinds(documents: dict[str, list[Any]], at: int, length: int) -> NDArray[Any]:
    """Return 0 for content, 1 for special tokens, 2 for padding, as the masks say: (L,)."""
    kinds = np.zeros(length, dtype=np.int8)
    if "special_tokens_mask" in documents:
        kinds[np.asarray(documents["special_tokens_mask"][at]) != 0] = 1
    if "attention_mask" in documents:
        kinds[np.asarray(documents["attention_mask"][at]) == 0] = 2
    return kinds


def _shape(path: str, kind: str) -> str:
    return f'<path class="{kind}" fill="{_FILLS[kind]}" d="{path}"/>' if path else ""


def _words(x: float, words: str) -> str:
    where = f'x="{near(x)}" y="{_HEIGHT + 16}" font-size="11"'
    return f'<text class="g-soft" fill="{_FILLS["g-soft"]}" {where}>{_plain(words)}</text>'


def _plain(words: str) -> str:
    """Escape words; the control characters that a name may hold, but no document, become the sign for that."""
    return escape(words.translate(_CONTROLS))


def _picture(note: str, parts: Iterable[str]) -> str:
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT + 20}" width="{_WIDTH}" height="{_HEIGHT + 20}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{_plain(note)}</title>{"".join(parts)}</svg>'
    )


def _card(name: str, facts: Iterable[str], picture: str, notes: Iterable[str] = ()) -> str:
    """Put a card together; every word of a user's file is escaped."""
    lines = "".join(f'<div class="g-soft">{_plain(note)}</div>' for note in notes)
    head = f'<div><b>{_plain(name)}</b> <span class="g-soft">{_plain(" · ".join(facts))}</span></div>'
    return f'<div class="genotok-card"><style>{_STYLE}</style>{head}{picture}{lines}</div>'
