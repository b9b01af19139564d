"""Pages without the indentation of their templates, a fiftieth of all bytes; what is preformatted stays as it is."""

import re
from pathlib import Path

from sphinx.application import Sphinx

KEPT = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", flags=re.DOTALL)
INDENTED = re.compile(r"\s*\n\s*")


def compact(text: str) -> str:
    """Drop empty lines and the space around line ends, which browsers take as one space anyway."""
    parts = KEPT.split(text)  # text, kept, name of its element, text ..
    return "".join(INDENTED.sub("\n", part) if n % 3 == 0 else part for n, part in enumerate(parts) if n % 3 != 2)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            path.write_text(compact(path.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write pages again once all are there."""
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
