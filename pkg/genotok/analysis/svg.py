"""The little that a picture needs to be written as SVG: scales, round ticks, short numbers, and the page's colours."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import TypeAlias

Scale: TypeAlias = Callable[[float], float]

LETTER = 6.4  # px that a letter of 12 px takes on average
STYLE = """
  svg { --paper: #f7f9f8; --sheet: #fff; --ink: #10201d; --soft: #4d5f5a; --line: #d3dcd9; --strong: #7d8f89;
    --hit: #0b6153; --wash: #dcefe9; --miss: #a1284c; --pale: #fbe9ee;
    background: var(--paper); color-scheme: light dark; }
  @media (prefers-color-scheme: dark) { svg { --paper: #0c1412; --sheet: #121c19; --ink: #e4edea; --soft: #9db0aa;
    --line: #263430; --strong: #586d66; --hit: #63cdb3; --wash: #14352d; --miss: #f2889f; --pale: #3a1722; } }
  text { font: 12px "Avenir Next", Avenir, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
    fill: var(--soft); font-variant-numeric: tabular-nums; }
  .title { font-size: 22px; font-weight: 600; fill: var(--ink); letter-spacing: -0.02em; }
  .figure { font-size: 30px; font-weight: 600; fill: var(--ink); letter-spacing: -0.03em; }
  .head { font-size: 14px; font-weight: 600; fill: var(--ink); }
  .strong { fill: var(--ink); font-weight: 600; } .hit { fill: var(--hit); } .miss { fill: var(--miss); }
  .end { text-anchor: end; } .middle { text-anchor: middle; }
  .sheet { fill: var(--sheet); stroke: var(--line); } .paper { fill: var(--paper); }
  .grid { stroke: var(--line); fill: none; } .axis { stroke: var(--strong); fill: none; }
  .solid { fill: var(--hit); } .open { fill: var(--pale); stroke: var(--miss); }
  .curve { fill: none; stroke: var(--hit); stroke-width: 2; }
  .second { fill: none; stroke: var(--strong); stroke-width: 1.5; }
  .area { fill: var(--wash); } .mark { fill: none; stroke: var(--ink); stroke-dasharray: 3 3; }
  .ring { fill: var(--sheet); stroke: var(--hit); stroke-width: 1.5; }
"""  # the colours are those of the page: web/style/base.css and dark.css


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Return a function value -> place, straight from ``low .. high`` to ``start .. end``."""
    unit = (end - start) / (high - low) if high > low else 0.0
    return lambda value: start + (value - low) * unit


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Return the same by ratio; values are above 0."""
    inner = linear(log10(low), log10(high), start, end)
    return lambda value: inner(log10(value))


def ticks(low: float, high: float, wanted: int = 5, least: float = 0.0) -> list[float]:
    """List round numbers in ``low .. high``, 1, 2 or 5 times a power of ten apart, never closer than ``least``.

    >>> ticks(0, 23)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    raw = max((high - low) / wanted, least)
    if raw <= 0:
        return [low]
    power = 10.0 ** floor(log10(raw) + 1e-9)
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= raw * 0.999)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [float(f"{at * step:.12g}") for at in range(first, last + 1)]


def decades(low: float, high: float) -> list[float]:
    """List powers of ten in ``low .. high``, thinned to at most six; also 2 and 5 times them where they are few."""
    powers = [10.0**at for at in range(floor(log10(low)), ceil(log10(high)) + 1)]
    inside = [each for each in powers if low * (1 - 1e-9) <= each <= high * (1 + 1e-9)]
    if len(inside) > 2:
        return inside[:: ceil(len(inside) / 6)]
    finer = [digit * each for each in powers for digit in (1, 2, 5)]
    return [each for each in finer if low * (1 - 1e-9) <= each <= high * (1 + 1e-9)]


def bases(value: float) -> str:
    """Render a number of bases shortly: 270 bp, 2.5 kb, 3 Mb, 1.2 Gb.

    >>> [bases(value) for value in (270, 2500, 3e6, 1.24e9)]
    ['270 bp', '2.5 kb', '3 Mb', '1.24 Gb']
    """
    for size, unit in ((1e9, "Gb"), (1e6, "Mb"), (1e3, "kb")):
        if value >= size:
            return f"{float(f'{value / size:.3g}'):g} {unit}"
    return f"{value:g} bp"


def short(value: float) -> str:
    """Render a number shortly: 1,200, 45k, 2.5M."""
    if value < 10_000:
        return f"{float(f'{value:.3g}') if value < 1000 else value:,g}"
    return f"{value / 1e3:.3g}k" if value < 1e6 else f"{value / 1e6:.3g}M"


def share(value: float) -> str:
    """Render a share in percent, with a decimal only where it tells something.

    >>> [share(value) for value in (1, 0.934, 0.5, 0.9999)]
    ['100 %', '93.4 %', '50 %', '99.9 %']
    """
    value = min(value, 0.999) if value < 1 else value  # what is not all is not called all
    return f"{100 * value:.1f} %".replace(".0 %", " %")


def near(value: float) -> str:
    """Render a place to a tenth of a pixel: finer is invisible and fattens the file."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Write words at a place."""
    return f'<text x="{near(x)}" y="{near(y)}"{_class(kind)}>{escape(words, quote=False)}</text>'


def path(shape: str, kind: str) -> str:
    """Draw a path."""
    return f'<path class="{kind}" d="{shape}"/>'


def line_through(points: Iterable[tuple[float, float]]) -> str:
    """Return the shape of straight lines through the points."""
    return "".join(f"{'L' if at else 'M'}{near(x)} {near(y)}" for at, (x, y) in enumerate(points))


def bar(left: float, right: float, top: float, bottom: float) -> str:
    """Return the shape of a box."""
    return f"M{near(left)} {near(bottom)}V{near(top)}H{near(right)}V{near(bottom)}z"


def axis_below(
    scale: Scale, values: Sequence[float], names: Sequence[str], *, y: float, left: float, right: float
) -> str:
    """Draw an axis with named ticks; of names that would touch, the later one is left out."""
    parts, free = [path(f"M{near(left)} {y + 0.5}H{near(right)}", "axis")], -1e9
    for value, name in zip(values, names, strict=True):
        half = len(name) * LETTER / 2
        middle = max(min(scale(value), right + 12 - half), half)
        if middle - half < free:
            continue
        free = middle + half + 6
        parts += [path(f"M{near(scale(value))} {y + 0.5}v4", "axis"), text(middle, y + 18, name, "middle")]
    return "".join(parts)


def rules_across(scale: Scale, values: Sequence[float], names: Sequence[str], *, left: float, right: float) -> str:
    """Draw hairlines across, each named at its left end."""
    places = [round(scale(value)) + 0.5 for value in values]
    lines = path("".join(f"M{near(left)} {y}H{near(right)}" for y in places), "grid")
    return lines + "".join(text(left - 6, y + 3.5, name, "end") for y, name in zip(places, names, strict=True))


def document(width: int, height: int, name: str, note: str, body: Iterable[str]) -> str:
    """Put a picture together: a whole file that needs nothing else, light or dark as the viewer prefers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(name)}"><title>{escape(name, quote=False)}</title>'
        f"<desc>{escape(note, quote=False)}</desc><style>{STYLE}</style>"
        f'<rect class="paper" width="{width}" height="{height}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def stairs(edges: Sequence[float], heights: Sequence[float]) -> list[tuple[float, float]]:
    """List the corners of steps: k + 1 edges, k heights."""
    return [point for pair, y in zip(pairwise(edges), heights, strict=True) for point in ((pair[0], y), (pair[1], y))]


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
