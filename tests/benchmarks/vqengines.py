"""The engine of the built page runs functions of `vqinside.py`: under Node, and in a worker in Chromium."""

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measure import CHECKOUT

for _folder in ("tests", "web/tools"):
    sys.path.insert(0, str(CHECKOUT / _folder))

ENGINE = CHECKOUT / "web/build/engine"  # the archives of the page, inflated
_HERE = Path(__file__).parent
_LONG = 900_000  # ms

_WORKER = """
import { loadPyodide } from "ORIGIN/engine/pyodide.mjs";
self.onmessage = async ({ data: { call, plan } }) => {
  try {
    const indexURL = "ORIGIN/engine/";
    const lockFileURL = indexURL + "pyodide-lock.json";
    const pyodide = await loadPyodide({ indexURL, lockFileURL, packages: ["numpy", "genotok"] });
    pyodide.FS.mkdirTree("/bench");
    for (const name of ["letters", "vqinside.py"]) {
      pyodide.FS.writeFile("/bench/" + name, new Uint8Array(await (await fetch("ORIGIN/" + name)).arrayBuffer()));
    }
    pyodide.pyimport("sys").path.insert(0, "/bench");
    pyodide.pyimport("vqinside")[call]("/bench", plan, "/bench/told.json");
    self.postMessage({ told: pyodide.FS.readFile("/bench/told.json", { encoding: "utf8" }) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
"""
_ASK = """([script, request]) => new Promise((resolve, reject) => {
  const source = script.replaceAll("ORIGIN", location.origin);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.told));
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(request);
})"""
_RUN = """async ([text, model, rounds]) => {
  const { engine } = await import(document.querySelector('script[src$="start.js"]').src);
  const taken = [];
  for (let turn = 0; turn <= rounds; turn += 1) {
    const began = performance.now();
    const { value } = await engine.call("vq_run", [{ name: "pasted.fa", text }, { model }]);
    if (turn) taken.push((performance.now() - began) / 1000);
    await engine.call("forget", [value.handle]);
  }
  return taken;
}"""


def why_not() -> str | None:
    """Say what is missing for the page's engine to run; None if nothing is."""
    return None if any(ENGINE.glob("genotok-*.whl")) else "no page is built here: run ./build_wasm.sh"


def ask_node(call: str, folder: Path, plan: str) -> dict[str, Any]:
    """Run a function of `vqinside.py` in Pyodide under Node; what it wrote into ``folder`` stays there."""
    from under_node import run_in_pyodide

    mounts, path = {"/node": _HERE, "/bench": folder}, ["/node"]
    words = ["/bench", plan, "/bench/told.json"]
    ran = run_in_pyodide(ENGINE, f"vqinside:{call}", words, mounts=mounts, path=path, packages=["numpy", "genotok"])
    if ran.returncode:
        raise SystemExit(f"Pyodide under Node: {ran.stderr.strip().rsplit(chr(10), 1)[-1]}")
    return dict(json.loads((folder / "told.json").read_text()))


class Chromium:
    """A browser with the page in one tab, and the page's engine in a worker of another."""

    def __init__(self, browser: Any, page_url: str, engine_url: str) -> None:
        self.version = browser.version
        self._page, self._bare = browser.new_page(), browser.new_page()
        for page, url in ((self._page, page_url), (self._bare, engine_url)):
            page.set_default_timeout(_LONG)
            page.goto(url)
        self._page.get_by_text("Ready (Python").first.wait_for()

    def ask(self, call: str, plan: str) -> dict[str, Any]:
        """Run a function of `vqinside.py` in a worker that loads the page's engine."""
        return dict(json.loads(self._bare.evaluate(_ASK, [_WORKER, {"call": call, "plan": plan}])))

    def run_page(self, text: str, model: str, rounds: int) -> list[float]:
        """Let the page itself take pasted DNA, encode and decode it: seconds from the request to the answer."""
        return list(self._page.evaluate(_RUN, [text, model, rounds]))


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """Open the page, and the engine beside the files of a folder."""
    from playwright.sync_api import sync_playwright

    from web.conftest import BROWSERS, served

    (folder / "engine").unlink(missing_ok=True)
    (folder / "engine").symlink_to(ENGINE)
    shutil.copyfile(_HERE / "vqinside.py", folder / "vqinside.py")
    (folder / "index.html").write_text("<!doctype html><title>engine</title>\n")
    found = next(filter(None, map(shutil.which, BROWSERS)))
    bare = ("-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder)
    with contextlib.ExitStack() as stack:
        page_url = stack.enter_context(served(CHECKOUT / "web/tools/serve.py", CHECKOUT / "web/dist", "--port", "0"))
        engine_url = stack.enter_context(served(*bare))
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield Chromium(browser, page_url, engine_url)
        browser.close()
