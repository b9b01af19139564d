"""What tokenizers of genotok have in common as transformers' own kind: ids and texts, added tokens, lookups."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from os import PathLike
from typing import Any, ClassVar

from genotok.errors import GenotokError, InputError, missing_extra
from genotok.tokenizers.base import Base
from genotok.tokenizers.lexicon import id_row

try:
    transformers: Any = import_module("transformers")  # an extra, and what this room is about
except ImportError:
    raise missing_extra("hf", "transformers") from None


class Forgotten(dict[str, bool]):
    """What a tokenizer has warned of once; no part of its pickle, so that caches keyed by it stay after use."""

    def __reduce__(self) -> tuple[type["Forgotten"], tuple[()]]:
        return Forgotten, ()


class NoTokens(list[int]):
    """The ids of a document that has none; transformers takes an empty list for a batch of nothing."""


class WrappedTokenizer(transformers.PreTrainedTokenizer):  # type: ignore[misc]  # transformers may not be installed
    """A tokenizer of transformers around one of ours, which makes the ids."""

    tokenizer_json: bool  # whether saving adds the words for plain transformers
    remote_code: bool  # whether saving adds what lets AutoTokenizer find genotok by itself
    no_offsets: ClassVar[tuple[str, str]]  # why calls return no offsets, and who does

    @property
    def core(self) -> Base:
        """The tokenizer inside."""
        raise NotImplementedError

    @classmethod
    def register_for_auto_class(cls, auto_class: Any = "AutoTokenizer") -> None:
        """Do nothing: what transformers would copy into saved folders is an installed package; see ``remote_code``."""

    def save_pretrained(
        self,
        save_directory: str | PathLike[str],
        *args: Any,
        tokenizer_json: bool | None = None,
        remote_code: bool | None = None,
        **kwargs: Any,
    ) -> tuple[str, ...]:
        """Write a folder that genotok's own tokenizer opens too; ``tokenizer_json`` and ``remote_code`` as there.

        Both are remembered for later saves, as by `push_to_hub`, which takes no words of ours.
        """
        self.tokenizer_json = self.tokenizer_json if tokenizer_json is None else tokenizer_json
        self.remote_code = self.remote_code if remote_code is None else remote_code
        saved: tuple[str, ...] = super().save_pretrained(save_directory, *args, **kwargs)
        return saved

    @property
    def vocab_size(self) -> int:
        """Number of regions and special tokens; tokens added later have the ids behind."""
        return self.core.vocab_size

    def _update_total_vocab_size(self) -> None:
        self.total_vocab_size = max(self.vocab_size, 1 + max(self._added_tokens_decoder))

    def get_vocab(self) -> dict[str, int]:
        """Return text -> id of all tokens; a million texts take a second, so ask for single ones by their methods."""
        return {**self.core.vocabulary.to_dict(), **self._added_tokens_encoder}

    def _add_tokens(self, new_tokens: Iterable[Any] | None, special_tokens: bool = False) -> int:
        """Give new tokens the ids from ``len(self)`` on and return their number; regions stay regions."""
        before = len(self)
        for each in new_tokens or ():
            fresh = transformers.AddedToken(each, normalized=False) if isinstance(each, str) else each
            number = self._find([fresh.content])[0]
            if fresh.content == "" or 0 <= number < self.core.vocabulary.n_content:
                continue
            token = transformers.AddedToken(
                **{**fresh.__getstate__(), "special": special_tokens or fresh.special, "normalized": False}
            )
            if token.special and token.content not in self.all_special_tokens:
                self._extra_special_tokens.append(token)
            number = number if number >= 0 else len(self)
            self._added_tokens_decoder[number] = token
            self._added_tokens_encoder[token.content] = number
            self._update_total_vocab_size()
        return len(self) - before

    def _find(self, texts: list[str]) -> list[int]:
        """Look texts up among all tokens; -1 where none has the text."""
        found = self.core.vocabulary.find(texts).tolist()
        added = self._added_tokens_encoder
        return [added.get(text, number) for text, number in zip(texts, found, strict=True)]

    def convert_tokens_to_ids(self, tokens: Any) -> Any:
        """Return the id of one text, or the list of ids of several; a text that no token has gives the unk id."""
        if tokens is None:
            return None  # as transformers says of a role that has no token
        texts = [tokens] if isinstance(tokens, str) else list(tokens)
        ids = [number if number >= 0 else self.core.unk_token_id for number in self._find(texts)]
        return ids[0] if isinstance(tokens, str) else ids

    def convert_ids_to_tokens(self, ids: Any, skip_special_tokens: bool = False) -> Any:
        """Return the text of one id, or the list of texts of a row of ids (list, array or tensor)."""
        if getattr(ids, "ndim", 0) == 0 and not isinstance(ids, (list, tuple)):
            return self.convert_ids_to_tokens(id_row(ids))[0]
        numbers = id_row(ids).tolist()
        if skip_special_tokens:
            special = set(self.all_special_ids)
            numbers = [number for number in numbers if number not in special]
        texts = self.core.convert_ids_to_tokens(numbers) if numbers else []
        added = self._added_tokens_decoder
        return [added[number].content if number in added else text for number, text in zip(numbers, texts, strict=True)]

    def _look_up(self, documents: Iterable[str]) -> list[list[int]]:
        """Return the ids of documents that are tokens of the vocabulary with blanks between; none if one isn't."""
        found = []
        for document in documents:
            ids = self._find(document.split())
            if not ids or min(ids) < 0:
                return []
            found.append(ids)
        return found

    def _encode_plus(self, text: Any, text_pair: Any = None, **kwargs: Any) -> Any:
        """Turn any input into ids, and leave the rest to transformers."""
        if text_pair is not None:
            raise InputError("there are no pairs of documents", hint="give one document, or a list of documents")
        if kwargs.pop("return_offsets_mapping", False):
            why, who = self.no_offsets
            raise InputError(why, hint=who)
        if kwargs.pop("is_split_into_words", False) and are_texts(text):
            text = self._known(text)
        if isinstance(text, NoTokens):  # one of a batch
            return self.prepare_for_model([], **_as_single(kwargs))
        ids = self._ids_of(text)
        if not isinstance(ids, NoTokens):
            return super()._encode_plus(ids, **kwargs)
        batch = super()._encode_plus([ids], **kwargs)
        if kwargs.get("return_tensors") is not None:
            return batch
        return transformers.BatchEncoding({name: rows[0] for name, rows in batch.items()})

    def _ids_of(self, value: Any) -> Any:
        """Return the ids of one document, or lists of ids of a batch, without special tokens around."""
        if isinstance(value, str) or are_texts(value):
            found = self._look_up([value] if isinstance(value, str) else value)
            if found:
                return found[0] if isinstance(value, str) else found
        if are_ids(value):
            return list(value)
        if isinstance(value, (list, tuple)) and value and all(map(are_ids, value)):
            return [list(each) for each in value]
        core: Any = self.core  # what calls take differs from tokenizer to tokenizer
        return core(self._plain(value), add_special_tokens=False, return_attention_mask=False)["input_ids"]

    def _plain(self, value: Any) -> Any:
        """Return an input as the tokenizer inside takes it."""
        return value

    def encode(self, text: Any, text_pair: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the ids of one document; a list of texts is tokens of the vocabulary."""
        return super().encode(self._known(text) if are_texts(text) else text, text_pair, *args, **kwargs)

    def _known(self, texts: list[str]) -> list[int]:
        """Return the ids of the tokens of one document."""
        ids = self._find(list(texts))
        if min(ids) < 0:
            at = [number < 0 for number in ids].index(True)
            raise InputError(
                f"{texts[at]!r} is no token of the vocabulary",
                where=f"element {at}",
                hint="convert_tokens_to_ids gives it the unk id; for several files call the tokenizer itself",
            )
        return ids

    def tokenize(self, text: Any, pair: None = None, add_special_tokens: bool = False, **_: Any) -> list[str]:
        """Return the token texts of one document."""
        return [*self.convert_ids_to_tokens(self.encode(text, pair, add_special_tokens=add_special_tokens))]

    def get_special_tokens_mask(
        self, token_ids_0: Any, token_ids_1: None = None, already_has_special_tokens: bool = False
    ) -> list[int]:
        """Return 1 for special tokens and 0 for others, for ids (first put between special tokens) or for texts."""
        if token_ids_1 is not None:
            raise InputError("there are no pairs of documents", hint="leave token_ids_1 out")
        tokens = list(token_ids_0)
        if are_texts(tokens):
            special_texts = set(self.all_special_tokens)
            return [int(token in special_texts) for token in tokens]
        ids = id_row(tokens).tolist()
        special = set(self.all_special_ids)
        row = ids if already_has_special_tokens else self.build_inputs_with_special_tokens(ids)
        return [int(number in special) for number in row]


def _as_single(words: dict[str, Any]) -> dict[str, Any]:
    """Return the words of a call as `prepare_for_model` takes them."""
    renamed = {"padding_strategy": "padding", "truncation_strategy": "truncation"}
    return {renamed.get(name, name): getattr(value, "value", value) for name, value in words.items()}


@contextmanager
def causes_told() -> Iterator[None]:
    """Let our own errors through: transformers 5.0 misses protobuf if a tokenizer can't be made, whatever the cause."""
    try:
        yield
    except ImportError as error:
        raise error.__context__ if isinstance(error.__context__, GenotokError) else error from None


def are_texts(value: Any) -> bool:
    """Recognise a list of texts."""
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(each, str) for each in value)


def are_ids(value: Any) -> bool:
    """Recognise a list of ids."""
    return isinstance(value, (list, tuple)) and bool(value) and all(type(each) is int for each in value)
