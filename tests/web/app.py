"""What a user does with the page, in words of the page: drop, choose, read, save."""

from __future__ import annotations

import base64
import contextlib
import re
import time
from collections.abc import Callable, Iterator
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
    transfer.items.add(new File([Uint8Array.fromBase64(text)], name));
  }
  const fire = (type) => document.querySelector(target).dispatchEvent(
    new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
  ["dragenter", "dragover", "drop"].forEach(fire);
}"""
LOOK_AFRESH = """async () => {
  const {START, state, update} = await import(document.querySelector("script[src$='app.js']").src);
  window.firstLook ??= state.peek().look;
  const {paste, universesCompared} = START;
  update({look: window.firstLook, decode: "", picked: Object.freeze([]), paste, universesCompared});
  document.querySelectorAll("details[open]").forEach((each) => (each.open = false));
  scrollTo(0, 0);
}"""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
TIMEOUT = 60_000
BUNDLED = 2  # universes that come with the page
SCREEN = {"width": 1280, "height": 900}
PLAIN = {"media": "screen", "color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}
NAMES = """list => [...list.querySelectorAll(".file-called:has(.file-open)")].map(
  (called) => [...called.querySelectorAll(".file-folder, .file-open")].map((part) => part.textContent).join(""))"""
ROWS = "rows => rows.filter(row => !row.hidden).map(row => [...row.cells].map(cell => cell.innerText))"


class App:
    """One tab with the page in it."""

    def __init__(self, context: Any, url: str) -> None:
        self.url = url
        self.context = context
        self.page = context.new_page()
        self.screen = self.page.viewport_size
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

    def awake(self) -> App:
        """Wait until the engine and the universe are ready."""
        self.page.get_by_role("status", name="Engine").get_by_text(re.compile("^Ready")).wait_for()
        self.page.get_by_role("definition").filter(has_text=re.compile(r"^[\d,]+ ids$")).wait_for()
        return self

    def ready(self) -> App:
        """Wait until the engine and the universe are ready; from then on long tasks count."""
        self.awake()
        self.page.evaluate(LOOK_AFRESH)
        self.trace = self.trace or Trace(self.page)
        return self

    def offline_line(self) -> Any:
        """The line of About that says whether the page opens without a network."""
        about = self.page.locator("details.about")
        about.evaluate("element => element.open = true")
        return about.locator("p").filter(has_text="Offline:")

    def kept(self) -> App:
        """Wait until the service worker has kept the page, which is the last thing that a start does."""
        self.offline_line().filter(has_text="Offline: yes").wait_for()
        return self

    def clear(self) -> App:
        """Put everything back as it was when the page was ready, with nothing left to do of what it was used for."""
        self.page.emulate_media(**PLAIN)
        for button in self.page.locator(".dna-model").get_by_role("button", name=re.compile("^Close")).all():
            button.click()
        for button in self.page.locator(".dna-ways").get_by_role("button", name="Clear").all():
            button.click()
        for choice in self.page.locator(".dna-presets label:first-of-type input").all():
            choice.check()
        self.page.get_by_role("tab", name="Intervals").click()
        in_order = self.page.locator(".file-list [aria-sort$='ending'] button")
        while in_order.count():
            in_order.first.click()  # up, down, and as they came
        for name in ("Cancel all", "Remove all", "Dismiss", "Reset all rules"):
            for button in self.page.get_by_role("button", name=name).all():
                button.click()
        takes = self.page.get_by_role("button", name=re.compile("^(Remove|Forget) "))
        while takes.count():
            takes.first.click()
        self.page.get_by_role("radio", name=re.compile("Ensembl")).check()
        while self.page.get_by_role("group", name="Universe").get_by_role("radio").count() > BUNDLED:
            takes.first.click()  # the universe that was in force
        if self.page.viewport_size != self.screen:
            self.page.set_viewport_size(self.screen)
        self.page.evaluate(LOOK_AFRESH)
        self.tidied()
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

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """Let something else keep the main thread busy; what the page did so far still counts."""
        assert self.troubles() == []
        yield
        self.tidied()
        self.trace = Trace(self.page)

    def tidied(self) -> App:
        """Have done with what is left behind: objects to free, and frames to draw."""
        session = self.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.detach()
        return self.drawn()

    def until(self, holds: Callable[[], object]) -> App:
        """Wait until something holds that no locator can say; the policy forbids Playwright's own way."""
        patience = time.monotonic() + TIMEOUT / 1000
        while not holds():
            assert time.monotonic() < patience, "waited in vain"
            self.page.wait_for_timeout(50)
        return self

    def drawn(self) -> App:
        """Wait until what changed is drawn: rows that came into sight have no `innerText` before."""
        self.page.evaluate(DRAWN)
        return self

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

    def drag(self, *paths: Path, to: tuple[int, int] = (400, 60)) -> App:
        """Drop files or folders as the browser itself does of a user's hand."""
        session = self.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": to[0], "y": to[1], "data": data})
        session.detach()
        return self

    def pick(self, *paths: Path) -> App:
        """Choose files through the picker, which the browser itself fills."""
        self.page.get_by_label("Choose BED files").set_input_files([str(path) for path in paths])
        return self

    def open_universe(self, path: Path) -> App:
        self.page.get_by_label("Open a universe file").set_input_files(str(path))
        return self

    def unfold(self, name: str | re.Pattern[str]) -> Any:
        """Open a part that can be folded away, named by its heading, and give it."""
        part = self.page.locator("details").filter(has=self.page.get_by_role("heading", name=name))
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()
        return part

    # what came of it

    def row(self, name: str) -> Any:
        return self.page.get_by_role("table", name="Files").get_by_role("rowgroup").filter(has_text=name)

    def done(self, name: str) -> App:
        self.row(name).get_by_text("done", exact=True).wait_for()
        return self

    def through(self, total: int) -> App:
        """Wait until the whole list is done; a search by text through hundreds of rows would keep the page busy."""
        self.page.locator(".totals").get_by_text(f"{total} of {total} files through").wait_for()
        return self

    def names(self) -> list[str]:
        """Name the files that have a result in the order of the list, hundreds without keeping the page busy."""
        return self.page.locator(".file-list").evaluate(NAMES)

    def listed(self, name: str) -> dict[str, str]:
        """What the list says of a file, by column."""
        self.drawn()
        head = self.page.get_by_role("table", name="Files").locator("thead th").all_inner_texts()
        cells = self.row(name).first.locator(".file-row > *").all_inner_texts()
        return dict(zip(head, cells, strict=True))

    def rules(self) -> App:
        """Open the list of rules."""
        self.page.locator("details.rules").evaluate("element => element.open = true")
        return self

    def failed(self, name: str) -> str:
        """Wait for the failure of a file and give its message."""
        alert = self.row(name).get_by_role("alert")
        alert.wait_for()
        self.drawn()
        return alert.locator("p").first.text_content()  # also of a row that is not laid out yet

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

    def look(self, kind: str) -> App:
        """Look at the result as Tokens, Table, Genome or Plots."""
        self.page.get_by_role("tab", name=kind, exact=True).click()
        return self

    def chip(self, words: str) -> Any:
        """The chips whose face says so."""
        return self.page.locator(".chip").filter(has=self.page.get_by_text(words, exact=True))

    def table(self) -> list[list[str]]:
        """The rows of the result in sight, cell by cell."""
        self.look("Table")
        self.page.locator(".grid tbody tr").first.wait_for()
        self.page.locator(".grid .waits").first.wait_for(state="detached")
        return self.page.locator(".grid tbody tr").evaluate_all(ROWS)

    def choose(self, label: str, what: str = "This file", *, packed: bool = False) -> App:
        """Choose a format and the files to save."""
        save = self.page.get_by_role("region", name="Save")
        for button in save.get_by_role("button", name=re.compile(f"^{what}")).all():
            button.click()  # there is a choice as soon as there are two files
            save.get_by_role("button", name=re.compile(f"^{what}"), pressed=True).wait_for()
        save.get_by_role("radio", name=re.compile(f"^{re.escape(label)} ")).check()
        save.locator(".format-chosen").filter(has_text=label).wait_for()
        for tick in save.get_by_role("checkbox", name=re.compile("^One file each")).all():
            if tick.is_enabled():
                tick.set_checked(packed)
        return self

    def save(self, label: str, what: str = "This file", *, packed: bool = False) -> bytes:
        """Choose a format, press Save, and give the bytes that the browser stored."""
        self.choose(label, what, packed=packed)
        with self.page.expect_download() as waiting:
            self.page.get_by_role("region", name="Save").get_by_role("button", name="Save", exact=True).click()
        return Path(waiting.value.path()).read_bytes()
