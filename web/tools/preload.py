"""Lists the modules that a start of the page imports, so that its head can ask for all of them at once.

The engine's come first, those of the first screen after the style sheets; what is imported on demand is in neither.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

ENTRIES = ("start.js", "worker.js")  # the page's first script, and the engine's
SCREEN = ("app.js",)  # the first screen's
SCRIPTS = ("start.js", "app.js")  # have elements of their own
IMPORT = re.compile(r"""(?:^|;)(?:import|export)\b[^"'();]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


def start_modules(app: Mapping[str, bytes], entries: tuple[str, ...] = ENTRIES) -> list[str]:
    """Give the modules that the entries import, and those that these import, in the order in which they are met."""
    met = [entry for entry in entries if entry in app]
    for name in met:  # grows while it is walked
        targets = IMPORT.findall(app[name].decode())
        places = (posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) for target in targets)
        met += [place for place in dict.fromkeys(places) if place not in met]
    return met


def preload_links(app: Mapping[str, bytes], place: str) -> str:
    """Give the elements for the head of the page that ask for the modules of the engine's start."""
    return _links(place, start_modules(app))


def screen_links(app: Mapping[str, bytes], place: str) -> str:
    """Give the elements that ask for the modules of the first screen, but for those that the engine asks for already.

    They go first: over HTTP/1.1 a browser has six connections to a host, and the engine's large files would fill them.
    """
    early = set(start_modules(app))
    return _links(place, [name for name in start_modules(app, SCREEN) if name not in early], ' fetchpriority="high"')


def _links(place: str, names: list[str], more: str = "") -> str:
    wanted = [name for name in names if name not in SCRIPTS]
    return "\n".join(f'<link rel="modulepreload" href="{place}/{name}"{more}>' for name in wanted)
