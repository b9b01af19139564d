"""The plain bytes of a source, unpacked by content, with faults told in the words of the one who asks."""

from collections.abc import Iterator

from genotok.errors import BedError, GenotokError
from genotok.io.inflate import Inflater
from genotok.io.sources import Source, iter_blocks, name_of


def iter_plain(source: Source, error: type[GenotokError]) -> Iterator[bytes]:
    """Yield what a source holds, gzip and bgzip unpacked; a cut or damaged stream raises ``error``."""
    inflater = Inflater(name_of(source))
    try:
        for raw in iter_blocks(source):
            yield from inflater.feed(raw)
        yield from inflater.close()
    except BedError as fault:
        raise error(fault.what, path=fault.path, hint=fault.hint) from None


def read_plain(source: Source, error: type[GenotokError]) -> bytes:
    """Return the whole of `iter_plain`."""
    return b"".join(iter_plain(source, error))
