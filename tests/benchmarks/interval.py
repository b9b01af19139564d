"""genotok beside gtars: load, memory, sorted and shuffled queries, a whole file; then the worst universes there are.

Both answer in one process and take turns; their ids are compared before anything is timed.
"""

import argparse
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import data
from measure import (
    CHECKOUT,
    alternate,
    as_markdown,
    as_time,
    fresh_memory,
    machine,
    median_ratio,
    timed,
    use_checkout,
    version_of,
)

use_checkout()

from genotok import IntervalTokenizer, RaggedIds, Regions, Universe, read_bed  # noqa: E402  # found through use_checkout
from genotok.kernels.overlap import Engine, build_index, find_overlaps  # noqa: E402

ENGINES: tuple[Engine, ...] = ("bits", "ailist")
SLOWDOWN, NESTED_SECONDS = 3.0, 0.2  # what the worst universes may cost


class Sizes(NamedTuple):
    universe: int = 1_000_000
    queries: int = 1_000_000
    nested: int = 200_000


QUICK = Sizes(universe=3_000, queries=2_000, nested=1_000)


class Task(NamedTuple):
    """One row of the table; ``gtars`` is None where there is no gtars to race."""

    name: str
    target: float
    genotok: Callable[[], list[int] | RaggedIds]
    gtars: Callable[[], list[int]] | None


def main() -> None:
    options = _options()
    sizes = QUICK if options.quick else Sizes()
    files = _files(options.work, sizes)
    print(f"{machine()}, gtars {version_of('gtars') or 'not installed: no ratios'}")
    print(f"Universe of {sizes.universe:,} rows, {sizes.queries:,} queries, {options.rounds} rounds, medians\n")
    rows = [_race(task, options.rounds) for task in _tasks(files)]
    rows.insert(1, _memory_row(files, options.rounds))
    print(as_markdown(["", "genotok", "gtars", "ratio", "target", "met"], rows))
    print("\n### Worst universes\n")
    print(as_markdown(["", *ENGINES, "allowed", "met"], _worst_rows(sizes, options.rounds)))
    print("\n### Comparisons with row ends, counted\n")
    print(as_markdown(["", "engine", "queries", "hits", "comparisons", "per hit and query"], _counted_rows(sizes)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks", help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    options = parser.parse_args()
    options.rounds = 1 if options.quick else options.rounds
    return options


def _files(work: Path, sizes: Sizes) -> dict[str, Path]:
    universe = data.universe(sizes.universe)
    ordered = data.queries(sizes.queries, universe)
    stem = f"queries-{sizes.universe}-{sizes.queries}"
    return {
        "universe": data.write_rows(work / f"universe-{sizes.universe}.bed", universe),
        "sorted": data.write_rows(work / f"{stem}-sorted.bed", ordered),
        "shuffled": data.write_rows(work / f"{stem}-shuffled.bed", data.shuffled(ordered)),
    }


def _tasks(files: dict[str, Path]) -> list[Task]:
    universe, sorted_file = str(files["universe"]), str(files["sorted"])
    tokenizer = IntervalTokenizer(universe)
    regions = {name: read_bed(files[name]) for name in ("sorted", "shuffled")}
    first = regions["sorted"].take([0])
    gtars = _gtars(universe, sorted_file, regions) if version_of("gtars") else {}
    return [
        Task(
            "load until the first query is answered",
            5.0,
            lambda: IntervalTokenizer(universe).encode(first),
            gtars.get("load"),
        ),
        Task(
            "`encode_rows`, sorted queries",
            10.0,
            partial(tokenizer.encode_rows, regions["sorted"]),
            gtars.get("sorted"),
        ),
        Task(
            "`encode_rows`, shuffled queries",
            3.0,
            partial(tokenizer.encode_rows, regions["shuffled"]),
            gtars.get("shuffled"),
        ),
        Task("`encode(path)` to a list", 2.5, partial(tokenizer.encode, sorted_file), gtars.get("file")),
    ]


def _gtars(universe: str, sorted_file: str, regions: dict[str, Regions]) -> dict[str, Callable[[], list[int]]]:
    from gtars.models import RegionSet
    from gtars.tokenizers import Tokenizer

    def region_set(rows: Regions) -> Any:
        names = rows.chrom_names
        return RegionSet.from_vectors([names[code] for code in rows.codes], rows.starts.tolist(), rows.ends.tolist())

    tokenizer = Tokenizer(universe)
    first = region_set(regions["sorted"].take([0]))
    sets = {kind: region_set(rows) for kind, rows in regions.items()}
    return {
        "load": lambda: Tokenizer(universe)(first)["input_ids"],
        "sorted": lambda: tokenizer(sets["sorted"])["input_ids"],
        "shuffled": lambda: tokenizer(sets["shuffled"])["input_ids"],
        "file": lambda: tokenizer(sorted_file)["input_ids"],
    }


def _race(task: Task, rounds: int) -> list[str]:
    if task.gtars is not None and _ids(task.genotok()) != task.gtars():
        raise SystemExit(f"{task.name}: ids differ, so nothing is timed")
    contenders: dict[str, Callable[[], Any]] = {"genotok": task.genotok}
    if task.gtars is not None:
        contenders["gtars"] = task.gtars
    taken = alternate(contenders, rounds)
    ours = as_time(statistics.median(taken["genotok"]))
    if task.gtars is None:
        return [task.name, ours, "-", "-", f"x{task.target:g}", "-"]
    ratio = median_ratio(taken["gtars"], taken["genotok"])
    theirs = as_time(statistics.median(taken["gtars"]))
    return [task.name, ours, theirs, f"x{ratio:.1f}", f"x{task.target:g}", _met(ratio >= task.target)]


def _memory_row(files: dict[str, Path], rounds: int) -> list[str]:
    """Resident memory that loading a universe and answering one query adds, each in fresh processes."""
    universe = str(files["universe"])
    ours = _added(
        "from genotok import IntervalTokenizer",
        f"t = IntervalTokenizer({universe!r}); t.encode([('chr1', 1000, 2000)])",
        rounds,
    )
    name = "memory that loading adds, MiB"
    if version_of("gtars") is None:
        return [name, f"{ours:.0f}", "-", "-", "x4", "-"]
    theirs = _added(
        "from gtars.tokenizers import Tokenizer; from gtars.models import RegionSet",
        f"t = Tokenizer({universe!r}); t(RegionSet.from_vectors(['chr1'], [1000], [2000]))",
        rounds,
    )
    ratio = theirs / ours
    return [name, f"{ours:.0f}", f"{theirs:.0f}", f"x{ratio:.1f}", "x4", _met(ratio >= 4)]


def _added(imports: str, work: str, rounds: int) -> float:
    taken = [fresh_memory(imports, work) for _ in range(rounds)]
    return statistics.median(each["after"] - each["before"] for each in taken)


def _worst_rows(sizes: Sizes, rounds: int) -> list[list[str]]:
    plain = data.universe(sizes.universe)
    queries = _regions(data.queries(sizes.queries, plain))
    kinds = {"plain": _universe(plain), "long": _universe(data.with_long_rows(plain))}
    ratios, seconds = [], []
    for engine in ENGINES:
        taken = alternate({kind: partial(each.encode, queries, engine=engine) for kind, each in kinds.items()}, rounds)
        ratios.append(median_ratio(taken["long"], taken["plain"]))
        seconds.append(statistics.median(_nested_build(sizes.nested, engine) for _ in range(rounds)))
    return [
        [
            f"{len(data.NAMES)} chromosome-long rows added: encoding slower by",
            *(f"x{ratio:.2f}" for ratio in ratios),
            f"x{SLOWDOWN:g}",
            _met(max(ratios) <= SLOWDOWN),
        ],
        [
            f"{sizes.nested:,} nested rows: index built in",
            *(as_time(each) for each in seconds),
            as_time(NESTED_SECONDS),
            _met(max(seconds) <= NESTED_SECONDS),
        ],
    ]


def _nested_build(n: int, engine: Engine) -> float:
    rows = data.nested(n)
    return timed(partial(build_index, starts=rows.starts, ends=rows.ends, engine=engine))


def _counted_rows(sizes: Sizes) -> list[list[str]]:
    """Count the work of both engines where windows are longest; no clock is involved."""
    plain = data.universe(sizes.universe)
    few = data.queries(max(sizes.queries // 10, 10), plain)
    cases = {
        "as drawn": (plain, few),
        "with chromosome-long rows": (data.with_long_rows(plain), few),
        "nested rows, queries at the tip": (data.nested(sizes.nested), data.at_the_tip(sizes.nested, 1000)),
    }
    rows = []
    for name, (universe, queries) in cases.items():
        held, regions = _universe(universe), _regions(queries)
        starts, ends = held.linear(regions)
        for engine in ENGINES:
            offsets, _, compared = find_overlaps(held.index(engine), query_starts=starts, query_ends=ends)
            hits = int(offsets[-1])
            each = f"{compared / (hits + len(regions)):.2f}"
            rows.append([name, engine, f"{len(regions):,}", f"{hits:,}", f"{compared:,}", each])
    return rows


def _universe(rows: data.Rows) -> Universe:
    return Universe.from_regions(_regions(rows))


def _regions(rows: data.Rows) -> Regions:
    return Regions(data.NAMES, rows.codes.astype("int32"), rows.starts, rows.ends)


def _ids(found: list[int] | RaggedIds) -> list[int]:
    return found if isinstance(found, list) else found.ids.tolist()


def _met(yes: bool) -> str:
    return "yes" if yes else "**no**"


if __name__ == "__main__":
    main()
