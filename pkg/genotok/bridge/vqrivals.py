"""Operations that compare: what one changed base does, how others cut the same bases, and what it does to them."""

from typing import Any

import numpy as np

from genotok.analysis.wordcuts import Cuts, count_lost, measure
from genotok.arrays import Coords, Ids
from genotok.bridge.reply import Answer, operation, text, whole
from genotok.bridge.vqlooks import MAX_WINDOW, VQLooker, signed
from genotok.bridge.vqresult import MOST_DECODED, Coded, VQResult, cut_by_others
from genotok.errors import CapacityError, SequenceError
from genotok.kernels.bases import Codes
from genotok.kernels.vqdecode import join_levels
from genotok.tokenizers.vq_mutate import MutationEffect
from genotok.values.codebook import CodeArray

_LETTERS = "ACGT"


class VQRivalsRoom(VQLooker):
    """Compares the codes of one sequence with those of a changed one, and with other tokenizers'."""

    @operation
    def vq_mutate(self, handle: int, number: int, position: int, base: str) -> Answer:
        """Say which tokens change if one base does; only those near it are encoded anew."""
        result, coded, _ = self.coded(handle, number)
        place, letter = _change(coded, position, base)
        effect, first = _effect(result, coded, place, letter)
        span = result.tokenizer.receptive_span
        low = coded.token_at(place - span)  # no token farther off can change
        high = min(coded.token_at(place + span) + 1, coded.codes.n_tokens)
        before = coded.codes.codes[:, low:high]
        after = before.copy()
        after[:, (effect.tokens + first - low).astype(np.intp)] = effect.new_codes
        changed = before != after
        where = np.flatnonzero(changed.any(axis=0))
        starts, ends = coded.spans(low, high)
        old, new = before[:, where], after[:, where]
        levels = [int(np.count_nonzero(each)) for each in changed]
        words = {"position": place, "old": effect.old_base, "new": letter, "levels": levels}
        return words, {
            "tokens": (where + low).astype(np.int32),
            "starts": starts[where].astype(np.int32),
            "ends": ends[where].astype(np.int32),
            "old": signed(old).ravel(),
            "new": signed(new).ravel(),
            "hues": np.concatenate([result.hues_of(level, each) for level, each in enumerate(new)]),
        }

    @operation
    def vq_compare(self, handle: int, number: int, position: int, base: str) -> Answer:
        """Measure how codes, byte pairs and words of letters cut a sequence, and what a changed base takes from each.

        No base changes if ``position`` is -1.
        """
        result, coded, at = self.coded(handle, number)
        bases, others = _bounded(coded), result.cuts_of(at)
        sizes = _sizes(result)
        own = zip(_streams(result, coded.codes.codes), sizes, strict=True)
        rows = [measure("", ids, size, len(bases)) for ids, size in own]
        rows += [measure(each.name, each.ids, each.size, len(bases)) for each in others]
        lost: list[int | None] = [None] * len(rows)
        if position != -1:
            place, letter = _change(coded, position, base)
            changed = bases.copy()
            changed[place] = _LETTERS.index(letter)
            effect, _ = _effect(result, coded, place, letter)
            old, new = _streams(result, effect.old_codes), _streams(result, effect.new_codes)
            old += [each.ids for each in others]
            new += [each.ids for each in cut_by_others(changed)]
            lost = [count_lost(was, now) for was, now in zip(old, new, strict=True)]
        told = [
            {
                "name": each.name,
                "level": (row + 1 if len(sizes) > 1 else 0) if row < len(sizes) else None,
                "tokens": each.tokens,
                "distinct": each.distinct,
                "size": each.size,
                "bits": each.bits,
                "bits_per_base": each.bits_per_base,
                "lost": gone,
            }
            for row, (each, gone) in enumerate(zip(rows, lost, strict=True))
        ]
        return {"rows": told}, {}

    @operation
    def vq_cuts(self, handle: int, number: int, first: int, last: int) -> Answer:
        """Return the tokens of those others that tile the sequence, where they lie on bases first to last."""
        result, coded, at = self.coded(handle, number)
        size = len(_bounded(coded))
        begin = whole("first", first, 0, size)
        end = min(whole("last", last, begin, 2**31), size, begin + MAX_WINDOW)
        tiled = [each for each in result.cuts_of(at) if each.tiles]
        seen = [_in_sight(each, begin, end) for each in tiled]
        both = list(zip(tiled, seen, strict=True))
        said = {"first": begin, "last": end, "names": [each.name for each in tiled]}
        return {**said, "counts": [here.stop - here.start for here in seen]}, {
            "starts": np.concatenate([each.starts[here] for each, here in both]).astype(np.int32),
            "ends": np.concatenate([each.ends[here] for each, here in both]).astype(np.int32),
            "ids": np.concatenate([each.ids[here] for each, here in both]),
            "letters": coded.sequence.codes[begin:end],
        }


def _effect(result: VQResult, coded: Coded, place: int, letter: str) -> tuple[MutationEffect, int]:
    """Change a base and encode what is near anew; also returns which token the first one of these is."""
    span, stride = result.tokenizer.receptive_span, coded.codes.stride
    begin = max(0, place - 2 * span) // stride * stride  # so that tokens begin where they do
    near = coded.sequence.codes[begin : place + 2 * span + stride]
    return result.tokenizer.mutate(near, place - begin, letter), begin // stride


def _streams(result: VQResult, codes: CodeArray) -> list[Ids | Coords]:
    """Return the numbers that tell tokens apart: of a tree those of each level, else of all levels together."""
    if result.tokenizer.codebook.quantizer == "tree":
        return [signed(each) for each in codes]
    return [join_levels(codes, result.tokenizer.levels)]


def _sizes(result: VQResult) -> list[int]:
    book = result.tokenizer.codebook
    return list(book.sizes) if book.quantizer == "tree" else [book.joint_size]


def _bounded(coded: Coded) -> Codes:
    bases = coded.sequence.codes
    if len(bases) > MOST_DECODED:
        what = f"{len(bases):,} bases are too many to be cut by others here"
        raise CapacityError(what, hint=f"give up to {MOST_DECODED:,}")
    return bases


def _change(coded: Coded, position: Any, base: Any) -> tuple[int, str]:
    place = whole("position", position, 0, max(len(coded.sequence) - 1, 0))
    letter = text("a base", base).upper()
    if letter not in _LETTERS or len(letter) != 1:
        raise SequenceError(f"{base!r} is no base", hint="A, C, G or T")
    return place, letter


def _in_sight(cuts: Cuts, begin: int, end: int) -> slice:
    """Return which tokens that tile a sequence share a base with a window."""
    low = int(np.searchsorted(cuts.ends, begin, side="right"))
    return slice(low, max(low, int(np.searchsorted(cuts.starts, end, side="left"))))
