"""Which genome a file was made with: chromosome names, and ends that pass the end of a chromosome.

Lengths are those of the UCSC Genome Browser's ``chrom.sizes`` files, assembled chromosomes only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.kernels.ragged import take_by_runs

_ROWS = 2**20  # looked at together, so that wide copies stay small
_HUMAN = [*map(str, range(1, 23)), "X", "Y", "M"]
_MOUSE = [*map(str, range(1, 20)), "X", "Y", "M"]


def _sizes(names: Sequence[str], lengths: str) -> dict[str, int]:
    return {f"chr{name}": int(length) for name, length in zip(names, lengths.split(), strict=True)}


ASSEMBLIES: Mapping[str, Mapping[str, int]] = {
    "hg38": _sizes(
        _HUMAN,
        "248956422 242193529 198295559 190214555 181538259 170805979 159345973 145138636 138394717 133797422 "
        "135086622 133275309 114364328 107043718 101991189 90338345 83257441 80373285 58617616 64444167 "
        "46709983 50818468 156040895 57227415 16569",
    ),
    "hg19": _sizes(
        _HUMAN,
        "249250621 243199373 198022430 191154276 180915260 171115067 159138663 146364022 141213431 135534747 "
        "135006516 133851895 115169878 107349540 102531392 90354753 81195210 78077248 59128983 63025520 "
        "48129895 51304566 155270560 59373566 16571",
    ),
    "hs1": _sizes(
        _HUMAN,
        "248387328 242696752 201105948 193574945 182045439 172126628 160567428 146259331 150617247 134758134 "
        "135127769 133324548 113566686 101161492 99753195 96330374 84276897 80542538 61707364 66210255 "
        "45090682 51324926 154259566 62460029 16569",
    ),
    "mm39": _sizes(
        _MOUSE,
        "195154279 181755017 159745316 156860686 151758149 149588044 144995196 130127694 124359700 130530862 "
        "121973369 120092757 120883175 125139656 104073951 98008968 95294699 90720763 61420004 169476592 "
        "91455967 16299",
    ),
    "mm10": _sizes(
        _MOUSE,
        "195471971 182113224 160039680 156508116 151834684 149736546 145441459 129401213 124595110 130694993 "
        "122082543 120129022 120421639 124902244 104043685 98207768 94987271 90702639 61431566 171031299 "
        "91744698 16299",
    ),
}
"""Chromosome lengths by assembly."""


def count_beyond(names: Sequence[str], codes: Ids, ends: NDArray[Any], sizes: Mapping[str, int]) -> int:
    """Count the (n,) rows that end past their chromosome; chromosomes without a size are not judged."""
    limits = np.array([*(sizes.get(name, 2**62) for name in names), 2**62], dtype=np.int64)
    parts = (slice(at, at + _ROWS) for at in range(0, len(codes), _ROWS))
    return sum(int(np.count_nonzero(ends[part] > take_by_runs(codes[part], limits)[0])) for part in parts)


def furthest_ends(names: Sequence[str], codes: Ids, ends: NDArray[Any]) -> dict[str, int]:
    """Return the largest end of each chromosome that has rows behind its base 0."""
    reach = np.zeros(len(names) + 1, dtype=np.int64)
    for at in range(0, len(codes), _ROWS):
        np.maximum.at(reach, codes[at : at + _ROWS], ends[at : at + _ROWS].astype(np.int64))
    return {name: end for name, end in zip(names, reach[:-1].tolist(), strict=True) if end > 0}


def fitting_assemblies(names: Sequence[str], codes: Ids, ends: NDArray[Any]) -> tuple[str, ...]:
    """List the assemblies that have one of the names and that no row overshoots; the tightest fit comes first.

    >>> import numpy as np
    >>> fitting_assemblies(["chr1"], np.zeros(1, np.int32), np.array([249_000_000]))
    ('hg19',)
    """
    return assemblies_reaching(furthest_ends(names, codes, ends))


def assemblies_reaching(furthest: Mapping[str, int]) -> tuple[str, ...]:
    """List the assemblies as `fitting_assemblies` does, from the largest end of each chromosome."""
    slack = {}
    for assembly, sizes in ASSEMBLIES.items():
        shared = [name for name in furthest if name in sizes]
        if shared and all(furthest[name] <= sizes[name] for name in shared):
            unused = sum(1 - furthest[name] / sizes[name] for name in shared) / len(shared)
            slack[assembly] = (len(furthest) - len(shared), unused)
    return tuple(sorted(slack, key=lambda assembly: slack[assembly]))


def guess_assembly(names: Sequence[str], codes: Ids, ends: NDArray[Any]) -> str | None:
    """Return the tightest fit if the rows reach far enough to tell, on average past 98 % of ten or more chromosomes."""
    fits = fitting_assemblies(names, codes, ends)
    if not fits:
        return None
    sizes = ASSEMBLIES[fits[0]]
    shares = [end / sizes[name] for name, end in furthest_ends(names, codes, ends).items() if name in sizes]
    return fits[0] if len(shares) >= 10 and sum(shares) / len(shares) > 0.98 else None
