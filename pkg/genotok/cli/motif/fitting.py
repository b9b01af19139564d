"""The work of ``genotok motif fit``, and what is told of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genotok.cli.motif.opening import config_of, open_motifs, read_background, tell_motifs, warnings_told
from genotok.cli.motif.progress import Progress, show_phases
from genotok.cli.motif.scanning import tell_letters
from genotok.cli.report import count, percent
from genotok.io.chromsizes import read_chrom_sizes
from genotok.io.folder import refuse_other_kind
from genotok.io.hits import HitsReport, read_hits
from genotok.io.windows import Genome
from genotok.tokenizers.motif import MotifTokenizer
from genotok.values.hits import MotifHits

_SKIPPED = {  # words for why hits were left out
    "weak": "weaker than asked for",
    "columns": "of too few columns",
    "unknown_motif": "of other motifs",
    "strand": "of no strand",
    "unknown_contig": "on other contigs",
    "width": "not as wide as their motif",
    "beyond": "beyond their contig",
    "no_number": "without a score or p",
}


@dataclass
class FitReport:
    """What became of a run; ``tokenizer`` is what was learnt, None for a shard, which only cuts bins."""

    options: Mapping[str, Any]
    tokenizer: MotifTokenizer | None
    warnings: list[str]
    hits: HitsReport | None = None
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        told: dict[str, Any] = {"output": self.options["output"], "store": self.options["store"]}
        if self.tokenizer is not None:
            told |= describe_tokenizer(self.tokenizer)
        hits = None if self.hits is None else vars(self.hits)
        return told | {"hits": hits, "warnings": self.warnings, "notes": self.notes}

    def lines(self) -> Iterator[str]:
        """Yield it as text."""
        yield from self.warnings
        yield from (f"note: {each}" for each in self.notes)
        if self.hits is not None:
            skipped = ", ".join(f"{number:,} {_SKIPPED[why]}" for why, number in self.hits.skipped.items() if number)
            yield f"{count(self.hits.kept, 'hit')} of {count(self.hits.lines, 'line')}" + (
                f"; {skipped}" if skipped else ""
            )
        if self.tokenizer is None:
            shard = self.options["shard"]
            yield f"shard {shard.index} of {shard.count} cut into {self.options['store']}; run without --shard to learn"
            return
        yield from render_tokenizer(describe_tokenizer(self.tokenizer))
        kept = f", its bins to {self.options['store']}" if self.options["store"] else ""
        yield f"written to {self.options['output']}{kept}"


def learn(paths: Sequence[str], options: Mapping[str, Any]) -> FitReport:
    """Learn from a genome, and save what was learnt."""
    refuse_other_kind(options["output"], "motif")  # before an hour's work, not after it
    told: list[str] = []
    tokenizer = _unfitted(paths, options)
    source = None if options["chrom_sizes"] else Genome(paths)
    with show_phases(wanted=not options["quiet"]) as progress, warnings_told(told.append):
        hits, report = _hits(tokenizer, source, options)
        words: dict[str, Any] = {name: options[name] for name in ("chrom_sizes", "store", "jobs")}
        words["hits"] = hits
        if options["shard"] is not None:
            _cut_shard(tokenizer, source, options, progress, words)
            return FitReport(options, None, told, report, _notes(tokenizer, source))
        fitted = _fit(tokenizer, source, progress, words, options["cluster"])
        fitted.save_pretrained(options["output"], save_ids=options["save_ids"])
    return FitReport(options, fitted, told, report, _notes(tokenizer, source))


def _notes(tokenizer: MotifTokenizer, genome: Genome | None) -> list[str]:
    """Say what is worth knowing of the motifs and of the letters that were read."""
    reports = {} if genome is None else genome.reports
    return [*tell_motifs(tokenizer.motifs), *(each for report in reports.values() for each in tell_letters(report))]


def _fit(
    tokenizer: MotifTokenizer, source: Any, progress: Progress, words: dict[str, Any], cluster: str | None
) -> MotifTokenizer:
    try:
        if cluster is None:
            return tokenizer.fit(source, resume=True, progress=progress, **words)
        from genotok.cli.motif.spreading import client_for  # late: an extra

        store = Path(words["store"]).absolute()  # as workers may stand elsewhere
        with client_for(cluster, words["jobs"], store) as client:
            words = words | {"store": store, "client": client}
            return tokenizer.fit(source, resume=True, progress=progress, **words)
    except (KeyboardInterrupt, OSError, MemoryError) as error:
        if words["store"]:
            error.add_note(f"the blocks that are done lie in {words['store']}, --resume goes on from there")
        raise


def _unfitted(paths: Sequence[str], options: Mapping[str, Any]) -> MotifTokenizer:
    names = ("pvalue", "relative", "linkage", "distance", "min_count", "max_vocab", "unknown", "block", "seed")
    settings = {name: options[name] for name in names}
    if options["background"] is not None:
        settings["background"] = read_background(options["background"], paths)
    if options["no_cpg"] or options["chrom_sizes"]:
        settings["cpg"] = False
    config = config_of(options["preset"], **settings)
    if options["ids_sample"] is not None:
        config = config.replace(ids_sample=None if options["ids_sample"] == "all" else options["ids_sample"])
    motifs = open_motifs(options["motifs"], invalid=options["invalid"], versions=options["versions"])
    return MotifTokenizer(motifs, config)


def _hits(
    tokenizer: MotifTokenizer, genome: Genome | None, options: Mapping[str, Any]
) -> tuple[dict[str, MotifHits] | None, HitsReport | None]:
    if options["hits"] is None:
        return None, None
    lengths = read_chrom_sizes(options["chrom_sizes"]) if genome is None else genome.lengths()
    choices = {name: options[name] for name in ("end_inclusive", "min_score", "min_log10p", "invalid")}
    return read_hits(options["hits"], tokenizer.motifs, lengths, **choices)


def _cut_shard(
    tokenizer: MotifTokenizer, source: Any, options: Mapping[str, Any], progress: Progress, words: dict[str, Any]
) -> None:
    from genotok.tokenizers.motif_fit import genome_of  # late: only shards need it
    from genotok.tokenizers.motif_run import cut_shard

    shard = options["shard"]
    genome = genome_of(source, words["chrom_sizes"], words["hits"])
    some: dict[str, Any] = {"hits": words["hits"], "jobs": words["jobs"], "progress": progress}
    cut_shard(tokenizer, genome, words["store"], (shard.index, shard.count), **some)


def describe_tokenizer(tokenizer: MotifTokenizer) -> dict[str, Any]:
    """Return what there is to know of a fitted tokenizer, as plain values."""
    fitted, vocabulary = tokenizer.fitted, tokenizer.vocabulary
    assert fitted is not None, "its vocabulary was there"
    sizes = np.bincount(tokenizer.labels, minlength=tokenizer.n_clusters).astype(np.int64)
    bases = sum(each.length for each in fitted.corpus)
    known = fitted.bins - fitted.gaps
    return {
        "kind": "motif",
        "motifs": len(tokenizer.motifs),
        "credit": tokenizer.motifs.credit,
        "motif_digest": tokenizer.motifs.digest,
        "features": tokenizer.n_features,
        "clusters": tokenizer.n_clusters,
        "largest_cluster": int(sizes.max(initial=0)),
        "vocab_size": tokenizer.vocab_size,
        "special_ids": dict(vocabulary.special_ids),
        "contigs": len(fitted.corpus),
        "bases": bases,
        "bins": fitted.bins,
        "gaps": fitted.gaps,
        "mean_bin": bases / fitted.bins if fitted.bins else None,
        "empty_share": int(fitted.counts[0]) / known if known else None,
        "unk_share": fitted.unk_share,
        "config": tokenizer.config.to_dict(),
    }


def render_tokenizer(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the same as text."""
    scan = told["config"]["scan"]
    rule = f"p <= {scan['pvalue']:g}" if scan["pvalue"] is not None else f"relative score >= {scan['relative']:g}"
    yield f"{count(told['motifs'], 'motif')} ({rule}), {told['features']:,} features"
    features = told["config"]["features"]
    clusters = f"{count(told['clusters'], 'cluster')}, the largest of {told['largest_cluster']:,} features"
    yield f"{clusters} ({features['linkage']} linkage at {features['distance']:g})"
    mean = "" if told["mean_bin"] is None else f" of {told['mean_bin']:.1f} bp"
    bins = f"{count(told['bins'], 'bin')}{mean}, {told['gaps']:,} of them unknown bases"
    yield f"corpus: {count(told['contigs'], 'contig')}, {count(told['bases'], 'base')}, {bins}"
    unknown = told["config"]["vocabulary"]["unknown"]
    missed = percent(round(1e6 * told["unk_share"]), 10**6)
    words = "named by a part of their set" if unknown == "backoff" else "unk"
    yield f"{told['vocab_size']:,} ids; {missed} of the bins {words}"
