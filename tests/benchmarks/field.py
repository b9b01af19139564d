"""The field's table: genotok and every other tool on universes of three sizes by query files of three sizes.

Each result is checked before it is timed: the number of overlapping pairs must be the one counted here.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from functools import partial
from operator import call
from pathlib import Path
from typing import NamedTuple

import data
import numpy as np
from measure import CHECKOUT, Run, alternate, as_markdown, as_time, machine, median_ratio
from rivals import BASE, WARM_BASE, WHY_FASTER, Server, Tool, all_tools, servers

UNIVERSES = (1_000_000, 100_000, 10_000)
QUERIES = (8_000, 80_000, 300_000)
QUICK = ((2_000,), (300,))


class Job(NamedTuple):
    """A universe and queries on disk, and how many pairs of them overlap."""

    universe: str
    queries: str
    universe_files: dict[int, Path]  # by number of columns
    query_file: Path
    pairs: int


def main() -> None:
    options = _options()
    tools = [tool for tool in all_tools() if tool.version]
    missing = [tool.name for tool in all_tools() if not tool.version]
    print(f"{machine()}\n\n" + ", ".join(sorted({f"{_family(tool)} {tool.version}" for tool in tools})))
    if missing:
        print(f"\nNot installed, so not in the tables: {', '.join(missing)}.")
    cold: dict[str, list[str]] = {tool.name: [] for tool in tools}
    memory: dict[str, list[str]] = {tool.name: [] for tool in tools}
    warm: dict[str, dict[str, list[str]]] = {"file": {}, "memory": {}}
    jobs = list(_jobs(options))
    for job in jobs:
        print(f"{job.universe} x {job.queries}: {job.pairs:,} pairs", file=sys.stderr, flush=True)
        good = _checked(tools, job, options.work)
        _measure_cold(good, job, options, cold, memory)
    for name in dict.fromkeys(job.universe for job in jobs):
        _measure_warm(tools, [job for job in jobs if job.universe == name], options.rounds, warm)
    header = ["", *(f"{job.universe} x {job.queries}" for job in jobs)]
    _print("Cold: one process from two files to a file of ids (wall time, times that of the first row)", header, cold)
    _print("Peak memory of the same, MiB", header, memory)
    _print("Warm: universe loaded, query file to hits in memory", header, warm["file"])
    _print("Warm: universe loaded, queries in memory", header, warm["memory"])
    _print_why({"cold": cold, "warm, from a file": warm["file"], "warm, from memory": warm["memory"]})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real BED files to take the queries from")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks", help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    parser.add_argument("--universes", type=int, nargs="+", default=UNIVERSES)
    parser.add_argument("--queries", type=int, nargs="+", default=QUERIES)
    options = parser.parse_args()
    if options.quick:
        options.universes, options.queries, options.rounds = *QUICK, 1
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def _jobs(options: argparse.Namespace) -> Iterator[Job]:
    """Make the inputs; with real queries the universe lies where they are, with drawn ones they lie where it is."""
    real = data.real_queries(options.data) if options.data else {}
    pool = data.joined(*real.values()) if real else None
    kind = "real" if real else "drawn"
    for size in options.universes:
        universe = data.screen_like(size, near=pool)
        files = {columns: options.work / f"screen-{kind}-{size}.bed{columns}.bed" for columns in (3, 4)}
        for columns, path in files.items():
            data.write_rows(path, universe, ids=columns == 4)
        for wanted in options.queries:
            name, rows = _closest(real, wanted) if real else (f"drawn-{size}-{wanted}", data.queries(wanted, universe))
            path = data.write_rows(options.work / f"queries-{name}.bed", rows)
            yield Job(_short(size), _short(len(rows)), files, path, data.count_pairs(universe, rows))


def _closest(real: dict[str, data.Rows], wanted: int) -> tuple[str, data.Rows]:
    name = min(real, key=lambda each: abs(np.log(len(real[each]) / wanted)))
    return name, real[name]


def _short(n: int) -> str:
    return f"{n // 1_000_000}M" if n % 1_000_000 == 0 else f"{n / 1000:.0f}k" if n >= 1000 else str(n)


def _family(tool: Tool) -> str:
    return tool.name.split(",")[0].split(" ")[0]


def _checked(tools: list[Tool], job: Job, work: Path) -> dict[str, Tool | str]:
    """Run each tool once: the tool if it finds all pairs, else what is wrong with it."""
    verdicts: dict[str, Tool | str] = {}
    for tool in tools:
        try:
            tool.run(job.universe_files[tool.universe_columns], job.query_file, work)
            pairs = tool.pairs(tool.output(work))
            verdicts[tool.name] = tool if pairs == job.pairs else f"wrong: {pairs:,} pairs"
        except RuntimeError as error:
            print(error, file=sys.stderr)
            verdicts[tool.name] = "fails"
    return verdicts


def _measure_cold(
    good: dict[str, Tool | str],
    job: Job,
    options: argparse.Namespace,
    cold: dict[str, list[str]],
    memory: dict[str, list[str]],
) -> None:
    contenders = {
        name: partial(tool.run, job.universe_files[tool.universe_columns], job.query_file, options.work)
        for name, tool in good.items()
        if isinstance(tool, Tool)
    }
    runs: dict[str, list[Run]] = alternate(contenders, options.rounds, clock=call)
    seconds = {name: [run.seconds for run in taken] for name, taken in runs.items()}
    for name, verdict in good.items():
        bad = verdict if isinstance(verdict, str) else None
        cold[name].append(bad or _cell(seconds, name, BASE))
        memory[name].append(bad or f"{max(run.peak_mib for run in runs[name]):.0f}")


def _measure_warm(tools: list[Tool], jobs: list[Job], rounds: int, warm: dict[str, dict[str, list[str]]]) -> None:
    libraries = [tool for tool in tools if tool.library]
    with servers(libraries, jobs[0].universe_files) as holding:
        for job in jobs:
            for kind, table in warm.items():
                verdicts = {name: _verdict(server, kind, job) for name, server in holding.items()}
                contenders = {
                    name: partial(_warm_seconds, server, kind, job)
                    for name, server in holding.items()
                    if verdicts[name] is None
                }
                seconds = alternate(contenders, rounds, clock=call)
                for name, verdict in verdicts.items():
                    table.setdefault(name, []).append(verdict or _cell(seconds, name, WARM_BASE))


def _warm_seconds(server: Server, kind: str, job: Job) -> float:
    return float(server.ask(kind, job.query_file)["seconds"])


def _verdict(server: Server, kind: str, job: Job) -> str | None:
    try:
        pairs = server.ask(kind, job.query_file)["pairs"]
    except (RuntimeError, BrokenPipeError):
        return "fails"
    return None if pairs == job.pairs else f"wrong: {pairs:,} pairs"


def _cell(seconds: dict[str, list[float]], name: str, base: str) -> str:
    time = as_time(statistics.median(seconds[name]))
    if base not in seconds:
        return time
    ratio = median_ratio(seconds[name], seconds[base])
    return f"{time} (x{ratio:.2f})" if ratio >= 1 else f"{time} (**x{ratio:.2f}**)"


def _print(title: str, header: list[str], table: dict[str, list[str]]) -> None:
    print(f"\n### {title}\n\n{as_markdown(header, ([name, *cells] for name, cells in table.items()))}")


def _print_why(tables: dict[str, dict[str, list[str]]]) -> None:
    """Say for each tool that beats genotok anywhere how many cells it wins, and by what."""
    print("\n### Where another tool is faster\n")
    for name in dict.fromkeys(name for table in tables.values() for name in table):
        cells = {title: table.get(name, []) for title, table in tables.items()}
        wins = {title: sum("**" in cell for cell in row) for title, row in cells.items()}
        if any(wins.values()) and not name.startswith("genotok"):
            counts = ", ".join(f"{title} {won} of {len(cells[title])}" for title, won in wins.items() if won)
            print(f"- {name} ({counts}): {WHY_FASTER.get(name, 'not explained yet')}.")


if __name__ == "__main__":
    main()
