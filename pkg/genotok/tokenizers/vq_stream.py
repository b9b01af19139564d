"""Documents into codes, group by group and long ones piece by piece, so that only the result is ever whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Offsets
from genotok.errors import SequenceError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import Ends, count_windows
from genotok.tokenizers.vq_backend import Backend
from genotok.tokenizers.vq_config import Strand, UnknownPolicy
from genotok.tokenizers.vq_inputs import Documents, Group, Long
from genotok.tokenizers.vq_strands import choose_strands, is_turned, turn
from genotok.values.codebook import CodeArray
from genotok.values.vqmodel import UnknownScope


@dataclass(frozen=True)
class Settings:
    """How documents are read: the model's levels, window and stride, and the policies in force."""

    levels: int
    window: int
    stride: int
    ends: Ends
    unknown_scope: UnknownScope
    unknown: UnknownPolicy
    strand: Strand
    phase: int

    def count(self, lengths: Coords) -> Coords:
        """Count the tokens of documents of so many bases, int64 (b,); those that are dropped too."""
        rest = np.maximum(lengths - self.phase, 0)
        return count_windows(rest, window=self.window, stride=self.stride, ends=self.ends)


class Coded(NamedTuple):
    """Some documents: codes uint16 (N, m) of all their tokens; bases, tokens and strand of each, (k,)."""

    codes: CodeArray
    margins: NDArray[np.float32] | None
    lengths: Coords
    counts: Coords
    turned: Flags


def encode_documents(
    documents: Documents, groups: Iterator[Group | Long], backend: Backend, settings: Settings, *, margins: bool = False
) -> Iterator[Coded]:
    """Yield the codes of all documents, in their order; what comes out does not depend on how they are grouped."""
    for each in groups:
        if isinstance(each, Group):
            yield _encode_group(documents, each, backend, settings, margins)
        elif backend.in_pieces and not margins:
            yield _encode_pieces(documents, each, backend, settings)
        else:
            whole = np.concatenate(list(each.pieces()))
            rows = np.array([0, len(whole)], dtype=np.int64)
            yield _encode_group(documents, Group(whole, rows, each.number), backend, settings, margins)


def _encode_group(documents: Documents, group: Group, backend: Backend, settings: Settings, margins: bool) -> Coded:
    bases, rows, lengths = group.bases, group.rows, np.diff(group.rows)
    turned = choose_strands(group, settings.strand)
    if turned.any():
        bases = turn(bases, rows, turned)
    if settings.phase:
        bases, rows = _skip(bases, rows, settings.phase)
    counts = settings.count(lengths)
    if settings.unknown == "error":
        at = _find_unknown(bases, rows, counts, settings)
        if at is not None:
            raise _refusal(documents, group.first + at[0], at[1], int(lengths[at[0]]), bool(turned[at[0]]), settings)
    found = backend.codes(
        bases,
        rows=rows,
        ends=settings.ends,
        unknown_scope=settings.unknown_scope,
        unknown=settings.unknown,
        margins=margins,
    )
    return Coded(found.codes, found.margins, lengths, counts, turned)


def _encode_pieces(documents: Documents, document: Long, backend: Backend, settings: Settings) -> Coded:
    """Return the codes of one document: windows are those of its pieces, each with what the one before left over."""
    lengths = np.array([len(document)], dtype=np.int64)
    counts, rest = settings.count(lengths), len(document) - settings.phase
    turned = settings.strand == "reverse" or (settings.strand == "canonical" and is_turned(document))
    lead, tail = _padding(rest, int(counts[0]), settings)
    held, skip, read, done = np.full(lead, UNKNOWN, dtype=np.uint8), settings.phase, 0, 0
    seen = _seen(counts, settings, lengths=lengths - settings.phase)[0]
    codes = np.empty((settings.levels, int(counts[0])), dtype=np.uint16)
    for piece in document.pieces(turned=turned):
        bases, skip = piece[skip:], max(skip - len(piece), 0)
        if settings.unknown == "error" and int(bases.max(initial=0)) == UNKNOWN:
            places = read + np.flatnonzero(bases == UNKNOWN)
            places = places[(places >= seen[0]) & (places < seen[1])]
            if places.size:
                raise _refusal(documents, document.number, int(places[0]), len(document), turned, settings)
        read += len(bases)
        ends = [np.full(tail, UNKNOWN, dtype=np.uint8)] if read == rest else []
        held = np.concatenate([held, bases, *ends])
        ready = min((len(held) - settings.window) // settings.stride + 1, codes.shape[1] - done)
        if ready > 0:
            used = held[: (ready - 1) * settings.stride + settings.window]
            rows, scope = np.array([0, len(used)], dtype=np.int64), settings.unknown_scope
            found = backend.codes(used, rows=rows, ends="valid", unknown_scope=scope, unknown=settings.unknown)
            codes[:, done : done + ready] = found.codes
            held, done = held[ready * settings.stride :], done + ready
    return Coded(codes, None, lengths, counts, np.array([turned]))


def _padding(length: int, count: int, settings: Settings) -> tuple[int, int]:
    """Count the unknown bases before and behind a document whose windows may reach over its ends."""
    if settings.ends == "valid":
        return 0, 0
    lead = (settings.window - settings.stride) // 2
    return lead, max((count - 1) * settings.stride - lead + settings.window - length, 0)


def _skip(bases: Codes, rows: Offsets, phase: int) -> tuple[Codes, Offsets]:
    """Leave out the first ``phase`` bases of each document."""
    lengths = np.diff(rows)
    kept = np.ones(len(bases), dtype=np.bool_)
    for place in range(phase):
        kept[(rows[:-1] + place)[lengths > place].astype(np.intp)] = False
    return bases[kept], offsets_of(np.maximum(lengths - phase, 0))


def _seen(counts: Coords, settings: Settings, *, lengths: Coords) -> NDArray[np.int64]:
    """Return the bases, first and one after last, that could make a token of each document unknown: int64 (b, 2)."""
    lead = (settings.window - settings.stride) // 2
    if settings.ends == "same":
        return np.stack([np.zeros_like(lengths), lengths], axis=1)
    first, extent = (lead, settings.stride) if settings.unknown_scope == "core" else (0, settings.window)
    last = np.where(counts > 0, first + (counts - 1) * settings.stride + extent, 0)
    return np.stack([np.full_like(counts, first), last], axis=1)


def _find_unknown(bases: Codes, rows: Offsets, counts: Coords, settings: Settings) -> tuple[int, int] | None:
    """Find the first unknown base that makes a token unknown: document and place in it."""
    places = np.flatnonzero(bases == UNKNOWN).astype(np.int64)
    if not places.size:
        return None
    owners = np.searchsorted(rows, places, side="right") - 1
    inside = places - rows[owners]
    seen = _seen(counts, settings, lengths=np.diff(rows))[owners]
    wrong = np.flatnonzero((inside >= seen[:, 0]) & (inside < seen[:, 1]))
    return (int(owners[wrong[0]]), int(inside[wrong[0]])) if wrong.size else None


def _refusal(
    documents: Documents, number: int, place: int, length: int, turned: bool, settings: Settings
) -> SequenceError:
    """Make the error for an unknown base, by its place in what was read."""
    base = place + settings.phase
    base = length - base if turned else base + 1
    hint = "unknown='unk', 'majority' or 'drop' take it"
    return SequenceError(f"the base {base:,} is unknown", where=documents.where(number), hint=hint)
