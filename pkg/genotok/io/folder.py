"""A saved tokenizer: a folder of small files that gtars and transformers know too."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from errno import ENOENT
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from genotok.errors import CapacityError, ConfigError, VocabularyError
from genotok.io.config import ConfigFile, read_config, render_config
from genotok.io.jsontext import NestingError, parse_json
from genotok.io.sinks import atomic_write
from genotok.values.specials import ROLES
from genotok.values.vocabulary import Vocabulary

ARRAYS_FILE = "arrays.npz"  # of a motif tokenizer
UNIVERSE_FILES = ("universe.bed.gz", "universe.bed")  # the first that is there counts
TOML_FILE = "tokenizer.toml"
JSON_FILE = "tokenizer_config.json"
SPECIALS_FILE = "special_tokens_map.json"
WORDS_FILE = "tokenizer.json"
CODE_FILE = "tokenization_genotok.py"
MAX_WORDS = 2_000_000  # regions that a tokenizer.json can list and still be opened in reasonable time

FORMAT = 1
_TOKENIZER_CLASS = "GenotokIntervalTokenizer"
AUTO_MAP = {"AutoTokenizer": [f"{CODE_FILE.removesuffix('.py')}.{_TOKENIZER_CLASS}", None]}  # slow class, no fast one
_CODE = f'''"""Lets AutoTokenizer.from_pretrained(.., trust_remote_code=True) open this folder with genotok[hf]."""

from genotok.hf import {_TOKENIZER_CLASS} as {_TOKENIZER_CLASS}
'''
_NO_LIMIT = 10**20  # transformers writes "no limit" as a number beyond
_SHARED = ("model_max_length", "padding_side", "truncation_side", "special_tokens_pattern")  # transformers' names
_OWN = ("engine", "unmatched", "sort", "invalid")
_CHUNK = 2**16  # token texts rendered at a time


@dataclass(frozen=True)
class SavedTokenizer:
    """What a folder says: the universe's file, the special texts and settings it gives, and the recorded digest.

    ``origin`` is the file that settings and special tokens come from, for messages; None means defaults.
    """

    universe: Path
    special_tokens: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    digest: str | None = None
    config: ConfigFile | None = None
    origin: Path | None = None


def read_folder(folder: str | PathLike[str]) -> SavedTokenizer:
    """Find the parts of a saved tokenizer.

    Special tokens and settings are those of ``tokenizer.toml``, else of ``tokenizer_config.json`` if it holds the key
    ``genotok`` (a foreign file must not move ids), else the defaults. No universe: FileNotFoundError.
    """
    folder = Path(folder)
    universe = next((folder / name for name in UNIVERSE_FILES if (folder / name).is_file()), None)
    if universe is None and (folder / ARRAYS_FILE).is_file():
        what = "the folder holds a motif tokenizer; genotok motif and MotifTokenizer.from_pretrained open it"
        raise FileNotFoundError(ENOENT, what, str(folder))
    if universe is None:
        raise FileNotFoundError(ENOENT, f"no {' or '.join(UNIVERSE_FILES)} in the folder", str(folder))
    own = _read_own_json(folder / JSON_FILE)
    digest = own["genotok"].get("universe_sha256") if own else None
    if (folder / TOML_FILE).is_file():
        config = read_config(folder / TOML_FILE)
        return SavedTokenizer(universe, config.special_tokens, config.settings, digest, config, folder / TOML_FILE)
    if own is None:
        return SavedTokenizer(universe)
    return SavedTokenizer(
        universe,
        {role: _text_of(own[f"{role}_token"]) for role in ROLES if f"{role}_token" in own},
        {name: _limited(own[name]) for name in _SHARED if name in own}
        | {name: own["genotok"][name] for name in _OWN if name in own["genotok"]},
        digest,
        origin=folder / JSON_FILE,
    )


def refuse_other_kind(folder: str | PathLike[str], kind: str) -> None:
    """Raise ConfigError if a tokenizer of another kind is saved in a folder: both use the same names of files."""
    folder = Path(folder)
    try:
        found = parse_json((folder / JSON_FILE).read_bytes())["genotok"]["kind"]
    except (OSError, ValueError, LookupError, TypeError):
        found = "interval" if (folder / TOML_FILE).exists() else kind
    if found != kind:
        what = f"the folder holds a tokenizer of kind {json.dumps(found)}"
        what += f"; one of kind {json.dumps(kind)} would overwrite it"
        raise ConfigError(what, path=str(folder), hint="save into a folder of its own, or remove the old one")


def _text_of(token: Any) -> Any:
    """Read the text of a token that transformers may have rewritten as an object."""
    return token.get("content") if isinstance(token, dict) else token


def _limited(value: Any) -> Any:
    """Read transformers' way to say that documents have no longest length."""
    return None if type(value) in (int, float) and value > _NO_LIMIT else value


def _read_own_json(path: Path) -> dict[str, Any] | None:
    """Read ``tokenizer_config.json`` if it is there and speaks of an interval tokenizer of ours."""
    if not path.is_file():
        return None
    try:
        table = parse_json(path.read_bytes())
    except NestingError:
        raise ConfigError("the file nests too deeply", path=str(path), hint="restore it or remove it") from None
    except ValueError as error:  # JSON or UTF-8
        raise ConfigError(f"the file is not JSON ({error})", path=str(path), hint="restore it or remove it") from None
    if not isinstance(table, dict) or "genotok" not in table:
        return None
    own = table["genotok"]
    found = (own.get("kind"), own.get("format")) if isinstance(own, dict) else (None, None)
    if found != ("interval", FORMAT):
        what = f"genotok holds kind {json.dumps(found[0])}, format {json.dumps(found[1])}"
        raise ConfigError(what, path=str(path), hint=f'this version reads kind "interval", format {FORMAT}')
    return table


def write_folder(
    folder: str | PathLike[str],
    vocabulary: Vocabulary,
    settings: Mapping[str, Any],
    *,
    tokenizer_json: bool = False,
    remote_code: bool = False,
) -> tuple[Path, ...]:
    """Write a tokenizer as a folder; return the files' paths.

    Each file appears whole or not at all, and equal tokenizers give equal bytes. ``tokenizer_json`` adds the words for
    plain transformers: refused for names with white space (VocabularyError) and above 2M regions (CapacityError).
    ``remote_code`` adds the file that lets transformers find genotok by itself, and its entry in the settings.
    A folder that holds a tokenizer of another kind is refused (ConfigError).
    """
    refuse_other_kind(folder, "interval")
    texts = vocabulary.specials.by_role()
    own = {
        "tokenizer_class": _TOKENIZER_CLASS,
        **({"auto_map": AUTO_MAP} if remote_code else {}),
        **{f"{role}_token": text for role, text in texts.items()},
        **{name: settings[name] for name in _SHARED},
        "genotok": describe_tokenizer(vocabulary, settings),
    }
    parts = write_vocabulary(folder, vocabulary, settings, tokenizer_json=tokenizer_json, remote_code=remote_code)
    specials = {f"{role}_token": text for role, text in texts.items()}
    files = {JSON_FILE: [_json(own)], SPECIALS_FILE: [_json(specials)]}
    return (*parts[:2], *_write_files(Path(folder), files), *parts[2:])


def write_vocabulary(
    folder: str | PathLike[str],
    vocabulary: Vocabulary,
    settings: Mapping[str, Any],
    *,
    tokenizer_json: bool = False,
    remote_code: bool = False,
    prefix: str = "",
) -> tuple[Path, ...]:
    """Write the files of `write_folder` that transformers does not write itself; names begin with ``prefix``."""
    folder = Path(folder)
    if tokenizer_json:
        _refuse_words(vocabulary)
    universe = folder / (prefix + UNIVERSE_FILES[0])
    toml = render_config(universe.name, vocabulary.specials.by_role(), settings)
    files: dict[str, Iterable[str]] = {prefix + TOML_FILE: [toml]}
    if tokenizer_json:
        files[prefix + WORDS_FILE] = _words(vocabulary)
    if remote_code:
        files[CODE_FILE] = [_CODE]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.universe.write_bed(universe)
    return (universe, *_write_files(folder, files))


def _write_files(folder: Path, files: Mapping[str, Iterable[str]]) -> list[Path]:
    for name, pieces in files.items():
        with atomic_write(folder / name) as file:
            for piece in pieces:
                file.write(piece.encode())
    return [folder / name for name in files]


def describe_tokenizer(vocabulary: Vocabulary, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Say what only genotok asks of ``tokenizer_config.json``: its key ``genotok``."""
    return {
        "kind": "interval",
        "format": FORMAT,
        **{name: settings[name] for name in _OWN},
        "universe_sha256": vocabulary.universe.digest,
        "regions": vocabulary.n_regions,
        "vocab_size": vocabulary.vocab_size,
    }


def _json(table: Mapping[str, Any]) -> str:
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _refuse_words(vocabulary: Vocabulary) -> None:
    if vocabulary.n_regions > MAX_WORDS:
        raise CapacityError(
            f"{vocabulary.n_regions:,} regions are too many for {WORDS_FILE}", hint=f"it takes up to {MAX_WORDS:,}"
        )
    for name in vocabulary.universe.chrom_names:
        if any(letter.isspace() for letter in name):
            raise VocabularyError(f"chromosome {name!r} holds white space, which {WORDS_FILE} splits at")


def _words(vocabulary: Vocabulary) -> Iterator[str]:
    """Render ``tokenizer.json``: each region text a word, the special tokens added, split at white space."""
    added = [
        {
            "id": vocabulary.n_regions + place,
            "content": text,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for place, text in enumerate(vocabulary.special_texts)
    ]
    head = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
    }
    encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes an encoder for each text
    unk = encode(vocabulary.specials.unk)
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "model": {"type": "WordLevel", "vocab": {'
    for first in range(0, vocabulary.vocab_size, _CHUNK):
        ids = np.arange(first, min(first + _CHUNK, vocabulary.vocab_size), dtype=np.int64)
        texts = zip(vocabulary.texts_of(ids), ids.tolist(), strict=True)
        entries = (f"{encode(text)}: {number}" for text, number in texts)
        yield (", " if first else "") + ", ".join(entries)
    yield f'}}, "unk_token": {unk}}}}}\n'
