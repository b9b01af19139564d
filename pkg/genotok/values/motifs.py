"""Motifs as tokens need them: columns of letter counts, the scores made of them, and a digest that names the set."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets, frozen, refreeze
from genotok.errors import MotifError
from genotok.kernels.pwm import Counts, Scores, Shares, score_counts
from genotok.kernels.ragged import offsets_of, take_rows

UNIFORM = (0.25, 0.25, 0.25, 0.25)
_SUM_EASE = 1e-6  # by which the shares of a background may miss 1


@dataclass(frozen=True)
class MotifReport:
    """What reading motifs met: the format found, motifs left out by reason, and what a user should know."""

    path: str | None = None
    format: str | None = None
    motifs: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class MotifSet:
    """M motifs, sorted by id (code point), each id once.

    ``ids`` and ``names`` are texts (M,); motif ``m`` owns rows ``offsets[m]`` to ``offsets[m + 1]`` of ``counts``
    float32 and of ``scores`` int32, both (sum of lengths, 4), columns A, C, G, T; ``offsets`` int64 (M + 1,). Scores
    are hundredths of a bit against ``background`` float64 (4,). ``credit`` names the source. Arrays are read-only.

    >>> motifs = MotifSet.from_counts({"M2": [[4, 0, 0, 0], [0, 0, 4, 0]], "M1": [[0, 9, 0, 0]]}, names={"M1": "one"})
    >>> motifs.ids, motifs.names, motifs.lengths.tolist(), motifs.scores_of(1).tolist()
    (('M1', 'M2'), ('one', 'M2'), [1, 2], [[158, -158, -158, -158], [-158, -158, 158, -158]])
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    offsets: Offsets
    counts: Counts
    scores: Scores
    background: Shares = field(default_factory=lambda: np.array(UNIFORM))
    credit: str = ""
    report: MotifReport = field(default_factory=MotifReport)

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        object.__setattr__(self, "ids", tuple(self.ids))
        object.__setattr__(self, "names", tuple(self.names))
        _check_shapes(self)
        check_background(self.background.tolist())
        for one, two in zip(self.ids, self.ids[1:], strict=False):
            if one >= two:
                what = f"the motif {one} stands twice" if one == two else f"{two} stands behind {one}"
                raise MotifError(what, hint="ids are unique and ascend; MotifSet.from_counts sorts them")

    @classmethod
    def from_counts(
        cls,
        matrices: Mapping[str, Any],
        *,
        names: Mapping[str, str] | None = None,
        background: Sequence[float] = UNIFORM,
        credit: str = "",
    ) -> "MotifSet":
        """Make a set of (L, 4) matrices of counts, columns A, C, G, T, by id; a nameless one is named by its id."""
        ids = tuple(sorted(matrices))
        tables = [np.asarray(matrices[each], dtype=np.float32).reshape(-1, 4) for each in ids]
        if not tables:
            raise MotifError("no motif at all", hint="give at least one matrix")
        offsets = offsets_of(np.array([len(table) for table in tables]))
        for each, table in zip(ids, tables, strict=True):
            if fault := fault_of(table):
                raise MotifError(f"motif {each}: {fault[1]}", hint=fault[2])
        counts, shares = np.concatenate(tables), check_background(background)
        told = tuple((names or {}).get(each, each) for each in ids)
        return cls(ids, told, offsets, counts, score_counts(counts, offsets, shares), shares, credit)

    @classmethod
    def from_jaspar(
        cls, *, release: int = 2022, collection: str = "CORE", taxon: str = "vertebrates", versions: str = "latest"
    ) -> "MotifSet":
        """Return a collection of JASPAR; 2022 CORE vertebrates (841 motifs) comes with genotok.

        Anything else is read through pyjaspar (extra ``[motif]``). ``versions``: 'latest' of each matrix, or 'all'.
        """
        from genotok.io.motifs import read_jaspar  # upward: the name people expect on the noun

        return read_jaspar(release=release, collection=collection, taxon=taxon, versions=versions)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifSet):
            return NotImplemented
        same = self.ids == other.ids and self.names == other.names
        return same and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _DTYPES)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}  # never what is cached

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"MotifSet({len(self):,} motifs, {len(self.scores):,} columns)"

    @cached_property
    def lengths(self) -> Coords:
        """Number of columns of each motif: int64 (M,)."""
        return frozen(np.diff(self.offsets))

    @cached_property
    def digest(self) -> str:
        """SHA-256 hex of the ids joined by LF, then offsets as ``<i8``, then scores as ``<i4``."""
        sha = hashlib.sha256("\n".join(self.ids).encode())
        sha.update(self.offsets.astype("<i8").tobytes())
        sha.update(self.scores.astype("<i4").tobytes())
        return sha.hexdigest()

    def scores_of(self, motif: int) -> Scores:
        """Return the scores of one motif: int32 (L, 4)."""
        return self.scores[self.offsets[motif] : self.offsets[motif + 1]]

    def counts_of(self, motif: int) -> Counts:
        """Return the counts of one motif: float32 (L, 4)."""
        return self.counts[self.offsets[motif] : self.offsets[motif + 1]]

    def subset(self, mask: Any) -> "MotifSet":
        """Return the motifs that are flagged (M,), or stand at the given places, in the order of their ids."""
        rows = np.unique(np.arange(len(self), dtype=np.intp)[mask])
        if not len(rows):
            raise MotifError("no motif is left", hint="keep at least one")
        offsets, places = take_rows(offsets=self.offsets, values=np.arange(len(self.scores), dtype=np.intp), rows=rows)
        ids, names = (tuple(texts[row] for row in rows.tolist()) for texts in (self.ids, self.names))
        return MotifSet(
            ids, names, offsets, self.counts[places], self.scores[places], self.background, self.credit, self.report
        )

    def select(self, ids: Iterable[str]) -> "MotifSet":
        """Return the motifs of the given ids, sorted; an unknown id raises MotifError."""
        wanted, rows = set(ids), {each: row for row, each in enumerate(self.ids)}
        if missing := sorted(wanted - set(rows)):
            raise MotifError(f"no motif {missing[0]}", hint=f"{len(missing)} of {len(wanted)} ids are not in the set")
        return self.subset([rows[each] for each in wanted])

    def against(self, background: Sequence[float]) -> "MotifSet":
        """Return the same motifs scored against another background: shares of A, C, G, T."""
        shares = check_background(background)
        if np.array_equal(shares, self.background):
            return self
        scores = score_counts(self.counts, self.offsets, shares)
        return MotifSet(self.ids, self.names, self.offsets, self.counts, scores, shares, self.credit, self.report)


MAX_COLUMNS = 64
_DTYPES = {
    "offsets": np.int64,
    "counts": np.float32,
    "scores": np.int32,
    "background": np.float64,
}
Fault = tuple[Literal["columns", "negative", "not_finite", "zero_column", "no_information"], str, str]


def fault_of(counts: NDArray[Any]) -> Fault | None:
    """Return what is wrong with the (L, 4) counts of one motif: the word for reports, what to say, what to do."""
    if not 0 < len(counts) <= MAX_COLUMNS:
        return "columns", f"{len(counts)} columns", f"a motif has 1 to {MAX_COLUMNS}; cut its flanks"
    bad = ~np.isfinite(counts).all(axis=1)
    if bad.any():
        return "not_finite", f"column {np.argmax(bad) + 1} holds a value that is no number", "give counts"
    bad = (counts < 0).any(axis=1)
    if bad.any():
        hint = "give counts or shares, not log-odds scores"
        return "negative", f"column {np.argmax(bad) + 1} holds {counts[bad].min():g}, which is negative", hint
    bad = (counts == 0).all(axis=1)
    if bad.any():
        return "zero_column", f"column {np.argmax(bad) + 1} is all zero", "leave the column out, or give its counts"
    if (counts == counts[:, :1]).all():
        return "no_information", "no column tells one letter from another", "every window would score the same"
    return None


def check_background(shares: Sequence[float]) -> Shares:
    """Return the shares of A, C, G, T as an array; MotifError unless they are positive and add up to 1."""
    values = np.asarray(shares, dtype=np.float64)
    if values.shape != (4,) or not np.all(values > 0) or abs(float(values.sum(dtype=np.float64)) - 1) > _SUM_EASE:
        told = ", ".join(f"{each:g}" for each in np.ravel(values).tolist())
        raise MotifError(f"a background of {told}", hint="give the shares of A, C, G, T: above 0, 1 in all")
    return values


def _check_shapes(motifs: MotifSet) -> None:
    columns = int(motifs.offsets[-1]) if motifs.offsets.size else -1
    fits = (
        len(motifs.names) == len(motifs.ids) == len(motifs.offsets) - 1
        and motifs.offsets[:1].tolist() == [0]
        and bool(np.all(np.diff(motifs.offsets) > 0))
        and motifs.counts.shape == motifs.scores.shape == (columns, 4)
    )
    if not fits:
        raise MotifError(
            f"{len(motifs.ids)} ids, {len(motifs.names)} names, {motifs.offsets.size} offsets, counts of "
            f"{motifs.counts.shape} and scores of {motifs.scores.shape} make no set of motifs",
            hint="offsets start at 0, ascend, and end at the number of columns",
        )
