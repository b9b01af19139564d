"""The work of ``genotok motif ids``: scores that were saved or are measured, and what they would make."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from genotok.analysis.dependencepicture import (
    DISTANCES,
    ClusterCount,
    count_clusters,
    dependence_table,
    draw_dependence,
    strongest_pairs,
)
from genotok.analysis.tables import text_table
from genotok.cli.motif.counting import open_corpus
from genotok.cli.motif.opening import open_tokenizer
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import show_phases
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_clusters import cluster_features

_COLUMNS = ("distance", "clusters", "largest", "single")


def tell_dependence(corpus: str | None, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return scores and clusters by distance, as plain values and as lines."""
    tokenizer = open_tokenizer(options["tokenizer"])
    scores = _scores(tokenizer, corpus, options)
    settings = tokenizer.config.features
    linkage = options["linkage"] or settings.linkage
    distances = (*DISTANCES, settings.distance)
    counts = count_clusters(scores, tokenizer.single, linkage=linkage, distances=distances)
    names = _names(tokenizer)
    pairs = strongest_pairs(scores, options["top"])
    if options["plot"] is not None:
        picture = draw_dependence(scores, tokenizer.labels, counts, title="Dependence of motifs")
        write_picture(options["plot"], picture, dependence_table(scores, tokenizer.labels, tokenizer.features))
    told = {
        "tokenizer": options["tokenizer"],
        "corpus": corpus,
        "features": len(scores),
        "linkage": linkage,
        "distance": settings.distance,
        "clusters": [each.to_dict() for each in counts],
        "pairs": [
            {"one": tokenizer.features[one], "two": tokenizer.features[two], "score": score}
            for one, two, score in pairs
        ],
    }
    where = f"of {corpus}" if corpus is not None else f"saved in {options['tokenizer']}"
    lines = [f"dependence of {len(scores):,} features, {where}; clusters by {linkage} linkage:"]
    return told, [*lines, *_lines(counts, settings.distance, pairs, names)]


def _scores(tokenizer: MotifTokenizer, corpus: str | None, options: Mapping[str, Any]) -> NDArray[np.float32]:
    if corpus is None:
        matrix = None if tokenizer.fitted is None else tokenizer.fitted.ids_matrix
        if matrix is None:
            raise click.UsageError("the scores were not saved; name the corpus, or fit with --save-ids")
        return matrix
    config = tokenizer.config
    with show_phases(wanted=True) as progress, open_corpus(tokenizer, corpus, options["jobs"], progress) as store:
        found = cluster_features(store, tokenizer.single, config.features, seed=config.seed, progress=progress)
    return found.scores


def _names(tokenizer: MotifTokenizer) -> list[str]:
    """Return features with the names of their factors."""
    names = dict(zip(tokenizer.motifs.ids, tokenizer.motifs.names, strict=True))
    return [f"{each} {names[each[:-1]]}" if each[:-1] in names else each for each in tokenizer.features]


def _lines(
    counts: Sequence[ClusterCount], cut: float, pairs: Sequence[tuple[int, int, float]], names: Sequence[str]
) -> Iterator[str]:
    rows = (
        (
            f"{each.distance:g}" + " *" * (each.distance == cut),
            *(f"{n:,}" for n in (each.clusters, each.largest, each.single)),
        )
        for each in counts
    )
    yield from text_table(_COLUMNS, rows, texts=1).splitlines()
    yield f"* as the tokenizer was fitted; the strongest {len(pairs):,} pairs:"
    yield from text_table(
        ("", "", "score"), ((names[a], names[b], f"{s:.4f}") for a, b, s in pairs), texts=2
    ).splitlines()
