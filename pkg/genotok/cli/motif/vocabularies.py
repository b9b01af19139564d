"""Vocabularies as DNA texts: bins of a corpus, words of k letters, byte pairs."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import click

from genotok.analysis.baselines import train_bpe
from genotok.analysis.motifcorpus import draw_bins
from genotok.cli.motif.counting import open_corpus, texts_of
from genotok.cli.motif.progress import show_phases
from genotok.tokenizers.motif import MotifTokenizer
from genotok.values.sequences import Sequences

_LONGEST_WORD = 8  # letters: there are 4 to this power of them


def vocabularies_of(
    tokenizer: MotifTokenizer, sequences: Sequences, path: str, options: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the tokens of each vocabulary by its name."""
    texts = texts_of(sequences)
    found = {}
    bins = _draw_bins(tokenizer, path, texts, options)
    found[f"motif bins (of {path})"] = bins
    for length in options["kmers"]:
        if length > _LONGEST_WORD:
            raise click.UsageError(f"--kmers {length}: {4**length:,} words are too many; {_LONGEST_WORD} at most")
        found[f"{length}-mers"] = ["".join(each) for each in product("ACGT", repeat=length)]
    for size in options["bpe"]:
        found[f"BPE {size:,}"] = list(train_bpe(texts, size, seed=options["seed"]).texts)
    return found


def _draw_bins(tokenizer: MotifTokenizer, path: str, texts: Mapping[str, str], options: Mapping[str, Any]) -> list[str]:
    """Draw bins of the corpus that differ and hold known letters alone, in an order drawn by the seed."""
    with show_phases(wanted=True) as progress, open_corpus(tokenizer, path, options["jobs"], progress) as store:
        parts = ((texts[store.contigs[at].contig.name], block.boundaries.tolist()) for at, _, block in store.blocks())
        drawn = draw_bins(parts, options["tokens"], seed=options["seed"])
    if not drawn:
        raise click.UsageError(f"{path} has no bin of known letters alone")
    return drawn
