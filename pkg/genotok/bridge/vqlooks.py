"""Operations that look at codes along a sequence: windows of it, rows of the table, the colours, where a token lies."""

from typing import Any

import numpy as np

from genotok.analysis.codelook import HUES
from genotok.arrays import Ids
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_ROWS
from genotok.bridge.reply import Answer, operation, whole
from genotok.bridge.vqresult import Coded, VQResult
from genotok.errors import InputError
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.values.codebook import CodeArray

MAX_WINDOW = 2**16  # bases drawn at once


class VQLooker(Room):
    """What rooms that look at one sequence of a result share."""

    def coded(self, handle: Any, number: Any) -> tuple[VQResult, Coded, int]:
        """Return a result, one of its sequences, and its number."""
        result = self.desk.get(handle, VQResult, "result of codes")
        at = whole("the number of a sequence", number, 0, max(len(result.coded) - 1, 0))
        if not result.coded:
            raise InputError("there is no sequence")
        return result, result.coded[at], at


class VQLooksRoom(VQLooker):
    """Looks at one sequence of a result: handle, then the sequence's number."""

    @operation
    def vq_legend(self, handle: int, number: int) -> Answer:
        """Sum up what has each hue: tokens by level and hue, and the shares of A, C, G, T in their cores."""
        result, coded, _ = self.coded(handle, number)
        levels = len(result.tokenizer.levels)
        tokens = np.zeros((levels, HUES), dtype=np.int32)
        shares = np.zeros((levels, HUES, 4), dtype=np.float32)
        letters = _core_letters(coded)
        for level in range(levels):
            hues = result.hues_of(level, coded.codes.codes[level])
            tokens[level] = np.bincount(hues, minlength=HUES + 1).astype(np.int32)[1:]
            pairs = (hues[:, None].astype(np.intp) * 5 + letters).ravel()
            both = np.bincount(pairs, minlength=5 * (HUES + 1)).astype(np.float64)
            counts = both.reshape(HUES + 1, 5)[1:, :4]
            shares[level] = counts / np.maximum(counts.sum(axis=1, keepdims=True, dtype=np.float64), 1)
        return {"levels": levels, "hues": HUES}, {"tokens": tokens.ravel(), "shares": shares.ravel()}

    @operation
    def vq_window(self, handle: int, number: int, first: int, last: int) -> Answer:
        """Return bases first to last, those decoded, and the tokens that stand for them."""
        result, coded, _ = self.coded(handle, number)
        size = len(coded.sequence)
        begin = whole("first", first, 0, size)
        end = min(whole("last", last, begin, 2**31), size, begin + MAX_WINDOW)
        low, high = _tokens_in(coded, begin, end)
        starts, ends = coded.spans(low, high)
        codes = coded.codes.codes[:, low:high]
        decoded = np.zeros(0, dtype=np.uint8) if coded.decoded is None else coded.decoded[begin:end]
        hues = [result.hues_of(level, each) for level, each in enumerate(codes)]
        return {"first": begin, "last": end, "token": low, "size": size}, {
            "letters": coded.sequence.codes[begin:end],
            "decoded": decoded,
            "starts": starts.astype(np.int32),
            "ends": ends.astype(np.int32),
            "codes": signed(codes).ravel(),
            "hues": np.concatenate(hues),
        }

    @operation
    def vq_rows(self, handle: int, number: int, first: int, count: int) -> Answer:
        """Return tokens by number: places, ids, codes of all levels, and how many of their bases come back wrong."""
        result, coded, _ = self.coded(handle, number)
        total = coded.codes.n_tokens
        low = min(whole("first", first, 0, 2**31), total)
        high = min(low + whole("count", count, 1, MAX_ROWS), total)
        starts, ends = coded.spans(low, high)
        codes = coded.codes.codes[:, low:high]
        base = int(starts[0]) if high > low else 0
        differs = np.append(0, np.cumsum(coded.wrong[base : int(ends[-1]) if high > low else 0], dtype=np.int32))
        wrong = differs[(ends - base).astype(np.intp)] - differs[(starts - base).astype(np.intp)]
        return {"total": total, "first": low, "width": result.tokenizer.vocabulary.ids_per_token}, {
            "starts": starts.astype(np.int32),
            "ends": ends.astype(np.int32),
            "ids": result.tokenizer.vocabulary.ids_of_codes(codes),
            "codes": signed(codes).ravel(),
            "wrong": wrong.astype(np.int32),
        }

    @operation
    def vq_locate(self, handle: int, number: int, position: int) -> Answer:
        """Say which token stands for a base, counted from 0, or is the nearest to it; -1 if there are none."""
        _, coded, _ = self.coded(handle, number)
        base = whole("position", position, 0, max(len(coded.sequence) - 1, 0))
        return {"token": coded.token_at(base) if coded.codes.n_tokens else -1}, {}

    @operation
    def vq_wrong(self, handle: int, number: int, count: int) -> Answer:
        """List the first bases, of those that tokens tell of, that do not come back: places, letters, decoded ones."""
        _, coded, _ = self.coded(handle, number)
        most = whole("count", count, 1, MAX_ROWS)
        if coded.decoded is None:
            raise InputError("this sequence was not decoded")
        places = np.flatnonzero(coded.wrong)
        some = places[:most]
        return {"total": len(places)}, {
            "places": some.astype(np.int32),
            "letters": coded.sequence.codes[some],
            "decoded": coded.decoded[some],
        }


def signed(codes: CodeArray) -> Ids:
    """Return codes as they cross to the page: int32, -1 for unknown ones."""
    return np.where(codes == UNKNOWN_CODE, -1, codes.astype(np.int32)).astype(np.int32)


def _tokens_in(coded: Coded, begin: int, end: int) -> tuple[int, int]:
    """Return the tokens whose cores share a base with a window: from, to."""
    first, stride, total = coded.codes.first, coded.codes.stride, coded.codes.n_tokens
    low = max(0, min(total, (begin - first) // stride))
    return low, max(low, min(total, -((first - end) // stride))) if end > begin else low


def _core_letters(coded: Coded) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the bases of each token's core, 4 for unknown and past the end: (n, S)."""
    codes = coded.codes
    padded = np.full(codes.first + codes.n_tokens * codes.stride, 4, dtype=np.uint8)
    known = coded.sequence.codes[: len(padded)]
    padded[: len(known)] = known
    return padded[codes.first :].reshape(codes.n_tokens, codes.stride).astype(np.intp)
