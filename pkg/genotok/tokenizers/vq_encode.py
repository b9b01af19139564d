"""Sequences to codes and ids, and to model inputs: the calls of a learned tokenizer."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS, Coords, Ids
from genotok.encoding import Encoding, Padding, Side, Truncation, as_tensor, lay_out
from genotok.encoding import Layout as Shape
from genotok.errors import CapacityError, InputError, SequenceWarning
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_inputs import Documents, Group, Long, read_documents
from genotok.tokenizers.vq_parts import VQParts
from genotok.tokenizers.vq_report import Tally, VQReport
from genotok.tokenizers.vq_stream import Coded, encode_documents
from genotok.values.ragged import RaggedIds
from genotok.values.vqcodes import VQCodes

MOST_BASES = 2**28 if sys.platform == "emscripten" else 2**62  # of one call; a page has little memory


class VQEncode(VQParts):
    """What takes sequences: DNA as str, bytes, uint8 or Sequence, a list of these, or a Path to a FASTA file."""

    def codes(self, sequences: Any, *, margins: bool = False) -> VQCodes:
        """Return the codes of all levels, whatever the layout, for all documents of an input.

        ``margins`` tells how much nearer the nearest code was than the next; networks only. Letters that stand for no
        base raise SequenceError, what is no sequence InputError, more than 2^31 - 1 tokens CapacityError.
        """
        return self._codes_of(read_documents(sequences), margins=margins)

    def iter_codes(self, sequences: Any) -> Iterator[tuple[list[str], VQCodes]]:
        """Yield the names and codes of the documents of an input, some at a time, so that a genome passes through.

        Documents without a name are called by their number. There may be any number of tokens in all.
        """
        documents, first = read_documents(sequences), 0
        for each, _ in self._steps(documents, whole=False):
            last = first + len(each.lengths)
            names = documents.names[first:last] if documents.names else [str(at) for at in range(first, last)]
            yield names, self._made_of([each])
            first = last

    def _codes_of(self, documents: Documents, *, margins: bool = False) -> VQCodes:
        return self._made_of([each for each, _ in self._steps(documents, margins=margins)], margins=margins)

    def _made_of(self, held: list[Coded], *, margins: bool = False) -> VQCodes:
        lengths = np.concatenate([np.zeros(0, np.int64), *(each.lengths for each in held)])
        counts = np.concatenate([np.zeros(0, np.int64), *(each.counts for each in held)])
        settings, strands = self._settings, [each.turned for each in held]
        measured = [each.margins for each in held if each.margins is not None]
        columns = [each.codes for each in held]
        held.clear()  # as columns go one by one
        codes = VQCodes(
            codes=_join_columns(columns, len(self.levels), np.uint16),
            rows=offsets_of(counts),
            levels=self.levels,
            lengths=lengths,
            stride=self.stride,
            first=settings.phase + (self.model.core if settings.ends == "valid" else 0),
            reverse=None if settings.strand == "forward" else np.concatenate([np.zeros(0, np.bool_), *strands]),
            margins=_join_columns(measured, len(self.levels), np.float32) if margins else None,
        )
        return codes.without_unknown() if settings.unknown == "drop" else codes

    def _steps(
        self, documents: Documents, *, margins: bool = False, whole: bool = True
    ) -> Iterator[tuple[Coded, Coords]]:
        """Yield the codes of all documents, with the number of known tokens of each; leave a report behind."""
        lengths, width = documents.lengths, self.vocabulary.ids_per_token
        if lengths is not None and whole:
            tokens = int(self._settings.count(lengths).sum(dtype=np.int64))
            _refuse_large(int(lengths.sum(dtype=np.int64)), tokens * width)
        tally = Tally(drops=self.config.unknown == "drop")
        groups = documents.groups(self.config.soft_mask, tally.add_letters)
        if lengths is None and whole:
            groups = self._watched(groups)
        for each in encode_documents(documents, groups, self.backend, self._settings, margins=margins):
            yield each, tally.add_tokens(each.codes, each.lengths, each.counts)
        self._tell(tally.report())

    def _watched(self, groups: Iterator[Group | Long]) -> Iterator[Group | Long]:
        """Pass on the records of a file, as long as all their ids can be had."""
        bases = tokens = 0
        for each in groups:
            lengths = np.array([len(each)], dtype=np.int64) if isinstance(each, Long) else np.diff(each.rows)
            bases += int(lengths.sum(dtype=np.int64))
            tokens += int(self._settings.count(lengths).sum(dtype=np.int64))
            _refuse_large(bases, tokens * self.vocabulary.ids_per_token)
            yield each

    def _tell(self, report: VQReport) -> None:
        self._last.report = report
        if report.too_short:
            what = f"{report.too_short:,} of {report.documents:,} sequences are too short for a token"
            warn(f"{what}; it takes {self.window} bases, or ends='same'", SequenceWarning, stacklevel=_depth())

    def encode_batch(self, sequences: Any) -> RaggedIds:
        """Return the ids of several documents, a row for each; or of the records of a FASTA file (a Path)."""
        return self._ids_of(read_documents(sequences))

    def _ids_of(self, documents: Documents) -> RaggedIds:
        held: list[Ids] = []
        counts: list[Coords] = [np.zeros(0, dtype=np.int64)]
        drops, width = self.config.unknown == "drop", self.vocabulary.ids_per_token
        for each, known in self._steps(documents):
            codes = each.codes[:, each.codes[-1] != UNKNOWN_CODE] if drops else each.codes
            held.append(self.vocabulary.ids_of_codes(codes))
            counts.append((known if drops else each.counts) * width)
        ids = _join_columns([each[None] for each in held], 1, np.int32)[0]
        return RaggedIds(ids, offsets_of(np.concatenate(counts)))

    def encode(self, sequence: Any) -> list[int]:
        """Return the ids of one document, without special tokens around."""
        ids: list[int] = self._ids_of(_one(sequence)).ids.tolist()
        return ids

    def tokenize(self, sequence: Any) -> list[str]:
        """Return the token texts of one document."""
        return self.vocabulary.texts_of(self._ids_of(_one(sequence)).ids)

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
        return_codes: bool = False,
    ) -> Encoding:
        """Turn one sequence into model inputs, or a batch of them, or the records of a FASTA file (a Path).

        A text is always DNA. The keywords are those of IntervalTokenizer's call, but: ``return_offsets`` adds
        ``offset_mapping``, the (start, end) of each token's core in bp, (0, 0) for special tokens and padding ·
        ``return_codes`` adds ``codes``, those of all levels of each token, -1 for what has none. With
        ``return_tensors`` both are int64, (b, L, 2) and (b, L, N). Truncation leaves whole tokens, also where a token
        has an id for each level.
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
            return_offsets=True,  # the place of each id among those of its document, by which all else is laid out
            return_length=return_length,
        )
        around, documents = self._around(add=add_special_tokens), read_documents(sequences)
        codes = self._codes_of(documents)
        width = self.vocabulary.ids_per_token
        ids, edges = self.vocabulary.ids_of_codes(codes.codes), (codes.rows * width).tolist()
        kept = (_kept(ids[low:high], layout, len(around), width) for low, high in pairwise(edges))
        made = lay_out(kept, layout, around, single=documents.single)
        places = made.data.pop("region_index", [] if return_tensors is None else np.empty((0, 0), dtype=np.int64))
        if return_offsets or return_offsets_mapping or return_codes:
            rows = [places] if documents.single and return_tensors is None else places
            tokens = [_tokens_at(np.asarray(row), width, first) for row, first in zip(rows, codes.rows, strict=False)]
            if return_offsets or return_offsets_mapping:
                made.data["offset_mapping"] = _shaped(_gather(codes.offsets, tokens, 0), layout, documents.single)
            if return_codes:
                table = codes.codes.T.astype(np.int64)
                table[codes.unknown] = -1
                made.data["codes"] = _shaped(_gather(table, tokens, -1), layout, documents.single)
        return made


def _kept(ids: Ids, layout: Shape, around: int, width: int) -> tuple[Ids, NDArray[np.int64]]:
    """Cut the ids of a document to whole tokens, and say which they were."""
    places = np.arange(len(ids), dtype=np.int64)
    room = None if layout.max_length is None else layout.max_length - around
    if width == 1 or not layout.truncation or room is None or room < 0 or len(ids) <= room:
        return ids, places  # which `lay_out` cuts
    tokens = np.arange(len(ids) // width, dtype=np.int64)
    whole = replace(layout, max_length=max(room // width, 1), padding=False, pad_to_multiple_of=None)
    tokens = tokens[whole.kept(len(tokens), 0)][: room // width]
    places = (tokens[:, None] * width + np.arange(width, dtype=np.int64)).reshape(-1)
    return ids[places.astype(np.intp)], places


def _tokens_at(places: NDArray[np.int64], width: int, first: Any) -> NDArray[np.int64]:
    """Turn the places of ids in a document into those of tokens among all, -1 for what is none."""
    return np.where(places < 0, -1, places // width + first)


def _gather(table: NDArray[np.int64], tokens: list[NDArray[np.int64]], fill: int) -> list[NDArray[np.int64]]:
    """Return the rows of a table (n, w) for the tokens of each document, ``fill`` where there is none: (L, w) each."""
    filled = np.concatenate([table, np.full((1, table.shape[1]), fill, dtype=np.int64)])
    return [filled[each.astype(np.intp)] for each in tokens]  # -1 is the last


def _shaped(rows: list[NDArray[np.int64]], layout: Shape, single: bool) -> Any:
    """Give rows (L, w) as lists, or stacked."""
    if layout.return_tensors is None:
        lists = [each.tolist() for each in rows]
        return lists[0] if single else lists
    if len({len(each) for each in rows}) > 1:
        raise InputError("rows of different lengths make no tensor", hint="pass padding=True")
    return as_tensor(np.stack(rows) if rows else np.empty((0, 0, 0), dtype=np.int64), layout.return_tensors)


def _one(sequence: Any) -> Documents:
    """Recognise one document."""
    documents = read_documents(sequence)
    if not documents.single:
        raise InputError("several sequences", hint="encode_batch(..), or the tokenizer itself, take them")
    return documents


def _join_columns(parts: list[Any], n_rows: int, dtype: Any) -> Any:
    """Put arrays (n_rows, m) beside each other, and let go of each: of many only the whole remains."""
    if len(parts) == 1:
        return parts[0]
    whole = np.empty((n_rows, sum(each.shape[1] for each in parts)), dtype=dtype)
    at = 0
    for number, part in enumerate(parts):
        whole[:, at : at + part.shape[1]] = part
        at += part.shape[1]
        parts[number] = None
    return whole


def _refuse_large(bases: int, ids: int) -> None:
    if ids > MAX_IDS:
        raise CapacityError(f"{ids:,} ids, more than {MAX_IDS:,}", hint="split the input")
    if bases > MOST_BASES:
        what = f"{bases:,} bases, and this machine's memory takes {MOST_BASES:,} at once"
        raise CapacityError(what, hint="split the input")


def _depth() -> int:
    """Count the frames up to the one that called genotok, for a warning to point at."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("genotok."):
        depth, frame = depth + 1, frame.f_back
    return depth
