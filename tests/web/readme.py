"""The JavaScript example of a page, the README first of all: what it runs and what it says it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

README = Path(__file__).parents[2] / "README.md"
TELL = """const plain = (value) => (ArrayBuffer.isView(value) ? [...value] : value);
const shown = (...values) => tell(values.map(plain));
"""


def example(page: Path = README) -> str:
    """The block that imports the module."""
    blocks = re.findall(r"```js\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    (found,) = [block for block in blocks if "import { open }" in block]
    return found


def runnable(place: str, instead: str, page: Path = README) -> str:
    """The example with the module at another place, and `tell` instead of the console."""
    block = example(page)
    assert place in block
    return TELL + block.replace(place, instead).replace("console.log(", "shown(")


def expected(page: Path = README) -> list[list[Any]]:
    """What stands behind `console.log(..); //`: values apart by two spaces."""
    lines = re.findall(r"^console\.log\(.*\); // (.*)$", example(page), flags=re.MULTILINE)
    assert len(lines) >= 4
    return [[json.loads(value) for value in line.split("  ")] for line in lines]
