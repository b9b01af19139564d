"""The same work done natively: what the page has to equal."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import genotok
from genotok import IntervalTokenizer, Regions, Universe
from genotok.io.gtu import read_gtu

WEB = Path(__file__).parents[2] / "web"
HG38 = WEB / "assets/hg38-ensembl-regulatory.gtu"
SAMPLE = WEB / "samples/hg38-ctcf.bed.gz"


@cache
def default_universe() -> Universe:
    """The universe that the page opens with."""
    universe, _header = read_gtu(HG38.read_bytes())
    return universe


@cache
def default_tokenizer() -> IntervalTokenizer:
    return IntervalTokenizer(default_universe())


def universe_file(folder: Path) -> Path:
    """The default universe as a BED file, for the command line."""
    path = folder / "universe.bed.gz"
    if not path.exists():
        default_universe().write_bed(path)
    return path


def run_cli(universe: Path, source: Path, target: Path, *options: str) -> bytes:
    """Bytes of `genotok tokenize`; input and output are named as the page names them."""
    command = [sys.executable, "-m", "genotok", "tokenize", "-u", str(universe), "--quiet", "-o", target.name, *options]
    here = {**os.environ, "PYTHONPATH": str(Path(genotok.__file__).parents[1])}  # this package, from any folder
    subprocess.run([*command, source.name], check=True, cwd=source.parent, timeout=120, env=here)
    return (source.parent / target.name).read_bytes()


def run_line(command: list[str], folder: Path) -> None:
    """Run a line that the page gave, in a folder with the files that it names."""
    here = {**os.environ, "PYTHONPATH": str(Path(genotok.__file__).parents[1])}
    program = {"genotok": [sys.executable, "-m", "genotok"], "python": [sys.executable]}[command[0]]
    subprocess.run([*program, *command[1:]], check=True, cwd=folder, timeout=120, env=here)


def bed_of(regions: Regions) -> bytes:
    return "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in regions.to_tuples()).encode()
