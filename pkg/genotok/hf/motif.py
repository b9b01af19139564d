"""The motif tokenizer as transformers' own kind: DNA in, model inputs out, for Auto classes, collators and trainers."""

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from genotok.errors import BundleError, ConfigError, InputError
from genotok.hf.dna import DnaTokenizer
from genotok.hf.opening import SHARED, TEXTS, settings_in
from genotok.hf.wrapping import Forgotten, causes_told, transformers
from genotok.io.motiffolder import (
    ARRAYS_FILE,
    MOTIF_AUTO_MAP,
    describe_motif_tokenizer,
    pack_arrays,
    write_motif_folder,
)
from genotok.tokenizers.motif import MotifTokenizer

_SETTINGS = (*SHARED, "unknown")  # what a tokenizer that is fitted may have otherwise


class GenotokMotifConfig(transformers.PreTrainedConfig):  # type: ignore[misc]  # transformers may not be installed
    """The model type ``genotok-motif``, for a ``config.json`` that says no more than which tokenizer to take."""

    model_type: ClassVar[str] = "genotok-motif"


class GenotokMotifTokenizer(DnaTokenizer):
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
    no_offsets: ClassVar[tuple[str, str]] = ("offsets are in bp", "motif(x, return_offsets=True) has them")

    motif: MotifTokenizer

    def __init__(self, arrays_file: Any = None, **kwargs: Any) -> None:
        """Wrap a tokenizer, or open a folder; `from_pretrained` passes what transformers found beside it."""
        self.remote_code = kwargs.pop("auto_map", None) is not None
        self.tokenizer_json = kwargs.pop("tokenizer_file", None) is not None
        asked = kwargs.pop("asked", None)
        if asked is None:
            self.motif = _open(arrays_file).replace(**settings_in(kwargs, _SETTINGS))
            texts, added = {name: kwargs[name] for name in TEXTS if name in kwargs}, dict[int, Any]()
            kwargs = {name: value for name, value in kwargs.items() if name not in (*TEXTS, *_SETTINGS)}
        else:
            self.motif = _open(None if arrays_file is None else Path(arrays_file).parent).replace(
                **settings_in(asked, _SETTINGS)
            )
            texts, added = self._taken(kwargs, asked)
        known = zip(self.motif.all_special_tokens, self.motif.all_special_ids, strict=True)
        specials = {number: transformers.AddedToken(text, normalized=False, special=True) for text, number in known}
        self._added_tokens_decoder = specials | added
        shared = {name: value for name, value in self.motif.config.calls.to_dict().items() if name in SHARED}
        super().__init__(**{**self.motif.special_tokens_map, **texts}, **shared, **kwargs)
        self.deprecation_warnings = Forgotten()
        self.init_kwargs |= {"genotok": None, "special_tokens_pattern": None}  # saved with the values of that time

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
        return self.motif.replace(**settings_in({name: getattr(self, name) for name in SHARED}, _SETTINGS))

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


transformers.AutoConfig.register(GenotokMotifConfig.model_type, GenotokMotifConfig, exist_ok=True)
transformers.AutoTokenizer.register(GenotokMotifConfig, GenotokMotifTokenizer, exist_ok=True)
