"""The tools of the field, as commands to start cold and as processes that hold a universe."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libraries import LIBRARIES, Genotok, Library
from measure import ENVIRONMENT, GENOTOK, HERE, Run, launch, version_of


@dataclass(frozen=True)
class Tool:
    """One row of the table: how to start it cold, how many pairs its output holds, and its library if it has one."""

    name: str
    version: str | None  # None: not installed
    argv: Callable[[str, str, str], list[str]]  # universe, queries, output
    pairs: Callable[[Path], int]
    prints: bool = False  # the output is what it prints
    library: str | None = None
    universe_columns: int = 4
    suffix: str = "out"

    def output(self, work: Path) -> Path:
        return work / f"result.{self.suffix}"

    def run(self, universe: Path, queries: Path, work: Path) -> Run:
        out = str(self.output(work))
        argv = self.argv(str(universe), str(queries), out)
        return launch(argv, stdout=out if self.prints else os.devnull)


BASE = "genotok CLI, .gtok"
WARM_BASE = "genotok, in Python"


STARTS_FASTER = "it starts without an interpreter and NumPy (about 0.1 s), which is most of a run on small files"
COMPILED_TEXT = "pandas reads text in compiled code, which outweighs the slower search where the universe is small"
WHY_FASTER = {  # what a tool has that genotok has not, where it wins
    "bioframe": COMPILED_TEXT,
    "pyranges": COMPILED_TEXT,
    "pyranges1": COMPILED_TEXT,
    "gtars": "its import loads no NumPy, which is most of a cold run on small files; warm, it is compiled code",
    "bedtools intersect": STARTS_FASTER,
    "bedtools intersect -sorted": f"{STARTS_FASTER}, and it sweeps two sorted files at once: no index is built or kept",
    "bedmap (bedops)": f"{STARTS_FASTER}, and it sweeps two sorted files at once: no index is built or kept",
    "ncls + polars": "polars reads text with every core, and a compiled index takes arrays of one chromosome at a time",
    "superintervals + polars": "polars reads text with every core, and the index is compiled",
    "polars-bio": "polars reads text, and DataFusion joins, with every core",
}


def all_tools() -> list[Tool]:
    tools = [_genotok_cli(BASE, "gtok", _gtok_pairs), _genotok_cli("genotok CLI, .tsv", "tsv", _tsv_pairs)]
    tools += [_of_library(name, library) for name, library in LIBRARIES.items()]
    bedtools, bedops = _version("bedtools", "v"), _version("bedops", "version:")
    tools.append(Tool("bedtools intersect", bedtools, _bedtools, _lines, prints=True))
    tools.append(Tool("bedtools intersect -sorted", bedtools, _bedtools_sorted, _lines, prints=True))
    tools.append(Tool("bedmap (bedops)", bedops, _bedmap, _bedmap_pairs, prints=True))
    return tools


def _genotok_cli(name: str, suffix: str, pairs: Callable[[Path], int]) -> Tool:
    version = _genotok_version()
    return Tool(
        name, version, lambda u, q, out: [*GENOTOK, "tokenize", "-u", u, q, "--format", suffix, "-o", out], pairs
    )


def _of_library(name: str, library: type[Library]) -> Tool:
    version = _genotok_version() if library is Genotok else version_of(library.package)
    start = [sys.executable, str(HERE / "libraries.py"), "cold", name]
    columns = library.universe_columns
    return Tool(
        name, version, lambda u, q, out: [*start, u, q, out], _int32_pairs, library=name, universe_columns=columns
    )


def _genotok_version() -> str | None:
    text = (HERE.parent.parent / "pkg/genotok/__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "', 1)[1].split('"', 1)[0]


def _version(program: str, before: str) -> str | None:
    if shutil.which(program) is None:
        return None
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).split(before, 1)[1].split()[0]


def _bedtools(universe: str, queries: str, _: str) -> list[str]:
    return ["bedtools", "intersect", "-a", queries, "-b", universe, "-wa", "-wb"]


def _bedtools_sorted(universe: str, queries: str, _: str) -> list[str]:
    return ["bedtools", "intersect", "-sorted", "-a", queries, "-b", universe, "-wa", "-wb"]


def _bedmap(universe: str, queries: str, _: str) -> list[str]:
    return ["bedmap", "--echo-map-id", queries, universe]  # --faster loses pairs where a query contains another


def _lines(out: Path) -> int:
    return out.read_bytes().count(b"\n")


def _bedmap_pairs(out: Path) -> int:
    text = out.read_bytes()
    return text.count(b";") + sum(1 for line in text.split(b"\n") if line)


def _int32_pairs(out: Path) -> int:
    return out.stat().st_size // 4


def _gtok_pairs(out: Path) -> int:
    return (out.stat().st_size - 5) // (2 if out.read_bytes()[4] == 1 else 4)


def _tsv_pairs(out: Path) -> int:
    fields = [line.rsplit(b"\t", 1)[1] for line in out.read_bytes().splitlines()[1:]]
    return sum(field.count(b",") + 1 for field in fields if field != b".")


class Server:
    """A process that holds a loaded universe; `ask` has it answer a query file, or the rows it read before."""

    def __init__(self, tool: Tool, universe: Path) -> None:
        argv = [sys.executable, str(HERE / "libraries.py"), "serve", str(tool.library), str(universe)]
        self._child = subprocess.Popen(
            argv, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, kind: str, queries: Path) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps([kind, str(queries)]) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process ended with code {self._child.wait()}")
        return dict(json.loads(answer))

    def close(self) -> None:
        self._child.communicate()


@contextmanager
def servers(tools: list[Tool], universes: dict[int, Path]) -> Iterator[dict[str, Server]]:
    """Start one process per tool, end them all; ``universes`` by number of columns."""
    started: dict[str, Server] = {}
    try:
        for tool in tools:
            started[tool.name] = Server(tool, universes[tool.universe_columns])
        yield started
    finally:
        for server in started.values():
            server.close()
