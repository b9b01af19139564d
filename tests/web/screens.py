"""Pictures of every state of the page, light and dark, wide and narrow; and those that the README shows.

python tests/web/screens.py FOLDER [SCENE ..]     all pictures, or those of some scenes, into a folder
python tests/web/screens.py --readme              those of the README, into web/pictures
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "pkg"), str(TESTS.parent / "web/tools")]

from playwright.sync_api import sync_playwright  # noqa: E402  # needs the paths above

from web.app import App  # noqa: E402
from web.conftest import BROWSERS, DIST, ROOT, served  # noqa: E402
from web.scenes import SCENES  # noqa: E402

LOOKS = ("light", "dark")
PICTURES = ROOT / "web/pictures"
HIGHEST = 6000  # px of a picture
LARGEST = 250_000  # bytes of a picture in the README


class Screen(NamedTuple):
    """A window, and what a device with it is like."""

    width: int
    height: int
    scale: float = 1
    touch: bool = False


SCREENS = {"desktop": Screen(1280, 900), "phone": Screen(390, 844, 2, touch=True)}


class Shot(NamedTuple):
    """A picture of the README: a scene, from the top of the element that is named, in a window of its own."""

    scene: str
    screen: Screen
    top: str


README = {
    "page": Shot("start", Screen(1280, 1120), "body"),
    "genome": Shot("genome", Screen(1280, 910), ".looks"),
    "motifs": Shot("motif-bins", Screen(1280, 500), ".dna-beside"),
    "phone": Shot("tokens", Screen(390, 844, touch=True), "#result"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("scenes", nargs="*", help=f"some of: {', '.join(SCENES)}")
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    if not options.readme and not options.folder:
        parser.error("say where the pictures go, or --readme")
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(ROOT / "web/tools/serve.py", DIST, "--port", "0"))
        driver = stack.enter_context(sync_playwright())
        found = next(filter(None, map(shutil.which, BROWSERS)))
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        if options.readme:
            take_readme(browser, url, PICTURES)
        else:
            take_all(browser, url, options.folder, options.scenes or list(SCENES))
        browser.close()


def take_all(browser: Any, url: str, folder: Path, scenes: list[str]) -> None:
    """Take every scene on every screen in every look, each from the top of the page to its foot."""
    folder.mkdir(parents=True, exist_ok=True)
    for size, screen in SCREENS.items():
        for scene in scenes:
            model = _model(browser, url, screen)
            SCENES[scene](model)
            for look in LOOKS:
                model.page.emulate_media(color_scheme=look, reduced_motion="reduce")
                path = folder / f"{scene}-{size}-{look}.png"
                _whole(model, screen)
                model.page.screenshot(path=path)
                print(path)
            model.close()


def _whole(model: App, screen: Screen) -> None:
    """Open the window to the height of the page: nothing sticks half-way, and what is drawn when seen is drawn."""
    for _ in range(2):  # a list may grow with the window
        high = model.page.evaluate("document.documentElement.scrollHeight")
        model.page.set_viewport_size({"width": screen.width, "height": min(max(high, screen.height), HIGHEST)})
        model.page.wait_for_timeout(200)


def take_readme(browser: Any, url: str, folder: Path) -> None:
    """Take the README's pictures; one that is too large is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, shot in README.items():
        model = _model(browser, url, shot.screen)
        SCENES[shot.scene](model)
        model.page.evaluate("document.activeElement.blur()")
        top = model.page.locator(shot.top)
        for look in LOOKS:
            model.page.emulate_media(color_scheme=look, reduced_motion="reduce")
            top.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 16)")
            model.page.wait_for_timeout(300)
            path = folder / f"{name}-{look}.png"
            model.page.screenshot(path=path)
            size = path.stat().st_size
            print(f"{path}: {size:,} bytes")
            if size > LARGEST:
                raise SystemExit(f"{path.name} is larger than {LARGEST:,} bytes")
        model.close()


def _model(browser: Any, url: str, screen: Screen) -> App:
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        has_touch=screen.touch,
        is_mobile=screen.touch,
    )
    return App(context, url).open().awake()


if __name__ == "__main__":
    main()
