"""What a token file says about its making: the universe, the special ids, the choices that shape the ids."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from genotok.errors import InputError, UniverseError
from genotok.tokenizers.interval import IntervalTokenizer

FORMAT_VERSION = 1


def describe_options(
    tokenizer: IntervalTokenizer,
    *,
    rows: bool = False,
    rename_chroms: Mapping[str, str] | Literal["auto"] | None = None,
) -> dict[str, Any]:
    """Return the choices that shape a token file: plain values, without the engine, which changes nothing."""
    config = tokenizer.config
    return {
        "unmatched": config.unmatched,
        "sort": config.sort,
        "invalid": config.invalid,
        "rows": rows,
        "rename_chroms": dict(rename_chroms) if isinstance(rename_chroms, Mapping) else rename_chroms,
    }


def describe_tokens(tokenizer: IntervalTokenizer | None, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what ``.npz`` and ``.parquet`` files keep beside their ids: universe, size, special ids, options."""
    vocabulary = None if tokenizer is None else tokenizer.vocabulary
    return {
        "format": FORMAT_VERSION,
        "universe_sha256": None if vocabulary is None else vocabulary.universe.digest,
        "vocab_size": None if vocabulary is None else vocabulary.vocab_size,
        "special_ids": None if vocabulary is None else dict(vocabulary.special_ids),
        "options": dict(options or {}),
    }


def canonical_json(value: Any) -> str:
    """Render plain values as the one JSON text that stands for them: ASCII, keys sorted, no blanks."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def check_universe(meta: Mapping[str, Any] | None, tokenizer: IntervalTokenizer, path: str) -> None:
    """Refuse (UniverseError) to read ids that another universe made, where the file says which one did."""
    made_with = (meta or {}).get("universe_sha256")
    if made_with is not None and made_with != tokenizer.universe.digest:
        raise UniverseError(
            f"made with universe {made_with[:12]}.., not with {tokenizer.universe.digest[:12]}..",
            path=path,
            hint="give the universe that made it",
        )


def flat_unk(unk: int | None, document: str) -> int:
    """Return the id that stands for a document without tokens."""
    if unk is None:
        what = f"document {document!r} has no token, and which id says so is not known"
        raise InputError(what, hint="give the universe")
    return unk
