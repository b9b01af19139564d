"""The room of the interval tokenizer: universes and BED files in, results out."""

import re
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.assemblies import guess_assembly
from genotok.analysis.document import Document
from genotok.bridge.desk import SETTINGS, Desk, Labels, Result
from genotok.bridge.reading import FileReading, Renames, UniverseReading
from genotok.bridge.reply import Answer, buffer, id_list, mapping, names, operation, structured, text, whole
from genotok.bridge.words import describe_result, describe_settings, describe_universe, is_of_result
from genotok.errors import InputError, UniverseError
from genotok.io.gtu import read_gtu
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe

MAX_PASTED = 2**24  # characters
MAX_IDS_ASKED = 4096
PASTED = "pasted.bed"

_FILE_SETTINGS = ("invalid", "unmatched", "sort")
_FILE_OPTIONS = (*_FILE_SETTINGS, "rename", "allow_empty")
_LABEL = re.compile(r"[ \t]*(\S[^\t]*?):(\d[\d,]*)-(\d[\d,]*)[ \t]*(?:\r?\n|$)")


class IntervalRoom(Desk):
    """Operations that know what a universe and a BED file are."""

    @operation
    def open_asset(self, n: int, name: str) -> Answer:
        """Take a compact universe into use, from n staged bytes."""
        universe, header = read_gtu(self.staged(n), text("name", name))
        labels = Labels(
            header.name or name,
            assembly=header.assembly or None,
            licence=header.licence or None,
            source=header.source or None,
            class_names=header.class_names,
            class_codes=header.class_codes,
        )
        self.use(universe, labels)
        return describe_universe(self.tokenizer(), self.labels), {}

    @operation
    def open_universe(self, name: str, size: int, options: str) -> Answer:
        """Start reading a universe file."""
        whole("size", size, 0, 2**53)
        chosen = mapping(options, ("invalid", "rename"))
        config = IntervalConfig.from_dict({"invalid": chosen.get("invalid") or self.config.invalid})
        renames = names("rename", chosen.get("rename") or {})
        return {"handle": self.put(UniverseReading(text("name", name), invalid=config.invalid, renames=renames))}, {}

    @operation
    def close_universe(self, handle: int) -> Answer:
        """Take the universe that was read into use."""
        reading = self.get(handle, UniverseReading, "universe being read")
        self.drop(handle)
        universe, warned = reading.close()
        regions = universe.regions
        guess = guess_assembly(regions.chrom_names, regions.codes, regions.ends)
        self.use(universe, Labels(regions.source or "", reading.verbatim, guess, warnings=warned))
        return describe_universe(self.tokenizer(), self.labels), {}

    @operation
    def universe_arrays(self) -> Answer:
        """Give the universe in use away, to be stored or copied to another worker."""
        universe = self.tokenizer().universe
        regions, labels = universe.regions, self.labels
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
        words = structured(meta)
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
        starts, ends = (array.astype(np.int64) for array in positions.values())
        regions = Regions(chrom_names, columns["codes"], starts, ends, str(words.get("name") or ""), texts=texts)
        universe = Universe(regions, report)
        vars(universe)["digest"] = str(words.get("digest"))  # fills the lazy property; the check sum vouches for it
        said = {key: words[key] for key in ("assembly", "licence", "source") if isinstance(words.get(key), str)}
        warned = tuple(map(str, words.get("warnings") or ()))
        self.use(universe, Labels(regions.source or "", words.get("verbatim") is True, **said, warnings=warned))
        return describe_universe(self.tokenizer(), self.labels), {}

    @operation
    def classes(self, ids: object) -> Answer:
        """Say of which class regions are (column 4 of a bundled universe), 255 for none."""
        codes = self.labels.class_codes
        if codes is None:
            return {"names": []}, {"codes": np.empty(0, dtype=np.uint8)}
        return {"names": list(self.labels.class_names)}, {"codes": codes[id_list(ids, MAX_IDS_ASKED, len(codes))]}

    @operation
    def configure(self, options: str) -> Answer:
        """Take settings into use; what is left out is the default."""
        self.settle(mapping(options, (*SETTINGS, "special_tokens")))
        said: dict[str, Any] = {"vocab_size": None, "special_ids": None, "special_tokens": None}
        if self.universe is not None:
            vocabulary = self.tokenizer().vocabulary
            said = {key: getattr(vocabulary, key) for key in said}
        return {"options": describe_settings(self.config, self.special_tokens), **said}, {}

    @operation
    def open_file(self, name: str, size: int, options: str) -> Answer:
        """Start reading a BED file to be tokenized."""
        whole("size", size, 0, 2**53)
        return {"handle": self.put(self._read(text("name", name), mapping(options, _FILE_OPTIONS)))}, {}

    @operation
    def feed(self, handle: int, n: int) -> Answer:
        """Take n staged bytes of a file or a universe; after an error the reading is gone."""
        reading: UniverseReading | FileReading = self.get(handle, object, "file being read")  # type: ignore[assignment]
        if not isinstance(reading, (UniverseReading, FileReading)):
            raise InputError(f"handle {handle} is no file being read")
        data = self.staged(n)
        try:
            return dict(reading.feed(data)), {}
        except Exception:
            self.drop(handle)
            raise

    @operation
    def close_file(self, handle: int) -> Answer:
        """Finish a file: the handle now names its result."""
        reading = self.get(handle, FileReading, "file being read")
        self.drop(handle)
        return self._finish(handle, reading)

    @operation
    def encode_text(self, pasted: str, options: str) -> Answer:
        """Tokenize pasted BED lines, or lines like ``chr1:100-200`` (0-based, as token texts are)."""
        if len(text("the text", pasted)) > MAX_PASTED:
            raise InputError(f"{len(pasted):,} characters were pasted", hint=f"put more than {MAX_PASTED:,} in a file")
        reading = self._read(PASTED, mapping(options, _FILE_OPTIONS))
        bed = "".join(_LABEL.sub(_label_to_bed, line) for line in pasted.splitlines(keepends=True))
        reading.feed(memoryview(bed.encode("utf-8", "surrogatepass")))
        return self._finish(self.put(reading), reading, pasted=bed)

    @operation
    def load_result(
        self, meta: str, ids: object, offsets: object, codes: object, starts: object, ends: object, lines: object
    ) -> Answer:
        """Take back the words and arrays of a result; the universe in use must be the one that made it."""
        words = structured(meta)
        if not isinstance(words, dict) or not is_of_result(words):
            raise InputError("meta is no result's", hint="give what close_file said")
        tokenizer = self._tokenizer_of(words)
        given = {"ids": ids, "offsets": offsets, "codes": codes, "lines": lines}
        columns = {key: buffer(key, array, np.int32) for key, array in given.items()}
        columns |= {"starts": buffer("starts", starts, np.uint32), "ends": buffer("ends", ends, np.uint32)}
        chrom_names = tuple(text("a chromosome", name) for name in words["chrom_names"])
        document = Document(chrom_names, **columns, n_regions=tokenizer.n_regions)
        held = document.ids
        if held.size and not 0 <= int(held.min()) <= int(held.max()) < tokenizer.vocabulary.vocab_size:
            raise InputError("an id is not in the vocabulary", hint="give the arrays of close_file")
        handle = self.put(None)
        words = {key: value for key, value in words.items() if key != "arrays"} | {"handle": handle}
        self.swap(handle, Result(document, tokenizer, words, self.labels))
        return words, {}

    def _read(self, name: str, chosen: Mapping[str, Any]) -> FileReading:
        """Set up the reading of one file with its own settings over those of the session."""
        tokenizer = self.tokenizer()
        own = {key: chosen[key] for key in _FILE_SETTINGS if chosen.get(key) is not None}
        if own:
            tokenizer = tokenizer.replace(**own)
        renames: Renames | None = chosen.get("rename") or None
        if renames is not None and renames != "auto":
            renames = names("rename", renames)
        return FileReading(name, tokenizer, renames=renames, allow_empty=chosen.get("allow_empty") is True)

    def _finish(self, handle: int, reading: FileReading, pasted: str | None = None) -> Answer:
        """Turn a reading into a result under its handle."""
        document, told = reading.close()
        words = {"handle": handle, **describe_result(reading, document, self.labels), **told, "pasted": pasted}
        self.swap(handle, Result(document, reading.tokenizer, words, self.labels))
        return words, _columns_of(document)

    def _tokenizer_of(self, words: Mapping[str, Any]) -> IntervalTokenizer:
        """Make the tokenizer that a stored result was made with."""
        universe, options = self.tokenizer().universe, words["options"]
        made_with = words["universe"].get("digest")
        if made_with != universe.digest:
            what = f"made with universe {str(made_with)[:8]}, not with {universe.digest[:8]}"
            raise UniverseError(what, hint="open that universe first")
        config = IntervalConfig.from_dict({key: options[key] for key in SETTINGS if key in options})
        return IntervalTokenizer(universe, names("special_tokens", options.get("special_tokens") or {}), config)


def _label_to_bed(match: re.Match[str]) -> str:
    """Turn ``chr1:1,000-2,000`` into a BED line; the number of lines stays."""
    return f"{match[1]}\t{match[2].replace(',', '')}\t{match[3].replace(',', '')}\n"


def _check_sum(columns: Mapping[str, NDArray[Any]]) -> int:
    """Return a quick check sum of arrays, in order."""
    total = 0
    for array in columns.values():
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return total


def _columns_of(document: Document) -> dict[str, NDArray[Any]]:
    """Return the arrays of a result in the order in which `load_result` takes them."""
    return {key: getattr(document, key) for key in ("ids", "offsets", "codes", "starts", "ends", "lines")}
