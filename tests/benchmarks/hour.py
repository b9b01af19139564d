"""An hour of mixed work in one tab of Chromium: every view, formats, cancelled files, other universes and rules.

After each minute the list is emptied and, a moment later, memory is looked at: an engine whose list stays empty gives
back what its heap grew by. The run fails if the end holds over 10 % more than the fifth minute did. What scripts hold
is judged with the machine code that the browser makes of them and without it, so that growth can be told apart.
"""

import argparse
import contextlib
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measure import CHECKOUT, as_markdown, machine, use_checkout

sys.path.insert(0, str(CHECKOUT / "tests"))
use_checkout()

from playwright.sync_api import sync_playwright  # noqa: E402  # needs the paths above

from web.app import SCREEN, App  # noqa: E402
from web.conftest import BROWSERS, served  # noqa: E402
from web.large import write_million  # noqa: E402
from web.scenes import SCENES, sample  # noqa: E402

ALLOWED = 1.10  # times the memory of the fifth minute
LABELS = (".gtok", ".jsonl", ".tsv", ".bed", ".npz", "Report", "Universe")
HEAP = """async () => {
  const {engine} = await import(document.querySelector('script[src$="start.js"]').src);
  return (await engine.call("ping")).value.heap;
}"""
HEADER = ["minute", "jobs", "wasm MiB", "script MiB", "objects MiB", "resident MiB", "DOM nodes", "workers"]
MIB = 2**20
REST = 7  # s in which nothing changes any more: an engine without files looks every three whether to start anew

Work = Callable[[App], object]


class Sample(NamedTuple):
    """What the tab holds with an empty list; memory in MiB."""

    minute: int
    jobs: int
    wasm: float
    script: float  # with machine code
    objects: float | None  # of scripts and documents, without the code; counted in the two minutes that are compared
    resident: float
    nodes: int
    workers: int


def main() -> int:
    options = _options()
    print(f"{machine()}; {options.minutes} minutes, seed {options.seed}\n", flush=True)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(CHECKOUT / "web/tools/serve.py", CHECKOUT / "web/dist", "--port", "0"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        driver = stack.enter_context(sync_playwright())
        found = next(filter(None, map(shutil.which, BROWSERS)))
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        app = App(browser.new_context(viewport=SCREEN), url).open().awake()  # no trace: it would outgrow the page
        samples = list(_live(app, _jobs(folder), options))
        troubles = app.complaints + app.page.evaluate("window.violations") + app.foreign()
        browser.close()
    faults = [*troubles, *_growth(samples, options.since)]
    print("\n" + ("\n".join(map(str, faults)) or "No growth, no complaint."))
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--since", type=int, default=5, help="the minute that the end is compared with")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _jobs(folder: Path) -> dict[str, Work]:
    """Everything that is done, by name: each state of the page, and what lies between them."""
    million = write_million(folder / "million.bed")
    own = folder / "own.bed"
    own.write_bytes(b"".join(million.read_bytes().splitlines(keepends=True)[:20_000:2]))
    jobs: dict[str, Work] = dict(SCENES)
    jobs |= {f"save {label}": partial(_save, label=label) for label in LABELS}
    jobs["a million rows"] = partial(sample, path=million)
    jobs["cancel"] = partial(_cancel, path=million)
    jobs["a universe of one's own"] = partial(_own_universe, path=own)
    jobs["the other universe"] = _other_universe
    return jobs


def _save(app: App, label: str) -> None:
    sample(app)
    app.choose(label)
    with app.page.expect_download() as waiting:
        app.page.get_by_role("region", name="Save").get_by_role("button", name="Save", exact=True).click()
    waiting.value.delete()
    app.choose(LABELS[0])  # the choice outlives the files, and only files of regions have lines for the terminal


def _cancel(app: App, path: Path) -> None:
    app.pick(path).row(path.name).get_by_role("button", name=re.compile("^Cancel")).click()
    app.row(path.name).get_by_text(re.compile("cancelled")).wait_for()


def _own_universe(app: App, path: Path) -> None:
    sample(app).open_universe(path)
    app.page.get_by_role("radio", name=re.compile("own.bed")).wait_for()
    app.done("hg38-ctcf.bed.gz")


def _other_universe(app: App) -> None:
    app.drop(peaks_bed=b"chr1\t203327425\t203327695\n").done("peaks.bed")
    blood = re.compile("Blood")
    asked = app.page.get_by_role("button", name="Do it")  # where the file took its time
    app.page.get_by_role("radio", name=blood).click()
    app.page.get_by_role("radio", name=blood, checked=True).or_(asked).first.wait_for()
    if asked.is_visible():
        asked.click()
    app.awake().done("peaks.bed")


def _live(app: App, jobs: dict[str, Work], options: argparse.Namespace) -> Iterator[Sample]:
    """Do the jobs in ever new orders until the time is over; a sample a minute, once all of them were done."""
    dice = random.Random(options.seed)
    session = app.context.new_cdp_session(app.page)
    session.send("Performance.enable")
    began = time.monotonic()
    done = minute = 0
    print(as_markdown(HEADER, []))
    while minute < options.minutes:
        for name in dice.sample(sorted(jobs), len(jobs)):
            try:
                jobs[name](app)
                app.clear().awake()
            except Exception as error:
                raise RuntimeError(f"job {done}, {name}, failed in minute {minute}") from error
            done += 1
            passed = int((time.monotonic() - began) / 60)
            if passed > minute:
                minute = passed
                yield _look(app, session, minute, done, counted=minute in (options.since, options.minutes))


def _look(app: App, session: Any, minute: int, done: int, *, counted: bool) -> Sample:
    _rest(app)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
        app.page.wait_for_timeout(200)
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    wasm = app.page.evaluate(HEAP) / MIB
    workers = len(app.page.workers)
    nodes = int(metrics["Nodes"])
    script, resident = metrics["JSHeapUsedSize"] / MIB, _resident(app)
    objects = _objects(app, session) if counted else None
    found = Sample(minute, done, wasm, script, objects, resident, nodes, workers)
    print("| " + " | ".join(map(_cell, found)) + " |", flush=True)
    return found


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def _objects(app: App, session: Any) -> float:
    """MiB of everything in a snapshot of the heap that is not code."""
    parts: list[str] = []

    def take(event: dict[str, str]) -> None:
        parts.append(event["chunk"])

    session.on("HeapProfiler.addHeapSnapshotChunk", take)
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    app.page.wait_for_timeout(500)
    session.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    told = json.loads("".join(parts))
    meta = told["snapshot"]["meta"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    nodes = np.array(told["nodes"], dtype=np.int64).reshape(-1, len(fields))
    held = nodes[:, fields.index("type")] != kinds.index("code")
    return float(nodes[held, fields.index("self_size")].sum()) / MIB


def _rest(app: App) -> None:
    """Leave the tab alone until its engine has given back what it will."""
    before, since = 0, time.monotonic()
    while time.monotonic() - since < REST:
        app.page.wait_for_timeout(500)
        heap = app.awake().page.evaluate(HEAP)
        before, since = heap, since if heap == before else time.monotonic()


def _resident(app: App) -> float:
    """MiB of the largest renderer."""
    session = app.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    sizes = [0.0]
    for process in processes:
        if process["type"] == "renderer":
            lines = Path(f"/proc/{process['id']}/status").read_text().splitlines()
            sizes.append(next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")))
    return max(sizes)


def _growth(samples: list[Sample], since: int) -> Iterator[str]:
    """Name what grew between a minute and the last one."""
    before, after = samples[min(since, len(samples)) - 1], samples[-1]
    for name in ("wasm", "script", "objects", "resident", "nodes"):
        first, last = getattr(before, name), getattr(after, name)
        print(f"{name}: {first:.1f} in minute {before.minute}, {last:.1f} in the last (x{last / first:.3f})")
        if last > ALLOWED * first:
            yield f"{name} grew: x{last / first:.2f}"


if __name__ == "__main__":
    sys.exit(main())
