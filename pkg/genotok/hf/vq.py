"""The learned tokenizer as transformers' own kind: DNA in, model inputs out, for Auto classes and trainers."""

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from genotok.errors import BundleError, ConfigError, InputError
from genotok.hf.dna import DnaTokenizer
from genotok.hf.opening import SHARED, TEXTS, settings_in
from genotok.hf.wrapping import Forgotten, causes_told, transformers
from genotok.io.vqfolder import MODEL_FILES, VQ_AUTO_MAP, describe_vq_tokenizer, write_vq_folder
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED

_SETTINGS = (*SHARED, "backend", "layout", "ends", "unknown", "soft_mask", "strand", "phase")


class GenotokVQConfig(transformers.PreTrainedConfig):  # type: ignore[misc]  # transformers may not be installed
    """The model type ``genotok-vq``, for a ``config.json`` that says no more than which tokenizer to take."""

    model_type: ClassVar[str] = "genotok-vq"


class GenotokVQTokenizer(DnaTokenizer):
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
    no_offsets: ClassVar[tuple[str, str]] = ("offsets are in bp", "vq(x, return_offsets=True) has them")

    vq: VQTokenizer

    def __init__(self, model_file: Any = None, weights_file: Any = None, **kwargs: Any) -> None:
        """Wrap a tokenizer, or open a folder; `from_pretrained` passes what transformers found beside it."""
        self.remote_code = kwargs.pop("auto_map", None) is not None
        self.tokenizer_json = False
        asked, found = kwargs.pop("asked", None), model_file if model_file is not None else weights_file
        if asked is None:
            self.vq = _open(found).replace(**settings_in(kwargs, _SETTINGS))
            texts, added = {name: kwargs[name] for name in TEXTS if name in kwargs}, dict[int, Any]()
            kwargs = {name: value for name, value in kwargs.items() if name not in (*TEXTS, *_SETTINGS)}
        else:
            self.vq = _open(None if found is None else Path(found).parent).replace(**settings_in(asked, _SETTINGS))
            texts, added = self._taken(kwargs, asked)
        known = zip(self.vq.all_special_tokens, self.vq.all_special_ids, strict=True)
        specials = {number: transformers.AddedToken(text, normalized=False, special=True) for text, number in known}
        self._added_tokens_decoder = specials | added
        shared = {name: value for name, value in self.vq.config.to_dict().items() if name in SHARED}
        super().__init__(**{**self.vq.special_tokens_map, **texts}, **shared, **kwargs)
        self.deprecation_warnings = Forgotten()
        self.init_kwargs |= {"genotok": None, "special_tokens_pattern": None}  # saved with the values of that time

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
        return self.vq.replace(**settings_in({name: getattr(self, name) for name in SHARED}, _SETTINGS))

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


transformers.AutoConfig.register(GenotokVQConfig.model_type, GenotokVQConfig, exist_ok=True)
transformers.AutoTokenizer.register(GenotokVQConfig, GenotokVQTokenizer, exist_ok=True)
