"""What a visitor does with the page, in any browser that can be told: choose, read, press, save."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from browsers.remote import PATIENCE, Remote

NAMED = """
  const [role, name] = arguments;
  const tags = {button: "button", radio: "input[type=radio]", tab: "[role=tab]"};
  const words = (text) => text.replace(/\\s+/g, " ").trim();
  const label = (each) => each.ariaLabel ?? (each.labels?.length ? each.labels[0].textContent : each.textContent);
  const fits = (text) => (name.startsWith("^") ? new RegExp(name).test(text) : text === name);
  const seen = (each) => each.getClientRects().length > 0 || each.type === "radio";
  const found = [...document.querySelectorAll(tags[role])].filter(seen).find((each) => fits(words(label(each))));
  found?.scrollIntoView({block: "center"});
  return found ?? null;
"""
CELLS = """
  const rows = [...document.querySelectorAll(".grid tbody tr:not([hidden])")];
  return rows.map((row) => [...row.cells].map((cell) => cell.innerText));
"""
CHIPS = """
  const chips = [...document.querySelectorAll(".chip:not([hidden])")];
  const words = chips.map((chip) => chip.querySelector(".chip-words").textContent);
  return chips.some((chip) => chip.matches(".chip-waits")) ? [] : words;
"""
ROW = """
  const [name, standing, inside] = arguments;
  const row = [...document.querySelectorAll("[aria-label=Files] tbody")]
    .find((each) => each.querySelector(".file-name").innerText.includes(name));
  return row?.querySelector(".file-state").innerText === standing && row.querySelector(inside).innerText;
"""
FIGURES = """
  const figures = [...document.querySelectorAll(".figures .figure")];
  return figures.map((each) => ["dt", "dd"].map((tag) => each.querySelector(tag).innerText));
"""


class Visitor:
    """Someone with the page before them."""

    def __init__(self, remote: Remote, url: str) -> None:
        self.remote = remote
        self.url = url

    def open(self) -> Visitor:
        self.remote.go(self.url)
        return self

    def ready(self) -> Visitor:
        self.wait("return /^Ready/.test(document.querySelector('#boot').innerText)")
        self.wait("return /^[\\d,]+ ids$/m.test(document.querySelector('#universe').innerText)")
        return self

    def wait(self, script: str, *words: Any) -> Any:
        """Run a script in the page until it gives something."""
        until = time.monotonic() + PATIENCE
        while not (found := self.remote.run(script, *words)):
            if time.monotonic() > until:
                text = self.remote.run("return document.body.innerText")
                raise TimeoutError(f"waited in vain for {script} {words} in a page that says:\n{text}")
            time.sleep(0.05)
        return found

    def press(self, name: str, role: str = "button") -> Visitor:
        self.remote.click(self.wait(NAMED, role, name))
        return self

    def pick(self, path: Path) -> Visitor:
        self.remote.type(self.wait("return document.querySelector('#picker')"), str(path))
        return self

    def done(self, name: str) -> Visitor:
        self.wait(ROW, name, "done", ".file-name")
        return self

    def failed(self, name: str) -> str:
        """Wait for the failure of a file and give its message."""
        return str(self.wait(ROW, name, "failed", "[role=alert]"))

    def figures(self) -> dict[str, str]:
        """Give the large figures of the result by their label."""
        return dict(self.run(FIGURES))

    def says(self, text: str) -> Visitor:
        self.wait("return document.body.innerText.includes(arguments[0])", text)
        return self

    def run(self, script: str, *words: Any) -> Any:
        return self.remote.run(script, *words)

    def chips(self) -> list[str]:
        self.press("Tokens", "tab")
        self.wait("return document.querySelector('.chip:not([hidden])')")
        return list(self.wait(CHIPS))

    def rows(self, count: int) -> Visitor:
        self.wait("return document.querySelectorAll('.grid tbody tr:not([hidden])').length === arguments[0]", count)
        return self

    def table(self) -> list[list[str]]:
        self.press("Table", "tab")
        self.wait("return document.querySelector('.grid tbody tr') && !document.querySelector('.grid .waits')")
        return [[_plain(cell) for cell in row] for row in self.run(CELLS)]

    def save(self, label: str) -> bytes:
        """Choose a format, press Save, and give the bytes."""
        self.press(f"^{re.escape(label)}", "radio")
        self.wait("return document.querySelector('.format-chosen .format-label').textContent === arguments[0]", label)
        return self.kept("Save")

    def kept(self, name: str) -> bytes:
        """Press a button that saves, and give the bytes that arrive in the folder for downloads."""
        before = set(self.remote.downloads.iterdir())
        self.press(name)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            new = set(self.remote.downloads.iterdir()) - before
            whole = [path for path in new if path.suffix not in {".part", ".wkdownload"} and path.stat().st_size]
            if whole and len(new) == 1:
                return whole[0].read_bytes()
            time.sleep(0.05)
        raise TimeoutError(f"nothing was saved by {name}")


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
