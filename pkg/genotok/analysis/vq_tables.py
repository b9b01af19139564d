"""The tables of the evaluation in words: for a terminal, and as a page of Markdown with the paper's numbers beside."""

import math
from collections.abc import Iterator, Sequence

from genotok.analysis.tables import text_table
from genotok.analysis.vq_comparison import Difference, Interval
from genotok.analysis.vq_evaluation import EvaluationTable, TableRow
from genotok.analysis.vq_sensitivity import LENGTH, WINDOWS, Sensitivity

RIVALS = ("kmer6", "kmer7-merged", "bpe", "kmer6-step6")  # that differences are told against

_PAPER = {"tf_": 70.56, "mouse_": 69.80, "prom_core": 73.37, "prom_300": 86.58, "emp_": 57.95, "splice": 89.53}
_PAPER_NOTE = (
    "The last line is the paper's own, for what it is worth beside the others: VQDNA with HRQ, 103 M parameters, "
    "pretrained on 262 G tokens and fine-tuned, and for each set the mean that the paper states for all sets of its "
    "task. Neither the model nor its data can be had, so that number can't be checked here; no probe of a bag of "
    "tokens is expected to reach it."
)
_MERITS = {"mcc": "MCC x 100", "macro_f1": "macro F1 x 100"}
_SENSITIVITY = f"What one base does to the tokens of {LENGTH} bp: means of {WINDOWS} windows"
_HEAD = ("tokenizer", "tokens/base", "codes", "used", "bits/token", "bits/base", "Mb/s")


def told_interval(interval: Interval) -> str:
    """Write a score times 100 with its interval.

    >>> told_interval(Interval(0.5561, 0.5412, 0.57))
    '55.6 (54.1 to 57.0)'
    """
    return f"{100 * interval.mean:.1f} ({100 * interval.low:.1f} to {100 * interval.high:.1f})"


def told_difference(gap: Difference) -> str:
    """Write who is ahead by how much; an interval that holds 0 is no difference.

    >>> told_difference(Difference(0.0521, 0.03, 0.07, "vq", "bpe"))
    'vq - bpe: +5.2 (+3.0 to +7.0), ahead'
    """
    mean, low, high = (f"{100 * each:+.1f}" for each in (gap.mean, gap.low, gap.high))
    return f"{gap.one} - {gap.other}: {mean} ({low} to {high}), {gap.verdict}"


def table_cells(table: EvaluationTable) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return titles and rows of cells; those that hold scores are times 100."""
    titles = (*_HEAD, *(each.name for each in table.tasks), "mean (95 %)", *(("once",) if table.once else ()))
    if _is_of_networks(table):
        titles = (*titles, "parameters of the embedding, and all others")
    return titles, [tuple(_cells(table, row)) for row in table.rows]


def _cells(table: EvaluationTable, row: TableRow) -> Iterator[str]:
    rates = row.rates
    yield row.name
    yield f"{rates.tokens_per_base:.2f}"
    yield f"{rates.vocabulary:,}"
    yield f"{rates.codes_used:,}"
    yield "-" if rates.used_bits is None else f"{rates.used_bits:.2f} of {rates.nominal_bits:.2f}"
    yield "-" if rates.bits_per_base is None else f"{rates.bits_per_base:.2f}"
    yield "-" if math.isnan(row.speed) else f"{row.speed:.3g}"
    for each in table.tasks:
        yield f"{100 * table.seeded.of_set(row.name, each.name).mean:.1f}"
    yield told_interval(table.seeded.overall(row.name))
    if table.once is not None:
        yield f"{100 * table.once.overall(row.name).mean:.1f}"
    if _is_of_networks(table):
        yield f"{row.parameters['embedding']:,} + {row.parameters['rest']:,}"


def _is_of_networks(table: EvaluationTable) -> bool:
    return all(row.parameters for row in table.rows)


def describe_table(table: EvaluationTable) -> str:
    """Say in a sentence what a table shows."""
    rows = "all train rows" if table.most is None else f"at most {table.most:,} train rows"
    trained = "; learnt from dev, as there are no train rows" if table.tasks[0].is_dev_trained else ""
    sets = f"{len(table.tasks)} set{'s' * (len(table.tasks) != 1)}"
    return f"{table.title}: {_MERITS[table.merit]} by {table.judge}, {sets}, {rows}, {len(table.seeds)} seeds{trained}"


def told_differences(table: EvaluationTable, rivals: Sequence[str] = RIVALS) -> list[str]:
    """Tell each learned tokenizer, or each at all if none is, against each rival that was compared."""
    there = [each for each in rivals if each in table.names]
    learned = [each.name for each in table.rows if each.learned]
    others = [each for each in learned or table.names if each not in there]
    return [told_difference(table.seeded.difference(one, other)) for one in others for other in there]


def sensitivity_cells(answers: Sequence[Sensitivity]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return titles and rows of cells: what a substitution changes, and what a shift by one base keeps."""
    titles = ("tokens", "in a window", "changed by a substitution", "% of them", "% kept by a shift of 1 bp")
    rows: list[tuple[str, ...]] = [
        (
            each.name,
            f"{each.tokens:.1f}",
            f"{each.changed:.2f}",
            f"{100 * each.changed_share:.2f}",
            f"{100 * each.kept:.1f}",
        )
        for each in answers
    ]
    return titles, rows


def evaluation_text(
    tables: Sequence[EvaluationTable], answers: Sequence[Sensitivity] = (), rivals: Sequence[str] = RIVALS
) -> str:
    """Return the tables for a terminal, that of sensitivity behind them if it was measured."""
    parts = []
    for each in tables:
        titles, rows = table_cells(each)
        parts += [describe_table(each), "", text_table(titles, rows, texts=1), "", *told_differences(each, rivals), ""]
    if answers:
        parts += [_SENSITIVITY, "", text_table(*sensitivity_cells(answers), texts=1), ""]
    return "\n".join(parts)


def evaluation_page(
    tables: Sequence[EvaluationTable],
    answers: Sequence[Sensitivity] = (),
    *,
    made: str,
    rivals: Sequence[str] = RIVALS,
) -> str:
    """Return the tables as Markdown; ``made`` tells how, when and where."""
    lines = ["# Tokenizers, compared", "", made, ""]
    for each in tables:
        titles, rows = table_cells(each)
        paper = _paper_cells(each, len(titles))
        lines += [f"## {describe_table(each)}", "", *_markdown(titles, [*rows, *([paper] if paper else [])])]
        lines += ["", _note(each), ""]
        lines += [_PAPER_NOTE, ""] if paper else []
        told = told_differences(each, rivals)
        lines += ["Differences over all sets, paired by seed and test row:", ""] if told else []
        lines += [*(f"- {words}" for words in told), ""]
    if answers:
        lines += [f"## {_SENSITIVITY}", "", *_markdown(*sensitivity_cells(answers)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' + ' ---: |' * (len(titles) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _note(table: EvaluationTable) -> str:
    words = (
        "Scores are means over seeds that resample the train rows with replacement; the interval holds 95 % of the "
        "means of 1,000 replicates that draw test rows and seeds anew. "
    )
    if table.once is not None:
        words += "`once` is the mean of a single fit on the train rows as they are. "
    if _is_of_networks(table):
        words += "A seed decides the first weights of the network too, and dev its epoch. "
    left_out = sum(each.left_out for each in table.tasks)
    words += f"{left_out} rows that also occur among the train rows were left out. " * bool(left_out)
    return (
        words
        + "Codes used and bits are those of all rows; speed is that of this machine, of byte pairs on all its cores."
    )


def _paper_cells(table: EvaluationTable, width: int) -> tuple[str, ...] | None:
    """Return what the paper states for the tasks of the sets; None if it states nothing, or dev was learnt from."""
    if table.tasks[0].is_dev_trained:  # with fewer rows than the paper's, so no figure of it stands beside them
        return None
    stated = [
        next((f"{value:.1f}" for start, value in _PAPER.items() if each.name.startswith(start)), "-")
        for each in table.tasks
    ]
    if all(each == "-" for each in stated):
        return None
    before = ("VQDNA, as published", "-", "1,024 and 2,048", *(["-"] * (len(_HEAD) - 3)))
    cells = (*before, *stated)
    return (*cells, *(["-"] * (width - len(cells))))
