"""The work of ``genotok vq encode``: records of FASTA files into token files, here or in several processes."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from genotok.cli.folder import Folder
from genotok.cli.inputs import Input, Shard, open_stdin
from genotok.cli.motif.progress import Progress
from genotok.cli.report import count, percent
from genotok.cli.targets import Target, open_sink
from genotok.cli.tasks import Task
from genotok.cli.vq.opening import open_tokenizer, short_sequences_told
from genotok.export.formats import Format
from genotok.export.manifest import ManifestLine
from genotok.export.meta import canonical_json
from genotok.export.vq import VQTokenWriter, describe_vq_tokens
from genotok.io.sinks import atomic_write
from genotok.io.sources import iter_blocks
from genotok.processes import open_pool, results_of
from genotok.tokenizers.vq import VQTokenizer

_SUMS = ("documents", "bases", "tokens", "unknown", "dropped", "empty", "too_short", "all_unknown", "lower", "uracil")


@dataclass(frozen=True)
class Run:
    """Everything that a run is told; ``settings`` come before those of the ``model``, ``inputs`` are of all shards."""

    model: str
    settings: Mapping[str, Any]
    inputs: Sequence[Input]
    target: Target
    progress: Progress
    jobs: int = 1
    shard: Shard | None = None
    resume: bool = False

    @property
    def own_inputs(self) -> list[Input]:
        """The inputs of this shard."""
        return list(self.inputs) if self.shard is None else self.shard.take(self.inputs)


@dataclass
class EncodeReport:
    """What became of a run: sums over all inputs, and what is worth a note."""

    target: str
    tokenizer: str = ""
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMS, 0))
    letters: dict[str, int] = field(default_factory=dict)
    kept: int = 0

    def add(self, told: Mapping[str, Any]) -> None:
        """Count an input, too: what `VQReport.to_dict` returned."""
        for name in _SUMS:
            self.sums[name] += told[name]
        for letter, number in told["unknown_letters"].items():
            self.letters[letter] = self.letters.get(letter, 0) + number

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        told = {"target": self.target, "tokenizer": self.tokenizer, "kept": self.kept}
        return told | self.sums | {"unknown_letters": self.letters}

    def lines(self) -> Iterator[str]:
        """Yield it as text."""
        sums = self.sums
        if sums["documents"]:
            what = f"{count(sums['documents'], 'sequence')}, {count(sums['bases'], 'base')}"
            unknown = "" if not sums["unknown"] else f", {percent(sums['unknown'], sums['tokens'])} unknown"
            yield f"{what}, {count(sums['tokens'], 'token')}{unknown}"
        for name, words in (
            ("empty", "without bases"),
            ("too_short", "too short for a token"),
            ("all_unknown", "of unknown tokens alone"),
        ):
            if sums[name]:
                yield f"note: {count(sums[name], 'sequence')} {words}"
        if sums["dropped"]:
            yield f"note: {count(sums['dropped'], 'token')} with unknown bases left out"
        if self.letters:
            listed = ", ".join(f"{letter} {number:,}" for letter, number in sorted(self.letters.items()))
            yield f"note: unknown bases: {listed}"
        if sums["uracil"]:
            yield f"note: U was read as T, {sums['uracil']:,} times"
        if self.kept:
            yield f"{count(self.kept, 'input')} kept from an earlier run"
        yield f"{self.tokenizer}; written to {self.target}"


def encode_inputs(run: Run) -> EncodeReport:
    """Encode all inputs; the bytes written are the same for every number of jobs."""
    tokenizer = open_tokenizer(run.model, **run.settings)
    report = EncodeReport(run.target.label, f"{run.model} ({tokenizer.vocab_size:,} ids)")
    if run.target.kind == "folder":
        _fill_folder(run, tokenizer, report)
        return report
    with open_sink(run.target) as sink:
        writer = VQTokenWriter(sink, tokenizer, run.target.format)
        for each in run.own_inputs:
            report.add(_write_input(tokenizer, each, writer, run.progress))
        writer.close()
    return report


def _write_input(tokenizer: VQTokenizer, source: Input, writer: VQTokenWriter, progress: Progress) -> dict[str, Any]:
    """Write the records of one input; returns what was met."""
    bases = 0
    opened = open_stdin() if source.is_stdin else Path(source.path) if not source.is_url else _remote(source.path)
    with short_sequences_told():
        for names, codes in tokenizer.iter_codes(opened):
            writer.write(names, codes)
            bases += int(codes.lengths.sum(dtype="int64"))
            progress(source.document, bases, 0)
    return tokenizer.report.to_dict()


def _remote(url: str) -> BinaryIO:
    from genotok.io.remote import open_url  # late: an extra

    return open_url(url)


class _Job(NamedTuple):
    """One input for another process: how to open the tokenizer, and where its tokens go."""

    model: str
    settings: tuple[tuple[str, Any], ...]
    task: Task
    format: Format


class _Outcome(NamedTuple):
    """What came of it; nothing if the output of an earlier run still fits."""

    task: Task
    sha256: str
    told: dict[str, Any] | None


def _fill_folder(run: Run, tokenizer: VQTokenizer, report: EncodeReport) -> None:
    """Write a file for each input, and the manifest."""
    target = run.target
    assert target.path is not None, "only standard output has no path"
    described = canonical_json([target.format, describe_vq_tokens(tokenizer)])
    options = hashlib.sha256(described.encode()).hexdigest()
    folder = Folder(target.path, run.shard)
    tasks = folder.plan(run.own_inputs, target.format, options, resume=run.resume)
    settings = tuple(sorted(run.settings.items()))
    jobs = [_Job(run.model, settings, task, target.format) for task in tasks]
    done = 0
    with folder.open(resume=run.resume), _outcomes(jobs, run.jobs) as outcomes:
        try:
            for task, sha256, told in outcomes:
                done += 1
                run.progress("inputs", done, len(jobs))
                if told is None and task.done is not None:
                    folder.add(task.done)
                    report.kept += 1
                elif told is not None:
                    report.add(told)
                    output = task.output.relative_to(target.path).as_posix()
                    size, tokens = task.source.size, told["tokens"]
                    folder.add(ManifestLine(task.source.document, size, sha256, options, output, tokens, tokens))
        except BaseException as error:
            if done:
                error.add_note(f"{done:,} of {count(len(tasks), 'output')} whole, --resume goes on from there")
            raise
        folder.finish(run.inputs)


@contextmanager
def _outcomes(jobs: Sequence[_Job], workers: int) -> Iterator[Iterator[_Outcome]]:
    """Do all jobs, in order, here or in several processes."""
    if workers == 1 or len(jobs) < 2 or any(job.task.source.is_stdin for job in jobs):
        yield map(_perform, jobs)
        return
    with open_pool(min(workers, len(jobs))) as executor:
        yield results_of(executor, _perform, jobs, jobs=workers, in_order=True)


def _perform(job: _Job) -> _Outcome:
    """Write the tokens of one input into a file of its own."""
    task = job.task
    sha256 = _digest(task.source)
    if task.done is not None and task.output.is_file() and task.done.sha256 == sha256:
        return _Outcome(task, sha256, None)
    tokenizer = _opened(job.model, job.settings)
    with atomic_write(task.output) as sink:
        writer = VQTokenWriter(sink, tokenizer, job.format)
        told = _write_input(tokenizer, task.source, writer, lambda *_: None)
        writer.close()
    return _Outcome(task, sha256, told)


@lru_cache(maxsize=1)  # a process opens its tokenizer once
def _opened(model: str, settings: tuple[tuple[str, Any], ...]) -> VQTokenizer:
    return open_tokenizer(model, **dict(settings))


def _digest(source: Input) -> str:
    """Return the SHA-256 of an input's stored bytes."""
    if source.is_stdin:
        return ""
    sha = hashlib.sha256()
    for block in iter_blocks(source.path):
        sha.update(block)
    return sha.hexdigest()
