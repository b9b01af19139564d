"""Pictures as PNG: what `svg` writes, drawn by matplotlib (extra ``[motif]``), in the colours of a light page.

It knows what this package's pictures are made of and nothing more: boxes, circles, texts, and paths of straight lines.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from genotok.analysis import svg
from genotok.errors import InputError, missing_extra

_STEP = re.compile(r"([A-Za-z])|(-?\d+(?:\.\d+)?)")
_RULE = re.compile(r"([.\w][\w.]*)\s*\{([^{}]*)\}")
_DPI = 100.0
_POINT = 72 / _DPI  # of a pixel, in the unit of fonts and lines
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "Z": 0}

Style = Mapping[str, str]


def render_png(picture: str, *, scale: float = 2.0) -> bytes:
    """Draw a picture that this package wrote as SVG, with ``scale`` pixels for each of its own; the bytes of a PNG."""
    try:
        figures: Any = import_module("matplotlib.figure")
        agg: Any = import_module("matplotlib.backends.backend_agg")
    except ImportError:
        raise missing_extra("motif", "matplotlib") from None
    root = ElementTree.fromstring(picture)  # noqa: S314  # its own words, written a moment ago
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    figure = figures.Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI * scale)
    agg.FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), frame_on=False, xticks=(), yticks=())
    for element in root:
        for artist in _draw(element):
            axes.add_artist(artist)
    sink = BytesIO()
    figure.savefig(sink, format="png", metadata={"Software": None})
    return sink.getvalue()


def _draw(element: Any) -> Iterator[Any]:
    kind = element.tag.removeprefix(_NAMESPACE)
    given = {name: element.attrib[name] for name in ("fill", "stroke", "fill-opacity") if name in element.attrib}
    style = {**_styles().get(kind, {}), **given}
    for name in element.attrib.get("class", "").split():
        style |= _styles().get(f".{name}", {})
    if kind == "text":
        yield _text(element, style)
    elif kind in ("rect", "circle", "path"):
        patches: Any = import_module("matplotlib.patches")
        numbers = {name: float(element.attrib.get(name, 0)) for name in ("x", "y", "width", "height", "cx", "cy", "r")}
        if kind == "rect":
            yield patches.Rectangle((numbers["x"], numbers["y"]), numbers["width"], numbers["height"], **_look(style))
        elif kind == "circle":
            yield patches.Circle((numbers["cx"], numbers["cy"]), numbers["r"], **_look(style))
        elif element.attrib["d"]:
            yield patches.PathPatch(_outline(element.attrib["d"]), **_look(style))
    elif kind not in ("title", "desc", "style"):
        raise InputError(f"<{kind}> is not among what pictures are made of", hint="write it as SVG")


def _outline(shape: str) -> Any:
    """Read the straight lines of a path."""
    path: Any = import_module("matplotlib.path").Path
    points, codes = [], []
    x = y = begin_x = begin_y = 0.0
    for verb, numbers in _steps(shape):
        wanted = verb.upper()
        is_relative = verb != wanted
        if wanted == "Z":
            x, y = begin_x, begin_y
            points.append((x, y))
            codes.append(path.CLOSEPOLY)
            continue
        if wanted in "ML":
            x, y = (x + numbers[0], y + numbers[1]) if is_relative else (numbers[0], numbers[1])
        elif wanted == "H":
            x = x + numbers[0] if is_relative else numbers[0]
        else:
            y = y + numbers[0] if is_relative else numbers[0]
        if wanted == "M":
            begin_x, begin_y = x, y
        points.append((x, y))
        codes.append(path.MOVETO if wanted == "M" else path.LINETO)
    return path(points, codes)


def _steps(shape: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    verb, numbers = "", list[float]()
    for letter, number in _STEP.findall(shape):
        if letter:
            verb = letter
            if verb.upper() not in _ARGUMENTS:
                raise InputError(f"a path with {verb!r} is not among what pictures are made of", hint="write it as SVG")
            if verb.upper() == "Z":
                yield verb, ()
            continue
        numbers.append(float(number))
        if len(numbers) == _ARGUMENTS[verb.upper()]:
            yield verb, tuple(numbers)
            numbers = []


def _look(style: Style) -> dict[str, Any]:
    fill, stroke = style.get("fill", "#000"), style.get("stroke", "none")
    look: dict[str, Any] = {"facecolor": _colour(fill, style.get("fill-opacity")), "edgecolor": _colour(stroke)}
    look["linewidth"] = _length(style.get("stroke-width", "1")) * _POINT if stroke != "none" else 0.0
    if dashes := style.get("stroke-dasharray"):
        look["linestyle"] = (0.0, tuple(_length(each) * _POINT for each in dashes.split()))
    return look


def _text(element: Any, style: Style) -> Any:
    size, weight = style.get("font-size", "12px"), style.get("font-weight", "400")
    side = {"end": "right", "middle": "center"}.get(style.get("text-anchor", ""), "left")
    return import_module("matplotlib.text").Text(
        float(element.attrib["x"]),
        float(element.attrib["y"]),
        (element.text or "").replace("$", r"\$"),
        color=_colour(style.get("fill", "#000")),
        fontsize=_length(size) * _POINT,
        fontweight="bold" if int(weight) >= 600 else "normal",
        horizontalalignment=side,
        verticalalignment="baseline",
    )


def _length(words: str) -> float:
    return float(words.removesuffix("px"))


def _colour(words: str, opacity: str | None = None) -> Any:
    """Return a colour as matplotlib takes it; ``#abc`` stands for ``#aabbcc``."""
    name = words.removeprefix("var(").removesuffix(")")
    value = _variables().get(name, words)
    if value == "none":
        return "none"
    return value if opacity is None else (value, float(opacity))


@cache
def _variables() -> Mapping[str, str]:
    """Return the colours of a light page by their names; those of a dark one stand behind in the sheet."""
    return dict(re.findall(r"(--\w+):\s*(#\w+);", svg.STYLE.split("@media")[0]))


@cache
def _styles() -> Mapping[str, Mapping[str, str]]:
    """Return what the sheet says of elements and classes."""
    rules = {}
    for name, words in _RULE.findall(svg.STYLE):
        pairs = (each.partition(":") for each in words.split(";") if ":" in each)
        rules[name] = {key.strip(): value.strip() for key, _, value in pairs}
    return rules
