"""gtars' settings file (TOML): which universe, which engine, which special tokens; faults are named by line."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import Any, TypeVar

from genotok.errors import ConfigError
from genotok.io.remote import place_beside
from genotok.io.sources import iter_blocks
from genotok.io.tomllines import KeyPath, key_lines
from genotok.values.specials import ROLES

_ENGINES = ("bits", "ailist")
_KNOWN = ("universe", "tokenizer_type", "special_tokens", "genotok")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class ConfigFile:
    """What a settings file says.

    ``universe`` is resolved against the file's folder, a URL stays as it is; ``special_tokens`` are the texts it gives
    by role, ``settings`` hold ``engine`` and the table ``[genotok]`` (their values are checked by whoever takes them),
    ``unknown`` the keys that mean nothing here.
    """

    path: str
    universe: str
    special_tokens: Mapping[str, str]
    settings: Mapping[str, Any]
    unknown: tuple[str, ...] = ()
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    def fault_in(self, setting: str, what: str, hint: str | None) -> ConfigError:
        """Make the error for a setting, at its line."""
        line = self.lines.get(("genotok", setting)) or self.lines.get(("tokenizer_type",))
        return ConfigError(what, path=self.path, line=line, hint=hint)


def read_config(path: str | PathLike[str]) -> ConfigFile:
    """Read a settings file or URL; a wrong name, type or value, or no ``universe``, is a ConfigError with its line."""
    return _Reader(fspath(path)).read()


class _Reader:
    """Checks one file key by key."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            text = b"".join(iter_blocks(path)).decode("utf-8-sig").replace("\r\n", "\n")
            self.table = tomllib.loads(text)
            self.lines = key_lines(text)
        except UnicodeDecodeError:
            raise ConfigError("the file is not UTF-8 text", path=path, hint="save it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at line (\d+), column \d+\)", str(error))
            line = int(place.group(1)) if place else text.count("\n") + 1
            what = str(error).replace(place.group() if place else " (at end of document)", "")
            raise ConfigError(what, path=path, line=line, hint="the file must be TOML") from None
        except RecursionError:
            raise ConfigError("the file nests too deeply", path=path, hint="settings are flat") from None

    def fail(self, key: KeyPath, what: str, hint: str) -> ConfigError:
        return ConfigError(what, path=self.path, line=self.lines.get(key), hint=hint)

    def typed(self, key: KeyPath, value: Any, kind: type[_Value], word: str) -> _Value:
        if not isinstance(value, kind):
            name = ".".join(str(part) for part in key if not isinstance(part, int))
            raise self.fail(key, f"{name} is {json.dumps(value, default=str)}", f"it must be {word}")
        return value

    def read(self) -> ConfigFile:
        if "universe" not in self.table:
            raise ConfigError("no universe is named", path=self.path, line=1, hint='add universe = "peaks.bed"')
        universe = self.typed(("universe",), self.table["universe"], str, "the path of a BED file")
        specials = dict(self.special_tokens())  # of a role given twice the last wins, as in gtars
        return ConfigFile(
            path=self.path,
            universe=place_beside(self.path, universe),
            special_tokens=specials,
            settings=self.settings(),
            unknown=tuple(name for name in self.table if name not in _KNOWN),
            lines=self.lines,
        )

    def settings(self) -> dict[str, Any]:
        settings = dict(self.typed(("genotok",), self.table.get("genotok", {}), dict, "a table, [genotok]"))
        if "tokenizer_type" in self.table:
            key: KeyPath = ("tokenizer_type",)
            engine = self.typed(key, self.table["tokenizer_type"], str, '"bits" or "ailist"')
            if engine not in _ENGINES:
                raise self.fail(key, f"tokenizer_type is {json.dumps(engine)}", 'it must be "bits" or "ailist"')
            if settings.setdefault("engine", engine) != engine:
                raise self.fail(("genotok", "engine"), "the engine differs from tokenizer_type", "keep one of them")
        return settings

    def special_tokens(self) -> Iterator[tuple[str, str]]:
        listed = self.table.get("special_tokens", [])
        for index, entry in enumerate(self.typed(("special_tokens",), listed, list, "an array of {name, token}")):
            key: KeyPath = ("special_tokens", index)
            self.typed(key, entry, dict, "a table {name, token}")
            for name in ("name", "token"):
                if name not in entry:
                    raise self.fail(key, f"a special token has no {name}", 'write {name = "unk", token = "<unk>"}')
                self.typed((*key, name), entry[name], str, "text")
            if entry["name"] not in ROLES:
                what = f"{json.dumps(entry['name'])} is no role of a special token"
                raise self.fail((*key, "name"), what, f"roles: {', '.join(ROLES)}")
            yield entry["name"], entry["token"]


def render_config(universe: str, special_tokens: Mapping[str, str], settings: Mapping[str, Any]) -> str:
    """Write what `read_config` reads; settings that are None are left out, as TOML knows no null.

    >>> print(render_config("u.bed", {"unk": "<unk>"}, {"engine": "bits", "sort": True}))
    universe = "u.bed"
    tokenizer_type = "bits"
    special_tokens = [
      { name = "unk", token = "<unk>" },
    ]
    <BLANKLINE>
    [genotok]
    sort = true
    <BLANKLINE>
    """
    own = {name: value for name, value in settings.items() if name != "engine" and value is not None}
    return "\n".join(
        [
            f"universe = {_quoted(universe)}",
            f"tokenizer_type = {_quoted(settings.get('engine', 'bits'))}",
            "special_tokens = [",
            *(f"  {{ name = {_quoted(role)}, token = {_quoted(text)} }}," for role, text in special_tokens.items()),
            "]",
            "",
            "[genotok]",
            *(f"{name} = {_rendered(value)}" for name, value in own.items()),
            "",
        ]
    )


def _rendered(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Write a basic string; JSON's escapes are TOML's, save that TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
