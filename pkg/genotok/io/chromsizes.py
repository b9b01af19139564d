"""Chromosome sizes: a name and a length on each line, as UCSC's ``chrom.sizes`` and the ``.fai`` of samtools have."""

from genotok.errors import BedError, EmptyFileError
from genotok.io.sources import Source, iter_blocks, name_of


def read_chrom_sizes(source: Source) -> dict[str, int]:
    r"""Read names and lengths in bases, in the order of the file; columns behind the second are ignored.

    Blank lines and ``#`` lines are skipped. Raises BedError with the line for anything else, EmptyFileError for a file
    without a chromosome.

    >>> from io import BytesIO
    >>> read_chrom_sizes(BytesIO(b"chr1\t248956422\nchrM\t16569\n"))
    {'chr1': 248956422, 'chrM': 16569}
    """
    path = name_of(source)
    sizes: dict[str, int] = {}
    for number, line in enumerate(b"".join(iter_blocks(source)).splitlines(), start=1):
        if not line.strip() or line.startswith(b"#"):
            continue
        try:
            name, length, *_ = line.decode().split("\t") if b"\t" in line else line.decode().split()
            size = int(length) if length.isascii() and length.isdecimal() else 0
        except ValueError:  # one column, or no UTF-8
            size = 0
        if not 0 < size < 2**32:
            raise BedError("no chromosome and its size", path=path, line=number, hint="lines are name TAB size")
        if sizes.setdefault(name, size) != size:
            raise BedError(f"{name} has another size further up", path=path, line=number, hint="keep one of them")
    if not sizes:
        raise EmptyFileError("there is no chromosome in it", path=path, hint="lines are name TAB size")
    return sizes
