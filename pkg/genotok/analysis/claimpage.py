"""The claims page: what was claimed, what came out and what follows, as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from genotok.analysis.claims import Finding, Verdict, as_number, count_verdicts

_MARKS: Mapping[Verdict, str] = {"reproduced": "reproduced", "refuted": "**refuted**", "not checkable": "not checkable"}
MOTIF_HEAD = """# The paper's claims, checked

{made}

Each claim of *Motif-aware Tokenization of the Genome* (Davarmanesh et al.) that a figure can decide, beside the
figure that was measured. The verdict follows from the figure by a rule that stands below. A count must be equal, and
a rounded number come out when rounded as printed; of a whole genome's count a part may differ by a twentieth, what is
"about" so by a tenth; where the paper names no number, the rule does. *Refuted* means: not so on the corpus that is
named, by the rule that is named. *Not checkable* means that a figure is missing, because its data could not be had or
were not given.

{summary}
"""
MOTIF_NOTE = "What shows each figure; run in the folder of `--work`, which keeps the corpus and what was learnt of it."


def claims_page(
    findings: Sequence[Finding],
    *,
    made: str,
    head: str = MOTIF_HEAD,
    place: str = "Section ",
    note: str = MOTIF_NOTE,
    tail: str = "",
) -> str:
    """Write the page; ``made`` tells how, when and of what.

    ``head`` has places for ``made`` and ``summary``; ``place`` stands before where a claim is made, ``note`` before the
    commands, ``tail`` behind them.
    """
    counted = count_verdicts(findings)
    summary = ", ".join(f"{number} {verdict}" for verdict, number in counted.items())
    lines = [
        head.format(made=made, summary=f"**{len(findings)} claims: {summary}.**"),
        "| | claim | paper | here | verdict |",
        "| --- | --- | --- | --- | --- |",
        *(_row(number, each) for number, each in enumerate(findings, start=1)),
        "",
        "## How each was checked",
        "",
    ]
    for number, each in enumerate(findings, start=1):
        lines += [*_entry(number, each, place), ""]
    lines += [
        "## Commands",
        "",
        note,
        "",
    ]
    lines += _commands(findings)
    return "\n".join([*lines, *([""] * bool(tail)), *tail.splitlines()]) + "\n"


def _row(number: int, found: Finding) -> str:
    claim = found.claim
    here = ", ".join(as_number(each.value) for each in found.figures.values()) or "-"
    return f"| {number} | {_cell(claim.says)} | {_cell(claim.states) or '-'} | {here} | {_MARKS[found.verdict]} |"


def _entry(number: int, found: Finding, place: str) -> Iterator[str]:
    claim = found.claim
    yield f"**{number}. {claim.says}** {place}{claim.where}; {found.verdict}."
    yield ""
    for rule in claim.rules:
        yield f"- `{rule.names[0]}` {rule}"
    values = (_value(name, found) for name in claim.names if name in found.figures)
    missing = [name for name in claim.names if name not in found.figures]
    if found.figures:
        corpora = dict.fromkeys(each.corpus for each in found.figures.values())
        yield f"- measured: {', '.join(values)} ({'; '.join(corpora)})"
    if missing:
        yield f"- missing: {', '.join(missing)}; needs {claim.needs}"
    if claim.note:
        yield f"- {claim.note}"


def _value(name: str, found: Finding) -> str:
    figure = found.figures[name]
    return f"{name} {as_number(figure.value)}" + f" ({figure.spread})" * bool(figure.spread)


def _commands(findings: Sequence[Finding]) -> Iterator[str]:
    shown: dict[str, dict[str, None]] = {}
    for each in findings:
        for name, figure in each.figures.items():
            shown.setdefault(figure.command, {})[name] = None
    for command, names in shown.items():
        yield f"- `{command}`: {', '.join(f'`{name}`' for name in names)}"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
