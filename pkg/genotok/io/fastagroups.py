"""FASTA of many short records, read many records at once: what is done for each is but to cut text."""

from collections.abc import Callable, Generator
from itertools import accumulate
from typing import NamedTuple, TypeAlias

import numpy as np

from genotok.arrays import Coords
from genotok.io.fasta import FastaReader, Piece
from genotok.io.sources import Source
from genotok.kernels.bases import Codes
from genotok.values.sequences import SoftMask

Translate: TypeAlias = Callable[[bytes], Codes | None]

_BLANKS = b" \t\r\n\v\f"
_SIGNS = [_BLANKS[at : at + 1] for at in range(len(_BLANKS))]


class Records(NamedTuple):
    """Whole records: their names, their bases one after the other, uint8 (L,), and how many each has, int64 (b,)."""

    names: list[str]
    codes: Codes
    lengths: Coords
    letters: list[bytes]


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
        if b"\r>" in text or any(b"\n>" + blank in b"\n" + text[:2] or b"\n>" + blank in text for blank in _SIGNS):
            return None
        parts = text[1:].split(b"\n>")
        heads, _, rest = zip(*(part.partition(b"\n") for part in parts), strict=True)
        letters = [each.translate(None, _BLANKS) for each in rest]
        try:
            names = [head.split(None, 1)[0].decode() for head in heads]
        except (IndexError, UnicodeDecodeError):
            return None
        codes = self._translate(b"".join(letters))
        known = len(set(names)) == len(names) and self.lines.keys().isdisjoint(names)
        if codes is None or not known:
            return None
        self._end()
        counts = [1 + part.count(b"\n") for part in parts[:-1]]
        self.lines.update(zip(names, accumulate(counts, initial=self._line), strict=True))
        lengths = np.fromiter(map(len, letters), dtype=np.int64, count=len(letters))
        self._empty += [names[at] for at in np.flatnonzero(lengths[:-1] == 0).tolist()]
        self._name, self._size = names[-1], int(lengths[-1])
        self._tally.add(np.frombuffer(b"".join(letters), dtype=np.uint8))
        self._count_lines(np.frombuffer(text, dtype=np.uint8))
        self._after = ord("\n")
        return Records(names, codes, lengths, letters)
