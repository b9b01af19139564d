"""Ids and texts of all tokens: content first, special tokens after it; of a million regions no strings are kept."""

from abc import ABC, abstractmethod
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from typing import Any

import numpy as np

from genotok.arrays import MAX_IDS, Ids
from genotok.errors import CapacityError, VocabularyError
from genotok.values.specials import SpecialTokens
from genotok.values.universe import Universe

_CHUNK = 2**16  # texts rendered at a time


class Words(ABC):
    """Tokens of some content, with the ids 0 .. ``n_content - 1``, and special tokens behind; immutable.

    Each distinct special text has one id, from ``n_content`` on.
    """

    def __init__(self, n_content: int, specials: SpecialTokens) -> None:
        self.n_content = n_content
        self.specials = specials
        self.special_texts = specials.distinct()
        self.vocab_size = n_content + len(self.special_texts)
        if self.vocab_size > MAX_IDS:
            raise CapacityError(f"{self.vocab_size:,} tokens exceed 32-bit ids", hint=self._too_many)
        self._ids_of_specials = {text: n_content + place for place, text in enumerate(self.special_texts)}

    _too_many = "use fewer tokens"

    @abstractmethod
    def _find_content(self, texts: Sequence[str]) -> Ids:
        """Return the ids of texts of content, int32 (n,); -1 for others."""

    @abstractmethod
    def _texts_of_content(self, ids: Any) -> list[str]:
        """Return the texts of ids below ``n_content``."""

    @property
    def special_ids(self) -> dict[str, int]:
        """Return the id of each role."""
        return {role: self.n_content + place for role, place in self.specials.places().items()}

    @property
    def special_tokens(self) -> dict[str, str]:
        """Return the text of each role."""
        return self.specials.by_role()

    @property
    def unk_id(self) -> int:
        """The id of texts that no token has."""
        return self.n_content  # unk is the first role

    def find(self, texts: Sequence[str]) -> Ids:
        """Return the ids of texts, int32 (n,); -1 where no token has the text."""
        ids = np.array([self._ids_of_specials.get(text, -1) for text in texts], dtype=np.int32)
        places = np.flatnonzero(ids < 0)
        if places.size:
            ids[places] = self._find_content([texts[place] for place in places.tolist()])
        return ids

    def ids_of(self, texts: Sequence[str]) -> Ids:
        """Return the ids of texts, int32 (n,); the unk id where no token has the text."""
        ids = self.find(texts)
        return np.where(ids < 0, np.int32(self.unk_id), ids)

    def texts_of(self, ids: Any) -> list[str]:
        """Return the texts of ids; from ``vocab_size`` on that is the unk text, negative ids raise VocabularyError."""
        numbers = np.asarray(ids, dtype=np.int64)
        if numbers.size and numbers.min() < 0:
            raise VocabularyError(f"{numbers.min()} is no id", hint=f"ids run from 0 to {self.vocab_size - 1}")
        special = np.flatnonzero(numbers >= self.n_content)
        if not special.size:
            return self._texts_of_content(numbers)
        texts = self._texts_of_content(np.where(numbers < self.n_content, numbers, 0))
        for place, number in zip(special.tolist(), (numbers[special] - self.n_content).tolist(), strict=True):
            texts[place] = self.special_texts[number if number < len(self.special_texts) else 0]
        return texts

    def to_dict(self) -> dict[str, int]:
        """Return text to id of all tokens, in id order: a million texts."""
        table: dict[str, int] = {}
        for first in range(0, self.vocab_size, _CHUNK):
            last = min(first + _CHUNK, self.vocab_size)
            table.update(zip(self.texts_of(np.arange(first, last, dtype=np.int64)), range(first, last), strict=True))
        return table

    def get_vocab(self) -> "VocabularyView":
        """Return a read-only mapping of text to id that renders texts as they are asked for."""
        return VocabularyView(self)


class Vocabulary(Words):
    """The tokens of a universe and its special tokens; immutable.

    Region ids are 0 .. U - 1, each distinct special text has one id from U on. A special text that equals a region's
    raises VocabularyError.

    >>> from genotok import Regions, Universe
    >>> words = Vocabulary(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])), SpecialTokens())
    >>> words.vocab_size, words.texts_of([0, 2, 99]), words.ids_of(["chr1:10-20", "<mask>", "nope"]).tolist()
    (8, ['chr1:10-20', '<pad>', '<unk>'], [0, 3, 1])
    """

    _too_many = "use a smaller universe"

    def __init__(self, universe: Universe, specials: SpecialTokens) -> None:
        self.universe = universe
        super().__init__(len(universe), specials)
        self._refuse_collisions()

    @property
    def n_regions(self) -> int:
        """Number of regions, whose ids come first."""
        return self.n_content

    def _refuse_collisions(self) -> None:
        suspects = [text for text in self.special_texts if ":" in text]  # as all region texts do
        for text, found in zip(suspects, self.universe.ids_of(suspects).tolist() if suspects else [], strict=True):
            if found >= 0:
                raise VocabularyError(
                    f"the special token {text!r} is also the text of region {found}", hint="choose another text"
                )

    def _find_content(self, texts: Sequence[str]) -> Ids:
        return self.universe.ids_of(list(texts))

    def _texts_of_content(self, ids: Any) -> list[str]:
        return self.universe.texts(ids)


class VocabularyView(Mapping[str, int]):
    """Text to id, in id order, without holding the texts; ``dict(view)`` materialises it."""

    def __init__(self, vocabulary: Words) -> None:
        self._vocabulary = vocabulary
        self._chunk: dict[str, int] = {}  # the texts that a reader in id order asks for next
        self._next = 0

    def __len__(self) -> int:
        return self._vocabulary.vocab_size

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), _CHUNK):
            yield from self._texts(first)

    def _texts(self, first: int) -> list[str]:
        return self._vocabulary.texts_of(np.arange(first, min(first + _CHUNK, len(self)), dtype=np.int64))

    def __getitem__(self, text: str) -> int:
        found = self._chunk.get(text)
        if found is None:
            found = int(self._vocabulary.find([text])[0]) if isinstance(text, str) else -1
            if found < 0:
                raise KeyError(text)
            if found == self._next:  # dict(view) asks in id order, a search for each text would take minutes
                self._chunk = dict(zip(self._texts(found), range(found, len(self)), strict=False))
        self._next = found + 1
        return found

    def items(self) -> ItemsView[str, int]:
        """Return (text, id) pairs in id order."""
        return _Items(self)

    def values(self) -> ValuesView[int]:
        """Return the ids in order."""
        return _Values(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return VocabularyView, (self._vocabulary,)

    def __repr__(self) -> str:
        return f"VocabularyView({len(self):,} tokens)"


class _Items(ItemsView[str, int]):
    _mapping: VocabularyView

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(zip(self._mapping, range(len(self._mapping)), strict=True))


class _Values(ValuesView[int]):
    _mapping: VocabularyView

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._mapping)))
