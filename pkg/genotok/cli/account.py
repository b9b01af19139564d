"""The account of a run: what became of every input, and the exit code that follows."""

from dataclasses import dataclass, field
from typing import Any

from genotok.cli.codes import DONE, SKIPPED
from genotok.cli.document import DocumentReport
from genotok.cli.inputs import Input
from genotok.export.manifest import ManifestLine
from genotok.export.report import count_bad_rows, describe_run
from genotok.tokenizers.interval import IntervalTokenizer


@dataclass
class Account:
    """Gathers the outcomes of one run in the order of the inputs; ``options`` are those that shape the output."""

    tokenizer: IntervalTokenizer
    universe: str
    options: dict[str, Any]
    warnings: list[str]
    done: list[DocumentReport] = field(default_factory=list)
    kept: list[ManifestLine] = field(default_factory=list)
    failed: list[tuple[Input, str]] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        """Rows of inputs and universe that were left out because they broke the rules."""
        skipped = [report.load.skipped for report in self.done] + [line.skipped for line in self.kept]
        return count_bad_rows(self.tokenizer.universe.report.skipped, *skipped)

    @property
    def regions(self) -> int:
        """Query regions of all inputs."""
        return sum(each.encode.regions for each in self.done) + sum(each.regions for each in self.kept)

    @property
    def tokens(self) -> int:
        """Tokens of all inputs."""
        return sum(each.encode.tokens for each in self.done) + sum(each.tokens for each in self.kept)

    def exit_code(self, *, strict: bool) -> int:
        """Return 3 if an input failed, or with ``strict`` a row was skipped, else 0."""
        return SKIPPED if self.failed or (strict and self.bad_rows) else DONE

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; nothing in it depends on the clock or the number of jobs."""
        return describe_run(
            self.tokenizer,
            universe=self.universe,
            options=self.options,
            warnings=self.warnings,
            documents=[report.to_dict() for report in self.done],
            kept=self.kept,
            failed=[{"input": source.path, "error": error} for source, error in self.failed],
        )
