"""Operations on figures of motifs: how often each set occurs, and how well bins spell motifs."""

from typing import Any

import numpy as np

from genotok.analysis.coverage import CoverageTable, compare_coverage
from genotok.analysis.likenesspicture import likeness_table
from genotok.analysis.motifcorpus import count_encoded_sets, draw_bins, join_codes, kmer_series, letters_of
from genotok.analysis.rankpicture import RankSeries, rank_table
from genotok.analysis.zipf import zipf
from genotok.bridge.desk import Room
from genotok.bridge.formats import base_name
from genotok.bridge.motifrecipe import corpus_path
from genotok.bridge.motifresult import MotifResult
from genotok.bridge.reply import Answer, operation
from genotok.errors import InputError, NotFittedError

WORDS = 6  # letters of the plain words beside sets: `motifrecipe` has the options of the same commands
BINS, SHORT = 500, 4  # bins that are scored, and the letters of the words beside them
_POINTS = 400  # of a curve: more can't be told apart
_LETTERS = "ACGT"


class MotifFiguresRoom(Room):
    """Figures of a result that has tokens; what took long is kept with it."""

    def _fitted(self, handle: Any) -> MotifResult:
        result = self.desk.get(handle, MotifResult, "result of motifs")
        if not result.tokenizer.is_fitted:
            raise NotFittedError("there are no tokens yet", hint="learn them first")
        return result

    @operation
    def motif_ranks(self, handle: int) -> Answer:
        """Count words by rank: curves [{name, types, tokens, points, records}] | ranks, frequencies, end to end."""
        series = ranks_of(self._fitted(handle))
        drawn = [_thinned(each) for each in series]
        curves = [
            {
                "name": each.report.unfiltered.corpus,
                "types": each.report.unfiltered.types,
                "tokens": each.report.unfiltered.tokens,
                "points": len(ranks),
                "records": each.report.to_dict()["records"],
            }
            for each, (ranks, _) in zip(series, drawn, strict=True)
        ]
        return {"curves": curves}, {
            "ranks": np.concatenate([ranks for ranks, _ in drawn]).astype(np.int32),
            "frequencies": np.concatenate([counts for _, counts in drawn]).astype(np.int32),
        }

    @operation
    def motif_likeness(self, handle: int) -> Answer:
        """Score how well words spell motifs: rows [{name, tokens, .., gain}], each behind its control | scores."""
        table = likeness_of(self._fitted(handle))
        told = table.to_dict()["pairs"]
        rows = [
            {**{key: value for key, value in each[part].items() if key not in ("scores", "lengths")}, "gain": gain}
            for each in told
            for part, gain in (("score", each["gain"]), ("control", None))
        ]
        scores = [each.scores for pair in table.pairs for each in pair]
        return {"rows": rows, "motifs": len(scores[0])}, {"scores": np.concatenate(scores).astype(np.float32)}


def ranks_of(result: MotifResult) -> list[RankSeries]:
    """Count every set in the bins of a result, and words of letters beside."""
    if "ranks" not in result.figures:
        corpus, active = corpus_path(base_name(result.name)), result.tokenizer.config.vocabulary.active
        counts = count_encoded_sets((cut.encoding for cut in result.cuts), result.members, active=active)
        codes = join_codes(result.sequences)
        whole = RankSeries(counts, zipf(counts, corpus=f"{corpus}, sets of clusters", empty=0))
        result.figures["ranks"] = [whole, *kmer_series(corpus, codes, (WORDS,))]
    found: list[RankSeries] = result.figures["ranks"]
    return found


def likeness_of(result: MotifResult) -> CoverageTable:
    """Score bins of a result and words of letters, each beside random cuts."""
    if "likeness" not in result.figures:
        parts = ((letters_of(cut.sequence.codes), cut.encoding.bins.boundaries.tolist()) for cut in result.cuts)
        bins = draw_bins(parts, BINS)
        if not bins:
            raise InputError("there is no bin of known letters alone", hint="give a sequence with fewer N")
        corpus = corpus_path(base_name(result.name))
        words = {f"motif bins (of {corpus})": bins, f"{SHORT}-mers": _words_of(SHORT)}
        codes = join_codes(result.sequences)
        result.figures["likeness"] = compare_coverage(words, result.tokenizer.motifs, codes)
    found: CoverageTable = result.figures["likeness"]
    return found


def write_figure(result: MotifResult, kind: str) -> bytes:
    """Return the numbers of a figure as the terminal writes them beside its picture."""
    if kind == "ranks":
        return rank_table(ranks_of(result)).encode()
    return likeness_table(likeness_of(result), result.tokenizer.motifs.ids).encode()


def _words_of(length: int) -> list[str]:
    words = [""]
    for _ in range(length):
        words = [word + letter for word in words for letter in _LETTERS]
    return words


def _thinned(series: RankSeries) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return ranks from 1, evenly on a logarithmic scale, and the frequencies there."""
    ranked = np.sort(series.counts[series.counts > 0])[::-1]
    if not len(ranked):
        return ranked, ranked
    ranks = np.unique(np.geomspace(1, len(ranked), _POINTS).round().astype(np.int64))
    return ranks, ranked[ranks - 1]
