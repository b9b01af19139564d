"""The room of the universe in use: compact ones, and those that were given away and come back."""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.bridge.desk import Labels, Room
from genotok.bridge.reply import Answer, buffer, id_list, operation, structured, text
from genotok.bridge.words import describe_universe
from genotok.errors import InputError, UniverseError
from genotok.io.gtu import read_gtu
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe

MAX_IDS_ASKED = 4096


class UniverseRoom(Room):
    """Operations on the universe in use."""

    @operation
    def open_asset(self, n: int, name: str) -> Answer:
        """Take a compact universe into use, from n staged bytes."""
        universe, labels = read_asset(self.desk.staged(n), text("name", name))
        self.desk.use(universe, labels)
        return describe_universe(self.desk.tokenizer(), self.desk.labels), {}

    @operation
    def universe_arrays(self) -> Answer:
        """Give the universe in use away, to be stored or copied to another worker."""
        universe = self.desk.tokenizer().universe
        regions, labels = universe.regions, self.desk.labels
        narrow = {"starts": regions.starts.astype(np.uint32), "ends": regions.ends.astype(np.uint32)}
        columns = {"codes": regions.codes, **narrow}
        words = {
            "name": labels.name,
            "verbatim": labels.verbatim,
            "assembly": labels.assembly,
            "licence": labels.licence,
            "source": labels.source,
            "warnings": list(labels.warnings),
            "chrom_names": list(regions.chrom_names),
            "digest": universe.digest,
            "check": _check_sum(columns),
            "texts": [[row, *texts] for row, texts in regions.texts.items()],
            "report": universe.report.to_dict(),
        }
        return {"meta": words}, columns

    @operation
    def set_universe(self, meta: str, codes: object, starts: object, ends: object) -> Answer:
        """Take a universe into use that `universe_arrays` gave away."""
        self.desk.use(*take_back(structured(meta), codes, starts, ends))
        return describe_universe(self.desk.tokenizer(), self.desk.labels), {}

    @operation
    def classes(self, ids: object) -> Answer:
        """Say of which class regions are (column 4 of a bundled universe), 255 for none."""
        codes = self.desk.labels.class_codes
        if codes is None:
            return {"names": []}, {"codes": np.empty(0, dtype=np.uint8)}
        return {"names": list(self.desk.labels.class_names)}, {"codes": codes[id_list(ids, MAX_IDS_ASKED, len(codes))]}


def _check_sum(columns: Mapping[str, NDArray[Any]]) -> int:
    """Return a quick check sum of arrays, in order."""
    total = 0
    for array in columns.values():
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return total


def read_asset(data: memoryview, name: str) -> tuple[Universe, Labels]:
    """Read a compact universe; a file without a name of its own is called ``name``."""
    universe, header = read_gtu(data, name)
    return universe, Labels(
        header.name or name,
        assembly=header.assembly or None,
        licence=header.licence or None,
        source=header.source or None,
        class_names=header.class_names,
        class_codes=header.class_codes,
    )


def take_back(words: Any, codes: object, starts: object, ends: object) -> tuple[Universe, Labels]:
    """Make the universe again that was given away as words and arrays."""
    if not isinstance(words, dict) or not isinstance(words.get("chrom_names"), list):
        raise InputError("meta is no universe's", hint="give what universe_arrays said")
    positions = {"starts": buffer("starts", starts, np.uint32), "ends": buffer("ends", ends, np.uint32)}
    columns = {"codes": buffer("codes", codes, np.int32), **positions}
    if words.get("check") != _check_sum(columns):
        raise UniverseError("the stored universe is damaged", hint="open its file again")
    try:
        texts = {int(row): (str(first), str(last)) for row, first, last in words.get("texts") or []}
        report = LoadReport(**words.get("report") or {})
        chrom_names = tuple(text("a chromosome", name) for name in words["chrom_names"])
    except (TypeError, ValueError):
        raise InputError("meta is no universe's", hint="give what universe_arrays said") from None
    wide = {key: array.astype(np.int64) for key, array in positions.items()}
    name = str(words.get("name") or "")
    regions = Regions(chrom_names, columns["codes"], wide["starts"], wide["ends"], name, texts=texts)
    universe = Universe(regions, report)
    vars(universe)["digest"] = str(words.get("digest"))  # fills the lazy property; the check sum vouches for it
    said = {key: words[key] for key in ("assembly", "licence", "source") if isinstance(words.get(key), str)}
    warned = tuple(map(str, words.get("warnings") or ()))
    return universe, Labels(name, words.get("verbatim") is True, **said, warnings=warned)
