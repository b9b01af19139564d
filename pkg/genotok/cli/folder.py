"""An output folder: a file for each input, and the manifest that lets a stopped run go on."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import click

from genotok.cli.inputs import Input, Shard
from genotok.cli.tasks import Task
from genotok.export.manifest import MANIFEST, ManifestLine, output_name, read_manifest, render_manifest
from genotok.export.writers import Format
from genotok.io.sinks import atomic_write

_MANIFESTS = re.compile(r"manifest(\.\d+-of-\d+)?\.jsonl(\.partial)?")
_TEMPORARY = re.compile(r"\.(.+)\.[a-z0-9_]{8}")  # how a file is called until it is whole


class Folder:
    """The manifest of one run: lines are added as outputs appear, and put in order when the run is over.

    While it runs, lines go to ``manifest.jsonl.partial``. A shard keeps its own ``manifest.i-of-n.jsonl``; the last
    shard to finish joins them, so that the folder is the same as that of one run.
    """

    def __init__(self, folder: Path, shard: Shard | None) -> None:
        self.path, self._shard = folder, shard
        name = MANIFEST if shard is None else f"manifest.{shard.index}-of-{shard.count}.jsonl"
        self._final, self._partial = folder / name, folder / f"{name}.partial"
        self._lines: dict[str, ManifestLine] = {}
        self._journal: BinaryIO | None = None
        self._tasks: list[Task] = []
        self._sweep_after = False

    @property
    def journal(self) -> Path:
        """The file that gets a line as soon as an output is whole."""
        return self._partial

    def plan(self, inputs: Sequence[Input], format: Format, options: str, *, resume: bool) -> list[Task]:  # noqa: A002
        """Return a task for each input, with the account of an earlier run where one resumes and its options fit."""
        known = self._known() if resume else {}
        tasks = []
        for each in inputs:
            output = output_name(each.document, format)
            if _MANIFESTS.fullmatch(output):
                raise click.UsageError(f"the output of {each.path} would be called {output}, as the manifest is")
            done = known.pop(each.document, None)
            fits = done is not None and done.options == options and done.output == output
            tasks.append(Task(each, self.path / output, done if fits else None))
        self._refuse_overwriting(tasks)
        documents = [each.document for each in inputs]
        if len(set(documents)) < len(documents):
            twice = next(name for name in documents if documents.count(name) > 1)
            raise click.UsageError(f"{twice} is given twice, and an output folder holds one file for each input")
        self._tasks = tasks
        if resume:
            self._sweep()
            kept = known.values() if self._shard is None else ()
            self._lines = {line.input: line for line in kept if (self.path / line.output).is_file()}
        return tasks

    def _refuse_overwriting(self, tasks: Sequence[Task]) -> None:
        """Refuse a run whose outputs would replace its inputs: x.bed becomes x.bed.bed, which may be an input too."""
        outputs = {task.output.absolute() for task in tasks}
        for task in tasks:
            if not (task.source.is_stdin or task.source.is_url) and Path(task.source.path).absolute() in outputs:
                raise click.UsageError(f"{task.source.path} is both input and output; choose another folder")

    def _known(self) -> dict[str, ManifestLine]:
        lines: dict[str, ManifestLine] = {}
        if self.path.is_dir():
            for file in sorted(self.path.iterdir()):
                if _MANIFESTS.fullmatch(file.name):
                    lines.update(read_manifest(file))
        return lines

    def _sweep(self) -> None:
        """Remove the half-written files that a killed run, or a worker that died, left behind."""
        outputs = {task.output for task in self._tasks} | {self._final}
        for parent in {output.parent for output in outputs}:
            for file in parent.iterdir() if parent.is_dir() else ():
                found = _TEMPORARY.fullmatch(file.name)
                if found and parent / found[1] in outputs:
                    file.unlink(missing_ok=True)

    def open(self, *, resume: bool, sweep_after: bool = False) -> Self:
        """Make the folder and begin, or go on with, the manifest.

        ``sweep_after``: whoever writes may die without the run; remove at the end what it left half written.
        """
        self._sweep_after = sweep_after
        self.path.mkdir(parents=True, exist_ok=True)
        torn = resume and self._partial.exists() and not self._partial.read_bytes().endswith(b"\n")
        self._journal = self._partial.open("ab" if resume else "wb")
        if torn:
            self._journal.write(b"\n")
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._journal is not None:
            self._journal.close()
        if self._sweep_after:
            self._sweep()

    def add(self, line: ManifestLine) -> None:
        """Record an output that is whole."""
        assert self._journal is not None, "the folder is open"
        self._lines[line.input] = line
        self._journal.write(f"{line.to_json()}\n".encode("ascii"))
        self._journal.flush()

    def finish(self, inputs: Sequence[Input]) -> None:
        """Write the manifest in order; ``inputs`` are those of all shards."""
        assert self._journal is not None, "the folder is open"
        self._journal.close()
        _write(self._final, self._lines.values())
        self._partial.unlink()
        if self._shard is not None:
            self._join(self._shard.count, {each.document for each in inputs})

    def _join(self, count: int, documents: set[str]) -> None:
        """Join the shards' manifests once all are there; whoever sees that does it, and twice gives the same bytes."""
        there = [part for part in sorted(self.path.iterdir()) if _is_shard(part.name, count)]
        whole = self.path / MANIFEST
        try:
            lines = read_manifest(whole) if len(there) < count and whole.exists() else {}
            for part in there:
                lines.update(read_manifest(part))
        except FileNotFoundError:
            return  # another shard is joining them at this moment
        if len(there) == count or documents <= lines.keys():
            _write(whole, lines.values())
            for part in there:
                part.unlink(missing_ok=True)


def _is_shard(name: str, count: int) -> bool:
    """Tell the manifest of a shard that has ended, of a run with so many."""
    return name.startswith("manifest.") and name.endswith(f"-of-{count}.jsonl") and bool(_MANIFESTS.fullmatch(name))


def _write(path: Path, lines: Iterable[ManifestLine]) -> None:
    with atomic_write(path) as sink:
        sink.write(render_manifest(lines))
