"""The work of ``genotok vq lineages``: bags of genomes, their scores with and without masked positions, the picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from genotok import __version__
from genotok.analysis.embedding import lay_out_umap
from genotok.analysis.tables import text_table
from genotok.analysis.vq_features import Features
from genotok.analysis.vq_lineages import (
    COMPONENTS,
    FEWEST,
    NEIGHBOURS,
    Genomes,
    LineageScore,
    bags_by_level,
    leading_components,
    mask_clustered,
    read_genomes,
    score_lineages,
)
from genotok.analysis.vq_plots import LineagePanel, draw_lineages, lineage_csv, place_rows
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import Progress, show_phases
from genotok.cli.report import say
from genotok.cli.vq.choosing import open_all
from genotok.cli.vq.evaluating import write_text

_NEAR = 15  # neighbours of the layout
_TITLES = ("codes", "columns", "purity", "macro", "silhouette", "masked: purity", "macro", "silhouette")
_READING = (
    "That genomes of a lineage lie together is no evidence of a learned vocabulary: lineages differ by single "
    "substitutions, and any fine hash of DNA sees these."
)
_CHANCE = "random-table"


class Scored(NamedTuple):
    """The score of a bag of codes, that with masked positions if it was asked for, and the components, (n, d)."""

    score: LineageScore
    masked: LineageScore | None
    parts: Any


def score_genomes(path: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Score the genomes of a file by each tokenizer; return plain values, and lines."""
    features = open_all(options["tokenizers"], bpe=options["bpe"])
    genomes = read_genomes(path)
    if genomes.gaps:
        say(f"{path}: {genomes.gaps:,} gaps of an alignment were taken out")
    with show_phases(wanted=True) as progress:
        found = [each for mine in features.values() for each in _score(mine, genomes, options, progress)]
        scores = [each.score for each in found]
        if options["plot"] is not None:
            _draw(options["plot"], found, genomes, options["seed"], progress)
    groups = genomes.scored()
    if options["output"] is not None:
        write_text(Path(options["output"]), lineage_csv(scores, groups))
    command = f"genotok vq lineages {Path(path).name} --tokenizers {','.join(options['tokenizers'])}"
    told = {
        "made": {"command": command, "genotok": __version__},
        "genomes": len(genomes),
        "groups": genomes.sizes,
        "scored": list(groups),
        "settings": {"components": COMPONENTS, "neighbours": NEIGHBOURS, "fewest": FEWEST, "seed": options["seed"]},
        "scores": [
            asdict(each.score) | {"masked": None if each.masked is None else asdict(each.masked)} for each in found
        ],
        "reading": read_scores(scores),
    }
    counted = ", ".join(f"{name} {size:,}" for name, size in genomes.sizes.items())
    lines = [f"{len(genomes):,} genomes: {counted}; random labels have purity {scores[0].chance:.3f}", ""]
    lines += text_table(_TITLES, map(_cells, found), texts=1).splitlines()
    return told, [*lines, "", read_scores(scores)]


def read_scores(scores: Sequence[LineageScore]) -> str:
    """Say what the scores mean, beside those of random codes if they are among them."""
    told = f"{_READING} Random labels have a purity of {scores[0].chance:.2f}"
    chance = next((each for each in scores if each.name == _CHANCE), None)
    others = [each for each in scores if each is not chance]
    if chance is not None and others:
        best = max(others, key=lambda each: each.purity)
        told += (
            f"; a table of random codes has {chance.purity:.4f}, the best of the others, {best.name}, {best.purity:.4f}"
        )
    return f"{told}. Scores are those of {COMPONENTS} components, not of the picture."


def _score(features: Features, genomes: Genomes, options: Mapping[str, Any], progress: Progress) -> Iterator[Scored]:
    progress(features.name, 0, 0)
    plain = bags_by_level(features, genomes.texts)
    masked = bags_by_level(features, mask_clustered(genomes).texts) if options["masked"] else None
    for name, bag in plain:
        parts = leading_components(bag)
        score = score_lineages(name, parts, genomes, bag.shape[1])
        other = None
        if masked is not None:
            _, hidden = next(masked)
            other = score_lineages(name, leading_components(hidden), genomes, hidden.shape[1])
        yield Scored(score, other, parts)


def _draw(path: str, found: list[Scored], genomes: Genomes, seed: int, progress: Progress) -> None:
    panels = []
    for number, each in enumerate(found):
        progress("layout", number, len(found))
        places = lay_out_umap(each.parts, near=_NEAR, seed=seed, metric="euclidean")
        panels.append(LineagePanel(each.score, places))
    title = f"{len(genomes):,} genomes by the codes in them"
    write_picture(
        path,
        draw_lineages(panels, genomes, title=title, reading=read_scores([each.score for each in found])),
        place_rows(panels, genomes),
    )


def _cells(found: Scored) -> tuple[str, ...]:
    score, masked = found.score, found.masked
    cells = (score.name, f"{score.columns:,}", f"{score.purity:.4f}", f"{score.macro:.3f}", f"{score.silhouette:.3f}")
    if masked is None:
        return (*cells, "-", "-", "-")
    return (*cells, f"{masked.purity:.4f}", f"{masked.macro:.3f}", f"{masked.silhouette:.3f}")
