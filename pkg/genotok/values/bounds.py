"""Which coordinates are allowed, and what to say of those that are not."""

from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from genotok.arrays import Coords, Flags
from genotok.errors import InputError

Invalid: TypeAlias = Literal["error", "skip", "keep"]

MAX_POSITION = 2**31 - 1
MAX_KEPT_POSITION = 2**32 - 1  # axolotl-size chromosomes, under 'keep'


class Fault(NamedTuple):
    """Why a row is bad: the word under which it is counted, what to say and do, and whether 'keep' would take it."""

    reason: str
    what: str
    hint: str
    keepable: bool = False


def check_policy(invalid: Invalid) -> None:
    """Refuse the name of a policy that does not exist: a slip must not pass for a choice."""
    if invalid not in get_args(Invalid):
        raise InputError(f"invalid={invalid!r} is no policy", hint="'error', 'skip' or 'keep'")


def find_invalid(*, starts: Coords, ends: Coords, invalid: Invalid) -> Flags:
    """Flag the rows that break the rules of a policy; 'skip' and 'error' know the same rules, 'keep' fewer."""
    if invalid == "keep":
        return (starts < 0) | (ends < 0) | (starts > MAX_KEPT_POSITION) | (ends > MAX_KEPT_POSITION)
    return (starts < 0) | (ends < starts) | (ends > MAX_POSITION)


def all_kept(*, starts: Coords, ends: Coords) -> bool:
    """Tell whether `find_invalid` flags no row under 'keep', which has the fewest rules."""
    sides = [each for each in (starts, ends) if each.size]
    return all(int(each.min()) >= 0 and int(each.max()) <= MAX_KEPT_POSITION for each in sides)


def describe_invalid(start: int, end: int, invalid: Invalid) -> Fault | None:
    """Return what is wrong with one bad row, None for a good one."""
    if start < 0 or end < 0:
        side, value = ("start", start) if start < 0 else ("end", end)
        return Fault("negative", f"{side} {value} is negative", "clip to 0")
    limit = MAX_KEPT_POSITION if invalid == "keep" else MAX_POSITION
    if max(start, end) > limit:
        side, value = ("start", start) if start > limit else ("end", end)
        keepable = max(start, end) <= MAX_KEPT_POSITION
        hint = "invalid='keep' allows up to 4,294,967,295" if keepable else "no chromosome is this long"
        return Fault("out_of_range", f"{side} {value} exceeds {limit:,}", hint, keepable)
    if end < start and invalid != "keep":
        hint = "BED lists start first; invalid='keep' keeps such rows"
        return Fault("reversed", f"end {end} precedes start {start}", hint, keepable=True)
    return None


def first_of(flags: Flags) -> int:
    """Return the place of the first flag, -1 if there is none."""
    place = int(np.argmax(flags)) if flags.size else 0
    return place if flags.size and flags[place] else -1
