"""Peak memory of `genotok tokenize` on a file of ten million rows: it is streamed, so the file's size must not show."""

import argparse
import os
import statistics
from pathlib import Path

import data
from measure import CHECKOUT, GENOTOK, Run, as_markdown, as_time, launch, machine

QUICK = (500, 2_000)
FORMATS = ("gtok", "jsonl", "tsv")


def main() -> None:
    options = _options()
    universe = data.universe(2_000 if options.quick else 1_000_000)
    universe_file = data.write_rows(options.work / f"universe-{len(universe)}.bed", universe)
    print(f"{machine()}\n\nUniverse of {len(universe):,} rows; median of {options.rounds} runs\n")
    rows = []
    for n in options.rows:
        query_file = options.work / f"queries-{len(universe)}-{n}-sorted.bed"
        if not query_file.exists():  # drawing ten million rows takes a while
            data.write_rows(query_file, data.queries(n, universe))
        for each in options.formats:
            out = options.work / f"out.{each}"
            runs = [_tokenize(universe_file, query_file, out) for _ in range(options.rounds)]
            seconds = as_time(statistics.median(run.seconds for run in runs))
            peak = max(run.peak_mib for run in runs)
            sizes = [f"{path.stat().st_size / 1e6:.1f}" for path in (query_file, out)]
            rows.append([f"{n:,} rows to .{each}", seconds, f"{peak:.0f}", *sizes])
            out.unlink()
    print(as_markdown(["`genotok tokenize`", "wall time", "peak MiB", "input MB", "output MB"], rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=(100_000, 1_000_000, 10_000_000))
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks", help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.rows, options.rounds = QUICK, 1
    return options


def _tokenize(universe: Path, queries: Path, out: Path) -> Run:
    return launch([*GENOTOK, "tokenize", "-u", str(universe), str(queries), "-o", str(out)], stdout=os.devnull)


if __name__ == "__main__":
    main()
