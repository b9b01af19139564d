"""The account of a run in words: a glance tells whether all is well, and each trouble names its lines and its cure."""

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from genotok.cli.account import Account
from genotok.cli.codes import is_terminal
from genotok.cli.document import DocumentReport
from genotok.export.report import BAD_ROWS, render_run
from genotok.io.sinks import atomic_write
from genotok.values.chroms import propose_renames
from genotok.values.reports import EXAMPLES, LoadReport

Form = Literal["text", "json", "none"]

_NAMES = 5  # chromosomes named before "and 12 more"
_CLEAN = 12  # inputs without trouble listed one by one
_TROUBLED = 40  # inputs with trouble listed one by one


def write_report(account: Account, *, form: Form, file: Path | None, quiet: bool, target: str) -> None:
    """Write the account to a file, or to stderr unless quiet; failed inputs are named there in any case."""
    for _, error in account.failed:
        say(click.style(f"error: {error}", fg="red"))
    if form == "none" or (quiet and file is None):
        return
    lines = [render_run(account.to_dict())] if form == "json" else render_account(account, target)
    text = "\n".join(lines)
    if file is None:
        say(text)
    else:
        with atomic_write(file) as sink:
            sink.write(f"{click.unstyle(text)}\n".encode())


def say(text: str) -> None:
    """Print to stderr; without colours if that is no terminal or NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR")) or not is_terminal(sys.stderr)
    click.echo(click.unstyle(text) if plain else text, err=True)


def render_account(account: Account, target: str) -> Iterator[str]:
    """Yield the lines of the text report."""
    yield from (click.style(f"warning: {text}", fg="yellow") for text in account.warnings)
    known = account.tokenizer.universe.chrom_names
    details = {report.document: list(render_details(report, known)) for report in account.done}
    if len(account.done) == 1 and not account.kept:
        report = account.done[0]
        yield f"{click.style(_printable(report.path), bold=True)}: {_counts(report)}"
        yield from details[report.document]
    elif account.done:
        yield from _render_table(account.done, details)
    yield from _render_end(account, target)


def _printable(name: str) -> str:
    r"""Return a file's name with what would break the line, as \n, spelled out."""
    return name if name.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in name)


def _counts(report: DocumentReport) -> str:
    encode = report.encode
    share = percent(encode.regions_hit, encode.regions)
    return f"{count(encode.regions, 'region')}, {encode.regions_hit:,} hit ({share}), {count(encode.tokens, 'token')}"


def _render_table(reports: Sequence[DocumentReport], details: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a line an input; of many, only those with something to tell."""
    shown = reports
    if len(reports) > _CLEAN:
        shown = [report for report in reports if details[report.document]][:_TROUBLED]
    if shown:
        yield click.style(f"{'regions':>12} {'hit':>12} {'%':>6} {'tokens':>12}  input", dim=True)
    for report in shown:
        encode = report.encode
        share = percent(encode.regions_hit, encode.regions).removesuffix(" %")
        numbers = f"{encode.regions:>12,} {encode.regions_hit:>12,} {share:>6} {encode.tokens:>12,}"
        yield f"{numbers}  {click.style(_printable(report.document), bold=True)}"
        yield from (f"    {line}" for line in details[report.document])
    troubled = sum(1 for report in reports if details[report.document])
    hidden = len(reports) - len(shown)
    if hidden:
        rest = ", all clean" if troubled <= len(shown) else "; --report json has all"
        yield f"  and {count(hidden, 'more input')}{rest}"


def _render_end(account: Account, target: str) -> Iterator[str]:
    universe = account.tokenizer.universe
    inputs = len(account.done) + len(account.kept) + len(account.failed)
    if inputs != 1 or account.kept:
        parts = [f"{count(inputs, 'input')}: {count(account.regions, 'region')}, {count(account.tokens, 'token')}"]
        if account.kept:
            parts.append(f"{len(account.kept):,} kept from an earlier run")
        if account.failed:
            parts.append(click.style(f"{len(account.failed):,} failed", fg="red"))
        yield "; ".join(parts)
    facts = [count(len(universe), "region"), f"sha256 {universe.digest[:12]}", *universe.report.notes]
    yield click.style(f"universe {account.universe}: {', '.join(facts)}", dim=True)
    yield click.style(f"written to {target}", dim=True)


def render_details(report: DocumentReport, known: Collection[str]) -> Iterator[str]:
    """Yield what is worth knowing of one input beyond its counts; nothing if all is plain."""
    if report.cells is not None:
        yield _detail("cells", _describe_cells(report.cells))
        if report.cells["unlisted"] and not report.encode.regions:
            yield _detail("cure", "no line is of a barcode in the list; are they spelled alike, as AAAC-1?", alarm=True)
    if report.load.skipped:
        bad = any(reason in report.load.skipped for reason in BAD_ROWS)
        yield _detail("skipped", describe_skipped(report.load), alarm=bad)
    if report.load.zero_length:
        yield _detail("empty", f"{count(report.load.zero_length, 'region')} of length 0")
    if report.renamed:
        yield _detail("renamed", _listed([f"{old} -> {new}" for old, new in report.renamed.items()]))
    unknown = report.encode.unknown_chroms
    if unknown:
        rows = sum(unknown.values())
        names = _listed([f"{name or '(none)'} ({number:,})" for name, number in _most(unknown)])
        text = f"{count(rows, 'region')} on {count(len(unknown), 'chromosome')} that the universe lacks: {names}"
        yield _detail("unknown", text, alarm=rows * 20 >= report.encode.regions)
        proposals = propose_renames(tuple(unknown), known)
        if proposals:
            renames = _listed([f"{old} as {new}" for old, new in proposals.items()])
            yield _detail("cure", f"--rename-chroms auto reads {renames}", alarm=True)
    if report.encode.regions and not report.encode.regions_hit and not unknown:
        yield _detail("no hit", "the chromosomes are known, but nothing overlaps; is it the same assembly?", alarm=True)
    for note in report.load.notes:
        yield _detail("note", note)


def _describe_cells(cells: Mapping[str, int]) -> str:
    """Render how many cells there are, and who was left out."""
    parts = [count(cells["cells"], "cell")]
    if cells["unlisted"]:
        parts.append(f"{count(cells['unlisted'], 'line')} of other barcodes left out")
    if cells["sparse"]:
        lines = count(cells["sparse_lines"], "line")
        parts.append(f"{count(cells['sparse'], 'cell')} with too few fragments ({lines}) left out")
    return "; ".join(parts)


def describe_skipped(load: LoadReport) -> str:
    """Render what was skipped, by reason, with the first lines of each."""
    parts = []
    for reason, number in load.skipped.items():
        lines = load.examples.get(reason, [])
        places = ", ".join(map(str, lines)) + (", .." if number > len(lines) or number > EXAMPLES else "")
        parts.append(f"{number:,} {reason} (line{'s' * (number > 1)} {places})")
    return f"{sum(load.skipped.values()):,} of {count(load.lines, 'line')}: {', '.join(parts)}"


def _detail(word: str, text: str, *, alarm: bool = False) -> str:
    return click.style(f"  {word:<8} {text}", fg="yellow" if alarm else None)


def _most(unknown: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(unknown.items(), key=lambda item: -item[1])


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _NAMES
    return ", ".join(items[:_NAMES]) + (f", and {more:,} more" if more > 0 else "")


def count(number: int, noun: str) -> str:
    """Render a number and its noun: ``1 region``, ``2,000 regions``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def percent(part: int, whole: int) -> str:
    """Render a share: ``23.0 %``; a dash where there is nothing to share."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
