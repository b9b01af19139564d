"""Finds the programs that the tests drive, and installs missing ones where it may; prints the path of Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# By the tests that need them: Debian's package -> programs of which one is enough.
OTHERS: dict[Path, dict[str, tuple[str, ...]]] = {
    Path("tests/browsers"): {
        "firefox-esr": ("firefox-esr", "firefox"),
        "webkit2gtk-driver": ("WebKitWebDriver",),
        "xvfb": ("Xvfb",),
    },
    Path("tests/cli/test_shell.py"): {"bedtools": ("bedtools",), "groff-base": ("groff",)},
    # two of them are libraries of R, told by the program that they come with
    Path("tests/r"): dict.fromkeys(("r-base-core", "r-cran-reticulate", "r-bioc-genomicranges"), ("Rscript",)),
    Path("tests/docs/test_pages.py"): {"bedtools": ("bedtools",)},
}


def find(names: Sequence[str]) -> str | None:
    """Give the path of the first program that is there."""
    return next(filter(None, map(shutil.which, names)), None)


def find_chromium() -> str | None:
    """Give the path of Chromium: the named one, else one on the path."""
    return find([*filter(None, [os.environ.get("GENOTOK_CHROMIUM")]), *CHROMIUM])


def missing_packages(words: Sequence[str]) -> list[str]:
    """List Debian's packages of the programs that pytest with these words needs and that are not there."""
    missing = [] if find_chromium() else ["chromium"]
    places = [Path(word.partition("::")[0]) for word in words if Path(word.partition("::")[0]).exists()]
    for tests, packages in OTHERS.items():
        if not places or any(tests.is_relative_to(place) or place.is_relative_to(tests) for place in places):
            missing += [package for package, names in packages.items() if not find(names)]
    return list(dict.fromkeys(missing))


def install(packages: Sequence[str]) -> None:
    """Install Debian's packages, if we may; a failure shows later, as a browser that is missing."""
    if not packages or os.geteuid() or not shutil.which("apt-get"):
        return
    _say(f"installing {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-qy", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=quiet, stdout=sys.stderr, check=False)


def playwrights_own() -> str | None:
    """Let Playwright fetch its Chromium, where there is no other."""
    _say("installing Playwright's Chromium")
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        return None
    from playwright.sync_api import sync_playwright  # only here: whoever has a browser needs no Playwright to find it

    with sync_playwright() as driver:
        return str(driver.chromium.executable_path)


def main(words: Sequence[str]) -> int:
    """Find or install the programs for the tests that pytest is told to run."""
    install(missing_packages(words))
    chromium = find_chromium() or playwrights_own()
    for package in missing_packages(words):
        if package != "chromium" or not chromium:
            _say(f"no {package} to be had: the tests that drive it will fail")
    print(chromium or "")
    return 0


def _say(text: str) -> None:
    print(f"build_wasm.sh: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
