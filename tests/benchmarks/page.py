"""The page in Chromium: from a dropped file to its drawn result, the main thread's longest task, and peak memory."""

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measure import CHECKOUT, as_markdown, as_time, machine, use_checkout

sys.path.insert(0, str(CHECKOUT / "tests"))
use_checkout()

from playwright.sync_api import sync_playwright  # noqa: E402  # needs the paths above

from web import native  # noqa: E402
from web.app import SCREEN, App  # noqa: E402
from web.conftest import BROWSERS, served  # noqa: E402

HEADER = ["file", "rows", "drop to drawn tokens", "longest task (CPU)", "peak MiB of the tab", "ids as on the CLI"]


class Visit(NamedTuple):
    """One file in a fresh tab."""

    seconds: float
    longest_task: float  # ms
    peak_mib: float
    same_ids: bool


def main() -> None:
    options = _options()
    print(f"{machine()}\n")
    files = [path for path in options.files if path.is_file()] + [_drawn(options.work, rows) for rows in options.rows]
    browser_path = next(filter(None, map(shutil.which, BROWSERS)))
    lines = []
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(CHECKOUT / "web/tools/serve.py", CHECKOUT / "web/dist", "--port", "0"))
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for path in files:
            expected = _ids_of(path)
            visits = [_visit(browser, url, path, expected) for _ in range(options.rounds)]
            lines.append(_line(path, visits))
        browser.close()
    print(as_markdown(HEADER, lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="BED files to drop")
    parser.add_argument("--rows", type=int, nargs="*", default=(1_000_000,), help="sizes of files to draw")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".benchmarks")
    return parser.parse_args()


def _drawn(folder: Path, rows: int) -> Path:
    """Write a sorted BED file around the regions of the page's universe."""
    path = folder / f"page-{rows}.bed"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        regions = native.default_universe().regions
        seeds = np.random.default_rng(7)
        picks = np.sort(seeds.integers(0, len(regions), rows))
        starts = np.maximum(0, regions.starts[picks] + seeds.integers(-900, 900, rows))
        widths = seeds.integers(150, 600, rows)
        with path.open("w") as file:
            for pick, start, width in zip(picks.tolist(), starts.tolist(), widths.tolist(), strict=True):
                file.write(f"{regions.name_of(pick)}\t{start}\t{start + width}\n")
    return path


def _ids_of(path: Path) -> bytes:
    """Make the command line's `.gtok` of a file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / path.name
        target.symlink_to(path.resolve())
        return native.run_cli(native.universe_file(Path(folder)), target, target.with_suffix(".gtok"))


def _visit(browser: Any, url: str, path: Path, expected: bytes) -> Visit:
    app = App(browser.new_context(viewport=SCREEN), url).open().ready().kept()
    app.page.set_default_timeout(60_000)
    session = app.context.new_cdp_session(app.page)
    dragged = {"items": [], "files": [str(path.resolve())], "dragOperationsMask": 1}
    with _watched_memory() as peak:
        began = time.perf_counter()
        for kind in ("dragEnter", "dragOver", "drop"):  # as the browser makes them of a user's hand
            session.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 60, "data": dragged})
        app.page.get_by_role("heading", name=f"Tokens of {path.name}").wait_for()
        app.page.locator(".chip:not(.chip-waits)").first.wait_for()
        seconds = time.perf_counter() - began
    assert app.trace is not None
    longest = app.trace.stop()[0]
    app.trace = None
    same = app.save(".gtok") == expected
    app.close()
    return Visit(seconds, longest, peak[0], same)


@contextlib.contextmanager
def _watched_memory() -> Iterator[list[float]]:
    """Sample the resident memory of the browser's renderers; the largest one's peak lands in the list."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max([peak[0], *_renderer_memory()])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _renderer_memory() -> Iterator[float]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, StopIteration):  # processes come and go
            if b"--type=renderer" in (folder / "cmdline").read_bytes():
                line = next(row for row in (folder / "status").read_text().splitlines() if row.startswith("VmRSS"))
                yield int(line.split()[1]) / 1024


def _line(path: Path, visits: list[Visit]) -> list[str]:
    with path.open("rb") as file:
        rows = native.default_tokenizer().report(file).regions
    return [
        path.name,
        f"{rows:,}",
        as_time(statistics.median(visit.seconds for visit in visits)),
        f"{max(visit.longest_task for visit in visits):.0f} ms",
        f"{max(visit.peak_mib for visit in visits):.0f}",
        "equal" if all(visit.same_ids for visit in visits) else "NOT equal",
    ]


if __name__ == "__main__":
    main()
