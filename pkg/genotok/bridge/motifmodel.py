"""The operation that opens a saved motif tokenizer: its two files, or a zip that holds them."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from genotok.bridge.desk import Room
from genotok.bridge.formats import base_name
from genotok.bridge.limits import MAX_STAGED
from genotok.bridge.motifresult import Intake, Model
from genotok.bridge.reply import Answer, operation, structured, text, whole
from genotok.errors import BundleError, CapacityError, InputError
from genotok.io.folder import JSON_FILE
from genotok.io.motiffolder import ARRAYS_FILE
from genotok.tokenizers.motif import MotifTokenizer

WANTED = (JSON_FILE, ARRAYS_FILE)
_HINT = f"give the folder that genotok motif fit wrote: {JSON_FILE} and {ARRAYS_FILE}, or a zip of both"
_MOST = 2  # files that are looked at: the page chooses them by their names


class MotifModelRoom(Room):
    """A session holds as many saved tokenizers as the page gives it."""

    @operation
    def motif_model(self, handles: str, name: str) -> Answer:
        """Open a tokenizer whose files were taken in as those of DNA are; they are off the desk afterwards."""
        listed, called = structured(handles), base_name(text("name", name))
        if not isinstance(listed, list) or not 0 < len(listed) <= _MOST:
            raise InputError("these are no files of a tokenizer", hint=_HINT)
        intakes = [self.desk.get(each, Intake, "file") for each in listed]
        for each in listed:
            self.desk.drop(whole("a handle", each, 1, 2**31 - 1))
        files = {base_name(each.name): bytes(each.data) for each in intakes}
        if len(files) == 1 and not files.keys() & set(WANTED):
            files = unpack(called, next(iter(files.values())))
        missing = [each for each in WANTED if each not in files]
        if missing:
            raise InputError(f"{called} has no {' and no '.join(missing)}", hint=_HINT)
        tokenizer = MotifTokenizer.from_files(files[JSON_FILE], files[ARRAYS_FILE], called)
        model = Model(called, tokenizer)
        return {"handle": self.desk.put(model), **describe_model(model)}, {}


def unpack(name: str, data: bytes) -> dict[str, bytes]:
    """Read the two files out of a zip, in whatever folder of it they lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [each for each in archive.infolist() if PurePosixPath(each.filename).name in WANTED]
            if len({PurePosixPath(each.filename).parent for each in members}) > 1:
                raise InputError(f"{name} holds several tokenizers", hint="give one of them")
            if sum(each.file_size for each in members) > MAX_STAGED:
                raise CapacityError(f"{name} holds more than {MAX_STAGED / 1e6:,.0f} MB", hint="use the terminal")
            return {PurePosixPath(each.filename).name: archive.read(each) for each in members}
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, zlib.error):
        raise BundleError("no zip, or a damaged one", path=name, hint=_HINT) from None


def describe_model(model: Model) -> dict[str, Any]:
    """Say what was learnt, and from what."""
    tokenizer, fitted = model.tokenizer, model.tokenizer.fitted
    assert fitted is not None, "a saved one is fitted"
    scan = tokenizer.config.scan
    return {
        "name": model.name,
        "motifs": len(tokenizer.motifs),
        "credit": tokenizer.motifs.credit,
        "relative": None if scan.pvalue is not None else scan.relative,
        "pvalue": scan.pvalue,
        "clusters": tokenizer.n_clusters,
        "vocab_size": tokenizer.vocab_size,
        "contigs": len(fitted.corpus),
        "bases": sum(each.length for each in fitted.corpus),
        "bins": fitted.bins,
        "unk_share": fitted.unk_share,
    }
