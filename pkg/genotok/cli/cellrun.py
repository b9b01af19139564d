"""The work of ``genotok fragments`` and ``genotok anndata``: lists of ids, or a count matrix, into one file."""

from pathlib import Path
from typing import Any

from genotok.cli.account import Account
from genotok.cli.cells import read_matrix, report_cells, tokenize_cells
from genotok.cli.document import Advance
from genotok.cli.inputs import Input
from genotok.cli.settings import Settings
from genotok.cli.targets import Target, open_sink
from genotok.export.anndata import to_anndata, write_h5ad
from genotok.export.cells import write_matrix_to
from genotok.export.writers import open_writer
from genotok.tokenizers.fragments import Weight
from genotok.tokenizers.interval import IntervalTokenizer


def write_cells(
    source: Input,
    tokenizer: IntervalTokenizer,
    settings: Settings,
    account: Account,
    advance: Advance,
    chosen: str,
    output: str,
    weight: Weight,
    matrix: bool,
) -> str:
    """Write the output, add to the account, and return the output's name for messages."""
    path = None if output == "-" else Path(output)
    target = Target("stdout" if path is None else "file", path, settings.format)
    if matrix:
        cells, report = read_matrix(source, tokenizer, settings, advance, weight=weight)
        if chosen == "h5ad":
            assert path is not None, "refused before"
            write_h5ad(path, to_anndata(cells, tokenizer))
        else:
            with open_sink(target) as sink:
                write_matrix_to(sink, cells, tokenizer)
        account.done.append(report_cells(source, report))
        return target.label
    options: dict[str, Any] = settings.describe(tokenizer)
    with open_sink(target) as sink:
        writer = open_writer(settings.format, sink, tokenizer, options=options)
        account.done.append(tokenize_cells(source, tokenizer, settings, writer, advance))
        writer.close()
    return target.label
