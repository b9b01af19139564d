"""What one token stands for: letters, relatives, how common it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Places, frozen
from genotok.errors import InputError
from genotok.kernels.tables import reverse_windows
from genotok.kernels.vqdecode import consensus_letters, information_bits
from genotok.tokenizers.vq_decode import VQDecode


@dataclass(frozen=True, eq=False)
class CodeDescription:
    """What a token, or a code of one level, stands for.

    ``codes`` are (level, code) pairs, 1 the coarsest level. ``windows`` counts those of the table. ``consensus`` names
    the bases of a share of 0.2 or more at each place, ``logo`` (R, 4) are all shares, ``bits`` (R,) how much is known
    at each place; in a strand-symmetric table a window and its reverse complement count once, as the lesser of both.
    Without a table they are what the decoder gives for the token alone, (S, 4), or empty. ``parents`` are the codes
    above, ``children`` those of the finest level below, in a tree. ``reverse`` are the codes, of the levels of
    ``codes``, that the reverse complements of the windows have most often. ``usage`` and ``rank`` (1 the commonest)
    tell, for each of ``codes``, how often it was met in the corpus.
    """

    id: int | None
    text: str
    codes: tuple[tuple[int, int], ...]
    windows: int
    consensus: str
    logo: NDArray[np.float64]
    bits: NDArray[np.float64]
    parents: tuple[tuple[int, int], ...]
    children: tuple[int, ...]
    reverse: tuple[int, ...]
    usage: tuple[int, ...]
    rank: tuple[int, ...]


class VQDescribe(VQDecode):
    """What explains tokens."""

    def describe(self, token: int | str) -> CodeDescription:
        """Say what a token, by id or text, stands for; an id that is none raises VocabularyError."""
        number = self.convert_tokens_to_ids(token) if isinstance(token, str) else int(self._one_id(token))
        text = self.vocabulary.texts_of([number])[0]
        return self._describe(number, text, self.vocabulary.codes_named(number))

    def describe_code(self, level: int, code: int) -> CodeDescription:
        """Say what a code of one level, 1 the coarsest, stands for, whether or not it has an id of its own."""
        inside = 1 <= level <= len(self.levels) and 0 <= code < self.levels[level - 1]
        if not inside:
            sizes = ", ".join(map(str, self.levels))
            raise InputError(f"no code {code} in level {level}", hint=f"levels have {sizes} codes, coarse to fine")
        return self._describe(None, f"v{level}:{code}", ((level, code),))

    def _one_id(self, token: Any) -> int:
        numbers = self._checked_ids(token)
        if len(numbers) != 1:
            raise InputError(f"{len(numbers)} ids", hint="describe takes one at a time")
        return int(numbers[0])

    def _describe(self, number: int | None, text: str, codes: tuple[tuple[int, int], ...]) -> CodeDescription:
        windows = self._windows_of(codes)
        logo = self._logo_of(codes, windows)
        usage = tuple(int(self.model.usage[level - 1][code]) for level, code in codes) if self.model.usage else ()
        rank = tuple(
            1 + int(np.count_nonzero(self.model.usage[level - 1] > count))
            for (level, _), count in zip(codes, usage, strict=False)
        )
        return CodeDescription(
            id=number,
            text=text,
            codes=codes,
            windows=len(windows),
            consensus=consensus_letters(logo).tobytes().decode() if len(logo) else "",
            logo=frozen(logo),
            bits=frozen(information_bits(logo)),
            parents=self._parents_of(codes),
            children=self._children_of(codes),
            reverse=self._reverse_of(codes, windows),
            usage=usage,
            rank=rank,
        )

    def _windows_of(self, codes: tuple[tuple[int, int], ...]) -> Places:
        """List the windows of the table that have all of some codes."""
        if self._meaning is None or not codes:
            return np.empty(0, dtype=np.intp)
        found = np.logical_and.reduce([self._meaning.level(level) == code for level, code in codes])
        return np.flatnonzero(found)

    def _logo_of(self, codes: tuple[tuple[int, int], ...], windows: Places) -> NDArray[np.float64]:
        if self._meaning is not None:
            return self._meaning.logo(windows) if len(windows) else np.empty((0, 4), dtype=np.float64)
        network = self.model.network
        if network is None or network.shape.decoder_blocks is None or len(codes) < len(self.levels):
            return np.empty((0, 4), dtype=np.float64)
        alone = np.array([[code] for _, code in codes], dtype=np.uint16)
        return self._network_shares(alone, self.model.core, self.stride).astype(np.float64)

    def _parents_of(self, codes: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        n_levels = len(self.levels)
        if len(codes) != 1 or codes[0][0] != n_levels:
            return ()
        return tuple((level, int(each[codes[0][1]])) for level, each in enumerate(self.codebook.parents, start=1))

    def _children_of(self, codes: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
        if len(codes) != 1 or codes[0][0] > len(self.codebook.parents):
            return ()
        level, code = codes[0]
        return tuple(np.flatnonzero(self.codebook.parents[level - 1] == code).tolist())

    def _reverse_of(self, codes: tuple[tuple[int, int], ...], windows: Places) -> tuple[int, ...]:
        """Return the codes that the other strands of some windows have most often, the lowest of those."""
        if self._meaning is None or not len(windows):
            return ()
        turned = reverse_windows(self.window)[windows]
        found = np.stack([self._meaning.level(level)[turned] for level, _ in codes])
        _, first, counts = np.unique(found, axis=1, return_index=True, return_counts=True)
        return tuple(found[:, first[counts.argmax()]].tolist())
