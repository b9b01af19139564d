"""Reads lists of byte-pair merges, as Hugging Face writes them: two words a line, the first merge first."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from genotok.arrays import Ids
from genotok.errors import BundleError

DNABERT2 = "dnabert2_merges.txt"
_SPECIALS = 5  # ids before those of letters: [UNK] [CLS] [SEP] [PAD] [MASK]


@dataclass(frozen=True)
class Merges:
    r"""Merges by the ids of their parts: letters A, C, G, T are 5 to 8, merge r makes 9 + r; 0 is an unknown letter.

    >>> found = parse_merges("A A\nAA C\n")
    >>> found.left.tolist(), found.right.tolist(), found.size, found.texts
    ([5, 9], [5, 6], 11, ('A', 'C', 'G', 'T', 'AA', 'AAC'))
    """

    left: Ids
    right: Ids
    texts: tuple[str, ...]

    @property
    def first(self) -> int:
        """The id that the first merge makes."""
        return _SPECIALS + 4

    @property
    def size(self) -> int:
        """Ids that there are."""
        return _SPECIALS + len(self.texts)

    def letter_ids(self) -> Ids:
        """Return the ids of the codes of bases, 0 to 4: int32 (5,)."""
        return np.array([*range(_SPECIALS, _SPECIALS + 4), 0], dtype=np.int32)


def parse_merges(text: str, name: str = "merges.txt") -> Merges:
    """Read merges; BundleError for a line that is none, or whose parts were not made before."""
    ids = {letter: _SPECIALS + at for at, letter in enumerate("ACGT")}
    parts: list[tuple[int, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        left, blank, right = line.partition(" ")
        if not blank or left not in ids or right not in ids or left + right in ids:
            what = f"{line[:40]!r} merges no two words that were made before"
            raise BundleError(what, path=name, line=number, hint="a line is two words, as `A AC`")
        ids[left + right] = _SPECIALS + 4 + len(parts)
        parts.append((ids[left], ids[right]))
    columns = np.array(parts, dtype=np.int32).reshape(-1, 2)
    return Merges(columns[:, 0].copy(), columns[:, 1].copy(), tuple(ids))


@lru_cache(maxsize=1)
def read_dnabert2_merges() -> Merges:
    """Return the merges of DNABERT-2 (Zhou et al. 2023, Apache-2.0), 4,087 of them; its ids are those of its own file.

    >>> read_dnabert2_merges().size
    4096
    """
    return parse_merges((resources.files("genotok") / "data" / DNABERT2).read_text(encoding="ascii"), DNABERT2)
