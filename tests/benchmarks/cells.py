"""Single cells beside gtars: a fragment file, AnnData cell by cell; then a stream of lines in flat memory.

Both answer in one process and take turns; their ids are compared before anything is timed.
"""

import argparse
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import data
import numpy as np
from measure import (
    CHECKOUT,
    alternate,
    as_markdown,
    as_time,
    fresh_memory,
    machine,
    median_ratio,
    use_checkout,
    version_of,
)
from numpy.typing import NDArray

use_checkout()

from genotok import IntervalTokenizer  # noqa: E402  # found through use_checkout


class Sizes(NamedTuple):
    universe: int = 1_000_000
    lines: int = 300_000
    cells: int = 3_000
    features: int = 100_000
    per_cell: int = 3_000
    anndata_cells: int = 500
    stream: tuple[int, ...] = (250_000, 1_000_000, 4_000_000)


QUICK = Sizes(3_000, 2_000, 20, 1_000, 100, 5, (1_000, 4_000))


def main() -> None:
    options = _options()
    sizes = QUICK if options.quick else Sizes()
    work: Path = options.work
    universe = data.universe(sizes.universe)
    universe_file = data.write_rows(work / f"universe-{sizes.universe}.bed", universe)
    fragments = write_fragments(work, universe, sizes.lines, sizes.cells)
    print(f"{machine()}, gtars {version_of('gtars') or 'not installed: no ratios'}")
    print(f"Universe of {sizes.universe:,} rows, {options.rounds} rounds, medians\n")
    tokenizer = IntervalTokenizer(universe_file)
    rows = [
        _race_fragments(tokenizer, universe_file, fragments, sizes, options.rounds),
        _race_anndata(tokenizer, universe_file, universe, sizes, options.rounds),
    ]
    print(as_markdown(["", "genotok", "gtars", "ratio", "target", "met"], rows))
    print("\n### A stream of fragments: memory added in a fresh process, MiB\n")
    calls = ("iter_fragments", "count_fragments", "tokenize_fragments")
    print(as_markdown(["lines", "file, MB", *calls], _stream_rows(work, universe, universe_file, sizes, calls)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks", help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    options = parser.parse_args()
    options.rounds = 1 if options.quick else options.rounds
    return options


def barcodes(n: int, *, seed: int = 6) -> list[str]:
    """Draw n barcodes of 16 bases with a suffix, as the common protocol has them."""
    letters = np.array(list("ACGT"))[np.random.default_rng(seed).integers(0, 4, (n, 16))]
    return ["".join(each) + "-1" for each in letters.tolist()]


def write_fragments(work: Path, universe: data.Rows, lines: int, cells: int) -> Path:
    """Write a coordinate-sorted fragment file unless it is there; each line's cell and count are drawn."""
    path = work / f"fragments-{len(universe)}-{lines}-{cells}.tsv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rows, rng, names = data.queries(lines, universe), np.random.default_rng(7), barcodes(cells)
        columns = rows.names(), rows.starts.tolist(), rows.ends.tolist()
        drawn = [names[cell] for cell in rng.integers(0, cells, lines).tolist()], rng.integers(1, 9, lines).tolist()
        with path.with_name(path.name + ".part").open("w") as sink:
            sink.writelines("\t".join(map(str, line)) + "\n" for line in zip(*columns, *drawn, strict=True))
        path.with_name(path.name + ".part").replace(path)
    return path


def _race_fragments(
    tokenizer: IntervalTokenizer, universe_file: Path, path: Path, sizes: Sizes, rounds: int
) -> list[str]:
    name = f"`tokenize_fragments`, {sizes.lines:,} sorted lines, {sizes.cells:,} cells"
    ours = partial(tokenizer.tokenize_fragments, path, unmatched="unk")
    theirs = None
    if version_of("gtars"):
        from gtars.tokenizers import Tokenizer, tokenize_fragment_file

        theirs = partial(tokenize_fragment_file, str(path), Tokenizer(str(universe_file)))
        expected = {barcode: list(ids) for barcode, ids in theirs().items()}
        if ours().to_dict() != expected:
            raise SystemExit("fragments: ids differ, so nothing is timed")
    return _race(name, ours, theirs, 4.0, rounds)


def _race_anndata(
    tokenizer: IntervalTokenizer, universe_file: Path, universe: data.Rows, sizes: Sizes, rounds: int
) -> list[str]:
    """One call for all cells beside one call for each, as geniml makes them; features are made objects before."""
    features = data.queries(sizes.features, universe, seed=9)
    adata = _adata(features, sizes)
    ours = partial(tokenizer.tokenize_anndata, adata, unmatched="unk")
    theirs = None
    if version_of("gtars"):
        from gtars.models import Region
        from gtars.tokenizers import Tokenizer

        gtars = Tokenizer(str(universe_file))
        triples = zip(features.names(), features.starts.tolist(), features.ends.tolist(), strict=True)
        regions = np.array([Region(*triple, None) for triple in triples], dtype=object)
        cells = [regions[adata.X.indices[first:last]].tolist() for first, last in _bounds(adata.X.indptr)]

        def theirs() -> list[list[int]]:
            return [gtars(cell)["input_ids"] for cell in cells]

        if tokenizer.tokenize_anndata(adata).tokens.to_lists() != theirs():
            raise SystemExit("AnnData: ids differ, so nothing is timed")
        ours = partial(tokenizer.tokenize_anndata, adata)
    name = f"`tokenize_anndata`, {sizes.anndata_cells} cells of {sizes.per_cell:,} features"
    return _race(name, ours, theirs, 50.0, rounds)


def _adata(features: data.Rows, sizes: Sizes) -> Any:
    """Make what AnnData looks like: a CSR matrix and named columns; anndata itself is not measured."""
    rng = np.random.default_rng(8)
    rows = [np.sort(rng.permutation(sizes.features)[: sizes.per_cell]) for _ in range(sizes.anndata_cells)]
    indices = np.concatenate(rows).astype(np.int32)
    indptr = np.arange(sizes.anndata_cells + 1, dtype=np.int64) * sizes.per_cell
    matrix = SimpleNamespace(
        format="csr",
        shape=(sizes.anndata_cells, sizes.features),
        dtype=np.dtype(np.float32),
        indices=indices,
        indptr=indptr,
        data=np.ones(len(indices), dtype=np.float32),
    )
    matrix.tocsr = lambda: matrix
    names = np.array(features.names(), dtype=object)
    var = {"chrom": names, "start": features.starts, "end": features.ends}
    cells = [f"cell{at}" for at in range(sizes.anndata_cells)]
    return SimpleNamespace(X=matrix, var=var, var_names=names, obs_names=cells, layers={})


def _bounds(indptr: NDArray[np.int64]) -> list[tuple[int, int]]:
    return list(zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True))


def _race(
    name: str, ours: Callable[[], Any], theirs: Callable[[], Any] | None, target: float, rounds: int
) -> list[str]:
    contenders = {"genotok": ours} | ({} if theirs is None else {"gtars": theirs})
    taken = alternate(contenders, rounds)
    mine = as_time(statistics.median(taken["genotok"]))
    if theirs is None:
        return [name, mine, "-", "-", f"x{target:g}", "-"]
    ratio = median_ratio(taken["gtars"], taken["genotok"])
    met = "yes" if ratio >= target else "**no**"
    return [name, mine, as_time(statistics.median(taken["gtars"])), f"x{ratio:.1f}", f"x{target:g}", met]


def _stream_rows(
    work: Path, universe: data.Rows, universe_file: Path, sizes: Sizes, calls: tuple[str, ...]
) -> list[list[str]]:
    """Peak memory beyond the loaded tokenizer, for files of growing length over the same cells."""
    rows = []
    for lines in sizes.stream:
        path = write_fragments(work, universe, lines, sizes.cells)
        added = [f"{_peak(universe_file, path, call):.0f}" for call in calls]
        rows.append([f"{lines:,}", f"{path.stat().st_size / 1e6:.1f}", *added])
    return rows


def _peak(universe_file: Path, path: Path, call: str) -> float:
    """Run one call in a fresh process; its peak is the kernel's figure, reset once the tokenizer answers."""
    ready = (
        "from genotok import IntervalTokenizer\n"
        f"t = IntervalTokenizer({str(universe_file)!r}); t.encode([('chr1', 1000, 2000)])\n"
        "open('/proc/self/clear_refs', 'w').write('5')\n"
        "rss = lambda: next(int(l.split()[1]) / 1024 for l in open('/proc/self/status') if l.startswith('VmHWM'))"
    )
    taken = f"t.{call}({str(path)!r})"
    work = f"for block in {taken}: pass" if call == "iter_fragments" else f"found = {taken}"
    found = fresh_memory(ready, work)
    return found["after"] - found["before"]


if __name__ == "__main__":
    main()
