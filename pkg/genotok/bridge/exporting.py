"""Operations that save results: parts of a file to download, and the words that make the same file elsewhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from genotok.bridge.desk import Desk, Result
from genotok.bridge.outbox import Export, UniverseExport
from genotok.bridge.recipe import saved_universe, write_recipe
from genotok.bridge.reply import Answer, mapping, operation, structured, text, whole
from genotok.bridge.saving import MIME, UNIVERSE, ZIP, Named, TokenExport, name_apart
from genotok.errors import InputError

MAX_PART = 2**23


class ExportingRoom(Desk):
    """One export at a time; beginning another one ends it."""

    _export: TokenExport | UniverseExport | None = None

    @operation
    def begin_export(self, handles: str, format: str, options: str) -> Answer:  # noqa: A002  # the word of the page
        """Start an output of results in a format."""
        self._export = None
        chosen = mapping(options, ("rows", "format"))
        rows = chosen.get("rows") is True
        kind: Any = chosen.get("format", "jsonl") if text("format", format) == ZIP else format
        if kind == UNIVERSE:
            universe = self.tokenizer().universe
            export: TokenExport | UniverseExport = UniverseExport(saved_universe(self.labels, universe), universe)
            documents = 0
        else:
            results = self._named(handles, zipped=format == ZIP)
            export = TokenExport(results, kind, rows=rows, zipped=format == ZIP)
            documents = len(results)
        self._export = export
        words = {"name": export.name, "mime": MIME[format], "documents": documents, "needs_input": export.inputs}
        return words, {}

    @operation
    def feed_export(self, handle: int, n: int) -> Answer:
        """Take n staged bytes of an input that the output repeats; -1 says that it ends."""
        export = self._current()
        size = whole("n", n, -1, 2**31 - 1)
        if not isinstance(export, TokenExport):
            raise InputError("this output needs no input")
        try:
            export.feed(whole("a handle", handle, 1, 2**31 - 1), None if size < 0 else bytes(self.staged(size)))
        except Exception:
            self._export = None
            raise
        return {}, {}

    @operation
    def next_part(self, limit: int) -> Answer:
        """Return the next bytes; ``waiting`` when input must be fed first, ``done`` when all were returned."""
        export: Export = self._current()
        try:
            part = export.take(whole("limit", limit, 1, MAX_PART))
        except Exception:
            self._export = None
            raise
        words = {"done": export.finished, "waiting": export.is_waiting(), "bytes": export.sent}
        return words, {"part": np.frombuffer(part, dtype=np.uint8)}

    @operation
    def end_export(self) -> Answer:
        """Free what the output holds."""
        self._export = None
        return {}, {}

    @operation
    def recipe(self, handle: int, format: str, options: str = "") -> Answer:  # noqa: A002  # the word of the page
        """Say how to make the same bytes on the command line and in Python."""
        result, rows = self.get(handle, Result, "result"), mapping(options, ("rows",)).get("rows") is True
        return write_recipe(result.words, result.labels, result.tokenizer, text("format", format), rows=rows), {}

    def _current(self) -> TokenExport | UniverseExport:
        if self._export is None:
            raise InputError("no export is under way", hint="begin one")
        return self._export

    def _named(self, handles: Any, *, zipped: bool) -> Sequence[Named]:
        listed = structured(handles)
        if not isinstance(listed, (list, tuple)):
            raise InputError("handles are no list", hint="[1, 2]")
        results = [self.get(handle, Result, "result") for handle in listed]
        names = [result.words["name"] for result in results]
        names = name_apart(names) if zipped else names
        return [(int(handle), name, result) for handle, name, result in zip(listed, names, results, strict=True)]
