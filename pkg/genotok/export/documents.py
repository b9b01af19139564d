"""What a token file holds once read: documents of ids, with their query regions where the format kept them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS, Ids, Offsets, frozen
from genotok.errors import InputError, VocabularyError
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions


@dataclass(frozen=True, eq=False)
class TokenDocument:
    """The ids of one document: ``ids`` int32 (t,), the flat view.

    ``offsets`` int64 (n + 1,) bounds the ids of its n query regions where the file kept them (region ``i`` owns
    ``ids[offsets[i]:offsets[i + 1]]``), else None; ``regions`` are those n regions where the file kept them. ``bases``
    are how many its tokens stand for, where the file says it.
    """

    name: str
    ids: Ids
    offsets: Offsets | None = None
    regions: Regions | None = None
    bases: int | None = None

    @property
    def rows(self) -> RaggedIds:
        """Return one row a query region, or a single row where the regions are not known."""
        if self.offsets is None:
            return RaggedIds(self.ids, np.array([0, len(self.ids)], dtype=np.int64))
        return RaggedIds(self.ids[: self.offsets[-1]], self.offsets)

    @property
    def loose(self) -> int | None:
        """Return the id that stands for a document without hits and belongs to no region, else None."""
        return int(self.ids[0]) if self.offsets is not None and not self.offsets[-1] and len(self.ids) else None


@dataclass(frozen=True, eq=False)
class TokenFile:
    """The documents of one file in order; ``meta`` is what the file says of its making, where the format keeps that."""

    documents: tuple[TokenDocument, ...]
    meta: Mapping[str, Any] | None = None

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[TokenDocument]:
        return iter(self.documents)

    def __getitem__(self, index: int) -> TokenDocument:
        return self.documents[index]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the documents."""
        return tuple(document.name for document in self.documents)

    @property
    def tokens(self) -> RaggedIds:
        """Return one row of ids a document."""
        bounds = np.cumsum([0, *(len(document.ids) for document in self.documents)], dtype=np.int64)
        return RaggedIds(np.concatenate([np.empty(0, np.int32), *(each.ids for each in self.documents)]), bounds)


def document_of(
    name: str,
    ids: NDArray[Any],
    offsets: NDArray[Any] | None = None,
    regions: Regions | None = None,
    *,
    path: str | None = None,
    line: int | None = None,
) -> TokenDocument:
    """Check what a file or a caller says a document is, and return it, or raise VocabularyError or InputError."""
    ids = np.asarray(ids)
    if ids.size and ids.dtype.kind not in "iu":
        raise InputError(f"ids of type {ids.dtype} are no token ids", path=path, line=line, hint="give whole numbers")
    if ids.size and not 0 <= int(ids.min()) <= int(ids.max()) <= MAX_IDS:
        wrong = int(ids.min()) if int(ids.min()) < 0 else int(ids.max())
        raise VocabularyError(f"{wrong} is no token id", path=path, line=line, hint="ids are 0 to 2,147,483,647")
    if offsets is not None:
        _check_offsets(offsets, len(ids), path, line)
    bounds = None if offsets is None else frozen(offsets.astype(np.int64))
    return TokenDocument(name, frozen(ids.astype(np.int32)), bounds, regions)


def _check_offsets(offsets: NDArray[Any], count: int, path: str | None, line: int | None) -> None:
    """Offsets cut the ids into regions without rest, but for the one id of a document that hit nothing."""
    sound = len(offsets) and offsets[0] == 0 and not np.any(np.diff(offsets) < 0)
    if not sound or not (offsets[-1] == count or (offsets[-1] == 0 and count == 1)):
        raise InputError(
            f"the offsets do not cut {count:,} ids into regions", path=path, line=line, hint="is the file damaged?"
        )
