"""Operations that save results: parts of a file to download, and the words that make the same file elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genotok.analysis.compare import TokenView
from genotok.arrays import MAX_DECODED, Ids
from genotok.bridge.comparing import Comparison
from genotok.bridge.desk import Labels, Room
from genotok.bridge.formats import COMPARISON, DECODED, OUTPUTS, REPORT, TOKENIZER, UNIVERSE, ZIP, name_documents
from genotok.bridge.limits import MAX_PART
from genotok.bridge.outbox import Export
from genotok.bridge.outputs import (
    ComparisonExport,
    DecodedExport,
    ReportExport,
    TokenizerExport,
    UniverseExport,
    name_report,
    tokenizer_folder,
)
from genotok.bridge.recipe import recipe_of_many, recipe_of_tokenizer, write_recipe
from genotok.bridge.reply import Answer, id_list, mapping, operation, structured, text, whole
from genotok.bridge.result import Result
from genotok.bridge.saving import Named, TokenExport, check_alike
from genotok.errors import InputError
from genotok.tokenizers.interval import IntervalTokenizer

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    ZIP: ("rows", "format"),
    REPORT: ("rows",),
    TOKENIZER: ("tokenizer_json",),
    COMPARISON: ("which", "sort"),
    DECODED: ("ids",),
    UNIVERSE: (),
}


class ExportingRoom(Room):
    """One export at a time; beginning another one ends it."""

    _export: Export | None = None

    @operation
    def begin_export(self, handles: str, format: str, options: str) -> Answer:  # noqa: A002  # the word of the page
        """Start an output of results in a format."""
        self._export = None
        kind = text("format", format)
        chosen = mapping(options, _OPTIONS.get(kind, ("rows", "format")))
        listed = structured(handles)
        if not isinstance(listed, (list, tuple)):
            raise InputError("handles are no list", hint="[1, 2]")
        self._export = export = self._begin(kind, listed, chosen)
        documents = len(listed) if kind not in (UNIVERSE, TOKENIZER, COMPARISON, DECODED) else 0
        mime = "application/octet-stream" if export.name.endswith(".gtu") else OUTPUTS[kind].mime
        return {"name": export.name, "mime": mime, "documents": documents, "needs_input": export.inputs}, {}

    @operation
    def feed_export(self, handle: int, n: int) -> Answer:
        """Take n staged bytes of an input that the output repeats; -1 says that it ends."""
        export = self._current()
        size = whole("n", n, -1, 2**31 - 1)
        if not isinstance(export, TokenExport):
            raise InputError("this output needs no input")
        try:
            export.feed(whole("a handle", handle, 1, 2**31 - 1), None if size < 0 else bytes(self.desk.staged(size)))
        except Exception:
            self._export = None
            raise
        return {}, {}

    @operation
    def next_part(self, limit: int) -> Answer:
        """Return the next bytes; ``waiting`` when input must be fed first, ``done`` when all were returned."""
        export = self._current()
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
        result, rows = self.desk.get(handle, Result, "result"), mapping(options, ("rows",)).get("rows") is True
        return write_recipe(result.words, result.labels, result.tokenizer, text("format", format), rows=rows), {}

    @operation
    def recipe_of(self, handles: str, format: str, options: str = "") -> Answer:  # noqa: A002  # as above
        """Say how to make the file, or the zip's folder, that holds several results; or a report, or a tokenizer."""
        chosen, kind = mapping(options, ("rows", "format")), text("format", format)
        results = self._named(structured(handles))
        if kind == TOKENIZER:
            labels, tokenizer = self._tokenizer_for(results)
            return recipe_of_tokenizer(labels, tokenizer, tokenizer_folder(labels, tokenizer)), {}
        if not results:
            raise InputError("nothing is selected", hint="choose at least one file")
        check_alike(results)
        first, names = results[0][2], [name for _, name, _ in results]
        form = {ZIP: chosen.get("format", "jsonl"), REPORT: "jsonl"}.get(kind, kind)
        return recipe_of_many(
            [(name, result.words) for _, name, result in results],
            first.labels,
            first.tokenizer,
            form,
            rows=chosen.get("rows") is True,
            folder=kind == ZIP,
            report=name_report(names) if kind == REPORT else "",
        ), {}

    def _tokenizer_for(self, results: Sequence[Named]) -> tuple[Labels, IntervalTokenizer]:
        """Return the tokenizer of the first result, or the one in use, and what is known of its universe."""
        if results:
            return results[0][2].labels, results[0][2].tokenizer
        return self.desk.labels, self.desk.tokenizer()

    def _current(self) -> Export:
        if self._export is None:
            raise InputError("no export is under way", hint="begin one")
        return self._export

    def _begin(self, kind: str, handles: Sequence[Any], chosen: Mapping[str, Any]) -> Export:
        """Set the output up; the formats that are no tokens first."""
        if kind == UNIVERSE:
            return UniverseExport(self.desk.labels, self.desk.tokenizer().universe)
        if kind == TOKENIZER:
            labels, tokenizer = self._tokenizer_for(self._named(handles))
            return TokenizerExport(tokenizer, labels, tokenizer_json=chosen.get("tokenizer_json") is True)
        if kind == COMPARISON:
            comparison = self.desk.get(handles[0] if len(handles) == 1 else None, Comparison, "comparison")
            return ComparisonExport(comparison, TokenView.from_dict(chosen))
        if kind == DECODED:
            tokenizer = self.desk.tokenizer()
            ids: Ids = id_list(chosen.get("ids") or [], MAX_DECODED, tokenizer.vocab_size).astype(np.int32)
            return DecodedExport(ids, tokenizer)
        results, rows = self._named(handles), chosen.get("rows") is True
        if kind == REPORT:
            if not results:
                raise InputError("nothing is selected", hint="choose at least one file")
            check_alike(results)
            return ReportExport([(name, result) for _, name, result in results], rows=rows)
        form: Any = chosen.get("format", "jsonl") if kind == ZIP else kind
        return TokenExport(results, form, rows=rows, zipped=kind == ZIP)

    def _named(self, handles: Any) -> Sequence[Named]:
        """Return results by handle, with the names that their documents have together."""
        if not isinstance(handles, (list, tuple)):
            raise InputError("handles are no list", hint="[1, 2]")
        results = [self.desk.get(handle, Result, "result") for handle in handles]
        names = name_documents([result.words["name"] for result in results])
        return [(int(handle), name, result) for handle, name, result in zip(handles, names, results, strict=True)]
