"""Many files by one process, by ``--jobs 2`` and by a Dask cluster of two local workers; and a run killed half-way.

The folders are compared byte by byte before anything is timed. Needs the extras [arrow] and [dask].
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path

import data
from measure import ENVIRONMENT, GENOTOK, alternate, as_markdown, as_time, launch, machine, median_ratio, version_of

WAYS = {"one process": (), "--jobs 2": ("--jobs", "2"), "--dask local --jobs 2": ("--dask", "local", "--jobs", "2")}


def main() -> None:
    options = _options()
    files, rows, size = (6, 200, 3_000) if options.quick else (200, 50_000, 1_000_000)
    universe = data.universe(size)
    universe_file = data.write_rows(options.work / f"universe-{size}.bed", universe)
    names = [
        data.write_rows(
            options.work / f"cluster-{rows}" / f"{number:03}.bed", data.queries(rows, universe, seed=number)
        )
        for number in range(files)
    ]
    listed = options.work / "cluster.txt"
    listed.write_text("\n".join(map(str, names)))
    command = [*GENOTOK, "tokenize", "-u", str(universe_file), "--from-file", str(listed), "--format", "parquet", "-q"]
    print(f"{machine()}, distributed {version_of('distributed')}")
    print(f"{files} files of {rows:,} rows, a universe of {size:,}, {options.rounds} rounds, medians\n")
    outputs = {way: options.work / f"cluster-out-{number}" for number, way in enumerate(WAYS)}
    seconds = alternate({way: partial(_run, command, way, outputs[way]) for way in WAYS}, options.rounds)
    expected = _tree(outputs["one process"])
    assert len(expected) == files + 1
    print(
        as_markdown(["", "time", "of --jobs 2", "same bytes"], [_row(way, seconds, outputs, expected) for way in WAYS])
    )
    print(f"\n{_kill_and_resume(command, options.work / 'cluster-out-killed', files, expected)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path(".benchmarks"), help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    options = parser.parse_args()
    options.rounds = 1 if options.quick else options.rounds
    return options


def _run(command: list[str], way: str, output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    launch([*command, "-o", str(output), *WAYS[way]])


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _row(way: str, seconds: dict[str, list[float]], outputs: dict[str, Path], expected: dict[str, bytes]) -> list[str]:
    ratio = median_ratio(seconds[way], seconds["--jobs 2"])
    same = "yes" if _tree(outputs[way]) == expected else "wrong"
    return [
        f"genotok {way}".replace("genotok one", "genotok, one"),
        as_time(statistics.median(seconds[way])),
        f"{ratio:.2f}",
        same,
    ]


def _kill_and_resume(command: list[str], output: Path, files: int, expected: dict[str, bytes]) -> str:
    """Kill a cluster's run once half of the files are whole, go on, and say what came of it."""
    shutil.rmtree(output, ignore_errors=True)
    words = [*command, "-o", str(output), *WAYS["--dask local --jobs 2"]]
    process = subprocess.Popen(words, env=ENVIRONMENT, start_new_session=True)
    journal = output / "manifest.jsonl.partial"
    while not (journal.exists() and journal.read_bytes().count(b"\n") >= files // 2) and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    whole = journal.read_bytes().count(b"\n") if journal.exists() else files
    run = launch([*words, "--resume"])
    same = "the same bytes" if _tree(output) == expected else "WRONG bytes"
    return f"Killed with {whole} of {files} files whole, resumed in {as_time(run.seconds)}: {same}."


if __name__ == "__main__":
    main()
