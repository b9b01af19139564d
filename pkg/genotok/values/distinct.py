"""Tell which rows of a set of regions are the first of their kind."""

import numpy as np

from genotok.arrays import Coords
from genotok.values.regions import Regions


def first_rows(regions: Regions) -> Coords | None:
    """Return the rows, ascending, whose (chromosome, start, end) did not occur before; None if that is every row.

    Rows of no chromosome are never returned.
    """
    codes, starts, ends = regions.codes, regions.starts, regions.ends
    if not np.any(codes < 0) and _strictly_ascending(regions):
        return None
    named = np.flatnonzero(codes >= 0)
    order = named[np.lexsort((ends[named], starts[named], codes[named]))]
    sorted_columns = codes[order], starts[order], ends[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.any([column[1:] != column[:-1] for column in sorted_columns], axis=0)
    if fresh.all() and len(order) == len(regions):
        return None
    return np.sort(order[fresh])  # lexsort is stable, so the first of equals is the first row


def _strictly_ascending(regions: Regions) -> bool:
    """Tell cheaply that no two rows can be equal: chromosomes in blocks, (start, end) rising in each."""
    codes, starts, ends = regions.codes, regions.starts, regions.ends
    if not len(codes):
        return True
    same = codes[1:] == codes[:-1]
    rising = (starts[1:] > starts[:-1]) | ((starts[1:] == starts[:-1]) & (ends[1:] > ends[:-1]))
    blocks = codes[np.concatenate([[True], ~same])].tolist()
    return bool(np.all(rising | ~same)) and len(blocks) == len(set(blocks))
