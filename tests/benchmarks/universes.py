"""Consensus universes: genotok beside bedtools' multiinter and genomecov, and beside geniml's universes.

Every contender of a table makes the same regions, and the results are compared line by line before anything is timed.
geniml starts from bigWigs of the depth, which another program must have made, and a model of them; here they are given,
and their making is not counted. It and genomecov look at every base, so they get two small chromosomes.
"""

import argparse
import gzip
import importlib.util
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import data
from measure import (
    CHECKOUT,
    GENOTOK,
    Run,
    alternate,
    as_markdown,
    as_time,
    launch,
    machine,
    median_ratio,
    use_checkout,
    version_of,
)

if TYPE_CHECKING:
    from genotok.values.coverage import Coverage

SMALL = ("chr21", "chr22")
GENIML_CC = (
    "import sys; from geniml.universe.cc_universe import cc_universe; "
    "cc_universe(sys.argv[1], sys.argv[2], cutoff=int(sys.argv[3]))"
)
GENIML_ML = (
    "import sys; from geniml.universe.ml_universe import ml_universe; "
    "ml_universe(sys.argv[3], sys.argv[1], 'all', sys.argv[2])"
)
MULTIINTER = (
    'for each in "$@"; do bedtools merge -i "$each" > "$each.merged"; done; '
    "bedtools multiinter -i \"${@/%/.merged}\" | awk -v n=$N '$4 >= n' | bedtools merge -i - > $OUT"
)
GENOMECOV = (
    'for each in "$@"; do bedtools merge -i "$each"; done | LC_ALL=C sort -k1,1 > $OUT.all; '
    "bedtools genomecov -bga -i $OUT.all -g $SIZES | awk -v n=$N '$4 >= n' | bedtools merge -i - > $OUT"
)

Contenders = dict[str, Callable[[], Run]]


def main() -> None:
    options = _options()
    print(f"{machine()}\n\n{_versions()}\n")
    whole, name_of_files = _files(options)
    needed = max(1, len(whole) // 4)
    asked = f"at least {needed} of {len(whole)} files"
    contenders = _tools(whole, needed, options.work, MULTIINTER)
    _check(contenders, options.work)
    contenders["genotok, with the report"] = _genotok(whole, needed, options.work / "report.bed", report=True)
    contenders["genotok, 2 jobs"] = _genotok(whole, needed, options.work / "jobs.bed", jobs=2)
    _print_table(f"{name_of_files}, {asked}", contenders, options.rounds)
    small = [_small_copy(path) for path in whole]
    contenders = _tools(small, needed, options.work, GENOMECOV)
    can_geniml = importlib.util.find_spec("geniml") and importlib.util.find_spec("pyBigWig")
    others = _geniml(small, needed, options.work) if can_geniml else {}
    flexible = {"genotok": _genotok_ml(small, options.work)}
    for name, run in others.items():
        (flexible if " ml" in name else contenders)[name] = run
    _check(contenders, options.work)
    title = f"{' and '.join(SMALL)} of {name_of_files}"
    _print_table(f"{title}, {asked}", contenders, options.rounds)
    _check(
        flexible, options.work, slack=1
    )  # of equally likely borders geniml's sums of floats take the one or the other
    _print_table(f"{title}, the most likely flexible regions", flexible, options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, nargs="+", default=(), help="real BED files, of one assembly")
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks", help="where the inputs are kept")
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.files, options.rows, options.rounds = 3, 400, 1
    return options


def _versions() -> str:
    found = [f"{name} {version_of(name)}" for name in ("geniml", "pyBigWig") if version_of(name)]
    missing = [name for name in ("geniml", "pyBigWig") if not version_of(name)]
    missing += [] if shutil.which("bedtools") else ["bedtools"]
    return f"beside {', '.join(found) or 'nothing of Python'}; not installed: {', '.join(missing) or 'none'}"


def _files(options: argparse.Namespace) -> tuple[list[Path], str]:
    """Give the files, drawn or real, sorted as bedtools wants them, and what to call them."""
    if options.data:
        return [_sorted_copy(path, options.work) for path in options.data], f"{len(options.data)} real files"
    shared = data.universe(2 * options.rows)
    drawn = (data.queries(options.rows, shared, seed=number) for number in range(options.files))
    files = [
        data.write_rows(options.work / f"peaks-{options.rows}-{number}.bed", rows) for number, rows in enumerate(drawn)
    ]
    return files, f"{options.files} files of {options.rows:,} rows"


def _read_lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode().splitlines()


def _sorted_copy(path: Path, work: Path) -> Path:
    rows = [line.split("\t")[:3] for line in _read_lines(path) if not line.startswith("#")]
    rows.sort(key=lambda row: (row[0], int(row[1])))
    return _write(work / f"real-{path.name.removesuffix('.gz')}", rows)


def _small_copy(path: Path) -> Path:
    rows = [line.split("\t") for line in _read_lines(path) if line.split("\t")[0] in SMALL]
    return _write(path.with_name(f"small-{path.name}"), rows)


def _write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


def _tools(files: Sequence[Path], needed: int, work: Path, script: str) -> Contenders:
    """Return genotok and a pipeline of bedtools, each writing ``<name>.bed``."""
    found: Contenders = {"genotok": _genotok(files, needed, work / "genotok.bed")}
    if shutil.which("bedtools"):
        sizes = _write(work / "small.sizes", [[name, str(data.CHROMS[name])] for name in SMALL])
        words = [f"N={needed}", f"OUT={work / 'bedtools.bed'}", f"SIZES={sizes}", "LC_ALL=C"]
        argv = ["env", *words, "bash", "-euo", "pipefail", "-c", script, "bash", *map(str, files)]
        found["bedtools multiinter" if script is MULTIINTER else "bedtools genomecov"] = lambda: launch(argv)
    return found


def _genotok(
    files: Sequence[Path], needed: int, out: Path, *, report: bool = False, jobs: int = 1
) -> Callable[[], Run]:
    argv = [*GENOTOK, "universe", *map(str, files), "--cutoff", str(needed), "--order", "text", "-o", str(out)]
    argv += ["--jobs", str(jobs)] + ([] if report else ["-q"])
    return lambda: launch(argv, stdout=os.devnull)


def _genotok_ml(files: Sequence[Path], work: Path) -> Callable[[], Run]:
    sizes = _write(work / "small.sizes", [[name, str(data.CHROMS[name])] for name in SMALL])
    argv = [*GENOTOK, "universe", *map(str, files), "--method", "ml", "--chrom-sizes", str(sizes)]
    return lambda: launch([*argv, "-q", "-o", str(work / "genotok.bed")])


def _geniml(files: Sequence[Path], needed: int, work: Path) -> Contenders:
    """Make the bigWigs that geniml reads, and its model of them; then let it cut, or look for the likeliest."""
    use_checkout()
    from geniml.likelihood.build_model import ModelLH

    from genotok import read_bed
    from genotok.tokenizers.flexible import SMOOTH, Tracks, TracksSum

    tracks = TracksSum(Tracks.of(read_bed(path), smooth=SMOOTH) for path in files).total()
    folder = work / "geniml"
    folder.mkdir(exist_ok=True)
    for name in ("starts", "cores", "ends"):
        _write_bigwig(folder / f"all_{name.removesuffix('s')}.bw", getattr(tracks, name))
    (folder / "model.tar").unlink(missing_ok=True)
    ModelLH(str(folder / "model.tar")).make(str(folder), "all", len(files))
    return {
        "geniml cc, from a bigWig": _fresh(work / "geniml.bed", GENIML_CC, folder, str(needed)),
        "geniml ml, from bigWigs and model": _fresh(work / "geniml.bed", GENIML_ML, folder, str(folder / "model.tar")),
    }


def _write_bigwig(path: Path, coverage: "Coverage") -> None:
    import pyBigWig

    track = pyBigWig.open(str(path), "w")
    track.addHeader([(name, data.CHROMS[name]) for name in coverage.chrom_names])
    chroms, starts, ends, depths = zip(*coverage.to_tuples(), strict=True)
    track.addEntries(list(chroms), list(starts), ends=list(ends), values=[float(depth) for depth in depths])
    track.close()


def _fresh(out: Path, code: str, folder: Path, word: str) -> Callable[[], Run]:
    def run() -> Run:
        out.unlink(missing_ok=True)  # it refuses to write over a file
        return launch([sys.executable, "-c", code, str(folder), str(out), word])

    return run


def _check(contenders: Mapping[str, Callable[[], Run]], work: Path, *, slack: int = 0) -> None:
    """Refuse to time programs that disagree by more than ``slack`` bases in any border."""
    answers = {}
    for name, run in contenders.items():
        run()
        answers[name] = [line.split("\t") for line in _read_lines(work / f"{name.split()[0]}.bed")]
    wrong = [name for name, answer in answers.items() if not _agree(answer, answers["genotok"], slack)]
    if wrong or not answers["genotok"]:
        raise SystemExit(f"{', '.join(wrong)} and genotok do not agree")


def _agree(one: Sequence[Sequence[str]], two: Sequence[Sequence[str]], slack: int) -> bool:
    if len(one) != len(two) or not slack:
        return one == two
    pairs = ((a, b) for row, other in zip(one, two, strict=True) for a, b in zip(row, other, strict=True) if a != b)
    return all(a.isdigit() and b.isdigit() and abs(int(a) - int(b)) <= slack for a, b in pairs)


def _print_table(title: str, contenders: Contenders, rounds: int) -> None:
    runs = alternate(contenders, rounds, clock=lambda run: run())
    ours = [run.seconds for run in runs["genotok"]]
    rows = []
    for name, taken in runs.items():
        seconds = [run.seconds for run in taken]
        ratio = "" if name == "genotok" else f"x{median_ratio(seconds, ours):.1f}"
        peak = max(run.peak_mib for run in taken)
        rows.append([name, as_time(statistics.median(seconds)), f"{peak:.0f}", ratio])
    print(f"{title}\n\n{as_markdown(['', 'wall time', 'peak MiB', 'time by genotok'], rows)}\n")


if __name__ == "__main__":
    main()
