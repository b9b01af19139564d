"""genotok beside lightmotif and MOODS: all motifs, both strands, from letters to coverage; then bins beside scipy.

Everything runs in one process on one core and takes turns; hits are compared one by one before anything is timed.
"""

import argparse
import gzip
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from measure import CHECKOUT, alternate, as_markdown, as_time, launch, machine, median_ratio, use_checkout, version_of

use_checkout()

from genotok.kernels.bases import encode_letters  # noqa: E402  # found through use_checkout
from genotok.kernels.bins import find_boundaries, split_bins  # noqa: E402
from genotok.kernels.occupancy import count_cpg, count_in_bins  # noqa: E402
from genotok.kernels.ragged import offsets_of  # noqa: E402
from genotok.kernels.windows import count_cover, iter_runs  # noqa: E402
from genotok.values.motifs import MotifSet  # noqa: E402
from genotok.values.search import MotifSearch  # noqa: E402
from genotok.values.thresholds import ThresholdRule  # noqa: E402

RULES = {"rel 0.8": ThresholdRule(), "p 1e-4": ThresholdRule(pvalue=1e-4)}
TARGETS = {"rel 0.8": {"lightmotif": 1.0, "MOODS": 0.5}, "p 1e-4": {"lightmotif": 1.0, "MOODS": 0.8}}
MOODS_ROWS = 128  # matrices it is given at once: its hits are objects, and those of all would take gigabytes
MOODS_WINDOW = 7  # its own recommendation
LIGHTMOTIF_BLOCK = 4096  # faster than its default
GOLDEN = CHECKOUT / "tests" / "golden" / "golden.fa.gz"


def main() -> None:
    options = _options()
    if options.block:
        _block(options.data, options.block)
        return
    text = _letters(options.data, options.bases)
    motifs = MotifSet.from_jaspar()
    if options.quick:
        motifs = motifs.subset(slice(0, None, 40))
    rivals = [
        name for name, package in (("lightmotif", "lightmotif"), ("MOODS", "MOODS-python")) if version_of(package)
    ]
    print(f"{machine()}, lightmotif {version_of('lightmotif')}, MOODS-python {version_of('MOODS-python')}")
    print(f"{len(text):,} known bases, {len(motifs)} motifs, {options.rounds} rounds, medians\n")
    rows, hits = [], {}
    for name, rule in RULES.items():
        search = MotifSearch(motifs, rule)
        hits[name] = _check(text, search, rivals)
        rows.append(_race(name, text, search, rivals, options.rounds))
    print(as_markdown(["letters to coverage", "hits", "genotok", *_columns(rivals)], rows))
    print("\n### Bins\n")
    header = ["", "genotok", "scipy", "ours / scipy", "target", "met"]
    print(as_markdown(header, [_bins(name, text, motifs, hits[name], options.rounds) for name in RULES]))
    print("\n### On its own\n")
    print(as_markdown(["", "genotok"], _alone(text, motifs, hits, options)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with hg19_chr22_partial_N.fa.gz; else the golden pieces")
    parser.add_argument("--bases", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="not needed: nothing is kept")
    parser.add_argument("--block", type=int, help=argparse.SUPPRESS)  # how the program measures itself
    parser.add_argument("--quick", action="store_true", help="few bases, few motifs, one round, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.bases, options.rounds = 20_000, 1
    return options


def _letters(folder: Path | None, bases: int) -> bytes:
    """Known bases of real DNA end to end: rivals differ in what they do with unknown ones."""
    path = folder / "hg19_chr22_partial_N.fa.gz" if folder else GOLDEN
    records = gzip.decompress(path.read_bytes()).upper().split(b">")[1:]
    letters = b"".join(record.partition(b"\n")[2].replace(b"\n", b"").replace(b"N", b"") for record in records)
    return (letters * -(-bases // len(letters)))[:bases]


def _columns(rivals: list[str]) -> list[str]:
    return [column for name in rivals for column in (name, f"ours / {name}", "target", "met")]


def _scores(search: MotifSearch) -> list[tuple[np.ndarray, float]]:
    """Matrix and threshold of each motif-strand."""
    tables = [search.motifs.scores_of(motif) for motif in range(len(search.motifs))]
    limits = search.thresholds.threshold.tolist()
    both = [(side, limit) for table, limit in zip(tables, limits, strict=True) for side in (table, table[::-1, ::-1])]
    return [(side.T.astype(float), float(limit)) for side, limit in both]


def _ours(text: bytes, search: MotifSearch) -> tuple[np.ndarray, np.ndarray]:
    return search.find_starts(encode_letters(np.frombuffer(text, dtype=np.uint8)))


def _lightmotif(text: bytes, search: MotifSearch) -> tuple[np.ndarray, np.ndarray]:
    import lightmotif

    striped = lightmotif.stripe(text.decode())
    found = []
    for table, limit in _scores(search):
        matrix = lightmotif.ScoringMatrix(dict(zip("ACGT", table.tolist(), strict=True)))
        hits = lightmotif.scan(matrix, striped, threshold=limit, block_size=LIGHTMOTIF_BLOCK)
        found.append(np.sort(np.fromiter((hit.position for hit in hits), dtype=np.int32)))
    return np.concatenate(found), offsets_of(np.array([len(each) for each in found]))


def _moods(text: bytes, search: MotifSearch) -> tuple[np.ndarray, np.ndarray]:
    import MOODS.scan

    tables, letters, found = _scores(search), text.decode(), []
    for first in range(0, len(tables), MOODS_ROWS):
        part = tables[first : first + MOODS_ROWS]
        matrices, limits = [table.tolist() for table, _ in part], [limit for _, limit in part]
        rows = MOODS.scan.scan_dna(letters, matrices, [0.25] * 4, limits, MOODS_WINDOW)
        found += [np.sort(np.fromiter((hit.pos for hit in hits), dtype=np.int32)) for hits in rows]
    return np.concatenate(found), offsets_of(np.array([len(each) for each in found]))


TOOLS: dict[str, Callable[[bytes, MotifSearch], tuple[np.ndarray, np.ndarray]]] = {
    "genotok": _ours,
    "lightmotif": _lightmotif,
    "MOODS": _moods,
}


def _check(text: bytes, search: MotifSearch, rivals: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Compare hits; MOODS leaves out the last window of a sequence for motifs of six columns, and nothing else."""
    starts, offsets = _ours(text, search)
    for name in rivals:
        theirs, bounds = TOOLS[name](text, search)
        last = np.repeat(len(text) - search.widths, np.diff(offsets))
        left_out = (starts == last) & (np.repeat(search.widths, np.diff(offsets)) == 6) & (name == "MOODS")
        rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))[~left_out]
        same = np.array_equal(starts[~left_out], theirs)
        if not same or not np.array_equal(np.bincount(rows, minlength=len(offsets) - 1), np.diff(bounds)):
            raise SystemExit(f"{name}: hits differ, so nothing is timed")
    return starts, offsets


def _coverage(text: bytes, search: MotifSearch, tool: str) -> np.ndarray:
    """From letters to coverage; the step from hits on is the same for every tool."""
    starts, offsets = TOOLS[tool](text, search)
    return count_cover(iter_runs(starts=starts, offsets=offsets, widths=search.widths), len(text))


def _race(name: str, text: bytes, search: MotifSearch, rivals: list[str], rounds: int) -> list[str]:
    contenders = {tool: partial(_coverage, text, search, tool) for tool in ("genotok", *rivals)}
    taken = alternate(contenders, rounds)
    hits = int(_ours(text, search)[1][-1])
    row = [name, f"{hits:,}", as_time(statistics.median(taken["genotok"]))]
    for tool in rivals:
        ratio, target = median_ratio(taken["genotok"], taken[tool]), TARGETS[name][tool]
        row += [as_time(statistics.median(taken[tool])), f"{ratio:.2f}", f"{target:g}", _met(ratio <= target)]
    return row


def _bins(name: str, text: bytes, motifs: MotifSet, hits: Any, rounds: int) -> list[str]:
    """Race the way from coverage to boundaries."""
    widths = np.repeat(motifs.lengths, 2).astype(np.int32)
    coverage = count_cover(iter_runs(starts=hits[0], offsets=hits[1], widths=widths), len(text))
    row = f"coverage to boundaries, {name}"
    contenders: dict[str, Callable[[], Any]] = {"genotok": partial(find_boundaries, coverage)}
    if version_of("scipy"):
        contenders["scipy"] = partial(_scipy_boundaries, coverage)
        if not np.array_equal(_scipy_boundaries(coverage), find_boundaries(coverage)):
            raise SystemExit("scipy's boundaries differ, so nothing is timed")
    taken = alternate(contenders, rounds)
    ours = as_time(statistics.median(taken["genotok"]))
    if "scipy" not in taken:
        return [row, ours, "-", "-", "3", "-"]
    ratio = median_ratio(taken["genotok"], taken["scipy"])
    return [row, ours, as_time(statistics.median(taken["scipy"])), f"{ratio:.2f}", "3", _met(ratio <= 3)]


def _scipy_boundaries(coverage: np.ndarray) -> np.ndarray:
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    _, found = find_peaks(gaussian_filter1d(coverage.astype(np.float64), 3), width=5)
    flanks = np.concatenate([found["left_ips"], found["right_ips"]]).astype(np.int64)
    return np.unique(np.concatenate([[0, len(coverage)], flanks]))


def _alone(text: bytes, motifs: MotifSet, hits: dict[str, Any], options: argparse.Namespace) -> list[list[str]]:
    widths = np.repeat(motifs.lengths, 2).astype(np.int32)
    codes = encode_letters(np.frombuffer(text, dtype=np.uint8))
    rows = []
    for name, (starts, offsets) in hits.items():
        coverage = count_cover(iter_runs(starts=starts, offsets=offsets, widths=widths), len(text))
        boundaries = split_bins(find_boundaries(coverage))
        cpg = count_cpg(codes, boundaries)
        work = partial(count_in_bins, starts=starts, offsets=offsets, widths=widths, boundaries=boundaries, cpg=cpg)
        seconds = statistics.median(alternate({"genotok": work}, options.rounds)["genotok"])
        cells = work()
        rows.append([f"matrix of {len(boundaries) - 1:,} bins, {len(cells.counts):,} cells, {name}", as_time(seconds)])
    search = MotifSearch(motifs, RULES["rel 0.8"])
    short = partial(_ours, text[:20_000], search)
    rows.append(["hits of 20 kb", as_time(statistics.median(alternate({"genotok": short}, options.rounds)["genotok"]))])
    size = min(5_000_000, len(text))
    folder = ["--data", str(options.data)] if options.data else []
    run = launch([sys.executable, __file__, *folder, "--block", str(size)])
    rows.append([f"{size:,} bases to the matrix in a fresh process, rel 0.8", as_time(run.seconds)])
    rows.append(["its peak memory", f"{run.peak_mib:.0f} MiB"])
    return rows


def _block(data: Path | None, bases: int) -> None:
    """Take one block from letters to its matrix."""
    text = _letters(data, bases)
    codes = encode_letters(np.frombuffer(text, dtype=np.uint8))
    search = MotifSearch(MotifSet.from_jaspar())
    starts, offsets = search.find_starts(codes)
    coverage = count_cover(iter_runs(starts=starts, offsets=offsets, widths=search.widths), len(codes))
    boundaries = split_bins(find_boundaries(coverage))
    cpg = count_cpg(codes, boundaries)
    count_in_bins(starts=starts, offsets=offsets, widths=search.widths, boundaries=boundaries, cpg=cpg)


def _met(met: bool) -> str:
    return "yes" if met else "no"


if __name__ == "__main__":
    main()
