"""The writing of a store: what is done is written down block by block, so that an interrupted run goes on."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from genotok.errors import BundleError, ConfigError
from genotok.io.sinks import atomic_write
from genotok.io.tokenstore import STORE_FILE, STORE_FORMAT, StoredContig, block_path, read_store_json
from genotok.values.blocks import Seams

JOURNAL_FILE = "progress.jsonl"
_JOURNALS = "progress*.jsonl"


@dataclass(frozen=True)
class BlockLine:
    """What is known of one block: its bases by their digest, its flanks, and its file, unless it is to be made yet."""

    contig: str
    number: int
    block: int
    start: int
    sequence: str
    first: int | None
    last: int | None
    left: int | None
    right: int | None
    bins: int = 0
    hits: int = 0
    gaps: int = 0
    file_sha256: str | None = None
    settings: str = ""

    @property
    def seams(self) -> Seams:
        """The flanks next to the borders of the block."""
        return Seams(self.first, self.last, self.left, self.right)


class StoreJournal:
    """A store in the making; the folder may hold what an earlier run with the same settings has done.

    One of several runs that share the blocks, ``shard`` (i, n) from 1 on, keeps a journal of its own; all are read.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        settings: Mapping[str, Any],
        n_features: int,
        *,
        resume: bool = True,
        shard: tuple[int, int] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.settings, self.n_features = json.loads(json.dumps(settings)), n_features
        self.digest = hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode()).hexdigest()
        self.lines: dict[tuple[int, int], BlockLine] = {}
        if (self.folder / STORE_FILE).is_file():
            self._take_over(resume=resume)
        elif self.folder.is_dir() and any(not each.name.startswith(".") for each in self.folder.iterdir()):
            raise BundleError("the folder is no store, and not empty", path=str(folder), hint="give another one")
        self._write_head(complete=False, contigs=[])
        name = JOURNAL_FILE if shard is None else f"progress.{shard[0]}-of-{shard[1]}.jsonl"
        self._file = (self.folder / name).open("a", encoding="utf-8", newline="\n")

    def _take_over(self, *, resume: bool) -> None:
        """Read what an earlier run has done; other settings raise ConfigError with the first that differs."""
        table = read_store_json(self.folder)
        if not resume:
            for path in self.folder.glob(_JOURNALS):
                path.unlink(missing_ok=True)
            return
        for name, mine, its in _differences(self.settings, table.get("settings", {})):
            what = f"{name} is {mine!r}, but {its!r} in the store"
            raise ConfigError(what, path=str(self.folder), hint="use its settings, another folder, or resume=False")
        for line in self._known_lines():
            try:
                done = BlockLine(**json.loads(line))
            except (ValueError, TypeError):
                continue  # the last line of a run that was killed while it wrote
            if done.settings == self.digest:
                self.lines[done.number, done.block] = done

    def _known_lines(self) -> Iterator[str]:
        for path in sorted(self.folder.glob(_JOURNALS)):
            yield from path.read_text(encoding="utf-8").splitlines()

    def is_done(self, contig: str, number: int, block: int, sequence: str) -> bool:
        """Tell whether a block of these bases is in the folder, whole, or is known to need its neighbours first."""
        line = self.lines.get((number, block))
        if line is None or (line.contig, line.sequence) != (contig, sequence):
            return False
        path = block_path(self.folder, number, block)
        return line.file_sha256 is None or (path.is_file() and digest_of(path) == line.file_sha256)

    def record(self, line: BlockLine) -> None:
        """Write down that a block is done."""
        self.lines[line.number, line.block] = line
        self._file.write(json.dumps(asdict(line)) + "\n")
        self._file.flush()

    def finish(self, contigs: list[StoredContig]) -> None:
        """Put the journal in order, which depends on the genome alone, and declare the store whole."""
        self._file.close()
        for partial in self.folder.glob("[0-9]*/.*.npz.*"):  # of processes that were killed while they wrote
            partial.unlink(missing_ok=True)
        kept = [(number, block) for number, each in enumerate(contigs) for block in range(len(each.blocks))]
        text = "".join(json.dumps(asdict(self.lines[key])) + "\n" for key in kept)
        with atomic_write(self.folder / JOURNAL_FILE) as file:
            file.write(text.encode())
        for path in self.folder.glob(_JOURNALS):
            if path.name != JOURNAL_FILE:
                path.unlink(missing_ok=True)  # of a shard
        self._write_head(complete=True, contigs=contigs)

    def close(self) -> None:
        """Leave the store as far as it is."""
        self._file.close()

    def _write_head(self, *, complete: bool, contigs: list[StoredContig]) -> None:
        rows = [{**asdict(each.contig), "bins": sum(each.blocks), "blocks": list(each.blocks)} for each in contigs]
        head = {
            "kind": "motif-store",
            "format": STORE_FORMAT,
            "complete": complete,
            "settings": self.settings,
            "n_features": self.n_features,
            "contigs": rows,
        }
        with atomic_write(self.folder / STORE_FILE) as file:
            file.write((json.dumps(head, indent=1) + "\n").encode())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _differences(mine: Any, its: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    """List the settings, by dotted names, that differ."""
    if isinstance(mine, dict) and isinstance(its, dict):
        names = dict.fromkeys([*mine, *its])
        return [each for key in names for each in _differences(mine.get(key), its.get(key), f"{name}.{key}".strip("."))]
    return [] if mine == its else [(name, mine, its)]
