"""JSON that anyone may have written: how deep it nests is seen before it is parsed."""

import json
import re
from collections.abc import Callable
from typing import Any

DEEPEST = 64  # levels; no file of ours has ten
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # or one that never ends
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class NestingError(ValueError):
    """The text nests deeper than any that is meant."""


def parse_json(
    content: bytes, *, deepest: int = DEEPEST, object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None
) -> Any:
    """Parse JSON of up to ``deepest`` levels; raise NestingError for more, ValueError for what is no JSON.

    Parsing deep ones raises RecursionError natively and takes down a tab's whole engine.
    """
    depth = 0
    for letter in _STRING.sub(b"", content).translate(None, _NO_BRACKETS):
        depth += 1 if letter in b"[{" else -1
        if depth > deepest:
            raise NestingError("it nests too deeply")
    return json.loads(content, object_pairs_hook=object_pairs_hook)
