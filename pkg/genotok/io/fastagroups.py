"""FASTA of many short records, read many records at once: headers are told from letters a whole block at a time."""

from collections.abc import Callable, Generator
from typing import NamedTuple, TypeAlias

import numpy as np

from genotok.arrays import Coords
from genotok.io.fasta import FastaReader, Piece
from genotok.io.sources import Source
from genotok.kernels.bases import Codes
from genotok.values.sequences import SoftMask

Translate: TypeAlias = Callable[[bytes], Codes | None]

_MARK = ord(">")
_BLANKS = b" \t\r\n\v\f"
_SIGNS = [_BLANKS[at : at + 1] for at in range(len(_BLANKS))]


class Records(NamedTuple):
    """Whole records: names, their bases one after the other, uint8 (L,), how many each has, int64 (b,), letters."""

    names: list[str]
    codes: Codes
    lengths: Coords
    letters: bytes


class GroupReader(FastaReader):
    r"""Reads FASTA as FastaReader does; but whole records that end within a block of the file come as Records.

    ``translate`` turns letters into codes, None if one stands for no base; ``encode`` must agree with it, and makes the
    errors: text in which anything is out of the ordinary is read as FastaReader reads it.

    >>> from io import BytesIO
    >>> from genotok.kernels.bases import classify_letters, letter_classes
    >>> from genotok.values.sequences import encode_text
    >>> def translate(text):
    ...     return classify_letters(text, letter_classes())
    >>> reader = GroupReader(BytesIO(b">a x\nAC\nGT\n>b\nTT\n>c\nA\n"), encode=encode_text, translate=translate)
    >>> [(each.names, each.codes.tolist()) for each in reader if isinstance(each, Records)]
    [(['a', 'b'], [0, 1, 2, 3, 3, 3])]
    """

    def __init__(
        self,
        source: Source,
        *,
        encode: Callable[..., Codes],
        translate: Translate,
        soft_mask: SoftMask = "keep",
    ) -> None:
        super().__init__(source, soft_mask=soft_mask, encode=encode)
        self._translate = translate

    def _pieces(self, text: bytes) -> Generator[Piece | Records, None, bytes | None]:  # type: ignore[override]  # more
        first = 0 if text[:1] == b">" and self._starts_line(text, 0) else text.find(b"\n>") + 1
        last = text.rfind(b"\n>") + 1
        if not (first or text[:1] == b">") or last <= first:
            return (yield from super()._pieces(text))
        if first:
            yield from super()._pieces(text[:first])
        some = text[first:last]
        records = self._records(some)
        if records is None:
            yield from super()._pieces(some)
        else:
            yield records
        return (yield from super()._pieces(text[last:]))

    def _records(self, text: bytes) -> Records | None:
        """Take whole records; None if there is anything that asks for a second look."""
        layout = _lay_out(text)
        if layout is None:
            return None
        heads, letters, lengths, lines = layout
        names = _names_in(heads)
        codes = self._translate(letters)
        if names is None or codes is None:
            return None
        places = dict(zip(names, (self._line + lines).tolist(), strict=True))
        if len(places) != len(names) or not self.lines.keys().isdisjoint(places):
            return None
        self._end()
        self.lines.update(places)
        self._empty += [names[at] for at in np.flatnonzero(lengths[:-1] == 0).tolist()]
        self._name, self._size = names[-1], int(lengths[-1])
        self._tally.add(np.frombuffer(letters, dtype=np.uint8))
        self._count_lines(np.frombuffer(text, dtype=np.uint8))
        self._after = ord("\n")
        return Records(names, codes, lengths, letters)


class _Layout(NamedTuple):
    """Headers with their line ends, all letters, how many each record has, and the lines before each, int64 (b,)."""

    heads: bytes
    letters: bytes
    lengths: Coords
    lines: Coords


def _lay_out(text: bytes) -> _Layout | None:
    """Tell headers from letters in whole records; None if blanks stand where they seldom do."""
    array = np.frombuffer(text, dtype=np.uint8)
    feeds = np.flatnonzero(array == ord("\n"))
    returns = text.count(b"\r")
    if returns and (returns != len(feeds) or text.count(b"\r\n") != returns):
        return None
    marks = np.flatnonzero(array == _MARK)
    starts = marks[array[marks - 1] == ord("\n")]  # that of the first is the last of all, which ends a line
    lines = np.searchsorted(feeds, starts)
    begins = feeds[lines] + 1  # of the letters
    ends = np.append(starts[1:], len(text)).astype(np.int64)
    runs = np.stack([begins - starts, ends - begins], axis=1).reshape(-1)
    is_head = np.repeat(np.tile([True, False], len(starts)), runs.astype(np.intp))
    letters = array[~is_head].tobytes().translate(None, _BLANKS)
    more = np.append(lines[1:], len(feeds)) - lines - 1  # lines of letters
    lengths = ends - begins - more * (2 if returns else 1)
    if int(lengths.sum(dtype=np.int64)) != len(letters):
        return None
    return _Layout(array[is_head].tobytes(), letters, lengths, lines.astype(np.int64))


def _names_in(heads: bytes) -> list[str] | None:
    """Return the first words of headers; None if one is missing or no UTF-8."""
    if any(b"\n>" + blank in b"\n" + heads for blank in _SIGNS):
        return None
    names = heads[1:-1]
    if any(blank in names for blank in _SIGNS if blank != b"\n"):
        names = b"\n>".join(head.split(None, 1)[0] for head in names.split(b"\n>"))
    try:
        return names.decode().split("\n>")
    except UnicodeDecodeError:
        return None
