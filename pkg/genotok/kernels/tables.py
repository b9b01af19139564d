"""Codes of windows by looking them up: bases become numbers of windows, and these become codes; integers only."""

import sys
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets, Places
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.completing import complete_windows
from genotok.kernels.ragged import offsets_of

CodeTables: TypeAlias = NDArray[np.uint16]  # (N, 4^R), or codes (N, n)
Ends: TypeAlias = Literal["valid", "same"]

UNKNOWN_CODE = 65_535  # of a window that holds unknown bases
BLOCK = 131_072  # bases looked at together: what is made of them stays within the cache
_PACKS = sys.byteorder == "little"  # packing reads four bases as one number
_PACK = np.uint32(0x40100401)  # moves four bases of two bits each into the highest byte


def reverse_windows(window: int) -> Places:
    """List the number of the reverse complement of each of the 4^R windows of ``window`` bp: intp (4^R,).

    >>> reverse_windows(1).tolist()
    [3, 2, 1, 0]
    """
    numbers = np.arange(4**window, dtype=np.intp)
    turned = np.zeros_like(numbers)
    for _ in range(window):
        turned = turned << 2 | (3 - (numbers & 3))
        numbers = numbers >> 2
    return turned


def canonical_windows(window: int) -> Places:
    """List the windows of ``window`` bp whose number is not above that of their reverse complement, ascending: intp."""
    turned = reverse_windows(window)
    return np.flatnonzero(np.arange(len(turned), dtype=np.intp) <= turned)


def count_windows(lengths: NDArray[Any], *, window: int, stride: int, ends: Ends = "valid") -> Coords:
    """Count the tokens of sequences of (b,) bases: int64 (b,).

    ``valid``: windows that lie inside. ``same``: one window for each ``stride`` bases, or what is left of them.

    >>> count_windows(np.array([9, 7]), window=8, stride=4).tolist()
    [1, 0]
    >>> count_windows(np.array([9, 7]), window=8, stride=4, ends="same").tolist()
    [3, 2]
    """
    lengths = np.asarray(lengths, dtype=np.int64)
    if ends == "same":
        return np.asarray(-(-lengths // stride), dtype=np.int64)
    return np.asarray(np.maximum((lengths - window) // stride + 1, 0), dtype=np.int64)


def window_numbers(bases: Codes, *, window: int, stride: int) -> NDArray[Any]:
    """Read each window as a number in base 4, the first base the highest digit.

    ``bases`` (L,) are contiguous, all known: 0..3. Windows of R = ``window`` bp, 1 to 10, begin every ``stride`` bp and
    lie inside. Returns uint8 (R <= 4), uint16 (R <= 8) or intp.

    >>> window_numbers(np.array([0, 1, 2, 3, 3], np.uint8), window=2, stride=1).tolist()
    [1, 6, 11, 15]
    """
    if len(bases) < window:
        return np.empty(0, dtype=np.uint16)
    if _PACKS and window >= 8 and stride % 4 == 0:
        return _pack(bases, window, stride)
    return _double(bases, window)[::stride]


def _pack(bases: Codes, window: int, stride: int) -> NDArray[Any]:
    """Pack four bases into a byte, and two such bytes into a number; then the ninth and tenth base."""
    quads = (bases[: len(bases) // 4 * 4].view("<u4") * _PACK).view(np.uint8)[3::4]
    n, step = (len(bases) - window) // stride + 1, stride // 4
    numbers: NDArray[Any] = quads[: (n - 1) * step + 1 : step].astype(np.uint16 if window == 8 else np.intp)
    numbers *= 256
    numbers += quads[1 : (n - 1) * step + 2 : step]
    for place in range(8, window):
        numbers *= 4
        numbers += bases[place : place + (n - 1) * stride + 1 : stride]
    return numbers


def _double(bases: Codes, window: int) -> NDArray[Any]:
    """Give all windows their numbers, ``stride`` 1: pairs, pairs of pairs, eights, then base by base."""
    numbers: NDArray[Any] = bases
    width = 1
    while width < window:
        step = width if 2 * width <= window else 1
        wide = width + step
        dtype = np.uint8 if wide <= 4 else np.uint16 if wide <= 8 else np.intp
        tail = numbers if step == width else bases
        n = len(bases) - wide + 1
        longer: NDArray[Any] = numbers[:n].astype(dtype)
        longer *= 4**step  # faster than shifting
        longer += tail[width : width + n]
        numbers, width = longer, wide
    return numbers


def look_up(
    bases: Codes,
    *,
    tables: CodeTables,
    window: int,
    stride: int,
    rows: Offsets | None = None,
    ends: Ends = "valid",
    majority: bool = False,
    block: int = BLOCK,
) -> CodeTables:
    """Find the codes of the windows of b sequences that lie one after the other: uint16 (N, n).

    ``bases`` (L,) are 0..3, 4 if unknown; sequence ``i`` owns ``rows[i]`` to ``rows[i + 1]`` (None: there is one), and
    as many tokens as `count_windows` says. ``tables`` uint16 (N, 4^R). With ``ends="same"`` windows begin
    (R - S) // 2 bases before their core, and bases outside of a sequence are unknown. A window with unknown bases has
    code 65,535; with ``majority``, if there are one or two of them, the commonest code of all their completions, for
    each table on its own, ties to the lowest. What comes out does not depend on ``block``, the bases at once, nor on
    how sequences are put together.

    >>> tables = np.arange(16, dtype=np.uint16)[None]
    >>> look_up(np.array([0, 1, 4, 3, 3], np.uint8), tables=tables, window=2, stride=1).tolist()
    [[1, 65535, 65535, 15]]
    """
    rows = np.array([0, len(bases)], dtype=np.int64) if rows is None else rows
    tokens = offsets_of(count_windows(np.diff(rows), window=window, stride=stride, ends=ends))
    asked = _Asked(np.ascontiguousarray(bases), tables, window, stride, ends == "same", majority)
    codes = np.empty((len(tables), int(tokens[-1])), dtype=np.uint16)
    for first, last in _groups(rows, block):
        here = codes[:, int(tokens[first]) : int(tokens[last])]
        if last == first + 1:
            _look_along(asked, int(rows[first]), int(rows[last]), here, max(block // stride, 1))
        else:
            _look_across(asked, rows[first : last + 1], np.diff(tokens[first : last + 1]), here)
    return codes


class _Asked(NamedTuple):
    """What `look_up` was asked for."""

    bases: Codes
    tables: CodeTables
    window: int
    stride: int
    same: bool
    majority: bool

    @property
    def lead(self) -> int:
        """Bases of the first window that lie before the sequence."""
        return (self.window - self.stride) // 2 if self.same else 0


def _groups(rows: Offsets, block: int) -> Iterator[tuple[int, int]]:
    """Put sequences together up to ``block`` bases; a longer one stays alone."""
    first, n = 0, len(rows) - 1
    while first < n:
        full = int(np.searchsorted(rows, rows[first] + block, side="right")) - 1
        last = min(max(full, first + 1), n)
        yield first, last
        first = last


def _look_along(asked: _Asked, begin: int, end: int, out: CodeTables, step: int) -> None:
    """Fill in the codes of one sequence, ``step`` tokens at a time; windows that reach over its ends come last."""
    window, stride, n = asked.window, asked.stride, out.shape[1]
    low = min(-(-asked.lead // stride), n)
    high = max(min((end - begin - window + asked.lead) // stride + 1, n), low)
    for token in range(low, high, step):
        count = min(step, high - token)
        start = begin + token * stride - asked.lead
        piece = asked.bases[start : start + (count - 1) * stride + window]
        unknown = _count_unknown(piece)
        here = out[:, token : token + count]
        _fill(here, asked.tables, window_numbers(_known(piece, unknown), window=window, stride=stride))
        if unknown is not None:
            bad = np.flatnonzero(unknown[window::stride] != unknown[:-window:stride])
            _mend(asked, here, bad, start + bad * stride, begin, end)
    if low or high < n:
        over = np.concatenate([np.arange(low, dtype=np.intp), np.arange(high, n, dtype=np.intp)])
        _mend(asked, out, over, begin + over * stride - asked.lead, begin, end)


def _look_across(asked: _Asked, rows: Offsets, counts: Coords, out: CodeTables) -> None:
    """Fill in the codes of short sequences: all windows of all are numbered, and those that count are picked."""
    window, stride, first = asked.window, asked.stride, int(rows[0])
    piece = asked.bases[first : int(rows[-1])]
    repeats = counts.astype(np.intp)
    starts = np.repeat(rows[:-1] - first - asked.lead - stride * offsets_of(counts)[:-1], repeats)
    starts += np.arange(0, stride * len(starts), stride, dtype=np.int64)
    unknown = _count_unknown(piece)
    numbers = window_numbers(_known(piece, unknown), window=window, stride=1)
    if unknown is None and not asked.same:
        _fill(out, asked.tables, numbers[starts.astype(np.intp, copy=False)])
        return
    low, high = np.repeat(rows[:-1] - first, repeats), np.repeat(rows[1:] - first, repeats)
    over = (starts < low) | (starts + window > high)
    places = np.where(over, 0, starts).astype(np.intp)
    if len(numbers):  # else all windows reach over an end
        _fill(out, asked.tables, numbers[places])
        if unknown is not None:
            over |= unknown[places + window] != unknown[places]
    bad = np.flatnonzero(over)
    _mend(asked, out, bad, starts[bad] + first, low[bad] + first, high[bad] + first)


def _count_unknown(piece: Codes) -> NDArray[np.int32] | None:
    """Count the unknown bases before each place: int32 (n + 1,), or None if there are none."""
    if int(piece.max(initial=0)) < UNKNOWN:
        return None
    counts = np.zeros(len(piece) + 1, dtype=np.int32)
    np.cumsum(piece >= UNKNOWN, dtype=np.int32, out=counts[1:])
    return counts


def _known(piece: Codes, unknown: NDArray[np.int32] | None) -> Codes:
    """Give unknown bases some known code, so that numbers of windows stay within the table."""
    return piece if unknown is None else np.bitwise_and(piece, np.uint8(3))


def _mend(asked: _Asked, out: CodeTables, bad: Places, starts: Coords, low: Any, high: Any) -> None:
    """Set the codes of the windows ``bad`` that hold unknown bases; they begin at ``starts``, in ``[low, high)``."""
    if asked.majority:
        out[:, bad] = complete_windows(
            asked.bases, tables=asked.tables, window=asked.window, starts=starts, low=low, high=high, other=UNKNOWN_CODE
        )
    else:
        out[:, bad] = UNKNOWN_CODE


def _fill(out: CodeTables, tables: CodeTables, numbers: NDArray[Any]) -> None:
    places = numbers.astype(np.intp, copy=False)  # once for all levels; NumPy would do it again, and slower
    for codes, table in zip(out, tables, strict=True):
        codes[:] = table[places]


def climb(codes: NDArray[np.uint16], parents: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Find the codes of a coarser level of a tree: uint16 (n,) from (n,) finest ones and (K,) parents.

    Unknown stays unknown.

    >>> climb(np.array([2, 0, 65535], np.uint16), np.array([0, 0, 1], np.uint16)).tolist()
    [1, 0, 65535]
    """
    table = np.full(UNKNOWN_CODE + 1, UNKNOWN_CODE, dtype=np.uint16)
    table[: len(parents)] = parents
    coarse = np.empty_like(codes)
    for begin in range(0, len(codes), BLOCK):
        coarse[begin : begin + BLOCK] = table[codes[begin : begin + BLOCK].astype(np.intp)]
    return coarse
