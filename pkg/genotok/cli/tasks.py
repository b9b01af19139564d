"""The work on one input, in this process or another: read it, write its output or its part of one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from genotok.cli.document import Advance, DocumentReport, tokenize_document
from genotok.cli.inputs import Input
from genotok.cli.settings import Settings
from genotok.errors import MissingExtraError
from genotok.export.manifest import ManifestLine
from genotok.export.writers import open_writer
from genotok.io.sinks import atomic_write
from genotok.io.sources import iter_blocks
from genotok.tokenizers.interval import IntervalTokenizer


@dataclass(frozen=True)
class Task:
    """Tokenize one input into a file of its own; not again if ``done``, an earlier run's account, still fits."""

    source: Input
    output: Path
    done: ManifestLine | None = None


@dataclass(frozen=True)
class Outcome:
    """How a task ended: with a report, kept from an earlier run, or with the error that stopped it."""

    task: Task
    report: DocumentReport | None = None
    kept: bool = False
    error: Exception | None = None


Perform = Callable[[Task], Outcome]


def perform(
    task: Task, tokenizer: IntervalTokenizer, settings: Settings, advance: Advance, *, keep_going: bool
) -> Outcome:
    """Do one task; with ``keep_going`` an error becomes part of the outcome."""
    try:
        if task.done is not None and _still_fits(task, task.done, advance):
            return Outcome(task, kept=True)
        with atomic_write(task.output) as sink:
            writer = open_writer(
                settings.format, sink, tokenizer, rows=settings.rows, options=settings.describe(tokenizer)
            )
            report = tokenize_document(task.source, tokenizer, settings, writer, advance)
            writer.close()
    except MissingExtraError:
        raise  # the same for every input, and cured by a command
    except (ValueError, OSError, MemoryError) as error:
        if not keep_going:
            raise
        return Outcome(task, error=error)
    return Outcome(task, report)


def _still_fits(task: Task, done: ManifestLine, advance: Advance) -> bool:
    """Tell whether the output is there and the input has not changed since."""
    if task.source.is_stdin or not task.output.is_file() or task.source.ask_size() not in (done.size, None):
        return False
    digest = hashlib.sha256()
    for raw in iter_blocks(task.source.place):
        digest.update(raw)
        advance(len(raw), 0)
    return digest.hexdigest() == done.sha256
