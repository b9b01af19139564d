"""What a user does with the page, in words of the page: drop, choose, read, save."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from web.trace import Trace

LONGEST_TASK = 50  # ms that the main thread may be busy at a stretch once the page is ready
WATCH = """
  window.violations = [];
  const note = ({violatedDirective, blockedURI}) => violations.push(`${violatedDirective} ${blockedURI}`);
  addEventListener("securitypolicyviolation", note);
"""
DROP = """([files, target]) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  const fire = (type) => document.querySelector(target).dispatchEvent(
    new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
  ["dragenter", "dragover", "drop"].forEach(fire);
}"""
TIMEOUT = 60_000
SCREEN = {"width": 1280, "height": 900}
ROWS = "rows => rows.filter(row => !row.hidden).map(row => [...row.cells].map(cell => cell.innerText))"


class App:
    """One tab with the page in it."""

    def __init__(self, context: Any, url: str) -> None:
        self.url = url
        self.context = context
        self.page = context.new_page()
        self.page.set_default_timeout(TIMEOUT)
        self.page.add_init_script(WATCH)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.expected: list[str] = []
        self.trace: Trace | None = None
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        context.on("request", lambda request: self.requests.append(request.url))

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def open(self) -> App:
        self.page.goto(self.url)
        return self

    def ready(self) -> App:
        """Wait until the engine and the universe are ready; from then on long tasks count."""
        self.page.get_by_text("Engine ready").wait_for()
        self.page.get_by_role("definition").filter(has_text=re.compile(r"^[\d,]+ ids$")).wait_for()
        self.trace = self.trace or Trace(self.page)
        return self

    def clear(self) -> App:
        """Put everything back as it was when the page was ready."""
        for name in ("Cancel all", "Remove all"):
            for button in self.page.get_by_role("button", name=name).all():
                button.click()
        while self.page.get_by_role("button", name=re.compile("^Remove ")).count():
            self.page.get_by_role("button", name=re.compile("^Remove ")).first.click()
        for button in self.page.get_by_role("button", name=re.compile("^Reset ")).all():
            button.click()
        self.page.get_by_role("tab", name="Intervals").click()
        self.page.get_by_role("radio", name=re.compile("Ensembl")).check()
        self.page.set_viewport_size(SCREEN)
        self.complaints.clear()
        self.requests.clear()
        self.expected.clear()
        return self

    def foreign(self) -> list[str]:
        home = urlsplit(self.url).netloc
        return [url for url in self.requests if urlsplit(url).netloc != home and not url.startswith(("blob:", "data:"))]

    def troubles(self) -> list[str]:
        """List complaints of the browser, requests to strangers, and long tasks since the page was ready."""
        found = self.complaints + [f"policy: {text}" for text in self.page.evaluate("window.violations")]
        found = [text for text in found if not any(re.search(pattern, text) for pattern in self.expected)]
        found += [f"foreign request: {url}" for url in self.foreign()]
        tasks = self.trace.stop() if self.trace else []
        self.trace = None
        return found + [f"main thread busy for {length:.0f} ms" for length in tasks if length > LONGEST_TASK]

    def close(self) -> None:
        if self.trace:
            self.trace.stop()
        self.context.close()

    # files in

    def drop(self, **files: bytes) -> App:
        """Drop files as a script would; names are given as `peaks_bed` and read `peaks.bed`."""
        return self.drop_named({name.replace("_", "."): content for name, content in files.items()})

    def drop_named(self, files: dict[str, bytes], target: str = "#drop") -> App:
        coded = [[name, base64.b64encode(content).decode()] for name, content in files.items()]
        self.page.evaluate(DROP, [coded, target])
        return self

    def pick(self, *paths: Path) -> App:
        """Choose files through the picker, which the browser itself fills."""
        self.page.get_by_label("Choose BED files").set_input_files([str(path) for path in paths])
        return self

    def open_universe(self, path: Path) -> App:
        self.page.get_by_label("Open a universe file").set_input_files(str(path))
        return self

    # what came of it

    def row(self, name: str) -> Any:
        return self.page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text=name)

    def done(self, name: str) -> App:
        self.row(name).get_by_text(re.compile(r"^[\d,]+ tokens?$")).wait_for()
        return self

    def failed(self, name: str) -> str:
        """Wait for the failure of a file and give its message."""
        alert = self.row(name).get_by_role("alert")
        alert.wait_for()
        return alert.locator("p").first.inner_text()

    def select(self, name: str) -> App:
        self.row(name).get_by_role("button", name=name, exact=True).click()
        return self

    def figures(self) -> dict[str, str]:
        """The large figures of the result by their label."""
        figures = self.page.locator(".figures .figure")
        return {figure.locator("dt").inner_text(): figure.locator("dd").first.inner_text() for figure in figures.all()}

    def reasons(self) -> dict[str, tuple[int, str]]:
        """The table of skipped lines: reason -> (lines, where)."""
        details = self.page.locator("details.report").first
        details.evaluate("element => element.open = true")
        rows = details.locator("tbody tr").evaluate_all(ROWS)
        return {name: (int(total.replace(",", "")), where) for name, total, where in rows}

    def table(self) -> list[list[str]]:
        """The rows of tokens in sight, cell by cell."""
        self.page.locator(".grid tbody tr").first.wait_for()
        self.page.locator(".grid .waits").first.wait_for(state="detached")
        return self.page.locator(".grid tbody tr").evaluate_all(ROWS)

    def save(self, label: str) -> bytes:
        """Press a save button and give the bytes that the browser stored."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("group", name="Save the tokens").get_by_role("button", name=label, exact=True).click()
        return Path(waiting.value.path()).read_bytes()
