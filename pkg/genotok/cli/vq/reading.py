"""Tokenizers as language models read them: learned ones, words of letters, byte pairs; by a name, or from a folder."""

import json
from collections.abc import Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from genotok.analysis.vq_baselines import BpeFeatures
from genotok.cli.vq.opening import open_tokenizer
from genotok.errors import BundleError, ConfigError, InputError
from genotok.io.sinks import atomic_write
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.mlm_tokens import Reader, TokenRows, TokenSpace, VQReader
from genotok.train.mlm_words import words_tokenizer

_WORDS, _CONFIG = "tokenizer.json", "tokenizer_config.json"
_BASES = 6  # of a byte pair, rather more than less
_RIVALS = "char, kmer3 .. kmer7, kmer6-step6, kmer7-merged, bpe"
_ROLES = {"unk": "[UNK]", "pad": "[PAD]", "mask": "[MASK]", "cls": "[CLS]", "sep": "[SEP]"}


class BpeReader:
    """Byte pairs of a ``tokenizer.json``, as DNABERT-2's, as a language model sees them (extra ``[eval]``)."""

    symmetric = False

    def __init__(self, path: str | PathLike[str], name: str = "bpe") -> None:
        self.name, self._features = name, BpeFeatures(path, name)
        self._table: dict[str, Any] = json.loads(Path(path).read_bytes())
        known = {each["content"]: int(each["id"]) for each in self._table["added_tokens"]}
        for role in ("unk", "pad", "mask"):
            if _ROLES[role] not in known:
                raise InputError(f"no special token {_ROLES[role]}", path=str(path), hint="a tokenizer.json of a BERT")
        self._special = known

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self._features.digest

    @cached_property
    def space(self) -> TokenSpace:
        """The ids of the file, special ones among them."""
        (stream,) = self._features.streams([""])
        words = np.setdiff1d(np.arange(stream.size, dtype=np.int64), list(self._special.values()))
        roles = {
            name: self._special[_ROLES[role]] for name, role in (("unknown", "unk"), ("pad", "pad"), ("mask", "mask"))
        }
        return TokenSpace((stream.size,), stream.size, **roles, words=words[:, None])

    def bases_for(self, tokens: int) -> int:
        """Return some more bases than needed, as what is too long is cut."""
        return _BASES * tokens

    def read(self, texts: Sequence[str]) -> TokenRows:
        """Tokenize documents of DNA."""
        (stream,) = self._features.streams(texts)
        return TokenRows(stream.ids.astype(np.int64)[None], stream.rows)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write what AutoTokenizer opens; it puts no special tokens around, as the model has seen none."""
        roles = {f"{role}_token": text for role, text in _ROLES.items() if text in self._special}
        files = {
            _WORDS: self._table | {"post_processor": None},
            _CONFIG: {"tokenizer_class": "PreTrainedTokenizerFast", **roles},
        }
        for name, table in files.items():
            with atomic_write(Path(folder) / name) as file:
                file.write((json.dumps(table, ensure_ascii=False) + "\n").encode())


def open_reader(name: str, *, bpe: str | None = None) -> Reader:
    """Open a tokenizer by a name: a rival (char, kmer6, kmer6-step6, bpe ..), one of the wheel, or a folder."""
    if name == "bpe":
        if bpe is None:
            raise ConfigError("bpe without its vocabulary", hint="--bpe FILE names the tokenizer.json of DNABERT-2")
        return BpeReader(bpe)
    tokenizer = words_tokenizer(name)
    if tokenizer is None:
        try:
            tokenizer = open_tokenizer(name)
        except ConfigError as fault:
            raise ConfigError(fault.what, hint=f"{fault.hint}; rivals are {_RIVALS}") from None
    return VQReader(Path(name).name or name, tokenizer.replace(layout="auto"))


def open_saved_reader(folder: str | PathLike[str], told: dict[str, Any]) -> Reader:
    """Open the tokenizer of a pretrained model; ``told`` is what the model's settings say of it."""
    path = Path(folder)
    name = str(told["tokenizer"])
    if (path / _WORDS).is_file():
        reader: Reader = BpeReader(path / _WORDS, name)
    else:
        tokenizer = VQTokenizer.from_pretrained(path)
        reader = VQReader(name, tokenizer, folded=tokenizer.vocabulary.ids_per_token == 1)
    if list(reader.space.sizes) != list(told["levels"]):
        what = f"the tokenizer has {list(reader.space.sizes)} codes, the model {told['levels']}"
        raise BundleError(what, path=str(folder), hint="its files belong to different models")
    return reader
