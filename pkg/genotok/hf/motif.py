"""The motif tokenizer as transformers' own kind: DNA in, model inputs out, for Auto classes, collators and trainers."""

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from genotok.errors import BundleError, ConfigError, InputError
from genotok.hf.opening import SHARED, TEXTS
from genotok.hf.wrapping import Forgotten, WrappedTokenizer, are_ids, are_texts, causes_told, transformers
from genotok.io.motiffolder import (
    ARRAYS_FILE,
    MOTIF_AUTO_MAP,
    describe_motif_tokenizer,
    pack_arrays,
    write_motif_folder,
)
from genotok.tokenizers.motif import MotifTokenizer

_SETTINGS = (*SHARED, "unknown")  # what a tokenizer that is fitted may have otherwise
_NO_LIMIT = 10**20  # transformers means "no limit" by a length beyond


class GenotokMotifConfig(transformers.PreTrainedConfig):  # type: ignore[misc]  # transformers may not be installed
    """The model type ``genotok-motif``, for a ``config.json`` that says no more than which tokenizer to take."""

    model_type: ClassVar[str] = "genotok-motif"


class GenotokMotifTokenizer(WrappedTokenizer):
    """A fitted `MotifTokenizer` that transformers takes for one of its own; a token is a bin of the DNA.

    ``arrays_file`` is a MotifTokenizer, or a folder that one was saved to. Special tokens (``mask_token="[M]"``, ..)
    given with it are transformers' roles, which point to a token or add one at the end, so that no id moves.

    Calls take every input that MotifTokenizer takes, also ids, and texts that are tokens of the vocabulary; padding,
    truncation and tensors are transformers' own. What has no counterpart there (continuous tokens, regions, offsets,
    ``truncation='sample'``) is at ``motif``.

    >>> from genotok import MotifConfig, MotifSet, MotifTokenizer
    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0]] * 6, "M2": [[0, 9, 0, 0]] * 6})
    >>> config = MotifConfig().replace(min_count=1, min_support=1)
    >>> tokenizer = GenotokMotifTokenizer(MotifTokenizer(motifs, config).fit({"x": "CAAAAAAAAGTCTCCCCCCCAT" * 9}))
    >>> tokenizer("CAAAAAAAAG")["input_ids"], tokenizer.decode([0, 1, 2])
    ([2], '{} <gap> c0')
    """

    vocab_files_names: ClassVar[dict[str, str]] = {"arrays_file": ARRAYS_FILE}
    model_input_names: ClassVar[list[str]] = ["input_ids", "attention_mask"]

    motif: MotifTokenizer

    def __init__(self, arrays_file: Any = None, **kwargs: Any) -> None:
        """Wrap a tokenizer, or open a folder; `from_pretrained` passes what transformers found beside it."""
        self.remote_code = kwargs.pop("auto_map", None) is not None
        self.tokenizer_json = kwargs.pop("tokenizer_file", None) is not None
        asked = kwargs.pop("asked", None)
        if asked is None:
            self.motif = _open(arrays_file).replace(**_settings_in(kwargs))
            texts, added = {name: kwargs[name] for name in TEXTS if name in kwargs}, dict[int, Any]()
            kwargs = {name: value for name, value in kwargs.items() if name not in (*TEXTS, *_SETTINGS)}
        else:
            self.motif = _open(None if arrays_file is None else Path(arrays_file).parent).replace(**_settings_in(asked))
            texts, added = self._taken(kwargs, asked)
        known = zip(self.motif.all_special_tokens, self.motif.all_special_ids, strict=True)
        specials = {number: transformers.AddedToken(text, normalized=False, special=True) for text, number in known}
        self._added_tokens_decoder = specials | added
        shared = {name: value for name, value in self.motif.config.calls.to_dict().items() if name in SHARED}
        super().__init__(**{**self.motif.special_tokens_map, **texts}, **shared, **kwargs)
        self.deprecation_warnings = Forgotten()
        self.init_kwargs |= {"genotok": None, "special_tokens_pattern": None}  # saved with the values of that time

    def _taken(self, saved: dict[str, Any], asked: dict[str, Any]) -> tuple[dict[str, Any], dict[int, Any]]:
        """Take what the folder knows better out of ``saved``; return roles that point elsewhere, and added tokens."""
        saved.pop("genotok", None)
        lists = ("added_tokens_decoder", "extra_special_tokens", "model_specific_special_tokens")
        taken = {name: saved.pop(name) for name in (*TEXTS, *SHARED, *lists) if name in saved}
        size = self.motif.vocab_size
        added = {number: each for number, each in taken.get(lists[0], {}).items() if number >= size}
        if added and lists[1] in taken:
            saved[lists[1]] = taken[lists[1]]
        contents = {token.content for token in added.values()}
        texts = {name: taken[name] for name in TEXTS if str(taken.get(name)) in contents}
        return texts | {name: asked[name] for name in TEXTS if name in asked}, added

    @property
    def core(self) -> MotifTokenizer:
        """The tokenizer inside."""
        return self.motif

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], *inputs: Any, **kwargs: Any) -> Self:
        """Open a folder or a repository that a motif tokenizer was saved to.

        Special tokens, call settings and ``unknown`` given here come before those of the files.
        """
        asked = {name: kwargs.pop(name) for name in (*TEXTS, *_SETTINGS) if name in kwargs}
        with causes_told():
            opened: Self = super().from_pretrained(pretrained_model_name_or_path, *inputs, asked=asked, **kwargs)
        return opened

    def _encode_plus(self, text: Any, text_pair: Any = None, **kwargs: Any) -> Any:
        """Turn any input into ids, and leave the rest to transformers."""
        if text_pair is not None:
            raise InputError("there are no pairs of documents", hint="give one document, or a list of documents")
        if kwargs.pop("return_offsets_mapping", False):
            raise InputError("offsets are in bp", hint="motif(x, return_offsets=True) has them")
        if kwargs.pop("is_split_into_words", False) and are_texts(text):
            text = self._known(text)
        return super()._encode_plus(self._ids_of(text), **kwargs)

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
        return self.motif(value, add_special_tokens=False, return_attention_mask=False)["input_ids"]

    def encode(self, text: Any, text_pair: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the ids of one document, DNA; or of a list of texts that are tokens of the vocabulary."""
        if are_texts(text):
            return super().encode(text, text_pair, *args, **kwargs)
        return super(WrappedTokenizer, self).encode(text, text_pair, *args, **kwargs)

    @property
    def genotok(self) -> dict[str, Any]:
        """What ``tokenizer_config.json`` says under this name."""
        saved = self._current().saved()
        return describe_motif_tokenizer(saved, self.vocab_size, pack_arrays(saved))

    @property
    def _auto_map(self) -> dict[str, list[str | None]] | None:
        return MOTIF_AUTO_MAP if self.remote_code else None

    def _current(self) -> MotifTokenizer:
        """Return the motif tokenizer with the settings that were assigned since."""
        return self.motif.replace(**_settings_in({name: getattr(self, name) for name in SHARED}))

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str, ...]:
        """Write the arrays, and what else saving is to add; return their paths."""
        if filename_prefix:
            raise InputError(f"a prefix {filename_prefix!r}", hint="the files of a motif tokenizer have fixed names")
        current = self._current()
        texts = current.vocabulary.texts_of(range(current.vocab_size))
        extras = {"tokenizer_json": self.tokenizer_json, "remote_code": self.remote_code}
        return tuple(map(str, write_motif_folder(save_directory, current.saved(), texts, **extras, settings=False)))


def _open(source: Any) -> MotifTokenizer:
    if isinstance(source, MotifTokenizer):
        _ = source.vocab_size  # which says so where it is not fitted
        return source
    if source is None:
        raise ConfigError("no tokenizer is given", hint="pass a MotifTokenizer, or a folder it was saved to")
    if not isinstance(source, (str, PathLike)):
        raise BundleError(f"{type(source).__name__} is no motif tokenizer", hint="pass a MotifTokenizer, or its folder")
    return MotifTokenizer.from_pretrained(source)


def _settings_in(words: dict[str, Any]) -> dict[str, Any]:
    settings = {name: words[name] for name in _SETTINGS if name in words}
    limit = settings.get("model_max_length")
    if isinstance(limit, (int, float)) and limit > _NO_LIMIT:
        settings["model_max_length"] = None
    return settings


transformers.AutoConfig.register(GenotokMotifConfig.model_type, GenotokMotifConfig, exist_ok=True)
transformers.AutoTokenizer.register(GenotokMotifConfig, GenotokMotifTokenizer, exist_ok=True)
