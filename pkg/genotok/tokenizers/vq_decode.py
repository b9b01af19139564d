"""From codes back to the bases that they most likely stand for."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError, InputError
from genotok.kernels.bases import UNKNOWN, Codes, reverse_complement
from genotok.kernels.network import Decoder, prepare_decoder
from genotok.kernels.network import decode as decode_vectors
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_embed import VQEmbed
from genotok.tokenizers.vq_meaning import TableMeaning
from genotok.values.codebook import CodeArray
from genotok.values.vqcodes import VQCodes

_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)


class VQDecode(VQEmbed):
    """What turns tokens into bases."""

    @cached_property
    def _meaning(self) -> TableMeaning | None:
        """What codes say about bases, where the table is asked."""
        table = self.table if self.backend.in_pieces else None
        return None if table is None else TableMeaning(table, self.codebook)

    def decode(  # type: ignore[override]  # of tokens of DNA their bases are asked for, not their texts
        self, ids: Any, *, length: int | None = None, skip_special_tokens: bool = True
    ) -> str:
        """Return the most likely bases that a row of ids, or VQCodes of one document, stand for; N where none tells.

        ``length`` is that of the document, where ``ends='same'`` may have cut the last token. Ids that were made of the
        other strand give the bases of that strand; VQCodes know, and give the document's. Special tokens stand for no
        bases, but unk and mask for unknown ones (``skip_special_tokens`` is there for callers of transformers).
        Raises VocabularyError for what is no id, ConfigError for a network without a decoder.
        """
        del skip_special_tokens
        codes, lead, size = self._laid(ids, length)
        bases = self._letters(codes, lead, size)
        if isinstance(ids, VQCodes):
            bases = np.concatenate([np.full(min(ids.first - self._core, size), UNKNOWN, dtype=np.uint8), bases])
            bases = bases[: int(ids.lengths[0])]
            bases = reverse_complement(bases) if ids.reverse is not None and ids.reverse[0] else bases
        return _LETTERS[bases].tobytes().decode()

    def batch_decode(self, sequences: Any, skip_special_tokens: bool = True) -> list[str]:  # type: ignore[override]  # as above
        """Return the bases of each row of a batch: lists, a 2-D array or tensor, RaggedIds, or VQCodes."""
        rows = sequences.tolist() if hasattr(sequences, "tolist") else sequences
        return [self.decode(each, skip_special_tokens=skip_special_tokens) for each in rows]

    def convert_ids_to_tokens(self, ids: Any, skip_special_tokens: bool = False) -> Any:
        """Return the text of one id, or the list of texts of a row of ids (list, array or tensor).

        An id past the end gives the unk text, a negative one raises VocabularyError.
        """
        if np.ndim(ids) == 0:
            return super().convert_ids_to_tokens(ids)
        return super().decode(ids, skip_special_tokens=skip_special_tokens)

    def decode_probabilities(self, ids: Any, *, length: int | None = None) -> NDArray[np.float32]:
        """Return the probability of A, C, G and T at each base that a row of ids stands for: float32 (L, 4)."""
        codes, lead, size = self._laid(ids, length)
        if self._meaning is not None:
            return self._meaning.probabilities(codes, lead=lead, length=size)
        return self._network_shares(codes, lead, size)

    def _letters(self, codes: CodeArray, lead: int, length: int) -> Codes:
        if self._meaning is not None:
            return self._meaning.letters(codes, lead=lead, length=length)
        letters: Codes = self._network_shares(codes, lead, length).argmax(axis=1).astype(np.uint8)
        return letters

    @property
    def _core(self) -> int:
        return self.model.core if self._settings.ends == "valid" else 0

    def _laid(self, ids: Any, length: int | None) -> tuple[CodeArray, int, int]:
        """Take tokens of one document: codes of all levels, bases of the first window before it, and bases in all."""
        settings = self._settings
        if isinstance(ids, VQCodes):
            codes, length = self._whole(ids), max(int(ids.lengths[0]) - (ids.first - self._core), 0)
        else:
            codes = self.codes_of_ids(ids)
        n = codes.shape[1]
        if settings.ends == "valid":
            own = (n - 1) * self.stride + self.window if n else 0
            if length is not None and length < 0:
                raise InputError(f"length is {length}", hint="0 or more bases")
            return codes, 0, own if length is None else length
        size = n * self.stride if length is None else length
        if size < 0 or -(-size // self.stride) != n:
            hint = f"from {(n - 1) * self.stride + 1} to {n * self.stride}" if n else "0"
            raise InputError(f"{n} tokens do not stand for {size} bases", hint=hint)
        return codes, self.model.core, size

    def _whole(self, codes: VQCodes) -> CodeArray:
        """Return the codes of one document with those that were left out as unknown: (N, n)."""
        if len(codes) != 1 or codes.levels != self.levels or codes.stride != self.stride:
            what = f"{codes!r} are no tokens of one document of this tokenizer"
            raise InputError(what, hint="batch_decode takes several documents" if len(codes) != 1 else None)
        if codes.places is None:
            return codes.codes
        n = int(self._settings.count(codes.lengths)[0])
        whole = np.full((len(self.levels), n), UNKNOWN_CODE, dtype=np.uint16)
        whole[:, codes.places.astype(np.intp)] = codes.codes
        return whole

    def _network_shares(self, codes: CodeArray, lead: int, length: int) -> NDArray[np.float32]:
        """Return what the decoder of a network says: float32 (length, 4)."""
        logits = decode_vectors(self._outputs(codes), self._decoder, length=length, lead=lead)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True, dtype=np.float32)
        return shares

    @cached_property
    def _decoder(self) -> Decoder:
        network = self.model.network
        if network is None or network.shape.decoder_blocks is None:
            raise ConfigError("this network was saved without its decoder", hint="its tokens can't be decoded")
        return prepare_decoder(network, stride=self.stride, blocks=network.shape.decoder_blocks)
