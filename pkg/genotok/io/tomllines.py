"""Where each key of a TOML text stands: the line numbers that tomllib forgets."""

import re
from collections.abc import Mapping
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    \#[^\n]*
    | \"{3}(?:\\.|[^\\])*?\"{3} | '{3}.*?'{3}
    | \"(?:\\.|[^\"\\\n])*\" | '[^'\n]*'
    | [\n\[\]{}=,] | [^\s\[\]{}=,\"'\#]+
    """,
    re.DOTALL | re.VERBOSE,
)
_END = "\0"


def key_lines(text: str) -> Mapping[KeyPath, int]:
    r"""Map the path of each key and array element to its 1-based line, for a text that tomllib accepts.

    >>> key_lines('a = 1\n[[b]]\nc = [\n  {d = 2}]')[("b", 0, "c", 0, "d")]
    4
    """
    return _Walk(text).lines


class _Walk:
    """One pass over the tokens of a valid text; strings and comments can't be mistaken for structure."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[int, str]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            if not match.group().startswith("#"):
                self.tokens.append((line, match.group()))
            line += match.group().count("\n")
        self.tokens += [(line, "\n"), (line, _END)]
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, int] = {}  # how many [[tables]] of a name were seen
        self._walk()

    def _take(self) -> tuple[int, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def _next(self) -> str:
        return self.tokens[self.at][1]

    def _walk(self) -> None:
        table: KeyPath = ()
        while self._next() != _END:
            if self._next() == "\n":
                self._take()
            elif self._next() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        line, _ = self._take()
        double = self._next() == "["
        path = self._key("]")
        if double:
            self.arrays[path] = self.arrays.get(path, -1) + 1
        place = (*path, self.arrays[path]) if path in self.arrays else path
        self.lines.setdefault(path, line)
        self.lines.setdefault(place, line)
        while self._next() != "\n":
            self._take()
        return place

    def _key(self, end: str) -> KeyPath:
        """Read a dotted key up to ``end``, and step over that."""
        parts = []
        while (token := self._take()[1]) != end:
            parts += [token.strip("\"'")] if token[0] in "\"'" else token.split(".")
        return tuple(part for part in parts if part not in ("", "["))

    def _pair(self, table: KeyPath) -> None:
        line = self.tokens[self.at][0]
        path = table + self._key("=")
        for length in range(len(table) + 1, len(path)):  # the tables that a dotted key implies
            self.lines.setdefault(path[:length], line)
        self.lines[path] = line
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self._take()[1]
        if opening == "{":
            self._members(path, "}")
        elif opening == "[":
            self._members(path, "]")
        else:
            while self._next() not in (",", "]", "}", "\n"):  # a date and its time are two tokens
                self._take()

    def _members(self, path: KeyPath, end: str) -> None:
        """Read an inline table or an array up to its end."""
        count = 0
        while self._next() != end:
            if self._next() in (",", "\n"):
                self._take()
            elif end == "}":
                self._pair(path)
            else:
                self.lines[(*path, count)] = self.tokens[self.at][0]
                self._value((*path, count))
                count += 1
        self._take()
