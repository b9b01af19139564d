"""Do tokens follow Zipf's law? Always told twice, of all types and of those that pass a filter, beside plain controls.

Cutting off rare types alone brings the correlation of rank and frequency near -1, whatever the words are: so no record
comes without its counterpart, and words of k letters and drawn sequences stand beside them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.tables import decimals, text_table
from genotok.arrays import Bytes
from genotok.errors import ConfigError, InputError
from genotok.kernels.rankfreq import count_words, fit_line, fit_power_law, shuffle_letters

FILTER = (500, 1_000_000)  # least and largest frequency on a chromosome (Davarmanesh et al.) of so many bins
FILTERED_BINS = 15_400_000
LEAST = 10

_COLUMNS = ("corpus", "filter", "empty set", "types", "tokens", "r", "slope", "exponent", "KS", "hapax", "kept")


@dataclass(frozen=True)
class ZipfRecord:
    """Rank and frequency of the types of one corpus under one filter.

    ``r`` and ``slope`` are of log10 frequency over log10 rank, ``exponent`` that of the discrete power law of
    frequencies with the greatest likelihood, ``distance`` its Kolmogorov-Smirnov distance. ``hapax_share`` is the share
    of types that occur once, ``kept_share`` that of the corpus' tokens whose type passed. NaN where undefined. To be
    shown beside its counterpart: see `ZipfReport`.
    """

    corpus: str
    min_count: int
    max_count: int | None
    with_empty: bool
    types: int
    tokens: int
    r: float
    slope: float
    exponent: float
    distance: float
    hapax_share: float
    kept_share: float

    @property
    def is_filtered(self) -> bool:
        """Whether types were left out by their frequency."""
        return self.min_count > 1 or self.max_count is not None

    def __str__(self) -> str:
        raise InputError("a record of Zipf's law is not shown alone", hint="show the report: a filter alone makes r")


@dataclass(frozen=True)
class ZipfReport:
    """The records of one corpus: without filter and with it, each with and without the empty set, if there is one.

    >>> report = zipf([900, 300, 100, 30, 1, 1, 1], corpus="seven words", min_count=20, max_count=999)
    >>> [(record.types, round(record.r, 3)) for record in report.records]
    [(7, -0.935), (4, -0.976)]
    """

    records: tuple[ZipfRecord, ...]

    def __post_init__(self) -> None:
        told = {(record.with_empty, record.is_filtered) for record in self.records}
        missing = {(empty, other) for empty, _ in told for other in (False, True)} - told
        if missing or not told:
            raise InputError("a record without its counterpart", hint="give both, of all types and of the filtered")

    @property
    def unfiltered(self) -> ZipfRecord:
        """The record of all types, with the empty set."""
        return self.records[0]

    @property
    def filtered(self) -> ZipfRecord:
        """The record of the types that pass the filter, with the empty set."""
        return next(record for record in self.records if record.is_filtered)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; undefined numbers are None."""
        return {"records": [_plain(asdict(record)) for record in self.records]}

    def __str__(self) -> str:
        return zipf_table([self])


def zipf(
    counts: NDArray[Any] | Sequence[int],
    *,
    corpus: str,
    empty: int | None = None,
    min_count: int | None = None,
    max_count: int | None = None,
) -> ZipfReport:
    """Measure the counts of (n,) types, of which those that are 0 don't count, with and without a filter.

    ``corpus`` names where the counts come from. ``empty`` is the place of the empty set among them; then each record is
    made with and without it. The filter keeps ``min_count <= f <= max_count``: by default 500 to 1,000,000 scaled by
    the number of tokens over 15.4 million, at least 10.
    """
    whole = np.asarray(counts, dtype=np.int64)
    if not corpus.strip():
        raise ConfigError("the corpus has no name", hint="say what was counted, e.g. 'chr22, strict'")
    low, high = filter_for(int(whole.sum(dtype=np.int64)))
    low, high = low if min_count is None else min_count, high if max_count is None else max_count
    if not 1 < low <= high:
        raise ConfigError(f"a filter from {low} to {high}", hint="1 < min_count <= max_count")
    records = []
    for least, most in ((1, None), (low, high)):
        for with_empty in (True,) if empty is None else (True, False):
            kept = whole if with_empty else np.delete(whole, np.array([empty], dtype=np.intp))
            records.append(_record(kept[kept > 0], corpus, least, most, with_empty=with_empty))
    return ZipfReport(tuple(records))


def filter_for(tokens: int) -> tuple[int, int]:
    """Return the least and the largest frequency that the filter keeps in a corpus of so many tokens."""
    low, high = (round(each * tokens / FILTERED_BINS) for each in FILTER)
    return max(low, LEAST), max(high, low, LEAST)


def word_controls(
    codes: Bytes, *, corpus: str, lengths: Sequence[int] = (3, 4, 5, 6), seed: int = 0, **limits: int | None
) -> list[ZipfReport]:
    """Measure words of k letters, overlapping and not, in a sequence of codes (A, C, G, T = 0..3, others unknown).

    Then the same in letters drawn independently by the sequence's own shares. ``limits`` are those of `zipf`.
    """
    reports = []
    for name, letters in ((corpus, codes), (f"{corpus}, drawn letters (seed {seed})", shuffle_letters(codes, seed))):
        for length in lengths:
            for overlapping, word in ((True, "overlapping"), (False, "separate")):
                counts = count_words(letters, length, overlapping=overlapping)
                if counts.any():
                    reports.append(zipf(counts, corpus=f"{name}: {length}-mers, {word}", **limits))
    return reports


def zipf_table(reports: Iterable[ZipfReport]) -> str:
    """Return a table of all records, as text of even columns."""
    rows = [_row(record) for report in reports for record in report.records]
    return text_table(_COLUMNS, rows, texts=3)


def _record(counts: NDArray[np.int64], corpus: str, least: int, most: int | None, *, with_empty: bool) -> ZipfRecord:
    kept = counts[(counts >= least) & (counts <= (most or counts.max(initial=0)))]
    line, law = fit_line(kept), fit_power_law(kept, lowest=least, highest=most)
    tokens, whole = int(kept.sum(dtype=np.int64)), int(counts.sum(dtype=np.int64))
    hapax = int(np.count_nonzero(kept == 1))
    return ZipfRecord(
        corpus,
        least,
        most,
        with_empty,
        types=len(kept),
        tokens=tokens,
        r=line.r,
        slope=line.slope,
        exponent=law.exponent,
        distance=law.distance,
        hapax_share=hapax / len(kept) if len(kept) else math.nan,
        kept_share=tokens / whole if whole else math.nan,
    )


def _row(record: ZipfRecord) -> tuple[str, ...]:
    kept = f"{record.min_count:,} to {record.max_count:,}" if record.max_count is not None else "all types"
    numbers = (record.r, record.slope, record.exponent, record.distance, record.hapax_share, record.kept_share)
    return (
        record.corpus,
        kept,
        "with" if record.with_empty else "without",
        f"{record.types:,}",
        f"{record.tokens:,}",
        *map(decimals, numbers),
    )


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Turn numbers that JSON has not into None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()
    }
