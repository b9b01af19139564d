"""A saved tokenizer on its way in: the files of its folder, or a zip that holds them."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from genotok.bridge.desk import Desk
from genotok.bridge.dna import Intake
from genotok.bridge.formats import base_name
from genotok.bridge.limits import MAX_STAGED
from genotok.bridge.reply import structured, text, whole
from genotok.errors import BundleError, CapacityError, InputError

_MOST = 2  # files that are looked at: the page chooses them by their names


def take_saved(desk: Desk, handles: Any, name: Any, wanted: tuple[str, ...], hint: str) -> tuple[str, dict[str, bytes]]:
    """Return what a tokenizer is called, and the ``wanted`` files of its folder, which are off the desk afterwards."""
    listed, called = structured(handles), base_name(text("name", name))
    if not isinstance(listed, list) or not 0 < len(listed) <= _MOST:
        raise InputError("these are no files of a tokenizer", hint=hint)
    intakes = [desk.get(each, Intake, "file") for each in listed]
    for each in listed:
        desk.drop(whole("a handle", each, 1, 2**31 - 1))
    files = {base_name(each.name): bytes(each.data) for each in intakes}
    if len(files) == 1 and not files.keys() & set(wanted):
        files = _unpack(called, next(iter(files.values())), wanted, hint)
    missing = [each for each in wanted if each not in files]
    if missing:
        raise InputError(f"{called} has no {' and no '.join(missing)}", hint=hint)
    return called, files


def _unpack(name: str, data: bytes, wanted: tuple[str, ...], hint: str) -> dict[str, bytes]:
    """Read the files out of a zip, in whatever folder of it they lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [each for each in archive.infolist() if PurePosixPath(each.filename).name in wanted]
            if len({PurePosixPath(each.filename).parent for each in members}) > 1:
                raise InputError(f"{name} holds several tokenizers", hint="give one of them")
            if sum(each.file_size for each in members) > MAX_STAGED:
                raise CapacityError(f"{name} holds more than {MAX_STAGED / 1e6:,.0f} MB", hint="use the terminal")
            return {PurePosixPath(each.filename).name: archive.read(each) for each in members}
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, zlib.error):
        raise BundleError("no zip, or a damaged one", path=name, hint=hint) from None
