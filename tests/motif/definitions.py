"""What the motif tokenizer is held to, in plain loops that share no code with it."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

LETTERS = "ACGT"


def word_scores(columns: Sequence[Sequence[int]]) -> dict[int, int]:
    """Count the words of each score, all 4^L of them, column by column."""
    counts = {0: 1}
    for column in columns:
        longer: dict[int, int] = {}
        for score, words in counts.items():
            for value in column:
                longer[score + value] = longer.get(score + value, 0) + words
        counts = longer
    return counts


def chance(columns: Sequence[Sequence[int]], score: int) -> Fraction:
    """Chance that a uniform random word scores at least ``score``."""
    words = sum(count for each, count in word_scores(columns).items() if each >= score)
    return Fraction(words, 4 ** len(columns))


def score_by_share(columns: Sequence[Sequence[int]], share: Fraction, p_max: Fraction) -> int:
    """Return the least score of at least this share of the range that is rarer than p_max, or one above the largest."""
    low, high = sum(map(min, columns)), sum(map(max, columns))
    for score in range(low, high + 1):
        if score - low >= share * (high - low) and chance(columns, score) < p_max:
            return score
    return high + 1


def score_by_chance(columns: Sequence[Sequence[int]], p: Fraction) -> int:
    """Return the least score whose chance is at most p, or one above the largest."""
    low, high = sum(map(min, columns)), sum(map(max, columns))
    return next((score for score in range(low, high + 1) if chance(columns, score) <= p), high + 1)


def scan(text: str, columns: Sequence[Sequence[int]], threshold: int) -> list[int]:
    """List the starts of windows without a foreign letter that score at least the threshold."""
    found = []
    for start in range(len(text) - len(columns) + 1):
        window = text[start : start + len(columns)].upper().replace("U", "T")
        if all(letter in LETTERS for letter in window):
            score = sum(column[LETTERS.index(letter)] for column, letter in zip(columns, window, strict=True))
            if score >= threshold:
                found.append(start)
    return found


def mirrored(columns: Sequence[Sequence[int]]) -> list[list[int]]:
    """Columns of the other strand: last first, each letter by its partner."""
    return [list(column)[::-1] for column in list(columns)[::-1]]


def reverse_complement(text: str) -> str:
    return text.translate(str.maketrans("ACGTacgt", "TGCAtgca"))[::-1]


def covered(starts: Sequence[int], width: int) -> set[int]:
    """Bases under at least one of the windows."""
    return {base for start in starts for base in range(start, start + width)}


def coverage(n: int, hits: Sequence[tuple[Sequence[int], int]]) -> list[int]:
    """Count, for each base, the motif-strands that cover it: ``hits`` are (starts, width) of each."""
    depth = [0] * n
    for starts, width in hits:
        for base in covered(starts, width):
            depth[base] += 1
    return depth


def occupied(n: int, boundaries: Sequence[int], hits: Sequence[tuple[Sequence[int], int]]) -> list[list[int]]:
    """Count the covered bases of each bin (rows) by each motif-strand (columns)."""
    bins = [row for row, (left, right) in enumerate(pairwise(boundaries)) for _ in range(left, right)]
    table = [[0] * len(hits) for _ in range(len(boundaries) - 1)]
    for column, (starts, width) in enumerate(hits):
        for base in covered(starts, width):
            table[bins[base]][column] += 1
    return table
