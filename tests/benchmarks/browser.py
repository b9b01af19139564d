"""The page's engine beside gtars' own WebAssembly in one Chromium: files to ids, universes, memory, and the start.

Both tabs read the same files from disk, each in a worker; the page draws nothing. Ids are compared before anything is
timed, contenders take turns, and a ratio is the median of the rounds' ratios.
"""

import argparse
import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import data
from measure import CHECKOUT, alternate, as_markdown, as_time, machine, median_ratio, use_checkout

sys.path.insert(0, str(CHECKOUT / "tests"))
use_checkout()

from playwright.sync_api import sync_playwright  # noqa: E402  # needs the paths above

import npm  # noqa: E402
from web import native  # noqa: E402
from web.conftest import BROWSERS, served  # noqa: E402

TARGET = 3.0  # times as fast as gtars fed by the usual reader
ROWS = (20_000, 200_000, 1_000_000)
UNIVERSE_ROWS = 1_000_000
READERS = {"gtars, lines split": "split", "gtars, scanned": "scan"}  # see rival/worker.js
BACKEND = "ailist"  # the other one, bits, gives other ids in this build of gtars: see `_check`
LONG = 600_000  # ms

OURS = """async ([op]) => {
  const {engine} = await import(document.querySelector('script[src$="start.js"]').src);
  const [file] = document.querySelector("#measured").files;
  const began = performance.now();
  const {value, buffers} = await engine.call(op, [file, {}]);
  const taken = performance.now() - began;
  if (op === "open_file") await engine.call("forget", [value.handle]);
  window.ids = buffers.ids;
  return taken;
}"""
THEIRS = """async ([op, reader, backend]) => {
  const [file] = document.querySelector("#measured").files;
  const began = performance.now();
  const answer = await call(op, file, reader, backend);
  const taken = performance.now() - began;
  window.ids = answer;
  return taken;
}"""
ADD_INPUT = """() => {
  const input = Object.assign(document.createElement("input"), {type: "file", id: "measured"});
  document.body.append(input);
}"""
DIGEST = """async () => {
  const digest = await crypto.subtle.digest("SHA-256", window.ids.slice().sort());
  return [window.ids.length, [...new Uint8Array(digest)].map((byte) => byte.toString(16)).join("")];
}"""
BUNDLED = """async () => {
  const {engine} = await import(document.querySelector('script[src$="start.js"]').src);
  const app = document.querySelector('script[src$="start.js"]').src.replace("start.js", "");
  const [first] = (await (await fetch(app + "build.json")).json()).universes;
  const began = performance.now();
  await engine.call("open_asset", [first.file, first.name]);
  return performance.now() - began;
}"""


class Case(NamedTuple):
    """A universe and the query files near it, by rows."""

    name: str
    universe: Path
    queries: dict[int, Path]


class Tab:
    """A page whose worker is asked directly."""

    def __init__(self, browser: Any, url: str, script: str, ready: str | re.Pattern[str]) -> None:
        self.page = browser.new_page()
        self.page.set_default_timeout(LONG)
        self.page.goto(url)
        self.page.get_by_text(ready).first.wait_for()
        self.page.evaluate(ADD_INPUT)
        self.script = script

    def keep_busy(self) -> None:
        """Put a file into the page's list: with an empty one it starts its grown engine anew, and the universe goes."""
        file = {"name": "one.bed", "mimeType": "", "buffer": b"chr1\t1\t2\n"}
        self.page.get_by_label("Choose BED files").set_input_files(file)
        self.page.get_by_role("table", name="Files").get_by_text("done", exact=True).wait_for()

    def give(self, path: Path) -> None:
        self.page.set_input_files("#measured", str(path))

    def run(self, op: str, *words: str) -> float:
        """Do it once; seconds from the request to the answer in the page."""
        return float(self.page.evaluate(self.script, [op, *words])) / 1000

    def digest(self) -> list[Any]:
        return list(self.page.evaluate(DIGEST))


def main() -> None:
    options = _options()
    rows = (2_000,) if options.quick else tuple(options.rows)
    cases = list(_cases(options.work, rows, quick=options.quick))
    rival = f"{npm.GTARS.name} {npm.GTARS.version}"
    told: dict[str, Any] = {"machine": machine(), "rival": rival, "rounds": options.rounds}
    print(f"{told['machine']}; {rival} ({BACKEND}); {options.rounds} rounds, medians\n")
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(CHECKOUT / "web/tools/serve.py", CHECKOUT / "web/dist", "--port", "0"))
        folder = _rival_folder(options.work, options.rival)
        bare = ("-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder)
        rival_url = stack.enter_context(served(*bare))
        driver = stack.enter_context(sync_playwright())
        with _browser(driver) as browser:
            ours = Tab(browser, url, OURS, "Ready (Python")
            ours.keep_busy()
            theirs = Tab(browser, rival_url, THEIRS, "gtars ready")
            told["version"] = browser.version
            told["bundled"] = median(ours.page.evaluate(BUNDLED) / 1000 for _ in range(options.rounds))
            told["times"] = [line for case in cases for line in _race(case, ours, theirs, options.rounds)]
        tabs = {"genotok": (url, OURS, "Ready (Python"), "gtars": (rival_url, THEIRS, "gtars ready")}
        told["memory"] = {name: _memory(driver, cases[-1], *tab) for name, tab in tabs.items()}
    print(_times_table(told))
    print(f"\nThe page's own hg38 universe is ready {as_time(told['bundled'])} after it is asked for.\n")
    print(as_markdown(["renderer's memory, MiB", *told["memory"]], _memory_rows(told["memory"])))
    if not options.quick:
        words = [sys.executable, str(Path(__file__).with_name("starts.py")), "--rounds", str(options.rounds)]
        print("\n" + subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=ROWS, help="sizes of the query files")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rival", type=Path, help="folder of the unpacked npm package; fetched if left out")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it works")
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks")
    return parser.parse_args()


def _cases(work: Path, rows: tuple[int, ...], *, quick: bool) -> Iterator[Case]:
    """Draw the files, unless they are there: around the page's universe, and around one of a million rows."""
    work.mkdir(parents=True, exist_ok=True)
    files: dict[str, tuple[Path, data.Rows]] = {}
    if not quick:
        bundled = work / "page-universe.bed"
        if not bundled.exists():
            native.default_universe().write_bed(bundled)
        files[f"hg38 regulatory, {len(native.default_universe()):,}"] = (bundled, data.read_real(bundled))
    n = 3_000 if quick else UNIVERSE_ROWS
    drawn = data.universe(n)
    files[f"seeded, {n:,}"] = (data.write_rows(work / f"universe-{n}.bed", drawn), drawn)
    for name, (path, regions) in files.items():
        stem = f"{path.stem}-queries"
        yield Case(name, path, {n: data.write_rows(work / f"{stem}-{n}.bed", data.queries(n, regions)) for n in rows})


def _rival_folder(work: Path, given: Path | None) -> Path:
    """Lay the rival's module beside the page that loads it."""
    folder = work / "rival"
    shutil.copytree(Path(__file__).with_name("rival"), folder, dirs_exist_ok=True)
    for name in ("gtars_js.js", "gtars_js_bg.wasm"):
        content = (given / name).read_bytes() if given else npm.read(npm.GTARS, name)[0]
        (folder / name).write_bytes(content)
    return folder


@contextlib.contextmanager
def _browser(driver: Any) -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)))
    browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()


def _race(case: Case, ours: Tab, theirs: Tab, rounds: int) -> Iterator[dict[str, Any]]:
    """Load the universe in both, then every query file, by turns."""
    contenders: dict[str, Callable[[], float]] = {"genotok": partial(ours.run, "open_universe")}
    for name, reader in READERS.items():
        contenders[name] = partial(theirs.run, "open_universe", reader, BACKEND)
    ours.give(case.universe)
    theirs.give(case.universe)
    yield _line(case.name, "universe", alternate(contenders, rounds, _call))
    for rows, path in case.queries.items():
        ours.give(path)
        theirs.give(path)
        contenders = {"genotok": partial(ours.run, "open_file")}
        contenders |= {name: partial(theirs.run, "open_file", reader) for name, reader in READERS.items()}
        _check(contenders, ours, theirs)
        yield _line(case.name, f"{rows:,} rows to ids", alternate(contenders, rounds, _call))


def _call(work: Callable[[], Any]) -> Any:
    return work()


def _check(contenders: dict[str, Callable[[], float]], ours: Tab, theirs: Tab) -> None:
    """Refuse to race when the ids differ; they are compared sorted, as gtars lists the hits of one row in any order."""
    found = {}
    for name, run in contenders.items():
        run()
        found[name] = tuple((ours if name == "genotok" else theirs).digest())
    if len(set(found.values())) != 1:
        raise SystemExit(f"the ids differ: {found}")


def _line(universe: str, work: str, taken: dict[str, list[float]]) -> dict[str, Any]:
    own = taken["genotok"]
    ratios = {name: median_ratio(times, own) for name, times in taken.items() if name != "genotok"}
    return {"universe": universe, "work": work, "seconds": taken, "ratios": ratios}


def _memory(driver: Any, case: Case, url: str, script: str, ready: str | re.Pattern[str]) -> dict[str, float]:
    """Load the universe and the largest file in a browser of its own; MiB of its largest renderer, then the peak."""
    with _browser(driver) as browser:
        tab = Tab(browser, url, script, ready)
        if script is OURS:
            tab.keep_busy()
        figures = {"ready": _resident(browser)["VmRSS"]}
        tab.give(case.universe)
        tab.run("open_universe", "split", BACKEND)
        figures["with the universe"] = _resident(browser)["VmRSS"]
        tab.give(case.queries[max(case.queries)])
        tab.run("open_file", "split")
        figures["after the largest file"] = _resident(browser)["VmRSS"]
        return figures | {"peak": _resident(browser)["VmHWM"]}


def _resident(browser: Any) -> dict[str, float]:
    """Read the kernel's figures for the largest renderer of a browser, MiB."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    found = []
    for process in processes:
        if process["type"] == "renderer":
            status = Path(f"/proc/{process['id']}/status").read_text()
            lines = dict(line.split(":", 1) for line in status.splitlines())
            found.append({key: int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM")})
    return max(found, key=lambda each: each["VmHWM"])


def _times_table(told: dict[str, Any]) -> str:
    header = ["universe", "work", "genotok", *(text for name in READERS for text in (name, "ratio"))]
    lines = []
    for each in told["times"]:
        cells = [each["universe"], each["work"], as_time(median(each["seconds"]["genotok"]))]
        for name in READERS:
            cells += [as_time(median(each["seconds"][name])), f"x{each['ratios'][name]:.2f}"]
        lines.append(cells)
    return as_markdown(header, lines)


def _memory_rows(memory: dict[str, dict[str, float]]) -> list[list[str]]:
    first = next(iter(memory.values()))
    return [[name, *(f"{each[name]:.0f}" for each in memory.values())] for name in first]


if __name__ == "__main__":
    main()
