"""What a tokenizer in transformers is made of: what was given, what its files say, what a caller wants otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from genotok.errors import ConfigError, UniverseError
from genotok.io.folder import UNIVERSE_FILES
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.specials import ROLES

TEXTS = tuple(f"{role}_token" for role in ROLES)
SHARED = ("special_tokens_pattern", "model_max_length", "padding_side", "truncation_side")  # transformers' attributes
SETTINGS = (*SHARED, "engine", "unmatched", "sort", "invalid")
_IDS = ("added_tokens_decoder", "extra_special_tokens", "model_specific_special_tokens")
_NO_LIMIT = 10**20  # transformers means "no limit" by a length beyond


@dataclass(frozen=True)
class Parts:
    """An interval tokenizer, the texts of roles that point elsewhere than its own, and tokens added behind its ids."""

    interval: IntervalTokenizer
    texts: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[int, Any] = field(default_factory=dict)


def open_given(source: Any, given: Mapping[str, Any]) -> Parts:
    """Open a universe, whose special tokens have the texts given, or a tokenizer, whose roles point to them."""
    texts = {name: given[name] for name in TEXTS if name in given}
    if source is None:
        raise ConfigError("no universe is given", hint="pass a BED file, a Universe or an IntervalTokenizer")
    if isinstance(source, IntervalTokenizer):
        return Parts(source.replace(**settings_in(given)), texts)
    if isinstance(source, (str, PathLike)) and (Path(source).is_dir() or fspath(source).lower().endswith(".toml")):
        return Parts(IntervalTokenizer(source).replace(**settings_in(given)), texts)
    config = IntervalConfig.from_dict(settings_in(given))
    return Parts(IntervalTokenizer(source, {name: str(text) for name, text in texts.items()}, config))


def open_saved(
    universe: str | PathLike[str] | None, where: str, saved: dict[str, Any], asked: Mapping[str, Any]
) -> Parts:
    """Open the folder that holds ``universe``, as IntervalTokenizer does; take what it knows better out of ``saved``.

    ``saved`` is what transformers read there. Of a settings file that is not ours nothing that could move an id is
    taken; of ours the tokens added behind the vocabulary, and the roles that point to a token. ``asked`` comes last.
    """
    if universe is None:
        raise UniverseError(f"no {' or '.join(UNIVERSE_FILES)} is there", where=where, hint="check the name")
    interval = IntervalTokenizer(Path(universe).parent).replace(**settings_in(asked))
    ours = saved.pop("genotok", None) is not None
    taken = {name: saved.pop(name) for name in (*TEXTS, *SHARED, *_IDS) if name in saved}
    added = taken.get("added_tokens_decoder", {}) if ours else {}
    added = {number: token for number, token in added.items() if number >= interval.vocab_size}
    if added and "extra_special_tokens" in taken:
        saved["extra_special_tokens"] = taken["extra_special_tokens"]
    contents = {token.content for token in added.values()}
    texts = {name: taken[name] for name in TEXTS if ours and name in taken}
    known = interval.vocabulary.find([str(text) for text in texts.values()]).tolist()
    texts = {
        name: text for (name, text), at in zip(texts.items(), known, strict=True) if at >= 0 or str(text) in contents
    }
    return Parts(interval, texts | {name: asked[name] for name in TEXTS if name in asked}, added)


def settings_in(words: Mapping[str, Any], names: Iterable[str] = SETTINGS) -> dict[str, Any]:
    """Pick settings, those of IntervalConfig if no others are named."""
    settings = {name: words[name] for name in names if name in words}
    limit = settings.get("model_max_length")
    if isinstance(limit, (int, float)) and limit > _NO_LIMIT:
        settings["model_max_length"] = None
    return settings
