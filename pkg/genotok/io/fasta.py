"""FASTA read piece by piece, so that a genome passes through in the memory of a few megabytes."""

from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

import numpy as np

from genotok.arrays import Bytes
from genotok.errors import BedError, EmptyFileError, FastaError
from genotok.io.inflate import Inflater
from genotok.io.sniff import SNIFF_BYTES, foreign_kind
from genotok.io.sources import Source, iter_blocks, name_of
from genotok.kernels.bases import Codes
from genotok.values.sequences import FastaReport, LetterTally, Sequence, Sequences, SoftMask, encode_text

_MARK = ord(">")
_MAX_HEAD = 2**20  # bytes of a header line
_TEXT = "FASTA is text: > and a name on one line, letters on the next"
_KINDS = {  # by how `foreign_kind` begins, or by magic
    b"\x1a\x41\x27\x43": ("2bit", "run: twoBitToFa FILE out.fa"),
    b"\x43\x27\x41\x1a": ("2bit", "run: twoBitToFa FILE out.fa"),
    b"BAM\x01": ("BAM", "run: samtools fasta FILE > out.fa"),
    b"CRAM": ("CRAM", "run: samtools fasta FILE > out.fa"),
    b"PK\x03\x04": ("a zip archive", "run: unzip -p FILE > out.fa"),
    b"\xff\xfe": ("UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.fa"),
    b"\xfe\xff": ("UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.fa"),
}


class Piece(NamedTuple):
    """Some bases of a contig: ``codes`` uint8 from base ``start`` on. Every contig begins with a piece at 0."""

    name: str
    start: int
    codes: Codes


class FastaReader:
    r"""Reads FASTA, plain or gzipped by content, in pieces; iterate once, then ask for the ``report``.

    Contigs are named by the first word of their header. Bad letters raise SequenceError, all else FastaError or
    EmptyFileError, with the line. ``soft_mask='n'`` takes lower case for unknown bases; ``encode`` reads letters as
    `encode_text` does, or by rules of its own.

    >>> from io import BytesIO
    >>> reader = FastaReader(BytesIO(b">one first\nACG\nTN\n>two\nRA\n"))
    >>> [(piece.name, piece.start, piece.codes.tolist()) for piece in reader if len(piece.codes)]
    [('one', 0, [0, 1, 2, 3, 4]), ('two', 0, [4, 0])]
    >>> reader.report.letters.unknown
    {'N': 1, 'R': 1}
    """

    def __init__(
        self, source: Source, *, soft_mask: SoftMask = "keep", encode: Callable[..., Codes] = encode_text
    ) -> None:
        self._encode = encode
        self.path = name_of(source)
        self.lines: dict[str, int] = {}  # of each contig's header
        self._source, self._soft_mask = source, soft_mask
        self._inflater = Inflater(self.path)
        self._tally = LetterTally()
        self._empty: list[str] = []
        self._name: str | None = None
        self._size = 0  # bases of the contig so far
        self._feeds = self._returns = 0  # line ends so far, of either kind
        self._after: int | None = None  # the last byte before what is at hand

    @property
    def report(self) -> FastaReport:
        """What has been met so far; complete after the last piece."""
        letters = self._tally.report()
        notes = [f"{name} has no bases" for name in self._empty]
        if letters.uracil:
            notes.append(f"U was read as T, {letters.uracil:,} times")
        inflater = self._inflater
        return FastaReport(self.path, inflater.raw_bytes, inflater.compression, letters, tuple(notes))

    def __iter__(self) -> Iterator[Piece]:
        try:
            head: bytes | None = None  # of a header whose line has not ended
            for block in self._blocks():
                text, head = (block, None) if head is None else (head + block, None)
                head = yield from self._pieces(text)
            if head is not None:
                yield self._begin(head)
        except BedError as fault:
            if isinstance(fault, EmptyFileError):
                raise
            raise FastaError(fault.what, path=fault.path, hint=fault.hint) from None
        if self._name is None:
            raise EmptyFileError("there is no sequence in it", path=self.path, hint=_TEXT)
        self._end()

    def _blocks(self) -> Iterator[bytes]:
        """Yield plain bytes; what is no FASTA by its first ones is refused."""
        waiting: bytes | None = b""
        for raw in iter_blocks(self._source):
            for block in self._inflater.feed(raw):
                if waiting is not None:
                    waiting += block
                    if len(waiting) < SNIFF_BYTES:
                        continue
                    block, waiting = self._checked(waiting), None  # the block and what waited before it
                yield block
        for block in self._inflater.close():
            if waiting is not None:
                waiting += block
            else:
                yield block
        if waiting:
            yield self._checked(waiting)

    def _checked(self, head: bytes) -> bytes:
        found = next((kind for magic, kind in _KINDS.items() if head.startswith(magic)), None)
        if found is None and (other := foreign_kind(head[:SNIFF_BYTES])):
            found = other[0], other[1].replace("out.bed", "out.fa").replace("give BED text", _TEXT)
        if found:
            raise FastaError(f"the file is {found[0]}", path=self.path, hint=found[1])
        return head.removeprefix(b"\xef\xbb\xbf")

    def _pieces(self, text: bytes) -> Generator[Piece, None, bytes | None]:
        """Yield the pieces of some text that begins where the last one ended; returns a header that has not."""
        array = np.frombuffer(text, dtype=np.uint8)
        marks = np.flatnonzero(array == _MARK)
        begins = [at for at in marks.tolist() if self._starts_line(text, at)]
        at = 0
        for mark in [*begins, len(text)]:
            if mark < at:
                continue  # a mark within a header
            if mark > at and (piece := self._bases(array[at:mark])) is not None:
                yield piece
            at = mark
            if mark < len(text):
                end = _line_end(text, mark)
                if end < 0:
                    if len(text) - mark > _MAX_HEAD:
                        raise self._long_header()
                    self._after = text[mark - 1] if mark else self._after
                    return text[mark:]
                yield self._begin(text[mark:end])
                at = end
        self._after = text[-1] if text else self._after
        return None

    def _starts_line(self, text: bytes, at: int) -> bool:
        before = text[at - 1] if at else self._after
        return before is None or before in b"\r\n"

    def _bases(self, text: Bytes) -> Piece | None:
        """Return the bases of lines of a contig; None if there are but blanks."""
        line = self._line
        if self._name is None:
            words = bytes(text[:40]).split(None, 1)
            if not words and not bytes(text).strip():
                self._count_lines(text)
                return None
            raise self._no_header(bytes(text).lstrip()[:40])
        place = {"soft_mask": self._soft_mask, "before": self._size, "path": self.path, "line": line}
        codes = self._encode(text, self._name, **place)
        self._tally.add(text)
        self._count_lines(text)
        if not len(codes):
            return None
        piece = Piece(self._name, self._size, codes)
        self._size += len(codes)
        return piece

    def _no_header(self, text: bytes) -> FastaError:
        hint = "run: seqtk seq -a FILE > out.fa" if text.startswith(b"@") else _TEXT
        what = "FASTQ: reads with qualities" if text.startswith(b"@") else "text before the first >"
        return self._error(what, hint)

    def _long_header(self) -> FastaError:
        return self._error(f"a header of more than {_MAX_HEAD:,} bytes", "names are short; does the line end?")

    def _begin(self, head: bytes) -> Piece:
        """Start a contig by its header."""
        if len(head) > _MAX_HEAD:
            raise self._long_header()
        self._end()
        words = head[1:].split(None, 1)
        if not words or head[1:2].isspace():
            raise self._error("> without a name", "write >name")
        try:
            name = words[0].decode()
        except UnicodeDecodeError:
            raise self._error(f"the name {words[0]!r} is not UTF-8", "rename it") from None
        if name in self.lines:
            hint = "contigs are told apart by the first word of their header"
            raise self._error(f"{name!r} stands at line {self.lines[name]:,} already", hint)
        self.lines[name] = self._line
        self._name, self._size = name, 0
        return Piece(name, 0, np.empty(0, dtype=np.uint8))

    def _end(self) -> None:
        if self._name is not None and not self._size:
            self._empty.append(self._name)

    @property
    def _line(self) -> int:
        return 1 + (self._feeds or self._returns)

    def _count_lines(self, text: Bytes) -> None:
        self._feeds += int(np.count_nonzero(text == ord("\n")))
        self._returns += int(np.count_nonzero(text == ord("\r")))

    def _error(self, what: str, hint: str) -> FastaError:
        return FastaError(what, path=self.path, line=self._line, hint=hint)


def _line_end(text: bytes, start: int) -> int:
    """Return where the line ends that a place belongs to, -1 if it does not end."""
    ends = [end for end in (text.find(b"\n", start), text.find(b"\r", start)) if end >= 0]
    return min(ends, default=-1)


def read_fasta(source: Source, *, soft_mask: SoftMask = "keep") -> Sequences:
    r"""Read all contigs of a FASTA file, plain or gzipped by content.

    Names are the first words of the headers. Lower case counts as upper, or with ``soft_mask='n'`` as unknown; U is T;
    IUPAC codes and X are unknown bases, counted in ``report``. Raises FastaError, SequenceError or EmptyFileError.

    >>> from io import BytesIO
    >>> genome = read_fasta(BytesIO(b">chr1\nACGTN\n>chrM\nacg\n"))
    >>> genome, genome["chrM"].codes.tolist(), genome.report.letters.lower
    (Sequences(2 contigs, 8 bases), [0, 1, 2], 3)
    """
    reader = FastaReader(source, soft_mask=soft_mask)
    parts: dict[str, list[Codes]] = {}
    for piece in reader:
        parts.setdefault(piece.name, []).append(piece.codes)
    contigs = {name: Sequence(np.concatenate(codes), name) for name, codes in parts.items()}
    return Sequences(contigs, reader.report)
