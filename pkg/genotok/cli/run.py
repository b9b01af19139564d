"""One run of ``genotok tokenize``: the tasks, who does them, and where their output goes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from genotok.cli.account import Account
from genotok.cli.app import describe_error
from genotok.cli.document import Advance, tokenize_document
from genotok.cli.folder import Folder
from genotok.cli.inputs import Input, Shard
from genotok.cli.interrupts import interrupts_at_pieces
from genotok.cli.report import count
from genotok.cli.settings import Settings
from genotok.cli.spreading import processes_for
from genotok.cli.targets import Target, open_sink
from genotok.cli.tasks import Outcome, Task, perform
from genotok.export.manifest import ManifestLine, options_digest
from genotok.export.tokens import read_tokens
from genotok.export.tsv import HEADER
from genotok.export.writers import BINARY, TokenWriter, open_writer
from genotok.tokenizers.interval import IntervalTokenizer


@dataclass(frozen=True)
class Run:
    """Everything that a run is told; ``inputs`` are those of all shards.

    ``jobs`` is how many processes there may be. ``cluster`` is the address of a Dask scheduler that does the work, its
    file, or ``local``; then ``jobs`` counts the workers of a local one. ``say`` gets words for people who wait.
    """

    inputs: Sequence[Input]
    target: Target
    settings: Settings
    jobs: int = 1
    shard: Shard | None = None
    resume: bool = False
    keep_going: bool = False
    cluster: str | None = None
    say: Callable[[str], None] = lambda _: None

    @property
    def own_inputs(self) -> list[Input]:
        """The inputs of this shard."""
        return list(self.inputs) if self.shard is None else self.shard.take(self.inputs)


def tokenize_inputs(run: Run, tokenizer: IntervalTokenizer, account: Account, advance: Advance) -> None:
    """Tokenize all inputs; the bytes written are the same for every number of jobs."""
    if run.target.kind == "folder":
        _fill_folder(run, tokenizer, account, advance)
    elif run.keep_going or run.cluster is not None or _processes(run, run.own_inputs) > 1:
        _join_parts(run, tokenizer, account, advance)
    else:
        _stream(run, tokenizer, account, advance)


def _stream(run: Run, tokenizer: IntervalTokenizer, account: Account, advance: Advance) -> None:
    """Write one document after the other straight into the output."""
    with open_sink(run.target) as sink:
        writer = _open_writer(run, sink, tokenizer)
        for each in run.own_inputs:
            account.done.append(tokenize_document(each, tokenizer, run.settings, writer, advance))
        writer.close()


def _join_parts(run: Run, tokenizer: IntervalTokenizer, account: Account, advance: Advance) -> None:
    """Write each document into a file of its own, and the whole ones, in order, into the output."""
    beside = run.target.path.parent if run.target.kind == "file" and run.target.path is not None else None
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
    lax = run.cluster is not None  # a worker far away may still write when the run is over
    with (
        TemporaryDirectory(dir=beside, prefix=".genotok.", ignore_cleanup_errors=lax) as parts,
        open_sink(run.target) as sink,
        interrupts_at_pieces(advance) as advance,  # the same, but it looks for Ctrl-C
    ):
        writer = _open_writer(run, sink, tokenizer)
        tasks = [
            Task(each, Path(parts, f"{number}.{run.settings.format}")) for number, each in enumerate(run.own_inputs)
        ]
        with _outcomes(run, tasks, Path(parts), tokenizer, advance, in_order=True) as outcomes:
            for outcome in outcomes:
                if _record(account, outcome):
                    _append(outcome.task, sink, writer, run.settings)
                outcome.task.output.unlink(missing_ok=True)
        writer.close()


def _append(task: Task, sink: BinaryIO, writer: TokenWriter, settings: Settings) -> None:
    if settings.format in BINARY:
        for document in read_tokens(task.output):
            writer.begin(task.source.document if settings.kind == "bed" else document.name)
            writer.write(None, document.rows)
            writer.end()
        return
    with task.output.open("rb") as part:
        part.seek(len(HEADER) if settings.format == "tsv" else 0)
        shutil.copyfileobj(part, sink, 2**20)


def _fill_folder(run: Run, tokenizer: IntervalTokenizer, account: Account, advance: Advance) -> None:
    """Write a file for each input, and a line in the manifest as soon as it is whole."""
    assert run.target.path is not None, "a folder has a path"
    options = options_digest(run.settings.format, tokenizer, run.settings.describe(tokenizer))
    folder = Folder(run.target.path, run.shard)
    tasks = folder.plan(run.own_inputs, run.settings.format, options, resume=run.resume)
    with (
        folder.open(resume=run.resume, sweep_after=run.cluster is not None),
        _tell_how_far(account, len(tasks)),
        interrupts_at_pieces(advance) as advance,  # the same, but it looks for Ctrl-C
        _outcomes(run, tasks, folder.journal, tokenizer, advance, in_order=False) as outcomes,
    ):
        for outcome in outcomes:
            if outcome.kept and outcome.task.done is not None:
                account.kept.append(outcome.task.done)
                folder.add(outcome.task.done)
            elif _record(account, outcome):
                folder.add(_manifest_line(outcome, options, folder.path))
        folder.finish(run.inputs)
    _sort(account, run.own_inputs)


@contextmanager
def _tell_how_far(account: Account, total: int) -> Iterator[None]:
    """Add to an error, or an interruption, that the work done so far is not lost."""
    try:
        yield
    except BaseException as error:
        whole = len(account.done) + len(account.kept)
        if whole:
            error.add_note(f"{whole:,} of {count(total, 'output')} whole, --resume goes on from there")
        raise


def _manifest_line(outcome: Outcome, options: str, folder: Path) -> ManifestLine:
    report = outcome.report
    assert report is not None, "only whole outputs are recorded"
    return ManifestLine(
        input=report.document,
        size=report.load.bytes,
        sha256=report.sha256,
        options=options,
        output=outcome.task.output.relative_to(folder).as_posix(),
        regions=report.encode.regions,
        tokens=report.encode.tokens,
        skipped=dict(report.load.skipped),
        renamed=report.renamed,
    )


def _sort(account: Account, inputs: Sequence[Input]) -> None:
    """Put the account in the order of the inputs, whichever worker was first."""
    places = {each.document: place for place, each in enumerate(inputs)}
    account.done.sort(key=lambda report: places[report.document])
    account.kept.sort(key=lambda line: places[line.input])
    account.failed.sort(key=lambda failure: places[failure[0].document])


def _record(account: Account, outcome: Outcome) -> bool:
    """Note a report or an error; tell whether there is an output."""
    if outcome.report is not None:
        account.done.append(outcome.report)
        return True
    assert outcome.error is not None, "an outcome is a report or an error"
    account.failed.append((outcome.task.source, describe_error(outcome.error)))
    return False


@contextmanager
def _outcomes(
    run: Run, tasks: Sequence[Task], witness: Path, tokenizer: IntervalTokenizer, advance: Advance, *, in_order: bool
) -> Iterator[Iterator[Outcome]]:
    """Yield the outcomes of tasks done here, or by workers; standard input can be read here only.

    ``witness`` is a file or folder of this run beside its outputs.
    """
    if run.cluster is not None and tasks:
        from genotok.cli.cluster import Cluster, perform_on_cluster  # here, because it loads Dask

        cluster = Cluster(run.cluster, min(run.jobs, len(tasks)), witness, run.say)
        options: dict[str, Any] = {"keep_going": run.keep_going, "in_order": in_order, "advance": advance}
        with perform_on_cluster(tasks, run.settings, tokenizer, cluster, **options) as outcomes:
            yield outcomes
    elif (jobs := _processes(run, [task.source for task in tasks])) > 1:
        from genotok.cli.workers import perform_in_workers  # here, because most runs start no process

        with perform_in_workers(
            tasks, run.settings, jobs=jobs, keep_going=run.keep_going, in_order=in_order, advance=advance
        ) as outcomes:
            yield outcomes
    else:
        yield (perform(task, tokenizer, run.settings, advance, keep_going=run.keep_going) for task in tasks)


def _processes(run: Run, inputs: Sequence[Input]) -> int:
    return processes_for(inputs, run.jobs, run.settings.universe)


def _open_writer(run: Run, sink: BinaryIO, tokenizer: IntervalTokenizer) -> TokenWriter:
    settings = run.settings
    return open_writer(settings.format, sink, tokenizer, rows=settings.rows, options=settings.describe(tokenizer))
