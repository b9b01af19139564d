"""The work of ``genotok motif embed``: the rows of a corpus that are laid out, and what is told of their groups."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from genotok.analysis.embedding import EmbeddingConfig, embed, leading_columns
from genotok.analysis.placepicture import draw_places, place_table
from genotok.analysis.zipf import filter_for
from genotok.arrays import Coords, Ids
from genotok.cli.motif.counting import open_corpus
from genotok.cli.motif.opening import open_tokenizer
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import Progress, show_phases
from genotok.cli.report import count
from genotok.errors import InputError
from genotok.io.sinks import atomic_write
from genotok.io.tokenstore import TokenStore
from genotok.kernels.draws import draw_words
from genotok.tokenizers.motif import MotifTokenizer
from genotok.values.motifencoding import average_clusters

_SETTINGS = ("layout", "components", "neighbours", "subneighbours", "seed")
_NAMES = 3  # of factors told of a cluster


class Points(NamedTuple):
    """Rows to lay out, (n, C), the titles and cells that name them, and the texts of the columns."""

    rows: NDArray[np.float32]
    head: tuple[str, ...]
    cells: Sequence[tuple[str, ...]]
    columns: list[str]


def embed_rows(corpus: str | None, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Lay out the rows that are asked for; return what was found as plain values and as lines."""
    config = EmbeddingConfig(**{name: options[name] for name in _SETTINGS})
    tokenizer = open_tokenizer(options["tokenizer"])
    with show_phases(wanted=True) as progress:
        points = _points(tokenizer, corpus, options, progress)
        progress("layout", 0, 0)
        found = embed(points.rows, config)
    leaders = [[points.columns[at] for at in row] for row in leading_columns(points.rows, found.groups)]
    table = place_table(found, points.head, points.cells)
    if options["output"] == "-":
        click.echo(table, nl=False)
    else:
        with atomic_write(Path(options["output"])) as sink:
            sink.write(table.encode())
    if options["plot"] is not None:
        what = f"{options['of']} of {corpus or options['tokenizer']}"
        picture = draw_places(found, leaders, title=f"{options['of'].capitalize()} by likeness", what=what)
        write_picture(options["plot"], picture, table)
    told = {"corpus": corpus, "of": options["of"]} | found.to_dict()
    told |= {"leaders": leaders}
    lines = [
        f"{count(len(points.rows), 'row')} in {count(len(found.sizes), 'group')}, modularity {found.modularity:.3f}"
    ]
    for at, (size, texts) in enumerate(zip(found.sizes, leaders, strict=True), start=1):
        lines.append(f"group {at}: {count(size, 'row')}, rich in {', '.join(texts) or 'nothing'}")
    return told, lines


def _points(tokenizer: MotifTokenizer, corpus: str | None, options: Mapping[str, Any], progress: Progress) -> Points:
    if options["of"] == "features":
        return _features(tokenizer, options)
    assert corpus is not None, "bins and tokens are those of a corpus"
    with open_corpus(tokenizer, corpus, options["jobs"], progress) as store:
        ids, passed = _ids_of(tokenizer, store, options, progress)
        if options["of"] == "tokens":
            return _tokens(tokenizer, store, ids, passed, options, progress)
        return _bins(tokenizer, store, ids, passed, options, progress)


def _ids_of(
    tokenizer: MotifTokenizer, store: TokenStore, options: Mapping[str, Any], progress: Progress
) -> tuple[Ids, Coords]:
    """Return the id of every bin, -1 where its set has none, and how often each id occurs, 0 if the filter drops it."""
    parts = [np.empty(0, dtype=np.int32)]
    for done, (_, _, block) in enumerate(store.blocks(), start=1):
        ids, missed = tokenizer.ids_of(block.counts, block.is_gap)
        parts.append(np.where(missed | block.is_gap, -1, ids).astype(np.int32))
        progress("tokens", done, sum(len(each.blocks) for each in store.contigs))
    ids = np.concatenate(parts)
    counts = np.bincount(ids[ids >= 0], minlength=tokenizer.vocab_size).astype(np.int64)
    low, high = filter_for(len(ids))
    low, high = (
        usual if options[name] is None else options[name] for name, usual in (("min_count", low), ("max_count", high))
    )
    counts[(counts < low) | (counts > high)] = 0
    if not counts.any():
        raise InputError(f"no token occurs {low:,} to {high:,} times", hint="filter less, as with --min-count 2")
    return ids, counts


def _draw(n: int, options: Mapping[str, Any]) -> NDArray[np.intp]:
    """Draw places out of n, ascending; all where the sample is as large."""
    order = np.argsort(draw_words(n, options["seed"]), kind="stable")
    return np.sort(order[: options["sample"]])


def _bins(
    tokenizer: MotifTokenizer,
    store: TokenStore,
    ids: Ids,
    passed: Coords,
    options: Mapping[str, Any],
    progress: Progress,
) -> Points:
    known = np.flatnonzero((ids >= 0) & (passed[np.maximum(ids, 0)] > 0))
    wanted = known[_draw(len(known), options)]
    rows, cells, before = [], list[tuple[str, ...]](), 0
    for done, (contig, _, block) in enumerate(store.blocks(), start=1):
        inside = wanted[(wanted >= before) & (wanted < before + len(block))] - before
        rows.append(average_clusters(block.counts.take(inside), tokenizer.clusters).to_dense())
        name, texts = store.contigs[contig].contig.name, tokenizer.vocabulary.texts_of(ids[inside + before].tolist())
        for at, text in zip(inside.tolist(), texts, strict=True):
            place = (name, str(block.boundaries[at]), str(block.boundaries[at + 1]))
            cells.append((*place, str(ids[at + before]), text))
        before += len(block)
        progress("rows", done, sum(len(each.blocks) for each in store.contigs))
    head = ("contig", "start", "end", "id", "token")
    return Points(np.concatenate(rows).astype(np.float32), head, cells, _columns(tokenizer))


def _tokens(
    tokenizer: MotifTokenizer,
    store: TokenStore,
    ids: Ids,
    passed: Coords,
    options: Mapping[str, Any],
    progress: Progress,
) -> Points:
    known = np.flatnonzero(passed)
    wanted = known[_draw(len(known), options)]
    row_of = np.full(len(passed), -1, dtype=np.intp)
    row_of[wanted] = np.arange(len(wanted), dtype=np.intp)
    sums, before = np.zeros((len(wanted), tokenizer.n_clusters)), 0
    for done, (_, _, block) in enumerate(store.blocks(), start=1):
        own = ids[before : before + len(block)]
        inside = np.flatnonzero((own >= 0) & (row_of[np.maximum(own, 0)] >= 0))
        values = average_clusters(block.counts.take(inside), tokenizer.clusters)
        rows = np.repeat(row_of[own[inside]], np.diff(values.indptr).astype(np.intp))
        np.add.at(sums, (rows, values.indices.astype(np.intp)), values.data)
        before += len(block)
        progress("rows", done, sum(len(each.blocks) for each in store.contigs))
    means = (sums / passed[wanted][:, None]).astype(np.float32)
    texts = tokenizer.vocabulary.texts_of(wanted.tolist())
    numbers = zip(wanted.tolist(), texts, passed[wanted].tolist(), strict=True)
    cells = [(str(number), text, str(times)) for number, text, times in numbers]
    return Points(means, ("id", "token", "count"), cells, _columns(tokenizer))


def _features(tokenizer: MotifTokenizer, options: Mapping[str, Any]) -> Points:
    matrix = None if tokenizer.fitted is None else tokenizer.fitted.ids_matrix
    if matrix is None:
        raise click.UsageError("the dependence scores were not saved; fit with --save-ids")
    wanted = _draw(len(matrix), options)
    clusters = tokenizer.clusters
    names = dict(zip(tokenizer.motifs.ids, tokenizer.motifs.names, strict=True))
    cells = []
    for at in wanted.tolist():
        text = tokenizer.features[at]
        cells.append((text, names.get(text[:-1], text[:-1]), clusters.cluster_texts[tokenizer.labels[at]]))
    return Points(matrix[wanted].astype(np.float32), ("feature", "name", "cluster"), cells, list(tokenizer.features))


def _columns(tokenizer: MotifTokenizer) -> list[str]:
    """Name clusters by their factors."""
    names = dict(zip(tokenizer.motifs.ids, tokenizer.motifs.names, strict=True))
    texts: Sequence[str] = tokenizer.features
    found = []
    for cluster, text in enumerate(tokenizer.clusters.cluster_texts):
        members = (texts[at][:-1] for at in tokenizer.clusters.members(cluster).tolist())
        factors = list(dict.fromkeys(names.get(each, each) for each in members))
        more = ", .." if len(factors) > _NAMES else ""
        found.append(f"{text} ({', '.join(factors[:_NAMES])}{more})")
    return found
