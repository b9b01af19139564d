"""The page in a real browser: built once, served once, a fresh profile and a watched page for every test."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from web.app import SCREEN, App
from web.large import write_million

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "web" / "tools"))
DIST = ROOT / "web/dist"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and {"browser"} & set(item.fixturenames):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Say with a failure what the page showed, for those who can't look at it."""
    report = yield
    if report.failed and call.when == "call":
        for tab in (value for value in getattr(item, "funcargs", {}).values() if isinstance(value, App)):
            with contextlib.suppress(Exception):  # the page itself may be gone
                report.sections.append(("what the page showed", tab.page.locator("body").aria_snapshot(timeout=5000)))
    return report


@pytest.fixture(scope="session")
def chromium_path() -> str:
    named = os.environ.get("GENOTOK_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("no Chromium here; ./build_wasm.sh test finds or installs one")
    return found


@pytest.fixture(scope="session")
def dist() -> Path:
    """The site as these sources make it."""
    fresh = subprocess.run([sys.executable, ROOT / "web/tools/fresh.py"], check=False).returncode == 0
    if not fresh:
        subprocess.run([ROOT / "build_wasm.sh"], check=True, cwd=ROOT, timeout=540)
    return DIST


def _hear() -> None:
    """Heed SIGINT, to which a background job's children are born deaf."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def served(*command: str | Path, **environment: str) -> Iterator[str]:
    """Run a server that names its address in its first line; end it as a user would."""
    words = [sys.executable, *map(str, command)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    process = subprocess.Popen(words, env={**os.environ, **environment}, preexec_fn=_hear, **quiet)
    try:
        line = process.stdout.readline()
        yield line[line.index("http") :].split()[0].rstrip(")")
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def site(dist: Path) -> Iterator[str]:
    with served(ROOT / "web/tools/serve.py", dist, "--port", "0") as url:
        yield url


@pytest.fixture(scope="session")
def plain_site(dist: Path) -> Iterator[str]:
    """The same files on a host that knows nothing of them and sends no policy."""
    with served("-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", dist) as url:
        yield url


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[object]:
    from playwright.sync_api import sync_playwright  # here, so that the tests without a browser do without it

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared(browser) -> Iterator[list[App]]:
    """The tab that tests hand on to each other, if the last one left it in order."""
    tabs: list[App] = []
    yield tabs
    for tab in tabs:
        tab.context.close()


@pytest.fixture
def fresh(browser, site: str) -> Iterator[App]:
    """The page in a new profile, opened but maybe not ready; fails a test as `app` does."""
    app = App(browser.new_context(viewport=SCREEN), site)
    app.open()
    yield app
    troubles = app.troubles()
    app.close()
    assert troubles == []


@pytest.fixture
def app(browser, site: str, shared: list[App]) -> Iterator[App]:
    """The page, ready and empty; fails a test if the page complained, stalled or spoke to a stranger."""
    with lent(shared, lambda: App(browser.new_context(viewport=SCREEN), site)) as app:
        yield app


@contextlib.contextmanager
def lent(tabs: list[App], make: Callable[[], App]) -> Iterator[App]:
    """A tab from a stock of them, made if there is none, put back if all went well."""
    app = tabs.pop().clear() if tabs else make().open()
    app.ready()
    yield app
    troubles = app.troubles()
    if troubles:
        app.close()
    else:
        tabs.append(app)
    assert troubles == []


@pytest.fixture(scope="session")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BED file of a million rows."""
    return write_million(tmp_path_factory.mktemp("large") / "million.bed")
