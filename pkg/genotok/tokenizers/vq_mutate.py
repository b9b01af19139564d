"""What one changed base does to the tokens around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Ids
from genotok.errors import InputError, SequenceError
from genotok.tokenizers.vq_describe import VQDescribe
from genotok.tokenizers.vq_inputs import Documents, read_documents
from genotok.tokenizers.vq_letters import translate
from genotok.values.codebook import CodeArray
from genotok.values.vqcodes import VQCodes


@dataclass(frozen=True, eq=False)
class MutationEffect:
    """What changing the base at ``position`` from ``old_base`` to ``new_base`` does.

    Arrays are of the m tokens that change: ``tokens`` int64 (m,) their places in the document, ``spans`` int64 (m, 2)
    their cores in bp, ``old_codes`` and ``new_codes`` uint16 (N, m), ``levels`` bool (N, m) which of these differ,
    ``old_ids`` and ``new_ids`` int32 (m · ids per token,). ``turned``: the other strand is read from now on
    (``strand='canonical'``), so that all tokens changed.
    """

    position: int
    old_base: str
    new_base: str
    tokens: Coords
    spans: Coords
    old_codes: CodeArray
    new_codes: CodeArray
    levels: Flags
    old_ids: Ids
    new_ids: Ids
    turned: bool = False

    def __len__(self) -> int:
        return len(self.tokens)


class VQMutate(VQDescribe):
    """What compares a sequence with a changed one."""

    def mutate(self, sequence: Any, position: int, base: str) -> MutationEffect:
        """Say which tokens of a sequence change if the base at ``position``, 0-based, becomes ``base``.

        ``base`` is any letter of DNA, of which those of IUPAC for several are unknown. A position outside raises
        InputError, a letter that is none SequenceError. Unknown tokens count, also where ``unknown`` is to drop them.
        """
        documents = read_documents(sequence)
        if not documents.single:
            raise InputError("several sequences", hint="mutate takes one")
        bases, old = _spelled(documents, position, self.config.soft_mask)
        letter = base.encode() if isinstance(base, str) and len(base) == 1 else b""
        code = translate(letter, self.config.soft_mask)
        if code is None or not len(code):
            raise SequenceError(f"{base!r} is no base", hint="one letter: A, C, G, T, or IUPAC's")
        changed = bases.copy()
        changed[position] = code[0]
        whole = self.replace(unknown="unk") if self.config.unknown in ("drop", "error") else self
        before, after = whole.codes(bases), whole.codes(changed)
        return _compare(before, after, self, (position, old, base.upper()))


def _spelled(documents: Documents, position: int, soft_mask: Any) -> tuple[NDArray[np.uint8], str]:
    """Return the codes of the bases of one document, and the letter at a position."""
    size = int(documents.lengths[0]) if documents.lengths is not None else 0
    if isinstance(position, bool) or not isinstance(position, (int, np.integer)) or not 0 <= position < size:
        raise InputError(f"there is no base {position!r}", hint=f"0 to {size - 1}" if size else "the sequence is empty")
    groups = documents.groups(soft_mask, lambda *_: None)
    bases = np.concatenate([piece for each in groups for piece in _bases_of(each)])
    content = documents.items[0]
    if isinstance(content, np.ndarray):
        return bases, "ACGTN"[int(content[position])]
    return bases, (content[position] if isinstance(content, str) else chr(content[position])).upper()


def _bases_of(group: Any) -> list[NDArray[np.uint8]]:
    return list(group.pieces()) if hasattr(group, "pieces") else [group.bases]


def _compare(before: VQCodes, after: VQCodes, words: VQDescribe, change: tuple[int, str, str]) -> MutationEffect:
    turned = before.reverse is not None and after.reverse is not None and bool(before.reverse[0] != after.reverse[0])
    differs = before.codes != after.codes
    at = np.arange(before.n_tokens, dtype=np.int64) if turned else np.flatnonzero(differs.any(axis=0)).astype(np.int64)
    place = at.astype(np.intp)
    old, new = before.codes[:, place], after.codes[:, place]
    ids = words.vocabulary.ids_of_codes
    spans = before.offsets[place]
    return MutationEffect(*change, at, spans, old, new, differs[:, place], ids(old), ids(new), turned)
