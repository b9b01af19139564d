"""Firefox and WebKitGTK driven by what they themselves bring: Marionette's socket, and WebKitWebDriver over HTTP.

Both speak the commands of W3C WebDriver, so that neither needs a driver package or a patched browser.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

PATIENCE = 120.0  # s
FIREFOX = ("firefox-esr", "firefox")
WEBKIT = "WebKitWebDriver"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver marks a reference to an element
PREFERENCES = {
    "marionette.port": 0,  # any free one; its number is written into the profile
    "browser.download.folderList": 2,
    "browser.download.alwaysOpenPanel": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}
COMPLAINTS = """return Services.console.getMessageArray().filter((each) => each instanceof Ci.nsIScriptError)
  .filter((each) => each.sourceName.startsWith(arguments[0]) && !(each.flags & Ci.nsIScriptError.warningFlag))
  .map((each) => each.errorMessage)"""


class Remote(Protocol):
    """A browser window that does as it is told."""

    downloads: Path

    def go(self, url: str) -> None:
        """Open a page."""

    def run(self, script: str, *words: Any) -> Any:
        """Run the body of a function in the page; gives what it returns."""

    def click(self, element: Any) -> None:
        """Click an element that `run` returned, as a hand would."""

    def type(self, element: Any, text: str) -> None:
        """Type into an element; into a file input, the path of a file."""

    def complaints(self, url: str) -> list[str]:
        """List the errors that scripts under this address ran into, where the browser tells."""


class Firefox:
    """Firefox through the socket of its remote control."""

    def __init__(self, port: int, downloads: Path) -> None:
        self.downloads = downloads
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.heard = b""
        self.count = 0
        self._hear()  # its greeting
        self._send("WebDriver:NewSession", capabilities={"alwaysMatch": {}})

    def go(self, url: str) -> None:
        self._send("WebDriver:Navigate", url=url)

    def run(self, script: str, *words: Any) -> Any:
        return self._send("WebDriver:ExecuteScript", script=script, args=words)["value"]

    def click(self, element: Any) -> None:
        self._send("WebDriver:ElementClick", id=element[ELEMENT])

    def type(self, element: Any, text: str) -> None:
        self._send("WebDriver:ElementSendKeys", id=element[ELEMENT], text=text)

    def complaints(self, url: str) -> list[str]:
        self._send("Marionette:SetContext", value="chrome")
        found = self.run(COMPLAINTS, url)
        self._send("Marionette:SetContext", value="content")
        return list(found)

    def close(self) -> None:
        self.socket.close()

    def _send(self, command: str, **words: Any) -> Any:
        self.count += 1
        message = json.dumps([0, self.count, command, words]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, value = self._hear()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return value

    def _hear(self) -> Any:
        """Read one message: its length, a colon, and JSON."""
        while b":" not in self.heard:
            self.heard += self.socket.recv(2**16)
        length, _, rest = self.heard.partition(b":")
        while len(rest) < int(length):
            rest += self.socket.recv(2**16)
        self.heard = rest[int(length) :]
        return json.loads(rest[: int(length)])


class WebKit:
    """WebKitGTK's small browser through its WebDriver."""

    def __init__(self, url: str, downloads: Path) -> None:
        self.downloads = downloads
        self.url = url
        session = self._send("/session", capabilities={"alwaysMatch": {}})
        self.url += f"/session/{session['sessionId']}"

    def go(self, url: str) -> None:
        self._send("/url", url=url)

    def run(self, script: str, *words: Any) -> Any:
        return self._send("/execute/sync", script=script, args=words)

    def click(self, element: Any) -> None:
        self._send(f"/element/{element[ELEMENT]}/click")

    def type(self, element: Any, text: str) -> None:
        self._send(f"/element/{element[ELEMENT]}/value", text=text)

    def complaints(self, url: str) -> list[str]:  # noqa: ARG002  # it tells nobody
        return []

    def _send(self, path: str, **words: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(words).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from None


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Start Firefox without a window, with a profile of its own."""
    program = next(filter(None, map(shutil.which, FIREFOX)), None)
    if program is None:
        raise FileNotFoundError("no Firefox here; ./build_wasm.sh test installs it, -m 'not firefox' does without it")
    profile, downloads = folder / "profile", folder / "downloads"
    profile.mkdir()
    downloads.mkdir()
    wishes = {**PREFERENCES, "browser.download.dir": str(downloads)}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wishes.items()]
    (profile / "user.js").write_text("".join(lines))
    control = ("--marionette", "--remote-allow-system-access")
    with _running([program, "--headless", "--no-remote", *control, "--profile", str(profile)]):
        port = _wait(lambda: (profile / "MarionetteActivePort").read_text())
        with contextlib.closing(Firefox(int(port), downloads)) as remote:
            yield remote


@contextlib.contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """Start WebKitGTK on a screen that nobody sees, with a home of its own."""
    missing = [program for program in (WEBKIT, "Xvfb") if shutil.which(program) is None]
    if missing:
        what = " and ".join(missing)
        raise FileNotFoundError(f"no {what} here; ./build_wasm.sh test installs it, -m 'not webkit' does without it")
    downloads = folder / "downloads"
    downloads.mkdir()
    (folder / ".config").mkdir()
    (folder / ".config/user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/downloads"\n')
    screen, told = os.pipe()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _running(["Xvfb", "-displayfd", str(told), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], keep=[told]):
        display = os.read(screen, 16).decode().strip()
        home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "DISPLAY": f":{display}"}
        with _running([WEBKIT, "--host=127.0.0.1", f"--port={port}"], home):
            _wait(lambda: socket.create_connection(("127.0.0.1", port)).close() or True)
            yield WebKit(f"http://127.0.0.1:{port}", downloads)
    os.close(screen)
    os.close(told)


@contextlib.contextmanager
def _running(words: Sequence[str], more: dict[str, str] | None = None, keep: Sequence[int] = ()) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen(words, env={**os.environ, **(more or {})}, pass_fds=keep, **quiet)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # its helpers too
        process.wait()


def _wait(look: Any) -> Any:
    """Ask again and again until there is an answer."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if found := look():
                return found
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.05)
