"""Results of the evaluation that are kept, so that what was fitted once is not fitted again."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from genotok.io.sinks import atomic_write


class ResultCache:
    """A folder of results by what decides them; without a folder nothing is kept.

    A file that can't be read, or is of another key, counts as none.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     cache = ResultCache(folder)
    ...     cache.put({"tokenizer": "a", "seed": 0}, {"mcc": 0.5})
    ...     cache.get({"seed": 0, "tokenizer": "a"}), cache.get({"tokenizer": "a", "seed": 1})
    ({'mcc': 0.5}, None)
    """

    def __init__(self, folder: str | PathLike[str] | None = None) -> None:
        self.folder = None if folder is None else Path(folder)

    def get(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what was kept, None if nothing was."""
        if self.folder is None:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path(key).read_bytes())
            if kept["key"] == dict(key):
                return dict(kept["result"])
        return None

    def put(self, key: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Keep a result of plain values."""
        if self.folder is not None:
            with atomic_write(self._path(key)) as sink:
                sink.write(json.dumps({"key": dict(key), "result": dict(result)}, separators=(",", ":")).encode())

    def _path(self, key: Mapping[str, Any]) -> Path:
        assert self.folder is not None, "asked only where there is a folder"
        name = hashlib.sha256(json.dumps(dict(key), sort_keys=True).encode()).hexdigest()[:32]
        return self.folder / name[:2] / f"{name}.json"
