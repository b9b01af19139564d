"""Regions of a genome as a motif tokenizer sees them: by what is around them, or as a run over the genome cuts them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from genotok.arrays import Coords
from genotok.errors import InputError, IntervalError
from genotok.io.tokenstore import TokenStore
from genotok.kernels.bases import UNKNOWN
from genotok.tokenizers.motif_encode import MotifEncode, count_known
from genotok.tokenizers.motif_inputs import read_genome
from genotok.tokenizers.motif_stores import check_store
from genotok.values.bins import MotifBins
from genotok.values.blocks import BlockBins, stack_blocks
from genotok.values.chroms import propose_renames
from genotok.values.motifencoding import BinReport, MotifEncoding
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.sequences import Sequence

Span: TypeAlias = tuple[str, tuple[int, int]]  # a contig, start and end

_SHOWN = 5
_HELD_BLOCKS = 2
_FAR = 2**24  # bases


class MotifRegions(MotifEncode):
    """A motif tokenizer's calls for regions of a genome."""

    def encode_region(self, genome: Any, chrom: str, start: int, end: int, *, exact: bool = False) -> MotifEncoding:
        """Return the bins that overlap ``[start, end)``, 0-based, with offsets in bp of the contig.

        ``genome`` is a FASTA file, sequences by name (read once with read_fasta), or a TokenStore. Bins are cut with
        the settings' ``halo`` bp of context on either side; ``exact=True``, or a store, gives those of a run over the
        whole genome, for which the blocks around are searched. With a ``prominence_window`` both agree. A region that
        passes an end of its contig raises IntervalError.
        """
        reader = _reader_of(self, genome, exact=exact)
        span = reader.checked(chrom, start, end, None)
        return self._encode_span(reader, (chrom, span), reader.bins_around(chrom, *span))

    def encode_regions(self, genome: Any, regions: Regions, *, exact: bool = False) -> RaggedIds:
        """Return the ids of the bins that overlap each region, a row for each; words as for `encode_region`.

        Regions of one block share its search if ``exact``. Rows keep the order of the regions.
        """
        if not isinstance(regions, Regions):
            raise InputError(f"{type(regions).__name__} are no Regions", hint="read_bed(path), or Regions.from_tuples")
        reader = _reader_of(self, genome, exact=exact)
        names, codes = regions.chrom_names, regions.codes.tolist()
        starts, ends = regions.starts.tolist(), regions.ends.tolist()
        spans = [
            (names[code], reader.checked(names[code], start, end, regions.where(row)))
            for row, (code, start, end) in enumerate(zip(codes, starts, ends, strict=True))
        ]
        order = sorted(range(len(spans)), key=lambda row: (spans[row][0], spans[row][1]))
        rows: list[RaggedIds] = [RaggedIds.concat([])] * len(spans)
        around = reader.bins_around_each([spans[row] for row in order])  # neighbours share what was searched
        for row, bins in zip(order, around, strict=True):
            ids = self._encode_span(reader, spans[row], bins).input_ids
            rows[row] = RaggedIds(ids, np.array([0, len(ids)], dtype=np.int64))
        return RaggedIds.concat(rows)

    def _encode_span(self, reader: "_Reader", span: Span, bins: BlockBins) -> MotifEncoding:
        chrom, (begin, end) = span
        first = int(np.searchsorted(bins.boundaries, begin, side="right")) - 1
        last = int(np.searchsorted(bins.boundaries, end, side="left"))
        edges, gaps = bins.boundaries[first : last + 1], bins.is_gap[first:last]
        start = int(edges[0])
        report = BinReport(bases=int(edges[-1]) - start, known=reader.count_known(chrom, edges))
        counts = bins.counts.rows(slice(first, last))
        return self._named(MotifBins(edges - start, gaps), counts, report, start=start, name=chrom)


class _Reader(ABC):
    """Finds the bins around a span of a contig; each kind of genome has its own way."""

    def __init__(self, lengths: Mapping[str, int], genome: Mapping[str, Sequence] | None = None) -> None:
        self.lengths, self.genome = lengths, genome

    def checked(self, chrom: str, start: int, end: int, where: str | None) -> tuple[int, int]:
        """Return a span that lies within its contig, or raise IntervalError."""
        if chrom not in self.lengths:
            near = propose_renames([chrom], list(self.lengths)).get(chrom)
            known = ", ".join(list(self.lengths)[:_SHOWN]) + (", .." if len(self.lengths) > _SHOWN else "")
            hint = f"it is called {near} there" if near else f"there are {known}"
            raise IntervalError(f"no contig {chrom!r} in the genome", where=where, hint=hint)
        if start >= end or start < 0:
            what = f"{chrom}:{start}-{end} is empty" if start == end else f"{chrom}:{start}-{end} is no span"
            raise IntervalError(what, where=where, hint="0 <= start < end; the end is not included")
        if end > self.lengths[chrom]:
            what = f"end {end:,} is beyond {chrom}, which has {self.lengths[chrom]:,} bases"
            raise IntervalError(what, where=where, hint="is it the same assembly?")
        return int(start), int(end)

    @abstractmethod
    def bins_around(self, chrom: str, start: int, end: int) -> BlockBins:
        """Return neighbouring bins that cover a span at least."""

    def bins_around_each(self, spans: list[Span]) -> Iterator[BlockBins]:
        """Return the bins around each of several spans, which ascend."""
        return (self.bins_around(chrom, start, end) for chrom, (start, end) in spans)

    def count_known(self, chrom: str, edges: Coords) -> int | None:
        """Count the known bases between the outer edges; None where there is no sequence."""
        return None if self.genome is None else count_known(self.genome[chrom].codes[edges[0] : edges[-1]])


class _Around(_Reader):
    """Cuts a span with some context around it, of sequences at hand."""

    def __init__(self, tokenizer: MotifEncode, genome: Mapping[str, Sequence]) -> None:
        super().__init__({name: len(each) for name, each in genome.items()}, genome)
        self._tokenizer, self._genome = tokenizer, genome

    def bins_around(self, chrom: str, start: int, end: int) -> BlockBins:
        return next(self.bins_around_each([(chrom, (start, end))]))

    def bins_around_each(self, spans: list[Span]) -> Iterator[BlockBins]:
        halo = self._tokenizer.config.halo
        firsts = [self._begin(chrom, start) for chrom, (start, _) in spans]
        pieces = [
            self._genome[chrom].codes[first : min(end + halo, self.lengths[chrom])]
            for first, (chrom, (_, end)) in zip(firsts, spans, strict=True)
        ]
        for first, cut in zip(firsts, self._tokenizer.cut_each(pieces), strict=True):
            yield BlockBins(cut.boundaries + first, cut.is_gap, cut.counts, cut.hits)

    def _begin(self, chrom: str, start: int) -> int:
        """Return where the context of a span begins: it is counted from the last known base up to its start.

        For a stretch of unknown bases is cut into pieces from its own beginning on. That is sought far, though not
        without end.
        """
        before = self._genome[chrom].codes[max(start - _FAR, 0) : start + 1]
        known = np.flatnonzero(before != UNKNOWN) if before[-1] == UNKNOWN else np.array([len(before) - 1])
        last = start + 1 - len(before) + (int(known[-1]) if len(known) else 0)
        return max(last - self._tokenizer.config.halo, 0)


class _Exact(_Reader):
    """Cuts the whole blocks that a span lies in, and keeps the last few."""

    def __init__(self, tokenizer: MotifEncode, genome: Mapping[str, Sequence]) -> None:
        super().__init__({name: len(each) for name, each in genome.items()}, genome)
        self._tokenizer, self._genome = tokenizer, genome
        self._held: dict[tuple[str, int, int], BlockBins] = {}

    def bins_around(self, chrom: str, start: int, end: int) -> BlockBins:
        block = self._tokenizer.config.block
        first, last = start // block, (end - 1) // block
        whole = self._part(chrom, first, last)
        if start < whole.boundaries[0]:  # the last bin of the block before reaches here
            whole = stack_blocks([self._part(chrom, first - 1, first - 1), whole], self._tokenizer.n_features)
        return whole

    def _part(self, chrom: str, first: int, last: int) -> BlockBins:
        if (chrom, first, last) not in self._held:
            while len(self._held) >= _HELD_BLOCKS:
                self._held.pop(next(iter(self._held)))
            cut = self._tokenizer.cutter.cut_part(self._genome[chrom].codes, first, last)
            self._held[chrom, first, last] = stack_blocks(cut, self._tokenizer.n_features)
        return self._held[chrom, first, last]


class _Stored(_Reader):
    """Reads the blocks of a store that a span lies in."""

    def __init__(self, store: TokenStore, n_features: int) -> None:
        super().__init__({each.contig.name: each.contig.length for each in store.contigs})
        self._store, self._n_features = store, n_features

    def bins_around(self, chrom: str, start: int, end: int) -> BlockBins:
        contig, block = self._store.names[chrom], self._store.block
        parts = list(self._parts(contig, start // block, (end - 1) // block))
        if start < parts[0].boundaries[0]:
            parts.insert(0, self._store.read(contig, start // block - 1))
        return stack_blocks(parts, self._n_features)

    def _parts(self, contig: int, first: int, last: int) -> Iterator[BlockBins]:
        for number in range(first, last + 1):
            yield self._store.read(contig, number)


def _reader_of(tokenizer: MotifEncode, genome: Any, *, exact: bool) -> _Reader:
    if isinstance(genome, TokenStore):
        check_store(tokenizer, genome)
        return _Stored(genome, tokenizer.n_features)
    sequences = read_genome(genome)
    return _Exact(tokenizer, sequences) if exact else _Around(tokenizer, sequences)
