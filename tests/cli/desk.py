"""A folder to work in: a tiny universe, a few inputs, and the command line in this process or in its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import genotok
from genotok.cli.app import run

# ids 0 A, 1 B, 2 C, 3 D; unk is 4
UNIVERSE = "chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n"
PEAKS = "#peaks\nchr1\t18\t19\tp1\nchr1\t90\t95\tp2\nchr2\t0\t6\tp3\n"
DIGEST = "b502b5806ce7da1248ac450f90f351f33035e57c8b42596d0f0b16876a0eb479"
EAGER = "from genotok.cli import main, spreading; spreading.WORTH_BYTES = 0; main()"


@dataclass
class Result:
    code: int
    out: bytes
    err: str


class Desk:
    def __init__(self, folder: Path, capture=None):
        self.folder, self._capture = folder, capture
        self.write("u.bed", UNIVERSE)
        self.write("q.bed", PEAKS)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def write_many(self, count: int, rows: int = 3) -> list[str]:
        """Write inputs in several folders, all different; return their paths."""
        names = []
        for number in range(count):
            lines = [f"chr{1 + row % 2}\t{number % 40 + row}\t{number % 40 + row + 5}\n" for row in range(rows)]
            names.append(f"in/d{number % 3}/f{number:03}.bed")
            self.write(names[-1], "".join(lines))
        return names

    def here(self, *args: str) -> Result:
        """Run a command in this process, inside the folder."""
        self._capture.readouterr()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            code = run([str(arg) for arg in args])
        finally:
            os.chdir(before)
        found = self._capture.readouterr()
        return Result(code, found.out, found.err.decode())

    def apart(self, *args: str, stdin: bytes = b"") -> Result:
        """Run a command in a process of its own."""
        done = subprocess.run(
            self.command(*args), cwd=self.folder, env=environment(), input=stdin, capture_output=True, timeout=120
        )
        return Result(done.returncode, done.stdout, done.stderr.decode())

    def command(self, *args: str) -> list[str]:
        """Return the words of a command; with --jobs, processes are started for the smallest inputs too."""
        eager = "--jobs" in args and "--dask" not in args
        return [sys.executable, *(("-c", EAGER) if eager else ("-m", "genotok")), *map(str, args)]

    def tree(self, name: str) -> dict[str, bytes]:
        """Return every file below a folder, hidden ones too, by its path."""
        root = self.folder / name
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which a new process finds this package."""
    home = str(Path(genotok.__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": home, "PYTHONWARNINGS": "error::ResourceWarning", **more}
