"""Training from FASTA to a tokenizer by the documented commands: how long, and the same when it is done again.

Each time a fresh clone of this checkout, and a fresh process for each command: the default table; the preset strided;
and a network of a short span, compiled into a table. The ids of a sequence that none has seen are compared, and the
bytes of the models.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import CHECKOUT, ENVIRONMENT, GENOTOK, as_markdown, as_time, machine, version_of

CORPUS = ("hg19_chr22_partial_N.fa.gz", "sacCer3.fa.gz", "NC_008253.fna.gz", "NC_045512.fasta@30")
UNSEEN = "human_chr17_0_1M.fa.gz"
TARGET = 600.0  # s
ONE_THREAD = ("--device", "cpu", "--threads", "1")
RECIPES: dict[str, tuple[tuple[str, ...], bool]] = {  # options of train; whether the network is compiled
    "table": ((), False),
    "strided": (("--preset", "strided", *ONE_THREAD), False),
    "compiled": (("--preset", "strided", "--blocks", "0", *ONE_THREAD), True),
}
TINY = {
    "table": ("--window", "5", "--levels", "8,32"),
    "strided": ("--steps", "5", "--batch", "4"),
    "compiled": ("--steps", "5", "--batch", "4", "--window", "6"),
}


def main() -> None:
    options = _options()
    print(f"{machine()}, torch {version_of('torch') or '-'}; {os.cpu_count()} cores, a clone each time\n")
    rows = []
    with TemporaryDirectory() as scratch:
        corpus, unseen = _corpus(options, Path(scratch))
        for name in options.only or (["table"] if options.quick else RECIPES):
            runs = [_run(name, corpus, unseen, Path(scratch, f"{name}-{number}"), options) for number in (1, 2)]
            rows.append(_row(name, runs))
    header = ["genotok vq, FASTA to tokens", "first", "second", "target", "model.npz", "ids", "met"]
    print(as_markdown(header, rows))
    if any(row[-1] == "no" for row in rows):
        raise SystemExit("not as promised")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder with {', '.join(CORPUS)} and {UNSEEN}, at any depth")
    parser.add_argument("--only", nargs="*", choices=RECIPES, help="not all of them")
    parser.add_argument("--work", type=Path, help="not needed: nothing is kept")
    parser.add_argument("--quick", action="store_true", help="few drawn bases, a table alone, to see that it runs")
    return parser.parse_args()


def _corpus(options: argparse.Namespace, folder: Path) -> tuple[list[str], str]:
    """Return what follows --fasta, and the path of what is encoded afterwards."""
    if options.quick or options.data is None:
        drawn = folder / "drawn.fa"
        digits = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(2_000))
        drawn.write_bytes(b">drawn\n" + bytes(b"ACGT"[each & 3] for each in digits) + b"\n")
        return [str(drawn)], str(drawn)
    found = []
    for each in (*CORPUS, UNSEEN):
        name, mark, weight = each.partition("@")
        paths = sorted(options.data.rglob(name))
        if not paths:
            raise SystemExit(f"there is no {name} below {options.data}")
        found.append(f"{paths[0].absolute()}{mark}{weight}")
    return found[:-1], found[-1]


def _run(name: str, corpus: list[str], unseen: str, folder: Path, options: argparse.Namespace) -> tuple[float, ...]:
    """Clone, train, compile and encode: seconds without the clone, SHA-256 of the model and of the ids."""
    words = ["git", "clone", "-q", "--shared", str(CHECKOUT), str(folder)]
    subprocess.run(words, check=True)
    model, (recipe, compiled) = folder / "model", RECIPES[name]
    sources = [word for each in corpus for word in ("--fasta", each)]
    began = time.perf_counter()
    _genotok(folder, "train", *sources, *recipe, *(TINY[name] if options.quick else ()), "-o", str(model))
    if compiled:
        _genotok(folder, "compile", str(model), "-o", f"{model}-table")
        model = model.with_name("model-table")
    seconds = time.perf_counter() - began
    _genotok(folder, "encode", unseen, "-t", str(model), "-o", str(folder / "ids.npz"))
    return seconds, *(_digest(path) for path in (model / "model.npz", folder / "ids.npz"))


def _genotok(folder: Path, *words: str) -> None:
    environment = ENVIRONMENT | {"PYTHONPATH": str(folder / "pkg"), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    done = subprocess.run([*GENOTOK, "vq", *words, "-q"], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"genotok vq {words[0]}: {done.stderr.strip().rsplit(chr(10), 1)[-1]}")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _row(name: str, runs: list[tuple[float, ...]]) -> list[str]:
    (first, *ones), (second, *others) = runs
    same = [f"{one[:12]}, {'the same' if one == other else 'another'}" for one, other in zip(ones, others, strict=True)]
    met = max(first, second) <= TARGET and ones == others
    return [name, as_time(first), as_time(second), as_time(TARGET), *same, "yes" if met else "no"]


if __name__ == "__main__":
    sys.exit(main())
