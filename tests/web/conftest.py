"""The page in a real browser: built once, served once, a fresh profile and a watched page for every test."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.app import SCREEN, App

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "web" / "tools"))
DIST = ROOT / "web/dist"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and {"browser"} & set(item.fixturenames):
            item.add_marker("browser")


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


@contextlib.contextmanager
def served(*command: str | Path) -> Iterator[str]:
    """Run a server that names its address in its first line; end it as a user would."""
    words = [sys.executable, *map(str, command)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline()
        yield line[line.index("http") :].split()[0].rstrip(")")
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()  # a background job's children are born deaf to SIGINT
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
    app = shared.pop().clear() if shared else App(browser.new_context(viewport=SCREEN), site).open()
    app.ready()
    yield app
    troubles = app.troubles()
    if troubles:
        app.close()
    else:
        shared.append(app)
    assert troubles == []
