"""How time and memory are taken: alternating rounds, medians of ratios, fresh processes for memory."""

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {
    "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "pkg"), str(HERE)]),  # what is measured is this checkout
    "PYTHONPYCACHEPREFIX": str(CHECKOUT / ".benchmarks" / "compiled"),  # compiled once, as installed packages are
    "NO_COLOR": "1",
    "LC_ALL": "C",
}
GENOTOK = (sys.executable, "-c", "import sys; from genotok.cli import main; sys.exit(main())")  # the command, cold
RSS = """
import json, os
def rss():
    with open("/proc/self/statm") as text:
        return int(text.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
"""


def use_checkout() -> None:
    """Import genotok from this checkout, whatever is installed."""
    sys.path.insert(0, str(CHECKOUT / "pkg"))


class Run(NamedTuple):
    """One run of a command: wall time and the largest resident memory of any of its processes."""

    seconds: float
    peak_mib: float


def launch(argv: Sequence[str], *, stdout: str = os.devnull) -> Run:
    """Run a command in fresh processes; a failure raises RuntimeError with its last words."""
    small = [sys.executable, "-S", "-E", str(HERE / "launch.py"), stdout, *argv]
    done = subprocess.run(small, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip().rsplit(chr(10), 1)[-1]}")
    words = done.stdout.split()
    return Run(float(words[0]), int(words[1]) / 1024)


def fresh_memory(imports: str, work: str) -> dict[str, float]:
    """Run ``imports`` then ``work`` in a fresh process: MiB resident ``before`` and ``after`` the work."""
    code = f"{RSS}\n{imports}\nbefore = rss()\n{work}\nprint(json.dumps({{'before': before, 'after': rss()}}))"
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def timed(work: Callable[[], Any]) -> float:
    """Time one call; what it returns is freed after the clock stops."""
    gc.collect()
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    del result
    return seconds


def alternate(
    contenders: Mapping[str, Callable[[], Any]], rounds: int, clock: Callable[[Callable[[], Any]], Any] = timed
) -> dict[str, list[Any]]:
    """Let contenders take turns, after one round that warms up; each round starts with the next of them."""
    taken: dict[str, list[Any]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            sample = clock(contenders[name])
            if turn:
                taken[name].append(sample)
    return taken


def median_ratio(numerators: Iterable[float], denominators: Iterable[float]) -> float:
    """Median of the rounds' ratios: what slows a whole round cancels out."""
    return statistics.median(n / d for n, d in zip(numerators, denominators, strict=True))


def as_markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def machine() -> str:
    """Say in one line what the numbers depend on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    load = f"{os.getloadavg()[0]:.1f}"
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"NumPy {version_of('numpy')}, load at the start {load}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
