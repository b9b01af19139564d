"""Draws the PNG icons of the installed page from icons/genotok.svg (for maintainers; needs Playwright, a Chromium)."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from pathlib import Path

ICONS = Path(__file__).parent.parent / "icons"
PLAIN = (192, 512)
MASKABLE = 512
SAFE = 0.9  # platforms may cut a maskable icon down to a circle of 80 % of its width; the marks fill 81 % of ours
TOUCH = 180  # what a home screen of iOS asks for; it rounds the corners itself


def maskable(svg: str) -> str:
    """Give the icon with its ground out to the edges and its marks inside the circle that is never cut.

    >>> ground, marks = '<rect width="32" height="32" rx="5" fill="#0b5c52"/>', '<path d="M5 9h10"/>'
    >>> maskable(f"<svg>{ground}{marks}</svg>")  # doctest: +ELLIPSIS
    '<svg><rect width="32" height="32" fill="#0b5c52"/><g transform="translate(1.6 1.6) scale(0.9)"><path ...'
    """
    ground = re.search(r'<rect[^>]*rx="\d+"[^>]*/>', svg)
    if ground is None:
        raise ValueError("genotok.svg has no rounded ground")
    shift = round(16 * (1 - SAFE), 2)
    square = re.sub(r' rx="\d+"', "", ground[0])
    marks = svg[ground.end() : svg.rindex("</svg>")]
    group = f'<g transform="translate({shift} {shift}) scale({SAFE})">{marks}</g>'
    return svg[: ground.start()] + square + group + svg[svg.rindex("</svg>") :]


def main() -> int:
    """Draw all icons."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    from playwright.sync_api import sync_playwright  # here, because the build never draws

    svg = (ICONS / "genotok.svg").read_text(encoding="utf-8")
    jobs = {f"genotok-{size}.png": (svg, size) for size in PLAIN}
    jobs["genotok-maskable.png"] = (maskable(svg), MASKABLE)
    jobs["genotok-touch.png"] = (maskable(svg), TOUCH)
    browser_path = os.environ.get("GENOTOK_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, (drawing, size) in jobs.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<body style='margin:0'>{drawing}</body>")
            page.locator("svg").evaluate("svg => svg.setAttribute('style', 'display:block;width:100vw')")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
        browser.close()
    print("\n".join(f"web/icons/{name}: {(ICONS / name).stat().st_size} bytes" for name in jobs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
