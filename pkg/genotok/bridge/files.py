"""The room of files: BED in, universes and results out."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.assemblies import guess_assembly
from genotok.analysis.document import Document
from genotok.bridge.budget import Budget
from genotok.bridge.desk import FILE_OPTIONS, SETTINGS, Labels, Room
from genotok.bridge.limits import MAX_PASTED
from genotok.bridge.outcome import describe_result, is_of_result, outcome_of
from genotok.bridge.reading import FileReading, Reading, UniverseReading
from genotok.bridge.recipe import write_recipe
from genotok.bridge.reply import Answer, buffer, mapping, names, operation, structured, text, whole
from genotok.bridge.result import Result
from genotok.bridge.words import describe_universe
from genotok.errors import InputError, UniverseError
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer

PASTED = "pasted.bed"

_LABEL = re.compile(r"[ \t]*(\S[^\t]*?):(\d[\d,]*)-(\d[\d,]*)[ \t]*(?:\r?\n|$)")


class FilesRoom(Room):
    """Operations that read files: universes, and what is tokenized with the one in use."""

    @operation
    def open_universe(self, name: str, size: int, options: str) -> Answer:
        """Start reading a universe file."""
        whole("size", size, 0, 2**53)
        chosen = mapping(options, ("invalid", "rename"))
        config = IntervalConfig.from_dict({"invalid": chosen.get("invalid") or self.desk.config.invalid})
        renames = names("rename", chosen.get("rename") or {})
        return {
            "handle": self.desk.put(UniverseReading(text("name", name), invalid=config.invalid, renames=renames))
        }, {}

    @operation
    def close_universe(self, handle: int) -> Answer:
        """Take the universe that was read into use."""
        reading = self.desk.get(handle, UniverseReading, "universe being read")
        self.desk.drop(handle)
        universe, warned = reading.close()
        regions = universe.regions
        guess = guess_assembly(regions.chrom_names, regions.codes, regions.ends)
        self.desk.use(universe, Labels(regions.source or "", reading.verbatim, guess, warnings=warned))
        return describe_universe(self.desk.tokenizer(), self.desk.labels), {}

    @operation
    def open_file(self, name: str, size: int, options: str) -> Answer:
        """Start reading a BED file to be tokenized."""
        bytes_stored = whole("size", size, 0, 2**53)
        chosen = mapping(options, (*FILE_OPTIONS, "budget"))
        tokenizer, reading = self.desk.own_tokenizer(chosen)
        limit, budget = chosen.get("budget"), None
        if limit is not None:
            budget = self._budget(limit, text("name", name), bytes_stored, tokenizer, reading["renames"])
        return {"handle": self.desk.put(FileReading(text("name", name), tokenizer, budget=budget, **reading))}, {}

    @operation
    def feed(self, handle: int, n: int) -> Answer:
        """Take n staged bytes of a file or a universe; after an error the reading is gone."""
        reading: UniverseReading | Reading = self.desk.get(handle, object, "file being read")  # type: ignore[assignment]
        if not isinstance(reading, (UniverseReading, Reading)):
            raise InputError(f"handle {handle} is no file being read")
        data = self.desk.staged(n)
        try:
            return dict(reading.feed(data)), {}
        except Exception:
            self.desk.drop(handle)
            raise

    @operation
    def close_file(self, handle: int) -> Answer:
        """Finish a file: the handle now names its result."""
        reading = self.desk.get(handle, FileReading, "file being read")
        self.desk.drop(handle)
        return self._finish(handle, reading)

    @operation
    def encode_text(self, pasted: str, options: str) -> Answer:
        """Tokenize pasted BED lines, or lines like ``chr1:100-200`` (0-based, as token texts are)."""
        if len(text("the text", pasted)) > MAX_PASTED:
            raise InputError(f"{len(pasted):,} characters were pasted", hint=f"put more than {MAX_PASTED:,} in a file")
        tokenizer, chosen = self.desk.own_tokenizer(mapping(options, FILE_OPTIONS))
        reading = FileReading(PASTED, tokenizer, **chosen)
        bed = "".join(_LABEL.sub(_label_to_bed, line) for line in pasted.splitlines(keepends=True))
        reading.feed(memoryview(bed.encode("utf-8", "surrogatepass")))
        return self._finish(self.desk.put(reading), reading, pasted=bed)

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
        handle = self.desk.put(None)
        words = {key: value for key, value in words.items() if key != "arrays"} | {"handle": handle}
        self.desk.swap(handle, Result(document, tokenizer, words, self.desk.labels))
        return words, {}

    def _budget(self, limit: Any, name: str, size: int, tokenizer: IntervalTokenizer, renames: Any) -> Budget:
        """Bound what the result of a file may take; past the bound the command for the terminal is named."""

        def recipe() -> str:
            words = {"name": name, "options": {"rename": renames}, "rows": 1}
            return str(write_recipe(words, self.desk.labels, tokenizer, "gtok")["cli"])

        allowed = whole("budget", limit, 0, 2**53)
        return Budget(allowed, name=name, size=size, sort=tokenizer.config.sort, recipe=recipe)

    def _finish(self, handle: int, reading: FileReading, pasted: str | None = None) -> Answer:
        """Turn a reading into a result under its handle."""
        document, told = reading.close()
        outcome = outcome_of(document, reading.tokenizer, self.desk.labels)
        words = {"handle": handle, **describe_result(reading, outcome, self.desk.labels), **told, "pasted": pasted}
        self.desk.swap(handle, Result(document, reading.tokenizer, words, self.desk.labels))
        return words, _columns_of(document)

    def _tokenizer_of(self, words: Mapping[str, Any]) -> IntervalTokenizer:
        """Make the tokenizer that a stored result was made with."""
        universe, options = self.desk.tokenizer().universe, words["options"]
        made_with = words["universe"].get("digest")
        if made_with != universe.digest:
            what = f"made with universe {str(made_with)[:8]}, not with {universe.digest[:8]}"
            raise UniverseError(what, hint="open that universe first")
        config = IntervalConfig.from_dict({key: options[key] for key in SETTINGS if key in options})
        return IntervalTokenizer(universe, names("special_tokens", options.get("special_tokens") or {}), config)


def _label_to_bed(match: re.Match[str]) -> str:
    """Turn ``chr1:1,000-2,000`` into a BED line; the number of lines stays."""
    return f"{match[1]}\t{match[2].replace(',', '')}\t{match[3].replace(',', '')}\n"


def _columns_of(document: Document) -> dict[str, NDArray[Any]]:
    """Return the arrays of a result in the order in which `load_result` takes them."""
    return {key: getattr(document, key) for key in ("ids", "offsets", "codes", "starts", "ends", "lines")}
