"""From sequences to the bins and ids of a motif tokenizer, and to model inputs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.encoding import Encoding, Layout, Padding, Side, Truncation, as_tensor, lay_out
from genotok.errors import CapacityError, InputError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.sets import active_members
from genotok.tokenizers.motif_blocks import Hits
from genotok.tokenizers.motif_inputs import read_documents, sequence_of
from genotok.tokenizers.motif_model import MotifModel
from genotok.values.bins import MotifBins
from genotok.values.blocks import BlockBins, Window, stack_blocks
from genotok.values.csr import CsrMatrix
from genotok.values.hits import MotifHits
from genotok.values.motifencoding import BinReport, MotifEncoding, average_clusters
from genotok.values.sequences import Sequence as Dna

_TOGETHER = 2**20  # bases of short sequences that are searched at once
_MAX_DENSE = 2**30  # bytes


class MotifEncode(MotifModel):
    """A motif tokenizer's calls."""

    def encode_sequence(self, sequence: Any) -> MotifEncoding:
        """Cut one sequence into bins, with counts for each feature, and ids once the tokenizer is fitted.

        ``sequence`` is DNA as str, bytes, uint8 (letters, or codes 0 to 4) or Sequence. Nothing is known beyond its
        ends, where the coverage is mirrored. One longer than the settings' ``block`` is worked through in blocks.
        """
        return next(self._encodings([sequence_of(sequence)]))

    def encode_sequences(self, sequences: Any) -> Iterator[MotifEncoding]:
        """Encode several sequences, or the records of a FASTA file, one by one; short ones are searched at once."""
        return self._encodings(read_documents(sequences).sequences)

    def _encodings(self, sequences: Iterable[Dna]) -> Iterator[MotifEncoding]:
        known = list(sequences)
        for dna, cut in zip(known, self.cut_each([each.codes for each in known]), strict=True):
            bins = MotifBins(cut.boundaries, cut.is_gap)
            report = BinReport(bases=len(dna), known=count_known(dna.codes), hits=cut.hits)
            yield self._named(bins, cut.counts, report, start=0, name=dna.name)

    def cut_each(self, sequences: Sequence[Codes]) -> Iterator[BlockBins]:
        """Cut whole sequences, codes uint8 each, into bins; short ones are searched together, which is faster."""
        first = 0
        while first < len(sequences):
            last, size = first + 1, len(sequences[first])
            while last < len(sequences) and size + len(sequences[last]) < _TOGETHER:
                size += len(sequences[last])
                last += 1
            group = sequences[first:last]
            if len(group) == 1:
                yield self._cut_one(group[0], None)
            else:
                for codes, hits in zip(group, self.cutter.search.find_each(group), strict=True):
                    yield self._cut_one(codes, hits)
            first = last

    def _cut_one(self, codes: Codes, hits: MotifHits | None) -> BlockBins:
        find: Callable[[Window], Hits] | None = None
        if hits is not None and len(codes) <= self.config.block:
            known = hits.starts.astype(np.int32), hits.offsets
            find = lambda _: known  # noqa: E731  # one window is the whole
        return stack_blocks(self.cutter.cut_contig(codes, find=find), self.n_features)

    def _named(self, bins: MotifBins, counts: CsrMatrix, report: BinReport, *, start: int, name: str) -> MotifEncoding:
        """Give bins their ids, if there are any, and finish the report."""
        empty = int(np.count_nonzero((np.diff(counts.indptr) == 0) & ~bins.is_gap))
        found = {"bins": len(bins), "gaps": int(np.count_nonzero(bins.is_gap)), "empty": empty}
        if self.fitted is None:
            told = BinReport(**{**report.__dict__, **found})
            return MotifEncoding(bins, counts, start=start, name=name, report=told)
        ids, missed = self.ids_of(counts, bins.is_gap)
        n_missed = int(np.count_nonzero(missed))
        found |= {"missed": n_missed, "backed_off": n_missed if self.config.vocabulary.unknown == "backoff" else 0}
        told = BinReport(**{**report.__dict__, **found})
        return MotifEncoding(bins, counts, self.clusters, ids, start, name, told)

    def ids_of(self, counts: CsrMatrix, is_gap: NDArray[np.bool_]) -> tuple[Ids, NDArray[np.bool_]]:
        """Return the ids of bins by their counts (b, F), and which of them have a set that is not in the vocabulary."""
        values = average_clusters(counts, self.members)
        threshold = self.config.vocabulary.active
        sets, strengths = active_members(
            indptr=values.indptr, indices=values.indices, values=values.data, threshold=threshold
        )
        backs_off = self.config.vocabulary.unknown == "backoff"
        return self.vocabulary.name_sets(sets, strengths if backs_off else None, is_gap)

    def encode(self, sequence: Any) -> list[int]:
        """Return the ids of one document, a bin each."""
        return self.encode_sequence(sequence).input_ids.tolist()  # type: ignore[no-any-return]  # a list of int

    def tokenize(self, sequence: Any) -> list[str]:
        """Return the token texts of one document."""
        return self.vocabulary.texts_of(self.encode_sequence(sequence).input_ids)

    def __call__(
        self,
        sequences: Any,
        *,
        add_special_tokens: bool = True,
        padding: Padding = False,
        truncation: Truncation = False,
        max_length: int | None = None,
        pad_to_multiple_of: int | None = None,
        padding_side: Side | None = None,
        seed: int = 0,
        return_tensors: Literal["np", "pt"] | None = None,
        return_attention_mask: bool = True,
        return_special_tokens_mask: bool = False,
        return_offsets: bool = False,
        return_offsets_mapping: bool = False,
        return_length: bool = False,
        return_continuous: bool = False,
    ) -> Encoding:
        """Turn one sequence into model inputs, or a batch of them, or the records of a FASTA file (a Path).

        A text is always DNA. The keywords are those of IntervalTokenizer's call, but: ``return_offsets`` adds
        ``offset_mapping``, the (start, end) of each token in bp, (0, 0) for special tokens and padding ·
        ``return_continuous`` adds ``features``, the continuous tokens: a CsrMatrix (L, C) for each document, or with
        ``return_tensors`` float32 (b, L, C), zero for special tokens and padding.
        """
        layout = self._layout(
            padding=padding,
            truncation=truncation,
            max_length=max_length,
            pad_to_multiple_of=pad_to_multiple_of,
            padding_side=padding_side,
            seed=seed,
            return_tensors=return_tensors,
            return_attention_mask=return_attention_mask,
            return_special_tokens_mask=return_special_tokens_mask,
            return_offsets=True,  # the bin of each token, by which all else is laid out
            return_length=return_length,
        )
        around = self._around(add=add_special_tokens)  # which raises NotFittedError before any work
        documents, single = read_documents(sequences)
        encodings = list(self._encodings(documents))
        laid = [(each.input_ids, np.arange(len(each), dtype=np.int32)) for each in encodings]
        made = lay_out(laid, layout, around, single=single)
        bins = made.data.pop("region_index", [] if return_tensors is None else np.empty((0, 0), dtype=np.int64))
        rows = [np.asarray(each, dtype=np.int64) for each in ([bins] if single and return_tensors is None else bins)]
        if return_offsets or return_offsets_mapping:
            spans = [_spans_of(each.offsets, row) for each, row in zip(encodings, rows, strict=True)]
            made.data["offset_mapping"] = _shaped(spans, layout, single)
        if return_continuous and return_tensors is None:
            parts = [_rows_or_zeros(each.continuous, row) for each, row in zip(encodings, rows, strict=True)]
            made.data["features"] = parts[0] if single else parts
        elif return_continuous:
            _refuse_large(len(rows) * (rows[0].size if rows else 0) * self.n_clusters)
            dense = [_rows_or_zeros(each.continuous, row).to_dense() for each, row in zip(encodings, rows, strict=True)]
            made.data["features"] = _shaped(dense, layout, single)
        return made

    def windows(self, encoding: MotifEncoding, length: int = 1250, stride: int = 500) -> NDArray[np.int64]:
        """Return ranges of bins, each of ``length`` bins and ``stride`` after the last: int64 (w, 2).

        What is left behind the last whole window, ``len(encoding) - windows[-1, 1]`` bins, is in none.
        """
        for name, value in (("length", length), ("stride", stride)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise InputError(f"{name} is {value!r}", hint="a positive whole number of bins")
        starts = np.arange(0, max(len(encoding) - length + 1, 0), stride, dtype=np.int64)
        return np.stack([starts, starts + length], axis=1)


def count_known(codes: NDArray[np.uint8]) -> int:
    """Count the bases that are A, C, G or T."""
    return int(np.count_nonzero(codes != UNKNOWN))


def _spans_of(offsets: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the span of each token's bin, (0, 0) where it has none."""
    known = np.append(offsets, [[0, 0]], axis=0)
    return known[np.where(row < 0, len(offsets), row)]


def _rows_or_zeros(matrix: CsrMatrix, row: NDArray[np.int64]) -> CsrMatrix:
    """Return the rows at the given places, an empty one where it is negative."""
    padded = CsrMatrix(np.append(matrix.indptr, matrix.indptr[-1]), matrix.indices, matrix.data, _taller(matrix))
    return padded.take(np.where(row < 0, len(matrix), row))


def _taller(matrix: CsrMatrix) -> tuple[int, int]:
    return matrix.shape[0] + 1, matrix.shape[1]


def _refuse_large(values: int) -> None:
    if 4 * values > _MAX_DENSE:
        what = f"dense features would take {4 * values / 2**30:,.1f} GiB"
        raise CapacityError(what, hint="call without return_tensors for sparse ones, or with fewer sequences")


def _shaped(rows: list[NDArray[Any]], layout: Layout, single: bool) -> Any:
    """Give rows (L, width) as lists, or stacked as a tensor like the others."""
    if layout.return_tensors is None:
        return rows[0].tolist() if single else [row.tolist() for row in rows]
    return as_tensor(np.stack(rows) if rows else np.empty((0, 0, 0)), layout.return_tensors)
