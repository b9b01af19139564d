"""Places where a transcription factor was found bound, and others where it was not: the ground of a benchmark."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.arrays import Coords, Flags, frozen
from genotok.errors import BedError, EmptyFileError, InputError
from genotok.io.plain import read_plain
from genotok.io.sources import Source, name_of

_BOUND = {"bound": True, "1": True, "unbound": False, "0": False}
_HINT = "lines are contig, start, end, factor, bound or unbound, with tabs between"


@dataclass(frozen=True, eq=False)
class Loci:
    """n places, 0-based half-open bp: ``contigs`` and ``factors`` texts, ``starts``, ``ends`` int64, ``is_bound``."""

    contigs: tuple[str, ...]
    starts: Coords
    ends: Coords
    factors: tuple[str, ...]
    is_bound: Flags

    def __post_init__(self) -> None:
        for name, dtype in (("starts", np.int64), ("ends", np.int64), ("is_bound", np.bool_)):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        sizes = {len(each) for each in (self.contigs, self.starts, self.ends, self.factors, self.is_bound)}
        if len(sizes) != 1:
            raise InputError(f"columns of {sorted(sizes)} rows make no loci", hint="give as many of each")
        wrong = np.flatnonzero((self.starts < 0) | (self.ends <= self.starts))
        if len(wrong):
            raise InputError("a locus is empty or begins before 0", row=int(wrong[0]), hint="0 <= start < end")

    def __len__(self) -> int:
        return len(self.contigs)

    def of_factor(self, factor: str) -> Any:
        """Return the rows of one factor: (k,)."""
        return np.flatnonzero(np.array([each == factor for each in self.factors], dtype=np.bool_))


def read_loci(source: Source) -> Loci:
    r"""Read loci from a table, plain or gzipped: contig, start, end, factor, and 'bound' or 'unbound' (or 1, 0).

    Further columns, blank lines and ``#`` lines are passed over. Anything else raises BedError with its line.

    >>> from io import BytesIO
    >>> loci = read_loci(BytesIO(b"chr1\t5\t9\tCTCF\tbound\nchr1\t20\t30\tCTCF\tunbound\n"))
    >>> loci.starts.tolist(), loci.is_bound.tolist()
    ([5, 20], [True, False])
    """
    path, rows = name_of(source), []
    for number, line in enumerate(read_plain(source, BedError).splitlines(), start=1):
        if not line.strip() or line.startswith(b"#"):
            continue
        try:
            contig, start, end, factor, kind, *_ = line.decode().split("\t")
            rows.append((contig, int(start), int(end), factor, _BOUND[kind.strip().lower()]))
        except (ValueError, KeyError):  # columns, numbers, letters, or the last word
            raise BedError("no locus of a factor", path=path, line=number, hint=_HINT) from None
        if not 0 <= rows[-1][1] < rows[-1][2]:
            raise BedError("the locus is empty or begins before 0", path=path, line=number, hint="0 <= start < end")
    if not rows:
        raise EmptyFileError("there is no locus in it", path=path, hint=_HINT)
    contigs, starts, ends, factors, bound = zip(*rows, strict=True)
    return Loci(contigs, np.array(starts), np.array(ends), factors, np.array(bound))
