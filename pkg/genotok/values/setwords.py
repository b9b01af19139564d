"""The vocabulary of a motif tokenizer: sets of clusters that are frequent enough, the empty one, and the gap."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Ids, frozen
from genotok.errors import VocabularyError
from genotok.kernels.ragged import take_rows
from genotok.kernels.sets import GAP, SetIndex, Sets, back_off, find_sets, ids_of_rows, index_sets
from genotok.values.ragged import RaggedIds
from genotok.values.specials import SpecialTokens
from genotok.values.vocabulary import Words

EMPTY_TEXT: Final = "{}"
GAP_TEXT: Final = "<gap>"
JOINER = "&"


class SetWords(Words):
    """Sets of members as tokens; immutable.

    Id 0 is the empty set, 1 a bin without a known base, those from 2 on the sets of ``sets`` from its second row on
    (its first is the empty one), the most frequent first. ``counts`` int64 (n,) tell how often each row was met;
    ``names`` are the texts of members. A special text that equals a set's raises VocabularyError.

    >>> sets = Sets(np.array([0, 0, 1, 3]), np.array([2, 0, 2], dtype=np.int32))
    >>> words = SetWords(sets, np.array([7, 5, 5]), ("a+", "a-", "c2"), SpecialTokens())
    >>> words.texts_of([0, 1, 2, 3, 4]), words.ids_of(["a+&c2", "<gap>", "a-"]).tolist()
    (['{}', '<gap>', 'c2', 'a+&c2', '<unk>'], [3, 1, 4])
    >>> words.members_of([3, 1, 2]).to_lists()
    [[0, 2], [], [2]]
    """

    _too_many = "lower max_vocab"

    def __init__(self, sets: Sets, counts: Coords, names: tuple[str, ...], specials: SpecialTokens) -> None:
        self.sets = Sets(frozen(sets.offsets.astype(np.int64)), frozen(sets.members.astype(np.int32)))
        self.counts, self.names = frozen(counts.astype(np.int64)), names
        offsets, members = self.sets
        fits = len(offsets) >= 2 and offsets[0] == offsets[1] == 0 and bool(np.all(np.diff(offsets)[1:] > 0))
        inside = not len(members) or 0 <= int(members.min()) <= int(members.max()) < len(names)
        if not fits or not inside or offsets[-1] != len(members) or len(counts) != len(offsets) - 1:
            what = f"{len(offsets) - 1:,} sets of {len(members):,} members make no vocabulary"
            raise VocabularyError(what, hint="the empty set comes first, the others have members with names")
        super().__init__(len(counts) + 1, specials)
        for text in (*self.special_texts,):
            if text in (EMPTY_TEXT, GAP_TEXT) or all(each in self._places for each in text.split(JOINER)):
                raise VocabularyError(f"the special token {text!r} is also the text of a set", hint="choose another")

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def index(self) -> SetIndex:
        """The sets, to be found among."""
        return index_sets(self.sets)

    def _find_content(self, texts: Sequence[str]) -> Ids:
        ids = np.full(len(texts), -1, dtype=np.int32)
        for at, text in enumerate(texts):
            if text in (EMPTY_TEXT, GAP_TEXT):
                ids[at] = GAP if text == GAP_TEXT else 0
                continue
            members = [self._places.get(each, -1) for each in text.split(JOINER)]
            if min(members) >= 0 and members == sorted(set(members)):  # the one text that a set has
                one = Sets(np.array([0, len(members)], dtype=np.int64), np.array(members, dtype=np.int32))
                row = int(find_sets(self.index, one)[0])
                ids[at] = row + 1 if row > 0 else -1
        return ids

    def _texts_of_content(self, ids: Any) -> list[str]:
        rows = self.members_of(ids).to_lists()
        texts = [JOINER.join(self.names[each] for each in row) or EMPTY_TEXT for row in rows]
        for at in np.flatnonzero(np.asarray(ids) == GAP).tolist():
            texts[at] = GAP_TEXT
        return texts

    def members_of(self, ids: Any) -> RaggedIds:
        """Return the members of each id's set, ascending; none for the empty set, the gap and special tokens."""
        numbers = np.asarray(ids, dtype=np.int64)
        if numbers.size and int(numbers.min()) < 0:
            raise VocabularyError(f"{numbers.min()} is no id", hint=f"ids run from 0 to {self.vocab_size - 1}")
        rows = np.where((numbers <= GAP) | (numbers >= self.n_content), 0, numbers - 1).astype(np.intp)
        offsets, members = take_rows(offsets=self.sets.offsets, values=self.sets.members, rows=rows)
        return RaggedIds(members, offsets)

    def name_sets(self, sets: Sets, values: NDArray[np.float64] | None, is_gap: Flags) -> tuple[Ids, Flags]:
        """Return the ids of bins, int32 (b,), and which of them name a set by a part of it or not at all.

        ``values`` are those of the members: an unknown set is then named by the longest beginning of its members by
        falling value that is known; without ``values`` it is the unk token.
        """
        rows = find_sets(self.index, sets)
        missed: Flags = (rows < 0) & ~is_gap
        if values is not None and missed.any():
            at = np.flatnonzero(missed)
            offsets, members = take_rows(offsets=sets.offsets, values=sets.members, rows=at)
            strengths = take_rows(offsets=sets.offsets, values=values, rows=at)[1]
            rows[at] = back_off(self.index, Sets(offsets, members), strengths)
        return ids_of_rows(rows, is_gap, unknown=self.unk_id), missed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SetWords):
            return NotImplemented
        same = self.names == other.names and self.specials == other.specials
        arrays = ((self.sets.offsets, other.sets.offsets), (self.sets.members, other.sets.members))
        return same and all(np.array_equal(*pair) for pair in (*arrays, (self.counts, other.counts)))

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash
