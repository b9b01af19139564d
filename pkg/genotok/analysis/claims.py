"""Claims of a paper held against measured figures: rules that are written down decide, and nothing else does."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from genotok.errors import ConfigError

Verdict: TypeAlias = Literal["reproduced", "refuted", "not checkable"]
VERDICTS: tuple[Verdict, ...] = ("reproduced", "refuted", "not checkable")


@dataclass(frozen=True)
class Figure:
    """A measured number: of which corpus, and the command that shows it; ``spread`` tells in words how sure it is."""

    value: float
    corpus: str
    command: str
    spread: str = ""


Figures: TypeAlias = Mapping[str, Figure]


@dataclass(frozen=True)
class Near:
    """A figure lies within ``ease`` of a value.

    >>> str(Near("mean", 15, 0.5)), Near("mean", 15, 0.5).holds({"mean": 14.8})
    ('must be within 0.5 of 15', True)
    """

    figure: str
    value: float
    ease: float

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that it looks at."""
        return (self.figure,)

    def holds(self, values: Mapping[str, float]) -> bool:
        """Tell whether it is so."""
        return abs(values[self.figure] - self.value) <= self.ease

    def __str__(self) -> str:
        return f"must be {f'within {as_number(self.ease)} of ' * bool(self.ease)}{as_number(self.value)}"


@dataclass(frozen=True)
class Between:
    """A figure is at least and at most so large; None is no bound."""

    figure: str
    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        if self.least is None and self.most is None:
            raise ConfigError(f"a rule on {self.figure} without a bound", hint="give least, most, or both")

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that it looks at."""
        return (self.figure,)

    def holds(self, values: Mapping[str, float]) -> bool:
        """Tell whether it is so."""
        low = -math.inf if self.least is None else self.least
        high = math.inf if self.most is None else self.most
        return low <= values[self.figure] <= high

    def __str__(self) -> str:
        bounds = [("at least", self.least), ("at most", self.most)]
        return "must be " + " and ".join(f"{word} {as_number(bound)}" for word, bound in bounds if bound is not None)


@dataclass(frozen=True)
class Above:
    """A figure exceeds each of some others by more than a margin.

    With ``below`` it undercuts them instead, as a correlation that is nearer to -1.
    """

    figure: str
    others: tuple[str, ...]
    margin: float = 0.0
    below: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that it looks at."""
        return (self.figure, *self.others)

    def holds(self, values: Mapping[str, float]) -> bool:
        """Tell whether it is so."""
        sign = -1 if self.below else 1
        return all(sign * (values[self.figure] - values[other]) > self.margin for other in self.others)

    def __str__(self) -> str:
        word = "below" if self.below else "above"
        margin = f" by more than {as_number(self.margin)}" if self.margin else ""
        return f"must be {word} {', '.join(self.others)}{margin}"


Rule: TypeAlias = Near | Between | Above


@dataclass(frozen=True)
class Claim:
    """What a paper says, ``where``, the number it ``states``, and the ``rules`` that must all hold.

    ``needs`` tells what is missing where a figure is; ``note`` what a reader should know besides.
    """

    key: str
    where: str
    says: str
    states: str
    rules: tuple[Rule, ...]
    needs: str
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that the rules look at, each once."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.names))


@dataclass(frozen=True)
class Finding:
    """A claim, the figures that were there for it, and what follows."""

    claim: Claim
    figures: Figures
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        claim = self.claim
        told = {name: getattr(claim, name) for name in ("key", "where", "says", "states", "needs", "note")}
        figures = {name: asdict(each) for name, each in self.figures.items()}
        rules = [{"figures": list(rule.names), "rule": str(rule)} for rule in claim.rules]
        return told | {"rules": rules, "figures": figures, "verdict": self.verdict}


def judge(claim: Claim, figures: Figures) -> Finding:
    """Hold a claim against the figures that there are; without one of those it needs it can't be checked.

    >>> claim = Claim("mean", "2", "Bins are 15 bp long.", "15", (Near("mean", 15, 0.5),), "a genome")
    >>> judge(claim, {"mean": Figure(14.8, "chr22", "genotok motif fit")}).verdict
    'reproduced'
    >>> judge(claim, {}).verdict
    'not checkable'
    """
    there = {name: figures[name] for name in claim.names if name in figures and math.isfinite(figures[name].value)}
    if len(there) < len(claim.names):
        return Finding(claim, there, "not checkable")
    values = {name: each.value for name, each in there.items()}
    holds = all(rule.holds(values) for rule in claim.rules)
    return Finding(claim, there, "reproduced" if holds else "refuted")


def judge_all(claims: Iterable[Claim], figures: Figures) -> tuple[Finding, ...]:
    """Judge each claim; the order stays."""
    return tuple(judge(claim, figures) for claim in claims)


def count_verdicts(findings: Sequence[Finding]) -> dict[Verdict, int]:
    """Count the findings of each kind."""
    return {verdict: sum(each.verdict == verdict for each in findings) for verdict in VERDICTS}


def as_number(value: float) -> str:
    """Write a number with four digits at most; whole ones and large ones without decimals.

    >>> as_number(0.99967), as_number(675084.0), as_number(1e-08), as_number(187_000_000)
    ('0.9997', '675,084', '1e-08', '187,000,000')
    """
    if float(value).is_integer() or abs(value) >= 10_000:
        return f"{round(value):,}"
    return f"{value:.4g}"
