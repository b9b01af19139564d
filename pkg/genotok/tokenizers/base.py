"""What calls have in common, whatever goes in: lengths, sides, padding, under the names of transformers."""

from abc import abstractmethod
from typing import Any, Literal, Protocol

from genotok.encoding import Encoding, Layout, Padding, Pattern, Side, pad_encodings
from genotok.tokenizers.lexicon import Lexicon


class CallSettings(Protocol):
    """The settings of a tokenizer that say how its calls lay documents out."""

    @property
    def special_tokens_pattern(self) -> Pattern:
        """The special tokens around each document."""

    @property
    def model_max_length(self) -> int | None:
        """The longest document a model takes, None for no limit."""

    @property
    def padding_side(self) -> Side:
        """Where calls pad."""

    @property
    def truncation_side(self) -> Side:
        """Where calls cut."""


class Base(Lexicon):
    """A vocabulary, and what its calls do to documents once they are ids."""

    @property
    @abstractmethod
    def _calls(self) -> CallSettings:
        """The settings of calls; each tokenizer keeps its own."""

    def _pattern(self) -> str:
        return self._calls.special_tokens_pattern

    @property
    def model_max_length(self) -> int | None:
        """The longest document a model takes, None for no limit; the default of ``max_length``."""
        return self._calls.model_max_length

    @property
    def padding_side(self) -> Side:
        """Where calls pad."""
        return self._calls.padding_side

    @property
    def truncation_side(self) -> Side:
        """Where calls cut."""
        return self._calls.truncation_side

    @property
    def model_input_names(self) -> list[str]:
        """What a model takes of an encoding."""
        return ["input_ids", "attention_mask"]

    def _layout(self, *, max_length: int | None, padding_side: Side | None, **asked: Any) -> Layout:
        """Say how a call lays its documents out; None is the tokenizer's own setting."""
        return Layout(
            max_length=self.model_max_length if max_length is None else max_length,
            padding_side=self.padding_side if padding_side is None else padding_side,
            truncation_side=self.truncation_side,
            **asked,
        )

    def pad(
        self,
        encodings: Any,
        padding: Padding = True,
        max_length: int | None = None,
        pad_to_multiple_of: int | None = None,
        padding_side: Side | None = None,
        return_attention_mask: bool | None = None,
        return_tensors: Literal["np", "pt"] | None = None,
    ) -> Encoding:
        """Pad what calls returned: an encoding or dict of lists, or a list of those of single documents.

        >>> from genotok import IntervalTokenizer, Regions, Universe
        >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20)])))
        >>> tokenizer.pad({"input_ids": [[0, 0], [0]]})["input_ids"]
        [[0, 0], [0, 2]]
        """
        layout = self._layout(
            padding=padding,
            max_length=max_length,
            pad_to_multiple_of=pad_to_multiple_of,
            padding_side=padding_side,
            return_attention_mask=return_attention_mask is not False,
            return_tensors=return_tensors,
        )
        return pad_encodings(encodings, layout, pad_id=self.pad_token_id)
