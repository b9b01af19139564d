"""Ids to texts and back, and the special tokens by name: the half of a tokenizer that needs no input."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, frozen, host_array
from genotok.encoding import AROUND, Around
from genotok.errors import InputError
from genotok.values.specials import SpecialTokens
from genotok.values.vocabulary import VocabularyView, Words


def _text_of(role: str) -> property:
    def read(self: "Lexicon") -> str:
        return self.vocabulary.special_tokens[role]

    return property(read, doc=f"The text of the {role} token.")


def _id_of(role: str) -> property:
    def read(self: "Lexicon") -> int:
        return self.vocabulary.special_ids[role]

    return property(read, doc=f"The id of the {role} token.")


class Lexicon(ABC):
    """A vocabulary under the names that gtars and transformers give to its parts."""

    vocabulary: Words

    unk_token, unk_token_id = _text_of("unk"), _id_of("unk")
    pad_token, pad_token_id = _text_of("pad"), _id_of("pad")
    mask_token, mask_token_id = _text_of("mask"), _id_of("mask")
    cls_token, cls_token_id = _text_of("cls"), _id_of("cls")
    eos_token, eos_token_id = _text_of("eos"), _id_of("eos")
    bos_token, bos_token_id = _text_of("bos"), _id_of("bos")
    sep_token, sep_token_id = _text_of("sep"), _id_of("sep")

    @property
    def specials(self) -> SpecialTokens:
        """The special tokens by role."""
        return self.vocabulary.specials

    @property
    def vocab_size(self) -> int:
        """Number of tokens, special tokens included; ids run from 0 to ``vocab_size - 1``."""
        return self.vocabulary.vocab_size

    def __len__(self) -> int:
        return self.vocab_size

    @property
    def special_tokens_map(self) -> dict[str, str]:
        """The seven texts under ``unk_token`` .. ``sep_token``."""
        return {f"{role}_token": text for role, text in self.specials.by_role().items()}

    @property
    def all_special_tokens(self) -> list[str]:
        """The distinct special texts, in id order."""
        return list(self.specials.distinct())

    @property
    def all_special_ids(self) -> list[int]:
        """The distinct special ids, ascending."""
        return list(range(self.vocabulary.n_content, self.vocab_size))

    @property
    def is_fast(self) -> bool:
        """False: this is no tokenizer of the Rust library."""
        return False

    def get_vocab(self) -> VocabularyView:
        """Return text -> id as a lazy read-only mapping in id order; ``dict(..)`` materialises it."""
        return self.vocabulary.get_vocab()

    def convert_ids_to_tokens(self, ids: Any, skip_special_tokens: bool = False) -> Any:
        """Return the text of one id, or the list of texts of a row of ids (list, array or tensor).

        An id past the end gives the unk text, a negative one raises VocabularyError.
        """
        if np.ndim(ids) == 0:
            return self.vocabulary.texts_of(id_row([ids]))[0]
        return self.decode(ids, skip_special_tokens=skip_special_tokens)

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        """Return the id of one text, or the list of ids of several; a text that no token has gives the unk id."""
        if isinstance(tokens, str):
            return int(self.vocabulary.ids_of([tokens])[0])
        return self.vocabulary.ids_of(_texts(tokens)).tolist()

    def decode(self, ids: Any, skip_special_tokens: bool = False) -> list[str]:
        """Return the texts of a row of ids, or of one id, always as a list."""
        numbers = id_row(ids)
        if skip_special_tokens:
            numbers = numbers[numbers < self.vocabulary.n_content]
        return self.vocabulary.texts_of(numbers)

    def batch_decode(self, sequences: Any, skip_special_tokens: bool = False) -> list[list[str]]:
        """Return the texts of each row of a batch: lists, a 2-D array or tensor, or RaggedIds."""
        return [self.decode(ids, skip_special_tokens=skip_special_tokens) for ids in _listed(sequences)]

    def num_special_tokens_to_add(self, pair: bool = False) -> int:
        """Return how many special tokens a call puts around a document; there are no pairs."""
        if pair:
            raise InputError("there are no pairs of documents", hint="pair=False")
        return len(self._around())

    def get_special_tokens_mask(
        self, token_ids_0: Any, token_ids_1: None = None, already_has_special_tokens: bool = False
    ) -> list[int]:
        """Return 1 for special tokens and 0 for others, for texts or for ids.

        Ids are taken without the special tokens that a call puts around them, and the mask is that of the whole
        sequence with them, unless ``already_has_special_tokens``. Texts are taken as they are.
        """
        if token_ids_1 is not None:
            raise InputError("there are no pairs of documents", hint="leave token_ids_1 out")
        tokens = _listed(token_ids_0)
        if tokens and all(isinstance(token, str) for token in tokens):
            special = set(self.specials.distinct())
            return [int(token in special) for token in tokens]
        ids, around = id_row(tokens), self._around(add=not already_has_special_tokens)
        row = np.concatenate([around.before, ids, around.after])
        return [int(special) for special in row >= around.first_special]

    @abstractmethod
    def _pattern(self) -> str:
        """Name the special tokens that calls put around a document; each tokenizer keeps its own settings."""

    def _around(self, *, add: bool = True) -> Around:
        """Say which ids stand around a document, and which mean padding and special."""
        roles = AROUND[self._pattern() if add else "none"]
        ids = self.vocabulary.special_ids
        before, after = (np.array([ids[role] for role in each], dtype=np.int32) for each in roles)
        return Around(
            pad_id=ids["pad"], first_special=self.vocabulary.n_content, before=frozen(before), after=frozen(after)
        )


def id_row(ids: Any) -> Coords:
    """Take a row of ids, or one id, from an int, list, array or tensor: int64 (n,); InputError for anything else."""
    row: NDArray[Any] = np.atleast_1d(host_array(ids.ids if hasattr(ids, "offsets") else ids))
    if row.dtype.kind == "O" and all(isinstance(each, int) for each in row.ravel()):
        row = np.array([max(-1, min(each, 2**62)) for each in row.ravel()], dtype=np.int64)  # beyond 64 bits
    if row.ndim != 1 or (row.size and row.dtype.kind not in "iu"):
        raise InputError(f"{type(ids).__name__} is no row of ids", hint="give whole numbers; batch_decode takes rows")
    if row.dtype == np.uint64:
        row = np.minimum(row, 2**62)  # past the end all the same
    return np.asarray(row, dtype=np.int64)


def _listed(values: Any) -> list[Any]:
    """List the elements of whatever has some."""
    listed = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(listed, (str, bytes)) or not isinstance(listed, Iterable):
        raise InputError(f"{type(values).__name__} is no list of tokens", hint="give a list, array or tensor")
    return list(listed)


def _texts(tokens: Any) -> list[str]:
    texts = _listed(tokens)
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"{type(text).__name__} is no token text", where=f"element {index}", hint="give texts")
    return texts
