"""Ids back to codes: what `decode`, `embed` and `bag` take, checked before anything is made of it."""

from typing import Any

import numpy as np

from genotok.arrays import Coords
from genotok.errors import ConfigError, InputError, VocabularyError
from genotok.kernels.tables import climb
from genotok.tokenizers.lexicon import id_row
from genotok.tokenizers.vq_encode import VQEncode
from genotok.values.codebook import CodeArray

_PLACES = ("unk", "mask")  # special tokens that stand where a token would; the others stand around documents


class VQTokens(VQEncode):
    """What reads ids."""

    def codes_of_ids(self, ids: Any) -> CodeArray:
        """Return the codes of a row of ids, all levels: uint16 (N, n).

        Special tokens are left out, but unk and mask, which are 65,535. What is no id of this tokenizer raises
        VocabularyError; so do ids that are no whole tokens where a token has several.
        """
        numbers = self._checked_ids(ids)
        special = self.vocabulary.special_ids
        placed = {special[role] for role in _PLACES}
        around = [number for number in special.values() if number not in placed]
        if len(numbers) and int(numbers.max()) >= self.vocabulary.n_content:
            numbers = numbers[~np.isin(numbers, np.array(around, dtype=np.int64))]
        named = self.vocabulary.codes_of_ids(numbers)
        n_levels = len(self.levels)
        if len(named) == n_levels:
            return named
        if self.codebook.quantizer != "tree":
            what = f"layout='fine' keeps level {n_levels} of {n_levels} alone"
            raise ConfigError(what, hint="give codes(x), or choose layout='joint' or 'interleave'")
        return np.stack([*(climb(named[0], each) for each in self.codebook.parents), named[0]])

    def _checked_ids(self, ids: Any) -> Coords:
        """Take a row of ids, all of which are this tokenizer's."""
        raw = np.asarray(ids.ids if hasattr(ids, "offsets") else ids) if not hasattr(ids, "detach") else None
        if raw is not None and raw.dtype.kind == "f" and raw.size:
            raise VocabularyError(f"{raw.ravel()[0]} is no id", hint="ids are whole numbers")
        if isinstance(ids, (str, bytes)):
            raise InputError(f"{type(ids).__name__} is no row of ids", hint="encode(..) or codes(..) makes some")
        numbers = id_row(ids)
        wrong = np.flatnonzero((numbers < 0) | (numbers >= self.vocab_size))
        if wrong.size:
            hint = f"ids of layout {self.layout!r} run from 0 to {self.vocab_size - 1}"
            raise VocabularyError(f"{numbers[wrong[0]]} is no id", where=f"id {wrong[0]}", hint=hint)
        return numbers
