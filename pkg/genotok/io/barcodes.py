"""Cell barcodes as they turn up in a file, numbered by first appearance, or by the order of a list one keeps to."""

from collections.abc import Callable, Iterable
from os import PathLike
from typing import cast

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Words
from genotok.errors import FragmentError, GenotokError, InputError
from genotok.io.inflate import Inflater
from genotok.io.sources import Source, iter_blocks, name_of
from genotok.kernels.digits import words_of
from genotok.kernels.fields import hash_words, read_words
from genotok.kernels.slots import find_keys, put_keys, slots_for

_FIRST_LOOK = 2**13  # lines whose new barcodes are added at first; most files have few
AHEAD = 8  # bytes that must stand before each barcode, so that its words may be read backwards from its end
_BOM = "\ufeff"


class BarcodeTable:
    """Maps barcode bytes to codes, a block of text at a time: by hash, then by an equality check of the bytes.

    Barcodes that share a hash send their block and all further ones to a dict, so that the outcome never rests on the
    hash. Under ``only``, whose barcodes have the first codes, any other has the code -1.

    >>> table, text = BarcodeTable(), b"........CTGATC"
    >>> table.codes_of(text, np.array([8, 11, 8]), np.array([11, 14, 11])).tolist(), table.names().tolist()
    ([0, 1, 0], ['CTG', 'ATC'])
    """

    def __init__(self, only: Iterable[str] | None = None, *, hashing: Callable[..., Words] = hash_words) -> None:
        self._hashing = hashing
        self._exact: dict[bytes, int] | None = None  # once two barcodes shared a hash
        self._names: list[bytes] = []
        self._lengths: Coords = np.empty(0, dtype=np.int64)
        self._words: list[Words] = []  # of `read_words`, (c,) each
        self._hashes: Words = np.empty(0, dtype=np.uint64)
        self._slots = slots_for(0)
        self._fixed = False
        if only is not None:
            names = [each.encode() for each in only]
            ends = np.cumsum([AHEAD, *map(len, names)], dtype=np.int64)
            self.codes_of(bytes(AHEAD) + b"".join(names), ends[:-1], ends[1:])
            self._fixed = True

    def __len__(self) -> int:
        return len(self._names)

    def names(self) -> NDArray[np.str_]:
        """Return the barcodes by code: texts (c,)."""
        return np.array([each.decode() for each in self._names], dtype=np.str_)

    def codes_of(self, text: bytes, starts: Coords, ends: Coords) -> Ids:
        """Return the codes of (n,) barcodes ``text[starts[i]:ends[i]]``: int32, new ones numbered as they appear."""
        codes = self._codes_by_hash(text, starts, ends) if self._exact is None else None
        return self._codes_one_by_one(text, starts, ends) if codes is None else codes

    def _codes_by_hash(self, text: bytes, starts: Coords, ends: Coords) -> Ids | None:
        """Find and add barcodes; None if two of them share a hash: then those before the second have been added."""
        lengths = ends - starts
        words = read_words(words=words_of(text), ends=ends, lengths=lengths)
        hashes = self._hashing(words=words, lengths=lengths)
        codes = np.full(len(starts), -1, dtype=np.int32)
        missing, looked_at = np.arange(len(starts), dtype=np.intp), _FIRST_LOOK
        while missing.size:
            found = find_keys(self._slots, hashes=hashes[missing], known=self._hashes)
            codes[missing] = found
            if not self._agree(codes, missing[found >= 0], words, lengths):
                return None
            missing = missing[found < 0]
            if self._fixed or not missing.size:
                break
            some, looked_at = missing[:looked_at], 2 * looked_at
            _, first, which = np.unique(hashes[some], return_index=True, return_inverse=True)
            if any(np.any(column[some] != column[some[first[which]]]) for column in (lengths, *words)):
                return None
            heads = some[np.sort(first)]
            self._add(text, starts[heads], ends[heads], [word[heads] for word in words], hashes[heads])
        return codes

    def _agree(self, codes: Ids, rows: NDArray[np.intp], words: list[Words], lengths: Coords) -> bool:
        """Tell whether the barcodes of some rows are, byte by byte, those whose codes their hashes found."""
        if not rows.size:
            return True
        found = codes[rows]
        columns = [(self._lengths, lengths), *zip(self._words, words, strict=False)]  # beyond the shorter: zeros
        return not any(np.any(known[found] != here[rows]) for known, here in columns)

    def _add(self, text: bytes, starts: Coords, ends: Coords, words: list[Words], hashes: Words) -> None:
        """Add distinct barcodes with the next codes."""
        before = len(self)
        self._add_texts([text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
        self._words += [np.zeros(before, dtype=np.uint64)] * (len(words) - len(self._words))
        words = words + [np.zeros(len(starts), dtype=np.uint64)] * (len(self._words) - len(words))
        self._words = [np.concatenate(pair) for pair in zip(self._words, words, strict=True)]
        self._hashes = np.concatenate([self._hashes, hashes])
        codes = np.arange(before, len(self), dtype=np.int32)
        if 2 * len(self) > len(self._slots):
            self._slots = slots_for(len(self))
            hashes, codes = self._hashes, np.arange(len(self), dtype=np.int32)
        put_keys(self._slots, hashes=hashes, codes=codes)

    def _add_texts(self, names: list[bytes]) -> None:
        self._names += names
        self._lengths = np.concatenate([self._lengths, np.array([len(name) for name in names], dtype=np.int64)])

    def _codes_one_by_one(self, text: bytes, starts: Coords, ends: Coords) -> Ids:
        """Find and add barcodes by a dict: what `_codes_by_hash` is a fast path of."""
        if self._exact is None:
            self._exact = {name: code for code, name in enumerate(self._names)}
        table, before = self._exact, len(self)
        names = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if self._fixed:
            return np.array([table.get(name, -1) for name in names], dtype=np.int32)
        codes = np.array([table.setdefault(name, len(table)) for name in names], dtype=np.int32)
        self._add_texts(list(table)[before:])
        return codes


def read_barcodes(barcodes: Iterable[str] | Source) -> list[str]:
    """Take the barcodes to keep: a collection, or a text file (plain or gzip) with one a line; repeats are dropped.

    Of a line with several TAB-separated columns the first counts. Raises FragmentError for a file without any, and
    InputError for a barcode that is no text, is empty or holds white space.
    """
    if isinstance(barcodes, (str, PathLike)) or hasattr(barcodes, "read"):
        return _read_list(cast(Source, barcodes))
    if hasattr(barcodes, "columns"):  # its names would be taken for the barcodes
        raise InputError(f"{type(barcodes).__name__} is a table", hint="give its column of barcodes")
    if not isinstance(barcodes, Iterable):
        raise InputError(f"barcodes is {type(barcodes).__name__}", hint="give texts, or a file with one a line")
    names = list(barcodes)
    for index, name in enumerate(names):
        if not isinstance(name, str) or not name or any(letter.isspace() for letter in name):
            raise InputError(f"{name!r} is no barcode", where=f"barcodes[{index}]", hint="give texts without blanks")
    return list(dict.fromkeys(str(name) for name in names))


def _read_list(source: Source) -> list[str]:
    name = name_of(source)
    inflater = Inflater(name)
    try:
        parts = [part for block in iter_blocks(source) for part in inflater.feed(block)]
        text = b"".join([*parts, *inflater.close()]).decode().removeprefix(_BOM)
    except UnicodeDecodeError:
        raise FragmentError("the file is no text", path=name, hint="list one barcode a line") from None
    except GenotokError as error:
        raise FragmentError(error.what, path=name, hint=error.hint) from None
    found = [line.split("\t", 1)[0].strip() for line in text.splitlines()]
    names = list(dict.fromkeys(each for each in found if each))
    if not names:
        raise FragmentError("no barcode is in the file", path=name, hint="list one a line")
    for number, each in enumerate(found, start=1):
        if any(letter.isspace() for letter in each):
            raise FragmentError(f"barcode {each!r} holds a blank", path=name, line=number, hint="list one a line")
    return names
