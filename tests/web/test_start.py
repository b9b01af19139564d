"""The start of the page: its steps are told, its files come early, and each way in which it can fail is named."""

import gzip
import posixpath
import re

import pytest

from web.app import App

STEPS = ["modules", "build", "runtime", "laid", "numpy", "genotok", "ready"]
ENGINE = "import(document.querySelector('script[src$=\"start.js\"]').src).then(({engine}) => engine)"
BOOT = f"{ENGINE}.then(({{boot}}) => boot)"


def test_the_page_asks_for_all_modules_of_the_start_at_once(fresh):
    """Whatever start.js and the worker import is asked for by the head, before style sheets and views."""
    fresh.ready()
    head = fresh.page.locator("head").inner_html()
    early = re.findall(r'<link rel="modulepreload" href="([^"]+)">', head)
    screen = re.findall(r'<link rel="modulepreload" href="([^"]+)" fetchpriority="high">', head)
    places = [head.index(name) for name in ("/start.js", early[0], "/worker.js", early[-1], "/page.css", "/app.js")]
    assert places == sorted(places)
    in_worker = fresh.page.workers[0].evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert [url for url in in_worker if "/a/" in url and url.endswith(".js")] == []  # it is one file
    scripts = [url.removeprefix(fresh.url) for url in fresh.requests if "/a/" in url and url.endswith(".js")]
    named = [re.search(f'src="([^"]+/{name})"', head)[1] for name in ("start.js", "app.js", "theme.js")]
    (late,) = set(scripts) - {*early, *screen, *named}
    assert posixpath.basename(late).startswith("late-")
    assert scripts.index(late) > max(scripts.index(name) for name in named)


def test_a_first_visit_asks_for_few_files(browser, site):
    """Some two dozen until the universe is open: over HTTP/1.1 each costs a turn of one of six connections."""
    app = App(browser.new_context(service_workers="block"), site).open().ready()
    assert 20 <= len(app.requests) <= 28
    app.close()


def test_boot_tells_when_each_step_was_through(app):
    """The reply of `boot` holds the steps in the order of time, and what they amount to."""
    timings = app.page.evaluate(f"{BOOT}.then(({{value}}) => value.timings)")
    names, times = zip(*timings["steps"], strict=True)
    assert [name for name in names if name in STEPS] == STEPS
    assert list(times) == sorted(times)
    assert timings["total"] == times[-1]
    assert all(0 < timings[name] <= timings["total"] for name in ("fetch", "runtime", "numpy", "genotok"))


def test_the_page_marks_when_engine_and_universe_are_ready(app):
    """What the benchmark of the start reads is there, in this order."""
    marks = app.page.evaluate("performance.getEntriesByType('mark').map(({name}) => name)")
    assert marks.index("views") < marks.index("engine") < marks.index("universe")


def damaged(route):
    """Answer as the server does, with one bit of the content changed."""
    response = route.fetch()
    body = bytearray(
        gzip.decompress(response.body())
        if "gzip" not in response.headers.get("content-encoding", "")
        else response.body()
    )
    body[len(body) // 4] ^= 1
    route.fulfill(status=200, body=gzip.compress(bytes(body), 1), content_type="application/gzip")


def absent(route):
    route.fulfill(status=404, body="")


def cut(route):
    response = route.fetch()
    route.fulfill(status=200, body=response.body()[:100_000], content_type="application/wasm")


FAULTS = {
    "library absent": ("**/python_stdlib*", absent, r"damaged or missing: python_stdlib\.zip \(status 404\)"),
    "NumPy damaged": ("**/numpy-*", damaged, r"damaged or missing: numpy-.*\(wrong SHA-256\)"),
    "byte code absent": ("**/genotok-pyc*", absent, r"damaged or missing: genotok-pyc\.zip"),
    "runtime absent": ("**/pyodide.asm.wasm", absent, r"damaged or missing: pyodide\.asm\.wasm \(status 404\)"),
    "runtime cut": ("**/pyodide.asm.wasm", cut, r"The browser does not compile the engine"),
    "loader absent": ("**/pyodide.asm.mjs", absent, r"damaged or missing: pyodide\.asm\.mjs"),
    "list absent": ("**/build.json", absent, r"build\.json"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_start_that_fails_says_why(browser, site, fault):
    """No failure of an engine file hangs: the page names it, and offers to try again."""
    place, act, message = FAULTS[fault]
    context = browser.new_context(service_workers="block")
    context.route(place, act)
    app = App(context, site).open()
    app.page.get_by_role("alert").filter(has_text=re.compile(message)).first.wait_for()
    assert app.page.get_by_role("button", name="Retry").first.is_enabled()
    context.close()


def test_a_runtime_of_another_type_starts_too(browser, site):
    """Some hosts do not know `.wasm`; the engine then starts a little later."""
    context = browser.new_context(service_workers="block")
    kind = "application/octet-stream"
    context.route("**/pyodide.asm.wasm", lambda route: route.fulfill(response=route.fetch(), content_type=kind))
    app = App(context, site).open().ready()
    app.expected.append("registration blocked")
    assert app.troubles() == []
    context.close()


def test_without_the_permission_to_compile_the_start_ends(browser, site):
    """A host whose policy forbids WebAssembly gets a message, not an endless bar."""
    context = browser.new_context(service_workers="block")

    def forbid(route):
        response = route.fetch()
        body = response.text().replace(" 'wasm-unsafe-eval'", "")
        headers = {
            **response.headers,
            "content-security-policy": response.headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", ""),
        }
        route.fulfill(status=200, body=body, headers=headers)

    context.route(f"{site}", forbid)
    app = App(context, site).open()
    app.page.get_by_role("alert").filter(has_text="does not compile the engine").first.wait_for()
    context.close()


HEADS = """async () => {
  const found = {};
  const bytesOf = async (response) => new Uint8Array(await response.arrayBuffer());
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const packed = (await cache.keys()).filter(({url}) => url.includes("/e/") && url.endsWith(".gz"));
    for (const request of packed) found[request.url] = [...(await bytesOf(await cache.match(request))).slice(0, 2)];
  }
  return found;
}"""


def test_later_starts_inflate_nothing(browser, plain_site):
    """Where the host sends packed archives as they are, the service worker keeps them inflated."""
    context = browser.new_context()
    app = App(context, plain_site).open().ready().kept()
    heads = app.page.evaluate(HEADS)
    assert len(heads) == 3
    assert {tuple(head) for head in heads.values()} == {tuple(b"PK")}
    app.page.reload()
    app.ready()
    assert app.troubles() == []
    context.close()


def test_workers_share_the_runtime(fresh):
    """It is fetched and compiled once, by the page; a worker that takes another's place gets it ready-made."""
    fresh.ready()
    fresh.page.evaluate(f"{ENGINE}.then((engine) => (engine.restart(), engine.boot)).then(() => 0)")
    inside = fresh.page.workers[0].evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    assert [url for url in inside if url.endswith(".wasm")] == []
