"""Outputs that are no tokens of files: a saved tokenizer, a report, a comparison, decoded ids, the universe."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

import numpy as np

from genotok.analysis.compare import TokenView
from genotok.arrays import Ids
from genotok.bridge.comparing import Comparison
from genotok.bridge.desk import Labels
from genotok.bridge.formats import base_name
from genotok.bridge.outbox import EPOCH, PIECE_ROWS, Export, Outbox
from genotok.bridge.recipe import given_universe, path_given, saved_universe
from genotok.bridge.result import Result
from genotok.errors import InputError
from genotok.export.bed import BedWriter
from genotok.export.comparison import HEADER, write_compared
from genotok.export.meta import describe_options
from genotok.export.report import describe_run, render_run
from genotok.io.gtu import encode_gtu
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.ragged import RaggedIds
from genotok.values.rendering import render_rows
from genotok.values.universe import Universe


class UniverseExport(Export):
    """The rows of a universe as BED3, texts as read; as a compact universe where BED rows would be refused."""

    def __init__(self, labels: Labels, universe: Universe) -> None:
        outbox = Outbox()
        name = saved_universe(labels, universe)
        work = _pack(labels, universe, outbox) if name.endswith(".gtu") else _render(universe, outbox)
        super().__init__(name, work, outbox)


def _pack(labels: Labels, universe: Universe, sink: Outbox) -> Iterator[None]:
    said = {"name": labels.name, "assembly": labels.assembly, "licence": labels.licence, "source": labels.source}
    sink.write(encode_gtu(universe, {key: value for key, value in said.items() if value}))
    yield


def _render(universe: Universe, sink: Outbox) -> Iterator[None]:
    for at in range(0, len(universe), PIECE_ROWS):
        sink.write(render_rows(universe.regions, slice(at, min(at + PIECE_ROWS, len(universe)))))
        yield


def tokenizer_folder(labels: Labels, tokenizer: IntervalTokenizer) -> str:
    """Name the folder of a saved tokenizer after its universe."""
    return saved_universe(labels, tokenizer.universe).rpartition(".")[0]


def name_report(names: Sequence[str]) -> str:
    """Name the report about some documents."""
    return f"{base_name(names[0])}.report.json" if len(names) == 1 else "report.json"


class TokenizerExport(Export):
    """A zip of the folder that ``save_pretrained`` writes, named after the universe; stored, without dates."""

    def __init__(self, tokenizer: IntervalTokenizer, labels: Labels, *, tokenizer_json: bool) -> None:
        outbox = Outbox()
        folder = tokenizer_folder(labels, tokenizer)
        work = _save(tokenizer, folder, outbox, tokenizer_json=tokenizer_json)
        super().__init__(f"{folder}.zip", work, outbox)


def _save(tokenizer: IntervalTokenizer, folder: str, outbox: Outbox, *, tokenizer_json: bool) -> Iterator[None]:
    with TemporaryDirectory() as place, zipfile.ZipFile(cast(BinaryIO, outbox), "w", zipfile.ZIP_STORED) as archive:
        for path in tokenizer.save_pretrained(Path(place), tokenizer_json=tokenizer_json):
            entry = zipfile.ZipInfo(f"{folder}/{path.name}", date_time=EPOCH)
            entry.create_system = 3  # the same bytes on every platform
            archive.writestr(entry, path.read_bytes())
            yield
    yield


class ReportExport(Export):
    """What became of every line and region of some results, as the terminal's ``--report json``."""

    def __init__(self, results: Sequence[tuple[str, Result]], *, rows: bool) -> None:
        outbox = Outbox()
        super().__init__(name_report([name for name, _ in results]), _tell(results, outbox, rows=rows), outbox)


def _tell(results: Sequence[tuple[str, Result]], outbox: Outbox, *, rows: bool) -> Iterator[None]:
    first = results[0][1]
    account = describe_run(
        first.tokenizer,
        universe=given_universe(first.labels, first.tokenizer),
        options=describe_options(first.tokenizer, rows=rows, rename_chroms=first.words["options"].get("rename")),
        warnings=first.labels.warnings,
        documents=[_describe(name, result.words) for name, result in results],
    )
    outbox.write(f"{render_run(account)}\n".encode())
    yield


def _describe(name: str, words: Mapping[str, Any]) -> dict[str, Any]:
    path = path_given(name)  # as the command of the recipe is given it
    facts = {"load": {**words["load"], "path": path}, "encode": words["encode"], "renamed": words["renamed"]}
    return {"document": name, "input": path, **facts}


class ComparisonExport(Export):
    """The tokens of a comparison, in the order of a view."""

    def __init__(self, comparison: Comparison, view: TokenView) -> None:
        outbox = Outbox()
        one, two = map(base_name, comparison.names)
        super().__init__(f"{one}-and-{two}.tsv", _list(comparison, comparison.order(view), outbox), outbox)


def _list(comparison: Comparison, ids: Ids, outbox: Outbox) -> Iterator[None]:
    outbox.write(HEADER)
    for at in range(0, len(ids), PIECE_ROWS):
        part = ids[at : at + PIECE_ROWS]
        counts = (each[part] for each in comparison.counts)
        write_compared(cast(BinaryIO, outbox), comparison.regions, part, *counts)
        yield


class DecodedExport(Export):
    """The regions of some ids, a line each with its id and text, as ``genotok convert`` writes them from ids alone."""

    def __init__(self, ids: Ids, tokenizer: IntervalTokenizer) -> None:
        outbox = Outbox()
        if not len(ids):
            raise InputError("there are no ids", hint="decode some first")
        super().__init__("decoded.bed", _place(ids, tokenizer, outbox), outbox)


def _place(ids: Ids, tokenizer: IntervalTokenizer, outbox: Outbox) -> Iterator[None]:
    writer = BedWriter(cast(BinaryIO, outbox), tokenizer.vocabulary)
    regions = ids[ids < tokenizer.n_regions]  # special tokens stand for no region
    for at in range(0, len(regions), PIECE_ROWS):
        part = regions[at : at + PIECE_ROWS]
        rows = RaggedIds(part, np.arange(len(part) + 1, dtype=np.int64))
        writer.write(tokenizer.universe.regions.take(part), rows)
        yield
