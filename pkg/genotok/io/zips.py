"""Arrays in a zip that NumPy opens, whose bytes depend on the arrays alone."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from math import prod
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Check: TypeAlias = Callable[[str, tuple[int, ...], "np.dtype[Any]"], None]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the date of every member: equal arrays, equal bytes
_ROOM: Final = 2**28  # bytes that arrays may take however small their file is
_RATIO: Final = 40  # times the file's own size that they may take beyond; deflated counts and widths stay far below
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def write_npz(
    file: BinaryIO, arrays: Mapping[str, NDArray[Any]], *, packed: bool = False, level: int | None = None
) -> None:
    """Write arrays under their names, in their order, stored or ``packed`` (deflated), without a date.

    ``level`` 1 packs fastest, 9 best; then each array is written out in memory first.
    """
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            member.compress_type = kind
            if level is not None:
                whole = BytesIO()
                np.lib.format.write_array(whole, np.asarray(array, order="C"), allow_pickle=False)
                archive.writestr(member, whole.getbuffer(), compresslevel=level)
                continue
            with archive.open(member, "w", force_zip64=True) as target:
                np.lib.format.write_array(target, np.asarray(array, order="C"), allow_pickle=False)


def read_npz(file: BinaryIO, check: Check | None = None) -> dict[str, NDArray[Any]]:
    """Read the arrays of a zip, none of them pickled; a damaged one raises ValueError.

    Sizes are checked before memory is taken: an array has the bytes that its own header asks for, and all of them
    together are no more than a file so large can hold. ``check`` is told name, shape and dtype of each array before it
    is read, and raises what it will not have.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            size = file.seek(0, 2)
            if sum(each.file_size for each in members) > _ROOM + _RATIO * size:
                raise ValueError("its arrays are larger than such a file can hold")
            return {each.filename.removesuffix(".npy"): _read_member(archive, each, check) for each in members}
    except (ValueError, OSError, MemoryError):
        raise
    except Exception as fault:  # a damaged archive fails in a dozen ways inside zipfile and NumPy
        raise ValueError(f"no arrays in a zip ({fault})") from fault


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, check: Check | None) -> NDArray[Any]:
    """Read one array; NumPy takes memory for what a header says, hence this looks at it first."""
    with archive.open(member) as source:
        shape, _, kind = _HEADERS[np.lib.format.read_magic(source)](source)
        if kind.hasobject:
            raise ValueError(f"{member.filename} holds objects, not numbers")
        if check is not None:
            check(member.filename.removesuffix(".npy"), shape, kind)
        if prod(shape) * kind.itemsize != member.file_size - source.tell():
            raise ValueError(f"{member.filename} is not as large as its header says")
    with archive.open(member) as source:
        array: NDArray[Any] = np.lib.format.read_array(source, allow_pickle=False)
        return array
