"""What a session has on its desk: the universe, the settings, files being read, results, the buffer for bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from genotok.arrays import Bytes
from genotok.bridge.limits import MAX_STAGED
from genotok.bridge.reply import names, whole
from genotok.errors import InputError
from genotok.tokenizers.config import IntervalConfig
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.universe import Universe

MAX_HANDLE = 2**31 - 1
SETTINGS = ("engine", "unmatched", "sort", "invalid", "special_tokens_pattern")
FILE_SETTINGS = ("invalid", "unmatched", "sort")
FILE_OPTIONS = (*FILE_SETTINGS, "rename", "allow_empty")

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Labels:
    """What is known of a universe besides its rows.

    ``verbatim``: ``name`` is a file that gives these rows when it is read again. ``class_codes`` uint8 (n,) index
    ``class_names`` (255: none).
    """

    name: str
    verbatim: bool = False
    assembly: str | None = None
    licence: str | None = None
    source: str | None = None
    warnings: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    class_codes: Bytes | None = None


class Desk:
    """The state of a session, on which all its rooms work."""

    def __init__(self) -> None:
        self.universe: Universe | None = None
        self.labels = Labels("")
        self.config = IntervalConfig()
        self.special_tokens: dict[str, str] = {}
        self._tokenizer: IntervalTokenizer | None = None
        self._things: dict[int, Any] = {}
        self._last_handle = 0
        self._staging: Bytes = np.empty(0, dtype=np.uint8)

    def tokenizer(self) -> IntervalTokenizer:
        """Return the tokenizer of the universe in use and the settings; InputError before there is a universe."""
        if self.universe is None:
            raise InputError("no universe is open", hint="choose one first")
        if self._tokenizer is None:
            self._tokenizer = IntervalTokenizer(self.universe, self.special_tokens, self.config)
        return self._tokenizer

    def own_tokenizer(self, chosen: Mapping[str, Any]) -> tuple[IntervalTokenizer, dict[str, Any]]:
        """Return the tokenizer of one file, whose settings stand over those of the session, and how it is read.

        ``chosen`` has keys of FILE_OPTIONS; the second value has the keywords ``renames`` and ``allow_empty``.
        """
        tokenizer = self.tokenizer()
        own = {key: chosen[key] for key in FILE_SETTINGS if chosen.get(key) is not None}
        renames = chosen.get("rename") or None
        if renames is not None and renames != "auto":
            renames = names("rename", renames)
        reading = {"renames": renames, "allow_empty": chosen.get("allow_empty") is True}
        return tokenizer.replace(**own) if own else tokenizer, reading

    def use(self, universe: Universe, labels: Labels) -> None:
        """Take another universe into use; it is kept out if the special tokens collide with it."""
        tokenizer = IntervalTokenizer(universe, self.special_tokens, self.config)
        self.universe, self.labels, self._tokenizer = universe, labels, tokenizer

    def settle(self, options: Mapping[str, Any]) -> None:
        """Take other settings into use; what is left out is the default. Nothing changes if they are wrong."""
        special_tokens = names("special_tokens", options.get("special_tokens") or {})
        config = IntervalConfig.from_dict({key: value for key, value in options.items() if key in SETTINGS})
        tokenizer = None
        if self.universe is not None:
            tokenizer = IntervalTokenizer(self.universe, special_tokens, config)
        self.config, self.special_tokens, self._tokenizer = config, special_tokens, tokenizer

    def put(self, thing: object) -> int:
        """Lay something on the desk and return its handle."""
        self._last_handle += 1
        self._things[self._last_handle] = thing
        return self._last_handle

    def swap(self, handle: int, thing: object) -> None:
        """Put something else under a handle."""
        self._things[handle] = thing

    def get(self, handle: Any, kind: type[_Kind], what: str) -> _Kind:
        """Return the thing of a handle; InputError if there is none of this kind."""
        thing = self._things.get(whole("a handle", handle, 1, MAX_HANDLE))
        if not isinstance(thing, kind):
            raise InputError(f"handle {handle} is no {what}", hint="it was forgotten, or never made")
        return thing

    def drop(self, handle: Any) -> None:
        """Take something off the desk, if it is there."""
        self._things.pop(whole("a handle", handle, 1, MAX_HANDLE), None)

    def stage(self, size: Any) -> Bytes:
        """Return the buffer for bytes from outside, at least ``size`` long; always the same one while it suffices."""
        needed = whole("the number of bytes", size, 0, MAX_STAGED)
        if needed > len(self._staging):
            self._staging = np.empty(0, dtype=np.uint8)  # the old one goes before the new one comes
            self._staging = np.empty(max(needed, 2**16), dtype=np.uint8)
        return self._staging

    def staged(self, size: Any) -> memoryview:
        """Return the first ``size`` bytes that were put into the buffer."""
        return self._staging[: whole("the number of bytes", size, 0, len(self._staging))].data


class Room:
    """Operations that belong together, at one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
