"""The card of a learned tokenizer as a page to read: Markdown of the same facts that `card.json` holds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_TABLES = (  # key of a list of rows, its heading, what is said above it
    ("corpus", "Corpus", "Bases of each file, those known, those held out of training, and how much each base weighs."),
    ("usage", "Codes in use", "On the part of the corpus that was trained on, weights included."),
    ("accuracy", "Bases that come back", "Share of the bases that decoding the codes gives back, and the bits used."),
    ("probe", "Probe", "A linear model on counts of codes, Matthews correlation x 100."),
)
_LISTS = (("limits", "Limits"), ("notes", "Notes"))


def render_card(card: Mapping[str, Any]) -> str:
    r"""Render a card as Markdown; what the card does not tell is left out.

    >>> print(render_card({"name": "tiny", "seed": 0, "usage": [{"level": 1, "codes": 4096, "used": 4096}]}))
    # tiny
    <BLANKLINE>
    | | |
    |---|---|
    | seed | 0 |
    <BLANKLINE>
    ## Codes in use
    On the part of the corpus that was trained on, weights included.
    <BLANKLINE>
    | level | codes | used |
    |---|---|---|
    | 1 | 4,096 | 4,096 |
    <BLANKLINE>
    """
    return "\n".join(_lines(card)) + "\n"


def _lines(card: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {_cell(card.get('name', 'a learned tokenizer'))}"
    if summary := card.get("summary"):
        yield from ("", str(summary))
    facts = [(key.replace("_", " "), value) for key, value in _facts(card)]
    if facts:
        yield from ("", "| | |", "|---|---|", *(f"| {key} | {_cell(value)} |" for key, value in facts))
    for key, heading, words in _TABLES:
        if rows := card.get(key):
            yield from ("", f"## {heading}", words, "", *_table(rows))
    for key, heading in _LISTS:
        if items := card.get(key):
            yield from ("", f"## {heading}", *(f"- {each}" for each in items))
    if command := card.get("command"):
        yield from ("", "## Made by", "```", str(command), "```")
    if licence := card.get("licence"):
        yield from ("", "## Licence", str(licence))


def _facts(card: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is one line each: of the tokens, the run, and the versions."""
    yield from card.get("tokens", {}).items()
    for key in ("seed", "parameters", "steps", "wall_time_s", "machine"):
        if card.get(key) is not None:
            yield key, card[key]
    if versions := card.get("versions"):
        yield "versions", ", ".join(f"{name} {version}" for name, version in versions.items())


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield f"| {' | '.join(name.replace('_', ' ') for name in names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(name)) for name in names)} |"


def _cell(value: Any) -> str:
    """Write a value as it stands in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) >= 1 else f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(each) for each in value)
    return " ".join(str(value).split()).replace("|", "\\|")
