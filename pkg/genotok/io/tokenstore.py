"""The bins of whole genomes in a folder, block by block, for readers that want a few of them at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from errno import ENOENT
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genotok.arrays import Coords, Ids, Offsets
from genotok.errors import BundleError, InputError, NotFittedError
from genotok.io.blockfiles import read_arrays, read_block
from genotok.kernels.ragged import offsets_of
from genotok.values.blocks import BlockBins, stack_rows
from genotok.values.csr import CsrMatrix
from genotok.values.fitted import Contig

STORE_FILE = "store.json"
STORE_FORMAT = 1
IDS_SUFFIX = ".ids.npz"


@dataclass(frozen=True)
class StoredContig:
    """A contig of a store, with the number of bins that begin in each of its blocks."""

    contig: Contig
    blocks: tuple[int, ...]

    @property
    def offsets(self) -> Offsets:
        """The number of the first bin of each block, and of all bins: int64 (blocks + 1,)."""
        return offsets_of(np.array(self.blocks, dtype=np.int64))


class StoredBlock(NamedTuple):
    """One block as it is read: the numbers of its contig and of itself, and its bins."""

    contig: int
    number: int
    bins: BlockBins


def block_path(folder: Path, contig: int, number: int, suffix: str = ".npz") -> Path:
    """Name the file of a block."""
    return folder / f"{contig:05d}" / f"{number:05d}{suffix}"


class TokenStore:
    """A genome's bins in a folder, as `MotifTokenizer.fit` and `encode_genome` write it.

    ``contigs`` by number, ``settings`` as the bins were made. Bins are numbered from 0 within their contig.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.folder = Path(folder)
        table = read_store_json(self.folder)
        try:
            complete = bool(table["complete"])
            self.settings: Mapping[str, Any] = table["settings"]
            self.n_features, self.block = int(table["n_features"]), int(self.settings["block"])
            self.contigs = tuple(
                StoredContig(Contig(each["name"], each["length"], each["sha256"]), tuple(each["blocks"]))
                for each in table.get("contigs", ())
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise BundleError(
                "it describes no store", path=str(self.folder / STORE_FILE), hint="make it anew"
            ) from fault
        if not complete:
            raise BundleError("the store is not finished", path=str(folder), hint="run the command that made it again")
        self._held: tuple[tuple[int, int], BlockBins] | None = None

    @cached_property
    def names(self) -> dict[str, int]:
        """The number of each contig."""
        return {each.contig.name: number for number, each in enumerate(self.contigs)}

    @property
    def bins(self) -> int:
        """Bins in all."""
        return sum(sum(each.blocks) for each in self.contigs)

    def __repr__(self) -> str:
        return f"TokenStore({str(self.folder)!r}, {len(self.contigs):,} contigs, {self.bins:,} bins)"

    def blocks(self) -> Iterator[StoredBlock]:
        """Yield all blocks, contig by contig."""
        for contig, each in enumerate(self.contigs):
            for number in range(len(each.blocks)):
                yield StoredBlock(contig, number, self.read(contig, number))

    def read(self, contig: int, number: int) -> BlockBins:
        """Read one block; the last one read is kept."""
        if self._held is None or self._held[0] != (contig, number):
            bins = read_block(block_path(self.folder, contig, number), self.n_features)
            if len(bins) != self.contigs[contig].blocks[number]:
                raise BundleError("a block has other bins than recorded", path=str(self.folder), hint="make it anew")
            self._held = (contig, number), bins
        return self._held[1]

    def _number(self, contig: str | int) -> int:
        if isinstance(contig, str):
            if contig not in self.names:
                known = ", ".join(list(self.names)[:5])
                raise InputError(f"no contig {contig!r} in the store", hint=f"it has {known}, ..")
            return self.names[contig]
        return range(len(self.contigs))[contig]

    def boundaries(self, contig: str | int) -> Coords:
        """Return the boundaries of all bins of a contig, bp: int64 (b + 1,)."""
        number = self._number(contig)
        parts = [self.read(number, each).boundaries[:-1] for each in range(len(self.contigs[number].blocks))]
        return np.concatenate([*parts, np.array([self.contigs[number].contig.length], dtype=np.int64)])

    def rows(self, contig: str | int, start_bin: int = 0, end_bin: int | None = None) -> CsrMatrix:
        """Return the counts of a range of bins: uint8 (b, F)."""
        parts = [
            self.read(number, block).counts.rows(slice(first, last))
            for number, block, first, last in self._spans(contig, start_bin, end_bin)
        ]
        return stack_rows(parts, self.n_features)

    def ids(self, contig: str | int, start_bin: int = 0, end_bin: int | None = None) -> Ids:
        """Return the ids of a range of bins: int32 (b,); NotFittedError if none were written."""
        parts = [np.empty(0, dtype=np.int32)]
        for number, block, first, last in self._spans(contig, start_bin, end_bin):
            path = block_path(self.folder, number, block, IDS_SUFFIX)
            if not path.is_file():
                raise NotFittedError(f"{self.folder} holds no ids", hint="tokenizer.write_ids(store) adds them")
            parts.append(read_arrays(path)["ids"][first:last].astype(np.int32))
        return np.concatenate(parts)

    def locate(self, contig: str | int, position: int) -> int:
        """Return the number of the bin that holds a base, 0-based."""
        number = self._number(contig)
        stored = self.contigs[number]
        if not 0 <= position < stored.contig.length:
            what = f"position {position:,} is outside the {stored.contig.length:,} bases of {stored.contig.name}"
            raise InputError(what, hint="positions are 0-based")
        block = position // self.block
        edges = self.read(number, block).boundaries
        if position < edges[0]:  # the last bin of the block before reaches here
            return int(stored.offsets[block]) - 1
        return int(stored.offsets[block] + np.searchsorted(edges, position, side="right") - 1)

    def _spans(self, contig: str | int, start_bin: int, end_bin: int | None) -> Iterator[tuple[int, int, int, int]]:
        """List the blocks that hold a range of bins: contig, block, and the range within it."""
        number = self._number(contig)
        offsets = self.contigs[number].offsets.tolist()
        first, last, _ = slice(start_bin, end_bin).indices(offsets[-1])
        for block, begin in enumerate(offsets[:-1]):
            low, high = max(first, begin), min(last, offsets[block + 1])
            if low < high:
                yield number, block, low - begin, high - begin


def open_store(folder: str | PathLike[str]) -> TokenStore:
    """Open a folder of a genome's bins; one that is damaged or not finished raises BundleError."""
    return TokenStore(folder)


def read_store_json(folder: Path) -> dict[str, Any]:
    """Read what a store says of itself."""
    path = folder / STORE_FILE
    if not path.is_file():
        raise FileNotFoundError(ENOENT, f"no {STORE_FILE} in the folder", str(folder))
    try:
        table = json.loads(path.read_bytes())
        found = (table["kind"], table["format"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BundleError("it describes no store", path=str(path), hint="make the store anew") from None
    if found != ("motif-store", STORE_FORMAT):
        what = f"kind {found[0]!r}, format {found[1]!r}"
        raise BundleError(what, path=str(path), hint=f"this version reads motif-store, format {STORE_FORMAT}")
    return table  # type: ignore[no-any-return]  # a mapping, or there were no keys
