"""A picture of a signal along contigs, as it is and as it is predicted, with the peaks that are called on both."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.analysis import svg
from genotok.arrays import Coords, Flags
from genotok.errors import InputError
from genotok.kernels.peakcalls import runs_of_flags

WIDTH = 960
_LEFT, _RIGHT, _TOP, _HEIGHT, _STEP = 72, 912, 128, 72, 260
_COLUMNS = 840  # of the picture: more bins are drawn as the highest in each
_MOST = 12  # contigs

Values: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[str, Coords, Values, Values]  # contig, boundaries, as it is, as it is predicted
Caller: TypeAlias = Callable[[Values], Flags]


def draw_tracks(pairs: Sequence[Pair], call: Caller, *, title: str) -> str:
    """Draw each contig as two tracks of log(1 + signal), truth above, with bars below for the peaks that are called."""
    if not pairs:
        raise InputError("no contig to draw", hint="give one at least")
    shown = pairs[:_MOST]
    words = "log(1 + signal) above, its prediction below; bars are the peaks called on each"
    more = f"; {len(pairs) - _MOST:,} more contigs in the table" if len(pairs) > _MOST else ""
    body = [svg.text(32, 46, title, "title"), svg.text(32, 72, words + more)]
    for at, pair in enumerate(shown):
        body += _contig(pair, call, _TOP + at * _STEP)
    note = "A measured signal along contigs, and its prediction below it."
    return svg.document(WIDTH, _TOP + _STEP * len(shown), title, note, body)


def _contig(pair: Pair, call: Caller, top: float) -> Iterator[str]:
    name, boundaries, truth, prediction = pair
    x = svg.linear(float(boundaries[0]), float(boundaries[-1]), _LEFT, _RIGHT)
    yield svg.text(_LEFT, top - 12, name, "head")
    for row, (values, kind) in enumerate(((truth, "second"), (prediction, "curve"))):
        first = top + row * (_HEIGHT + 22)
        high = max(float(values.max(initial=0.0)), 1e-9)
        y = svg.linear(0, high, first + _HEIGHT, first)
        yield svg.rules_across(y, [0, high], ["0", f"{high:.2g}"], left=_LEFT, right=_RIGHT)
        yield svg.path(_outline(boundaries, values, x, y), kind)
        spans = runs_of_flags(call(values))
        bars = zip(boundaries[spans.starts].tolist(), boundaries[spans.ends].tolist(), strict=True)
        shape = "".join(svg.bar(x(s), max(x(e), x(s) + 1), first + _HEIGHT + 4, first + _HEIGHT + 10) for s, e in bars)
        yield svg.path(shape, "solid")
    bottom = int(top + 2 * _HEIGHT + 36)
    marks = svg.ticks(float(boundaries[0]), float(boundaries[-1]), wanted=6)
    yield svg.axis_below(x, marks, [svg.bases(each) for each in marks], y=bottom, left=_LEFT, right=_RIGHT)


def _outline(boundaries: Coords, values: Values, x: svg.Scale, y: svg.Scale) -> str:
    """Return steps; of bins narrower than a pixel the highest in each pixel."""
    step = -(-len(values) // _COLUMNS)
    firsts = np.arange(0, len(values), max(step, 1), dtype=np.intp)
    heights = np.maximum.reduceat(values, firsts).tolist()
    edges = [*boundaries[firsts].tolist(), int(boundaries[-1])]
    return svg.line_through((x(edge), y(height)) for edge, height in svg.stairs(edges, heights))


def track_table(pairs: Sequence[Pair], call: Caller) -> str:
    """Return the numbers of the picture, tab-separated: each bin, both values, and whether either is in a peak."""
    lines = ["contig\tstart\tend\tlog1p_signal\tlog1p_predicted\tpeak\tpeak_predicted"]
    for name, boundaries, truth, prediction in pairs:
        edges = boundaries.tolist()
        columns = (truth.tolist(), prediction.tolist(), call(truth).tolist(), call(prediction).tolist())
        for start, end, one, two, is_true, is_found in zip(edges[:-1], edges[1:], *columns, strict=True):
            lines.append(f"{name}\t{start}\t{end}\t{one:.6g}\t{two:.6g}\t{int(is_true)}\t{int(is_found)}")
    return "\n".join(lines) + "\n"
