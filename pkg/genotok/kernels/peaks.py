"""Peaks of a track, how far they stand out, and how wide they are at half of that: scipy's answers without a loop."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Places
from genotok.kernels.climbing import climb_left

Track = NDArray[np.float64]

_STRIDES = 1000  # samples walked one by one, by fewer and fewer peaks, before the rest is searched by blocks


class Widths(NamedTuple):
    """The width of each of p peaks, and where its flanks cross the height at which it is taken; float64 (p,)."""

    widths: Track
    lefts: Track
    rights: Track


def find_maxima(track: Track) -> Places:
    """Return the strict local maxima, ascending; a plateau counts once, at its middle, unless it touches an end."""
    rises, falls = track[1:] > track[:-1], track[1:] < track[:-1]
    tops = np.flatnonzero(rises[:-1] & ~rises[1:]) + 1
    ends_at_once = falls[tops]
    if ends_at_once.all():
        return tops
    changes = np.flatnonzero(rises | falls)
    following = np.searchsorted(changes, tops)
    inside = following < len(changes)
    tops, last = tops[inside], changes[following[inside]]
    peaked = falls[last]
    places: Places = (tops[peaked] + last[peaked]) // 2
    return places


def prominences(track: Track, peaks: Places, window: int | None = None) -> Track:
    """Return how far each peak stands above the higher of the two lows beside it: float64 (p,).

    A low is the least value up to the nearest strictly higher one, or the end; with a ``window`` no further than half
    of it (in samples, rounded down).
    """
    if not len(peaks):
        return np.empty(0, dtype=np.float64)
    n = len(track)
    left = _low_beside(track, peaks, window)
    right = _low_beside(track[::-1], n - 1 - peaks[::-1], window)[::-1]
    return track[peaks] - np.maximum(left, right)


def _low_beside(track: Track, peaks: Places, window: int | None) -> Track:
    """Return the least value to the left of each peak, up to the nearest higher one, the end, or half of the window."""
    heights = track[peaks]
    valleys = np.minimum.reduceat(track, peaks.astype(np.intp))  # after each peak, itself included, which is no least
    begins = np.maximum(peaks - window // 2, 0) if window else np.zeros(len(peaks), dtype=np.intp)
    first = np.searchsorted(peaks, begins).astype(np.intp)
    every = np.arange(len(peaks), dtype=np.intp)
    places, lows = climb_left(heights=heights, lows=valleys, starts=every, above=heights, first=first)
    open_ended = np.flatnonzero(places < 0)
    if not window:
        lows[open_ended] = np.minimum(lows[open_ended], track[: peaks[0]].min())
        return lows
    spans = np.stack([begins[open_ended], np.maximum(peaks[first[open_ended]], begins[open_ended] + 1)], axis=1).ravel()
    outer = np.minimum.reduceat(track, spans.astype(np.intp))[::2]
    lows[open_ended] = np.minimum(lows[open_ended], outer)
    return lows


def half_widths(track: Track, peaks: Places, prominence: Track) -> Widths:
    """Measure each peak at the height of its top less half of its prominence, between samples by a straight line."""
    heights = track[peaks] - prominence * 0.5
    lefts, rights = _cross(track, peaks, heights, -1), _cross(track, peaks, heights, 1)
    # written as scipy does it, from the side of the sample inside, so that every rounding is the same
    left_places, right_places = lefts.astype(np.float64), rights.astype(np.float64)
    low = np.flatnonzero(track[lefts] < heights)
    here = lefts[low]
    left_places[low] += (heights[low] - track[here]) / (track[here + 1] - track[here])
    low = np.flatnonzero(track[rights] < heights)
    here = rights[low]
    right_places[low] -= (heights[low] - track[here]) / (track[here - 1] - track[here])
    return Widths(right_places - left_places, left_places, right_places)


def _cross(track: Track, peaks: Places, heights: Track, step: int) -> Places:
    """Return the nearest place on one side of each peak, or itself, where the track is not above the height.

    There is one: no low beside a peak is above the height at which it is measured.
    """
    at = peaks.copy()
    going = np.flatnonzero(track[at] > heights)
    place, height = at[going], heights[going]
    for _ in range(_STRIDES):
        place += step
        above = track.take(place) > height
        if not above.all():
            at[going[~above]] = place[~above]
            stay = np.flatnonzero(above)
            going, place, height = going.take(stay), place.take(stay), height.take(stay)
        if not len(going):
            return at
    flipped = -track[::-step]  # what lies ahead now lies on the left
    barely = np.nextafter(-height, -np.inf)  # what exceeds it is the negative height or more
    first = np.zeros(len(going), dtype=np.intp)
    starts = place if step < 0 else len(track) - 1 - place
    places = climb_left(heights=flipped, lows=flipped, starts=starts, above=barely, first=first).places
    at[going] = places if step < 0 else len(track) - 1 - places
    return at
