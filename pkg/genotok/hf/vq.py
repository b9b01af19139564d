"""The learned tokenizer as transformers' own kind: DNA in, model inputs out, for Auto classes and trainers."""

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from genotok.errors import BundleError, ConfigError, InputError
from genotok.hf.opening import SHARED, TEXTS
from genotok.hf.wrapping import Forgotten, WrappedTokenizer, are_ids, are_texts, causes_told, transformers
from genotok.io.vqfolder import MODEL_FILES, VQ_AUTO_MAP, describe_vq_tokenizer, write_vq_folder
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED

_SETTINGS = (*SHARED, "backend", "layout", "ends", "unknown", "soft_mask", "strand", "phase")
_LISTS = ("added_tokens_decoder", "extra_special_tokens", "model_specific_special_tokens")
_NO_LIMIT = 10**20  # transformers means "no limit" by a length beyond


class GenotokVQConfig(transformers.PreTrainedConfig):  # type: ignore[misc]  # transformers may not be installed
    """The model type ``genotok-vq``, for a ``config.json`` that says no more than which tokenizer to take."""

    model_type: ClassVar[str] = "genotok-vq"


class GenotokVQTokenizer(WrappedTokenizer):
    """A `VQTokenizer` that transformers takes for one of its own; a token is a code of the DNA.

    ``model_file`` is a VQTokenizer, a name of the wheel (``"vq-fine"``), or a folder that one was saved to. Special
    tokens (``mask_token="[M]"``, ..) given with it are transformers' roles, which point to a token or add one at the
    end, so that no id moves. Settings of VQConfig may be given too.

    Calls take every input that VQTokenizer takes, also ids, and texts that are tokens of the vocabulary; padding,
    truncation and tensors are transformers' own. ``decode`` gives texts of tokens, as everywhere in transformers; the
    bases they stand for, codes of all levels and vectors are at ``vq``.

    >>> import numpy as np
    >>> from genotok import Codebook, VQTokenizer
    >>> from genotok.values.vqmodel import VQModel
    >>> from genotok.values.windowtable import WindowTable
    >>> book = Codebook("flat", (16,), (np.eye(16, dtype=np.float32),))
    >>> pairs = WindowTable(2, 2, np.arange(16, dtype=np.uint16)[None])
    >>> tokenizer = GenotokVQTokenizer(VQTokenizer(VQModel(book, pairs, None, window=2, stride=2)))
    >>> tokenizer("ACGT")["input_ids"], tokenizer.decode([1, 11]), tokenizer.vq.decode([1, 11])
    ([1, 11], 'v1 v11', 'ACGT')
    """

    vocab_files_names: ClassVar[dict[str, str]] = {"model_file": MODEL_FILES[0], "weights_file": MODEL_FILES[1]}
    model_input_names: ClassVar[list[str]] = ["input_ids", "attention_mask"]

    vq: VQTokenizer

    def __init__(self, model_file: Any = None, weights_file: Any = None, **kwargs: Any) -> None:
        """Wrap a tokenizer, or open a folder; `from_pretrained` passes what transformers found beside it."""
        self.remote_code = kwargs.pop("auto_map", None) is not None
        self.tokenizer_json = False
        asked, found = kwargs.pop("asked", None), model_file if model_file is not None else weights_file
        if asked is None:
            self.vq = _open(found).replace(**_settings_in(kwargs))
            texts, added = {name: kwargs[name] for name in TEXTS if name in kwargs}, dict[int, Any]()
            kwargs = {name: value for name, value in kwargs.items() if name not in (*TEXTS, *_SETTINGS)}
        else:
            self.vq = _open(None if found is None else Path(found).parent).replace(**_settings_in(asked))
            texts, added = self._taken(kwargs, asked)
        known = zip(self.vq.all_special_tokens, self.vq.all_special_ids, strict=True)
        specials = {number: transformers.AddedToken(text, normalized=False, special=True) for text, number in known}
        self._added_tokens_decoder = specials | added
        shared = {name: value for name, value in self.vq.config.to_dict().items() if name in SHARED}
        super().__init__(**{**self.vq.special_tokens_map, **texts}, **shared, **kwargs)
        self.deprecation_warnings = Forgotten()
        self.init_kwargs |= {"genotok": None, "special_tokens_pattern": None}  # saved with the values of that time

    def _taken(self, saved: dict[str, Any], asked: dict[str, Any]) -> tuple[dict[str, Any], dict[int, Any]]:
        """Take what the folder knows better out of ``saved``; return roles that point elsewhere, and added tokens."""
        saved.pop("genotok", None)
        taken = {name: saved.pop(name) for name in (*TEXTS, *SHARED, *_LISTS) if name in saved}
        size = self.vq.vocab_size
        added = {number: each for number, each in taken.get(_LISTS[0], {}).items() if number >= size}
        if added and _LISTS[1] in taken:
            saved[_LISTS[1]] = taken[_LISTS[1]]
        contents = {token.content for token in added.values()}
        texts = {name: taken[name] for name in TEXTS if str(taken.get(name)) in contents}
        return texts | {name: asked[name] for name in TEXTS if name in asked}, added

    @property
    def core(self) -> VQTokenizer:
        """The tokenizer inside."""
        return self.vq

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], *inputs: Any, **kwargs: Any) -> Self:
        """Open a folder or a repository that a learned tokenizer was saved to, or one of the wheel by its name.

        Special tokens and settings of VQConfig given here come before those of the files.
        """
        asked = {name: kwargs.pop(name) for name in (*TEXTS, *_SETTINGS) if name in kwargs}
        if pretrained_model_name_or_path in BUNDLED and not Path(pretrained_model_name_or_path).is_dir():
            return cls(VQTokenizer.from_pretrained(pretrained_model_name_or_path), **asked)
        with causes_told():
            opened: Self = super().from_pretrained(pretrained_model_name_or_path, *inputs, asked=asked, **kwargs)
        return opened

    def _encode_plus(self, text: Any, text_pair: Any = None, **kwargs: Any) -> Any:
        """Turn any input into ids, and leave the rest to transformers."""
        if text_pair is not None:
            raise InputError("there are no pairs of documents", hint="give one document, or a list of documents")
        if kwargs.pop("return_offsets_mapping", False):
            raise InputError("offsets are in bp", hint="vq(x, return_offsets=True) has them")
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
        return self.vq(value, add_special_tokens=False, return_attention_mask=False)["input_ids"]

    def encode(self, text: Any, text_pair: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the ids of one document, DNA; or of a list of texts that are tokens of the vocabulary."""
        if are_texts(text):
            return super().encode(text, text_pair, *args, **kwargs)
        return super(WrappedTokenizer, self).encode(text, text_pair, *args, **kwargs)

    def truncate_sequences(self, ids: Any, pair_ids: Any = None, num_tokens_to_remove: int = 0, **kwargs: Any) -> Any:
        """Cut as transformers does, but whole tokens where each has several ids."""
        width = self.vq.vocabulary.ids_per_token
        removed = -(-num_tokens_to_remove // width) * width
        return super().truncate_sequences(ids, pair_ids, num_tokens_to_remove=removed, **kwargs)

    @property
    def genotok(self) -> dict[str, Any]:
        """What ``tokenizer_config.json`` says under this name."""
        return describe_vq_tokenizer(self._current().saved())

    @property
    def _auto_map(self) -> dict[str, list[str | None]] | None:
        return VQ_AUTO_MAP if self.remote_code else None

    def _current(self) -> VQTokenizer:
        """Return the learned tokenizer with the settings that were assigned since."""
        return self.vq.replace(**_settings_in({name: getattr(self, name) for name in SHARED}))

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str, ...]:
        """Write the arrays, the card, and what else saving is to add; return their paths."""
        if filename_prefix:
            raise InputError(f"a prefix {filename_prefix!r}", hint="the files of a learned tokenizer have fixed names")
        saved = self._current().saved()
        return tuple(map(str, write_vq_folder(save_directory, saved, remote_code=self.remote_code, settings=False)))


def _open(source: Any) -> VQTokenizer:
    if isinstance(source, VQTokenizer):
        return source
    if source is None:
        raise ConfigError("no tokenizer is given", hint="pass a VQTokenizer, a name of the wheel, or a folder")
    if not isinstance(source, (str, PathLike)):
        raise BundleError(f"{type(source).__name__} is no learned tokenizer", hint="pass a VQTokenizer, or its folder")
    return VQTokenizer.from_pretrained(source)


def _settings_in(words: dict[str, Any]) -> dict[str, Any]:
    settings = {name: words[name] for name in _SETTINGS if name in words}
    limit = settings.get("model_max_length")
    if isinstance(limit, (int, float)) and limit > _NO_LIMIT:
        settings["model_max_length"] = None
    return settings


transformers.AutoConfig.register(GenotokVQConfig.model_type, GenotokVQConfig, exist_ok=True)
transformers.AutoTokenizer.register(GenotokVQConfig, GenotokVQTokenizer, exist_ok=True)
