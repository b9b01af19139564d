"""How much speaks for a factor at a locus: in attributions of tokens or bases, in the tokens, or in the letters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Places
from genotok.errors import InputError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.train.contigs import BaseContig, Contig, Scaling, TokenContig
from genotok.train.loci import Loci
from genotok.train.models import BASES_A_UNIT
from genotok.train.windows import pad_rows
from genotok.values.motifs import MotifSet

Attribute: TypeAlias = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[Any]]
Scores: TypeAlias = NDArray[np.float64]

_EXPECTED = 0.25
_NEVER = -(2**24)  # the score of an unknown base


def motifs_of_factor(factor: str, motifs: MotifSet) -> Places:
    """Return the motifs of a factor: its name, whatever the case, is theirs, or that of a partner in a ``::`` pair.

    What JASPAR adds for variants, as in ``RARA(var.2)``, is no part of a name.

    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0]], "M2": [[0, 9, 0, 0]]}, names={"M1": "GATA1::TAL1"})
    >>> motifs_of_factor("tal1", motifs).tolist()
    [0]
    """
    wanted = factor.lower()
    names = (each.lower().split("(")[0] for each in motifs.names)
    return np.flatnonzero(np.array([wanted == name or wanted in name.split("::") for name in names], dtype=np.bool_))


def columns_of_factor(factor: str, motifs: MotifSet, labels: Ids) -> Ids:
    """Return the clusters that hold a motif of the factor on either strand; ``labels`` int32 (F,) of the features."""
    rows = motifs_of_factor(factor, motifs)
    return np.unique(labels[np.concatenate([2 * rows, 2 * rows + 1])])


def score_tokens(
    loci: Loci,
    contigs: Mapping[str, TokenContig],
    columns: Mapping[str, Ids],
    attribute: Attribute,
    *,
    length: int = 1250,
    scaling: Scaling | None = None,
    batch: int = 8,
) -> Scores:
    """Return for each locus the largest absolute attribution in its bins and the columns of its factor: (n,).

    ``attribute(inputs (b, L, C), starts (b, L))`` returns attributions (b, L, C) of windows around loci. NaN where the
    factor has no column.
    """
    scores = np.full(len(loci), np.nan)
    wanted = [row for row in range(len(loci)) if len(columns[loci.factors[row]])]
    for row, start, values in _attribute_each(loci, wanted, contigs, attribute, length, scaling, batch):
        first, last = units_of(loci, row, contigs[loci.contigs[row]])
        part = values[max(first - start, 0) : last - start, columns[loci.factors[row]]]
        scores[row] = float(np.abs(part).max(initial=0.0))
    return scores


def value_of_tokens(loci: Loci, contigs: Mapping[str, TokenContig], columns: Mapping[str, Ids]) -> Scores:
    """Return for each locus the largest value in its bins and the columns of its factor: what no network was asked."""
    scores = np.full(len(loci), np.nan)
    for row in range(len(loci)):
        own = columns[loci.factors[row]]
        if len(own):
            contig = _contig_of(loci, row, contigs)
            first, last = units_of(loci, row, contig)
            scores[row] = float(contig.tokens.rows(slice(first, last)).to_dense()[:, own].max(initial=0.0))
    return scores


def score_bases(
    loci: Loci,
    contigs: Mapping[str, BaseContig],
    motifs: MotifSet,
    attribute: Attribute,
    *,
    length: int = 1250,
    batch: int = 8,
) -> Scores:
    """Return for each locus how well attributions of its letters fit a motif of its factor, at the best place: (n,).

    The fit is the sum of (share - 1/4) times attribution over the motif's columns, at any offset on either strand; the
    best of all motifs. NaN where the factor has no motif that fits into the locus.
    """
    scores = np.full(len(loci), np.nan)
    shares = {factor: list(_shares_of(factor, motifs)) for factor in set(loci.factors)}
    wanted = [row for row in range(len(loci)) if shares[loci.factors[row]]]
    for row, start, values in _attribute_each(loci, wanted, contigs, attribute, length, None, batch):
        contig, begin = contigs[loci.contigs[row]], start * BASES_A_UNIT
        first, last = int(loci.starts[row]) - begin, min(int(loci.ends[row]), len(contig.codes)) - begin
        letters = contig.inputs(start, length)
        part = (values * (letters > 0))[max(first, 0) : last]
        fits = [best for table in shares[loci.factors[row]] if (best := best_fit(part, table)) is not None]
        scores[row] = max(fits, default=np.nan)
    return scores


def best_pwm(loci: Loci, codes: Mapping[str, Codes], motifs: MotifSet) -> Scores:
    """Return for each locus the best score of any motif of its factor, as a share of its range: 0 to 1, (n,).

    Windows with an unknown base score 0; NaN where the factor has no motif.
    """
    scores = np.full(len(loci), np.nan)
    tables = {factor: motifs_of_factor(factor, motifs).tolist() for factor in set(loci.factors)}
    for row in range(len(loci)):
        contig = codes.get(loci.contigs[row])
        if contig is None:
            raise _unknown(loci, row, codes)
        letters = contig[loci.starts[row] : loci.ends[row]]
        best = [_best_share(letters, motifs.scores_of(motif)) for motif in tables[loci.factors[row]]]
        scores[row] = max(best, default=np.nan)
    return scores


def best_fit(values: NDArray[Any], table: NDArray[np.float64]) -> float | None:
    """Slide a table (l, 4) along values (n, 4) on both strands, and return the best sum of products; None if n < l."""
    if len(values) < len(table):
        return None
    windows = np.lib.stride_tricks.sliding_window_view(values, len(table), axis=0)  # (n - l + 1, 4, l)
    both = np.stack([table.T, table[::-1, ::-1].T])
    return float(np.einsum("ial,sal->is", windows, both, dtype=np.float64).max())


def _best_share(letters: Codes, table: NDArray[np.int32]) -> float:
    if len(letters) < len(table):
        return 0.0
    lowest, highest = (int(each.sum(dtype=np.int64)) for each in (table.min(axis=1), table.max(axis=1)))
    windows = np.lib.stride_tricks.sliding_window_view(letters, len(table))
    best = max(int(_spell(windows, each).max()) for each in (table, table[::-1, ::-1]))
    return max(best - lowest, 0) / (highest - lowest)


def _spell(windows: NDArray[Any], table: NDArray[np.int32]) -> NDArray[np.int64]:
    """Add up the scores of windows (w, l) of letters."""
    padded = np.concatenate([table, np.full((len(table), UNKNOWN + 1 - 4), _NEVER, dtype=table.dtype)], axis=1)
    columns = np.arange(len(table), dtype=np.intp)
    sums: NDArray[np.int64] = padded[columns, windows].sum(axis=1, dtype=np.int64)
    return sums


def _shares_of(factor: str, motifs: MotifSet) -> Iterator[NDArray[np.float64]]:
    for motif in motifs_of_factor(factor, motifs).tolist():
        counts = motifs.counts_of(motif).astype(np.float64)
        yield counts / counts.sum(axis=1, keepdims=True, dtype=np.float64) - _EXPECTED


def _attribute_each(
    loci: Loci,
    rows: list[int],
    contigs: Mapping[str, Any],
    attribute: Attribute,
    length: int,
    scaling: Scaling | None,
    batch: int,
) -> Iterator[tuple[int, int, NDArray[Any]]]:
    """Yield each row of the loci with the first unit of a window around it, and the attributions there."""
    for first in range(0, len(rows), batch):
        some, inputs, starts, places = rows[first : first + batch], [], [], []
        for row in some:
            contig = _contig_of(loci, row, contigs)
            low, high = units_of(loci, row, contig)
            start = max(min((low + high - length) // 2, len(contig) - length), 0)
            edges = contig.boundaries[start : start + length]
            values = contig.inputs(start, length)
            inputs.append(values if scaling is None else (values - np.float32(scaling.mean)) * scaling.factor)
            places.append(pad_rows((edges - edges[0]).astype(np.float32), length))
            starts.append(start)
        found = attribute(np.stack(inputs).astype(np.float32), np.stack(places))
        yield from zip(some, starts, found, strict=True)


def units_of(loci: Loci, row: int, contig: Contig) -> tuple[int, int]:
    """Return the units of its contig that share a base with a locus: first, and behind the last."""
    edges = contig.boundaries
    if loci.starts[row] >= edges[-1]:
        what = f"a locus at {int(loci.starts[row]):,} is beyond {contig.name}, which has {int(edges[-1]):,} bases"
        raise InputError(what, row=row, hint="are the loci of the same assembly?")
    first = int(np.searchsorted(edges, loci.starts[row], side="right")) - 1
    return first, min(int(np.searchsorted(edges, loci.ends[row], side="left")), len(contig))


def _contig_of(loci: Loci, row: int, contigs: Mapping[str, Any]) -> Any:
    try:
        return contigs[loci.contigs[row]]
    except KeyError:
        raise _unknown(loci, row, contigs) from None


def _unknown(loci: Loci, row: int, contigs: Mapping[str, Any]) -> InputError:
    known = ", ".join(list(contigs)[:5])
    return InputError(f"no contig {loci.contigs[row]!r}", row=row, hint=f"contigs begin with {known}")
