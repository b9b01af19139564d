"""Token files from one format to another: what must be known for it, and what is checked on the way."""

from collections.abc import Iterator

import click
import numpy as np

from genotok.cli.report import count
from genotok.cli.settings import open_tokenizer
from genotok.cli.targets import Target, open_sink
from genotok.export.cells import holds_matrix
from genotok.export.documents import TokenDocument, TokenFile
from genotok.export.tokens import read_tokens, write_documents
from genotok.export.writers import ONE_DOCUMENT
from genotok.tokenizers.interval import IntervalTokenizer


def convert_tokens(place: str, source: str, target: Target, universe: str | None, *, rows: bool | None) -> str:
    """Write a token file anew; return what was done, in words. It lies at ``place``, and users call it ``source``."""
    if holds_matrix(place):
        raise click.UsageError(f"{source} is a cell x token matrix; for lists of ids make it without --matrix")
    tokenizer = None if universe is None else open_tokenizer(universe, {})[0]
    tokens = read_tokens(place, tokenizer)
    if target.format in ONE_DOCUMENT and len(tokens) != 1:
        raise click.UsageError(f"a .{target.format} file holds one document, and {source} has {len(tokens)}")
    if target.format in ("tsv", "bed"):
        tokens = TokenFile(tuple(_with_regions(tokens, tokenizer, target)), tokens.meta)
    known = all(document.offsets is not None for document in tokens)
    if rows and not known:
        raise click.UsageError(f"{source} does not tell which ids belong to which region; leave --rows out")
    with open_sink(target) as sink:
        write_documents(sink, target.format, tokens, tokenizer, rows=known if rows is None else rows)
    total = sum(len(document.ids) for document in tokens)
    return f"{source}: {count(len(tokens), 'document')}, {count(total, 'token')}; written to {target.label}"


def _with_regions(tokens: TokenFile, tokenizer: IntervalTokenizer | None, target: Target) -> Iterator[TokenDocument]:
    """Yield the documents with their query regions, or, where these are not known, the tokens' own regions."""
    if tokenizer is None and (target.format == "bed" or any(document.regions is None for document in tokens)):
        what = "texts" if target.format == "bed" else "regions"
        raise click.UsageError(f"a .{target.format} file holds {what}, which only the universe knows; add -u")
    for document in tokens:
        if document.regions is not None:
            yield document
            continue
        assert tokenizer is not None, "refused above"
        ids = document.ids[document.ids < tokenizer.universe.n_regions]  # special tokens stand for no region
        regions = tokenizer.universe.regions.take(ids)
        yield TokenDocument(document.name, ids, np.arange(len(ids) + 1, dtype=np.int64), regions)
