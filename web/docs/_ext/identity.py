"""The page's colours and type for the docs: the variables of its own sheets, so that both look alike for good."""

import re
from pathlib import Path

from sphinx.application import Sphinx

STYLE = Path(__file__).parents[2] / "style"


def variables(sheet: str) -> str:
    """Give the declarations of a sheet's first ``:root``."""
    found = re.search(r":root \{(.*?)\}", (STYLE / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    if found is None:
        raise ValueError(f"{sheet}: no :root with the page's colours")
    return found[1].strip()


def identity() -> str:
    """Give the sheet: light, and dark where the reader or the system asks for it; print is light."""
    light, dark = variables("base.css"), variables("dark.css")
    asked = f'body[data-theme="dark"] {{ {dark} }}'
    system = f'@media (prefers-color-scheme: dark) {{ body:not([data-theme="light"]) {{ {dark} }} }}'
    return f"body {{ {light} }}\n@media not print {{\n{asked}\n{system}\n}}\n"


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        (Path(app.outdir) / "_static" / "identity.css").write_text(identity(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the sheet beside the theme's."""
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
