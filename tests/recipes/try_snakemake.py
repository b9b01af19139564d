"""The Snakemake recipe, run for real; by hand, as Snakemake brings much: pip install snakemake and genotok[arrow].

python tests/recipes/try_snakemake.py
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RECIPE = Path(__file__).parent / "snakemake/Snakefile"
CONFIG = ("universe=u.bed", "data=data", "output=tokens")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "u.bed").write_text("chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n")
        (here / "data/more").mkdir(parents=True)
        names = [f"{number}.bed" for number in range(4)] + ["more/with space.bed"]
        for number, name in enumerate(names):
            (here / "data" / name).write_text("chr1\t18\t19\nchr2\t0\t6\n" * (number + 1))
        (here / "data/notes.txt").write_text("no regions\n")
        print(_jobs_of(_snakemake(here)))
        assert sorted(_tree(here / "tokens")) == sorted(f"{name}.parquet" for name in names)
        flat = [f"data/{name}" for name in names[:4]]
        _check(here, sys.executable, "-m", "genotok", "tokenize", "-q", "-u", "u.bed", "-o", "one/", *flat, *PARQUET)
        for name in names[:4]:
            assert _tree(here / "tokens")[f"{name}.parquet"] == _tree(here / "one")[f"{name}.parquet"], name
        (here / "data" / names[2]).write_text("chr1\t30\t31\n")
        print("one file changed:", _jobs_of(_snakemake(here)))
        nothing = subprocess.run(_words("pattern=*.none"), cwd=here, capture_output=True, text=True, check=False)
        assert nothing.returncode != 0
        assert "no file below data fits the pattern" in nothing.stdout + nothing.stderr
    print("Snakemake: the partitions of one run")


PARQUET = ("--format", "parquet")


def _words(*more: str) -> list[str]:
    command = [sys.executable, "-m", "snakemake", "-s", str(RECIPE), "--cores", "2", "--config", *CONFIG]
    return [*command, *more]


def _snakemake(here: Path) -> str:
    return _check(here, *_words())


def _check(here: Path, *words: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where its genotok is
    done = subprocess.run(
        words, cwd=here, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _jobs_of(log: str) -> str:
    found = re.search(r"(\d+ of \d+) steps \(100%\) done", log)
    assert found, log
    return f"{found[1]} steps done"


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


if __name__ == "__main__":
    main()
