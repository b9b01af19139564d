"""The command as a newcomer meets it."""

import gzip
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import genotok
from cli.cellfiles import FRAGMENTS, write_h5ad
from cli.desk import PEAKS, UNIVERSE, environment
from genotok import IntervalTokenizer
from genotok.cli.app import COMMANDS
from genotok.cli.motif import COMMANDS as MOTIF_COMMANDS
from genotok.cli.vq import COMMANDS as VQ_COMMANDS

GROUPS = {"motif": MOTIF_COMMANDS, "vq": VQ_COMMANDS}
PAGES = [page for group, names in GROUPS.items() for page in ([group], *([group, name, "--help"] for name in names))]
WIDE = f"{PEAKS}chr1\t1000\t1200\n"


def loaded_by(*args, folder=None):
    """Return the modules that a command loads."""
    code = "import sys; from genotok.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=folder, env=environment(), capture_output=True, timeout=60
    )
    return set(done.stderr.decode().split())


def test_the_version_names_what_runs(desk):
    """Package, NumPy and Python, in one line."""
    found = desk.here("--version")
    python = ".".join(map(str, sys.version_info[:3]))
    assert found.out.decode().startswith(f"genotok {genotok.__version__} (NumPy {np.__version__}, Python {python}")
    assert found.code == 0


@pytest.mark.parametrize("args", [[], ["--help"], ["info", "-h"], *([name, "--help"] for name in COMMANDS), *PAGES])
def test_help_has_examples(desk, args):
    """Every page of help shows what to type, and ends with 0."""
    found = desk.here(*args)
    assert found.code == 0
    assert "Examples:\n    genotok " in found.out.decode()


def test_starting_is_light(desk):
    """Help and version load no NumPy; tokenizing loads neither rich nor what only other formats and jobs need."""
    for args in (
        ["--version"],
        ["--help"],
        ["tokenize", "--help"],
        ["tokenize"],
        ["fragments"],
        ["anndata"],
        ["universe", "--help"],
        ["universe"],
        ["motif", "--help"],
        ["motif", "fit", "--help"],
        ["motif", "encode"],
        ["motif", "train", "--help"],
        ["motif", "tf-auc", "--help"],
        ["motif", "embed", "-t", "x"],
        *(["vq", name, "--help"] for name in VQ_COMMANDS),
        ["vq", "encode"],
        ["vq", "train", "--fasta", "x"],
    ):
        assert not loaded_by(*args) & {"numpy", "rich", "multiprocessing"}
    heavy = loaded_by("tokenize", "-u", "u.bed", "q.bed", "-q", folder=desk.folder)
    assert "numpy" in heavy
    assert not heavy & {"rich", "multiprocessing", "concurrent.futures", "asyncio"}


def examples():
    """Collect the example lines of all help pages; test_serve.py ends serve, others have tests of their own."""
    lines = []
    for command in ("--help", *(f"{name} --help" for name in COMMANDS)):
        done = subprocess.run(
            [sys.executable, "-m", "genotok", *command.split()], env=environment(), capture_output=True, timeout=60
        )
        lines += re.findall(r"^    ((?:zcat|genotok) .*)$", done.stdout.decode(), re.MULTILINE)
    return [
        line for line in dict.fromkeys(lines) if not line.startswith(("genotok serve", "genotok motif", "genotok vq"))
    ]


def test_every_example_runs(desk):
    """What the help shows works as shown, in a folder that has such files."""
    desk.write("universe.bed", UNIVERSE)
    tokenizer = IntervalTokenizer.from_bed(desk.folder / "universe.bed")
    tokenizer.universe.write_bed(desk.folder / "universe.bed.gz")
    tokenizer.save_pretrained(desk.folder / "model")
    for name in ("peaks.bed", "data/a.narrowPeak", "data/b.narrowPeak"):
        desk.write(name, PEAKS)
    subprocess.run(["gzip", "-k", "peaks.bed"], cwd=desk.folder, check=True)
    for name in ("a", "b"):
        (desk.folder / f"data/{name}.bed.gz").write_bytes(gzip.compress(WIDE.encode()))
    desk.write("ensembl.bed", "1\t18\t19\n")
    desk.write("list.txt", "data/a.bed.gz\ndata/b.bed.gz\npeaks.bed\n")
    for name in ("peaks.npz", "peaks.gtok", "peaks.tsv", "tokens.npz"):
        desk.here("tokenize", "-u", "universe.bed", "peaks.bed", "-o", name)
    for name in ("fragments.tsv.gz", "atac/a.tsv.gz", "atac/b.tsv.gz"):
        desk.write(name, gzip.compress(FRAGMENTS))
    desk.write("barcodes.tsv.gz", gzip.compress(b"CCGT-1\nAAAC-1\n"))
    write_h5ad(desk.folder / "atac.h5ad")
    bin_folder = desk.folder / "bin"
    bin_folder.mkdir()
    script = bin_folder / "genotok"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    script.chmod(0o755)
    (desk.folder / ".config/fish/completions").mkdir(parents=True)
    found = examples()
    assert len(found) >= 12
    for line in found:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=desk.folder,
            env=environment(PATH=f"{bin_folder}:{os.environ['PATH']}", HOME=str(desk.folder)),
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, (line, done.stderr)
    assert (desk.folder / "hits.tsv").read_text().splitlines()[1] == "ensembl.bed\tchr1\t18\t19\t0,1"
