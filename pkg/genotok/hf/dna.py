"""What tokenizers of DNA have in common as transformers' own kind: opening what was saved, and single documents."""

from collections.abc import Mapping
from typing import Any

from genotok.hf.opening import SHARED, TEXTS
from genotok.hf.wrapping import NoTokens, WrappedTokenizer, are_texts

_LISTS = ("added_tokens_decoder", "extra_special_tokens", "model_specific_special_tokens")


class DnaTokenizer(WrappedTokenizer):
    """A tokenizer of transformers around one of ours that takes DNA; a text that is no token is DNA."""

    def _taken(self, saved: dict[str, Any], asked: dict[str, Any]) -> tuple[dict[str, Any], dict[int, Any]]:
        """Take what the folder knows better out of ``saved``; return roles that point elsewhere, and added tokens."""
        saved.pop("genotok", None)
        taken = {name: saved.pop(name) for name in (*TEXTS, *SHARED, *_LISTS) if name in saved}
        size = self.vocab_size
        added = {number: each for number, each in taken.get(_LISTS[0], {}).items() if number >= size}
        if added and _LISTS[1] in taken:
            saved[_LISTS[1]] = taken[_LISTS[1]]
        contents = {token.content for token in added.values()}
        texts = {name: taken[name] for name in TEXTS if str(taken.get(name)) in contents}
        return texts | {name: asked[name] for name in TEXTS if name in asked}, added

    def _ids_of(self, value: Any) -> Any:
        """Return ids as others do; of documents without tokens as what is no batch."""
        found = super()._ids_of(value)
        if not found:
            return found if isinstance(value, (list, tuple, Mapping)) else NoTokens()
        return [each or NoTokens() for each in found] if isinstance(found[0], list) else found

    def encode(self, text: Any, text_pair: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the ids of one document, DNA; or of a list of texts that are tokens of the vocabulary."""
        if are_texts(text):
            return super().encode(text, text_pair, *args, **kwargs)
        return super(WrappedTokenizer, self).encode(text, text_pair, *args, **kwargs)
