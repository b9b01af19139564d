"""How long the page takes to start in Chromium, step by step: first visit, next visits, and after a restart."""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measure import CHECKOUT, as_markdown, machine, use_checkout

sys.path.insert(0, str(CHECKOUT / "tests"))
use_checkout()

from playwright.sync_api import sync_playwright  # noqa: E402  # needs the paths above

from web.conftest import BROWSERS, served  # noqa: E402

KINDS = (
    "first",
    "second",
    "third",
    "restarted",
)  # the second visit makes the browser's code caches, the third has them
TARGETS = {"first": 1300, "third": 800, "restarted": 800}  # ms until the engine is ready, on quiet cores
SETTLE = 1.5  # s after a visit in which the browser writes its caches
WAIT = """() => new Promise((resolve, reject) => {
  const tell = () => {
    const at = Object.fromEntries(performance.getEntriesByType("mark").map((mark) => [mark.name, mark]));
    if (!at.engine || !at.universe) return;
    const {origin, steps} = at.engine.detail;
    const worker = origin - performance.timeOrigin;
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const [first, views] = [paint?.startTime ?? 0, at.views.startTime];
    resolve({paint: first, views, engine: at.engine.startTime, universe: at.universe.startTime, worker, steps});
  };
  new PerformanceObserver(tell).observe({type: "mark", buffered: true});
  setTimeout(() => reject(new Error("the page was not ready after 60 s")), 60_000);
})"""


class Visit(NamedTuple):
    """One visit: milliseconds since navigation, processor time of the whole browser, what else the machine did."""

    paint: float
    views: float  # the page's own controls work
    engine: float
    universe: float
    worker: float  # when the worker was made
    steps: list[tuple[str, float]]  # since the worker was made
    processor: float  # ms, all of the browser
    thread: float  # ms, the worker's own thread
    load: float


def main() -> None:
    options = _options()
    print(f"{machine()}\n")
    taken: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    with contextlib.ExitStack() as stack:
        urls = {
            site: stack.enter_context(served(CHECKOUT / "web/tools/serve.py", site, "--port", "0"))
            for site in options.sites
        }
        driver = stack.enter_context(sync_playwright())
        for turn in range(options.rounds):
            for site in options.sites[turn % len(urls) :] + options.sites[: turn % len(urls)]:
                for kind, visit in _visits(driver, urls[site]):
                    taken[site, kind].append(visit)
    if options.json:
        print(json.dumps([[site, kind, [v._asdict() for v in visits]] for (site, kind), visits in taken.items()]))
        return
    for site in options.sites:
        if len(urls) > 1:
            print(f"#### {site}\n")
        print(_summary({kind: taken[site, kind] for kind in KINDS}), end="\n\n")
        print(_breakdown({kind: taken[site, kind] for kind in KINDS}), end="\n\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sites", nargs="*", default=[str(CHECKOUT / "web/dist")], help="built pages to compare by turns"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print every visit")
    return parser.parse_args()


def _visits(driver: Any, url: str) -> Iterator[tuple[str, Visit]]:
    """Visit the page in a profile of its own until all caches are warm."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        kinds = iter(KINDS)
        for count in (3, 1):
            with _browser(driver, profile) as context:
                for _ in range(count):
                    yield next(kinds), _visit(context, url, profile)
                    time.sleep(SETTLE)


@contextlib.contextmanager
def _browser(driver: Any, profile: str) -> Iterator[Any]:
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    context = driver.chromium.launch_persistent_context(profile, executable_path=browser, args=["--no-sandbox"])
    time.sleep(SETTLE)  # it has work of its own when it starts
    yield context
    context.close()


def _visit(context: Any, url: str, profile: str) -> Visit:
    page = context.new_page()
    load, before = os.getloadavg()[0], _processor_time(profile)
    page.goto(url, wait_until="commit")
    told = page.evaluate(WAIT)
    spent, thread = _processor_time(profile) - before, _worker_time(profile)
    time.sleep(SETTLE)
    page.close()
    return Visit(**told, processor=1000 * spent, thread=thread, load=load)


def _processor_time(profile: str) -> float:
    """Seconds of processor time that the browser of a profile has used, dead children included."""
    spent = 0
    for folder in _processes(profile):
        with contextlib.suppress(OSError):  # processes come and go
            spent += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return spent / os.sysconf("SC_CLK_TCK")


def _worker_time(profile: str) -> float:
    """Milliseconds of processor time of the worker's thread."""
    spent = 0.0
    for folder in _processes(profile):
        for task in folder.glob("task/*"):
            with contextlib.suppress(OSError):
                if (task / "comm").read_text().startswith("DedicatedWorker"):
                    spent += int((task / "schedstat").read_text().split()[0]) / 1e6
    return spent


def _processes(profile: str) -> Iterator[Path]:
    """Folders of the processes of the browser of a profile."""
    parents: dict[int, int] = {}
    roots = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(folder.name)
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if profile in (folder / "cmdline").read_text():
                roots.add(pid)
    return (Path(f"/proc/{pid}") for pid in parents if _ancestors(pid, parents) & roots)


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    line = set()
    while pid in parents:
        line.add(pid)
        pid = parents[pid]
    return line


def _summary(visits: dict[str, list[Visit]]) -> str:
    ready = ["engine ready, median", "least", "target", "universe open, median", "least"]
    header = ["visit", *ready, "processor, least", "of the worker", "load"]
    rows = []
    for kind, each in visits.items():
        engine, universe, spent, thread, load = (
            [getattr(v, name) for v in each] for name in ("engine", "universe", "processor", "thread", "load")
        )
        target = f"{TARGETS[kind]} ms" if kind in TARGETS else ""
        rows.append(
            [
                kind,
                *_pair(engine),
                target,
                *_pair(universe),
                _pair(spent)[1],
                _pair(thread)[1],
                f"{min(load):.1f} to {max(load):.1f}",
            ]
        )
    return as_markdown(header, rows)


def _breakdown(visits: dict[str, list[Visit]]) -> str:
    """Say when each step of the worker's start was through: medians of milliseconds since navigation."""
    names = ["first paint", "views", "worker made", *(name for name, _ in visits["first"][0].steps)]
    columns = {kind: [_times(visit) for visit in each] for kind, each in visits.items()}
    rows = [
        [name, *(f"{statistics.median(times[name] for times in column):.0f}" for column in columns.values())]
        for name in names
    ]
    return as_markdown(["step through at, ms", *visits], rows)


def _times(visit: Visit) -> dict[str, float]:
    page = {"first paint": visit.paint, "views": visit.views, "worker made": visit.worker}
    return page | {name: visit.worker + at for name, at in visit.steps}


def _pair(values: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(values):.0f} ms", f"{min(values):.0f} ms"


if __name__ == "__main__":
    main()
