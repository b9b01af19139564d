"""Documents into model inputs: the call, padding and lengths under the names of transformers."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from genotok.arrays import Ids
from genotok.encoding import Document as Laid
from genotok.encoding import Encoding, Layout, Padding, Side, Truncation, lay_out
from genotok.errors import UnmatchedError
from genotok.tokenizers.base import Base
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.inputs import Batch, Document, within
from genotok.values.ragged import RaggedIds


class Calls(Base):
    """A tokenizer's calls, on top of what turns one document into rows of ids."""

    config: IntervalConfig

    @property
    def _calls(self) -> IntervalConfig:
        return self.config

    @abstractmethod
    def _read(self, value: Any) -> Batch:
        """Recognise an input; each tokenizer knows its own."""

    @abstractmethod
    def _rows_of(self, document: Document) -> RaggedIds:
        """Turn one document into rows of ids."""

    def flatten(self, rows: RaggedIds) -> Ids:
        """Join the rows of one whole document, int32 (t,); without any id that is ``[unk]``."""
        return rows.ids if len(rows.ids) else np.array([self.unk_token_id], dtype=np.int32)

    def __call__(
        self,
        regions: Any,
        *,
        add_special_tokens: bool = True,
        padding: Padding = False,
        truncation: Truncation = False,
        max_length: int | None = None,
        pad_to_multiple_of: int | None = None,
        padding_side: Side | None = None,
        seed: int = 0,
        return_tensors: Literal["np", "pt"] | None = None,
        return_attention_mask: bool = True,
        return_special_tokens_mask: bool = False,
        return_offsets: bool = False,
        return_offsets_mapping: bool = False,
        return_length: bool = False,
    ) -> Encoding:
        """Turn one document into model inputs, or a batch of documents into lists of them, as transformers does.

        ``padding``: False, True or 'longest', 'max_length' · ``truncation``: False, True, or 'sample' (a uniform draw
        by ``seed``, in order) down to ``max_length``, special tokens included; None is the tokenizer's
        ``model_max_length`` · ``return_tensors``: None for lists, 'np' or 'pt' for int64 (b, L) · ``return_offsets``
        adds ``region_index``, the 0-based query row of each token, -1 for special tokens and padding ·
        ``return_length`` adds the number of tokens before padding. ``special_tokens_mask`` is 1 for special tokens and
        padding, ``attention_mask`` 0 for padding, by position.
        """
        layout = self._layout(
            padding=padding,
            truncation=truncation,
            max_length=max_length,
            pad_to_multiple_of=pad_to_multiple_of,
            padding_side=padding_side,
            seed=seed,
            return_tensors=return_tensors,
            return_attention_mask=return_attention_mask,
            return_special_tokens_mask=return_special_tokens_mask,
            return_offsets=return_offsets or return_offsets_mapping,
            return_length=return_length,
        )
        batch = self._read(regions)
        whole = self.config.sort or self.config.unmatched == "error"  # what needs each document for itself
        encode = self._encode_alone if batch.single or whole else self._encode_together
        documents = encode(batch, layout.return_offsets)
        return lay_out(documents, layout, self._around(add=add_special_tokens), single=batch.single)

    def lay_out(self, rows: RaggedIds, layout: Layout, *, add_special_tokens: bool = True) -> Encoding:
        """Turn ids that are there already, one document a row, into model inputs, as a call does; no row index is made.

        >>> import numpy as np
        >>> from genotok import IntervalTokenizer, RaggedIds, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> cells = RaggedIds(np.array([0, 0]), np.array([0, 2, 2]))
        >>> tokenizer.lay_out(cells, Layout(padding=True))["input_ids"]
        [[0, 0], [1, 2]]
        """
        return lay_out(
            (self._laid(ids, None) for ids in rows), layout, self._around(add=add_special_tokens), single=False
        )

    def _encode_alone(self, batch: Batch, wants_index: bool) -> Iterator[Laid]:
        """Encode documents one by one: the flat ids of each, and where wanted the query row of each id."""
        for element, document in enumerate(batch):
            try:
                rows = self._rows_of(document)
            except UnmatchedError as error:
                raise error if batch.single or error.path else within(error, element) from None
            yield self._laid(rows.ids, rows.rows() if wants_index else None)

    def _encode_together(self, batch: Batch, wants_index: bool) -> Iterator[Laid]:
        """Encode documents in groups, with the outcome of one by one."""
        for document, bounds in batch.groups():
            rows = self._rows_of(document)
            edges = [0, len(rows)] if bounds is None else bounds.tolist()
            cuts = rows.offsets[edges].tolist()
            index = rows.rows() if wants_index else None
            for first, low, high in zip(edges, cuts, cuts[1:], strict=False):
                yield self._laid(rows.ids[low:high], None if index is None else index[low:high] - first)

    def _laid(self, ids: Ids, index: Ids | None) -> Laid:
        """Give a document without any id the unk id, which comes from no row."""
        if len(ids):
            return ids, index
        return np.array([self.unk_token_id], dtype=np.int32), None if index is None else np.array([-1], dtype=np.int32)
