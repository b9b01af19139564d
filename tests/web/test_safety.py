"""Nothing leaves the origin: the policy in header and page, the fences of the worker, the list of requests."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

from web.app import App

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
    "style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@contextmanager
def stranger():
    """Another origin that would answer anyone, and remembers who asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", asked
    server.shutdown()
    server.server_close()


def test_header_and_page_carry_the_policy(site):
    """The served header is the policy; the page's first element repeats it, less what only a header can carry."""
    with urlopen(site) as response:
        assert response.headers["Content-Security-Policy"] == POLICY
        text = response.read().decode()
    head = text[text.index("<head>") + len("<head>") :].lstrip()
    meta = POLICY.removesuffix("; frame-ancestors 'none'")
    assert head.startswith(f'<meta http-equiv="Content-Security-Policy" content="{meta}">')


TRY = """async (url) => {
  const tried = {};
  const attempt = (name, work) => work().then(() => (tried[name] = "through"), () => (tried[name] = "refused"));
  await attempt("fetch", () => fetch(url, {mode: "no-cors"}));
  await attempt("eval", () => new Promise((through, refused) => setTimeout(() => {
    try { through((0, eval)("1")); } catch (error) { refused(error); } // later: a debugger's own call may evaluate
  })));
  await attempt("import", () => import(url + "x.js"));
  await attempt("socket", () => new Promise((through, refused) => {
    const socket = new WebSocket(url.replace("http", "ws"));
    socket.onopen = through; socket.onerror = refused;
  }));
  return tried;
}"""
BARE_WORKER = """(url) => new Promise((resolve) => {
  const source = `const attempt = TRY; attempt(${JSON.stringify(url)}).then((tried) => self.postMessage(tried));`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], {type: "text/javascript"})), {type: "module"});
  worker.onmessage = ({data}) => resolve(data);
})""".replace("TRY", TRY.replace("`", "\\`").replace("${", "\\${"))
REFUSED = {"fetch": "refused", "eval": "refused", "import": "refused", "socket": "refused"}


@pytest.fixture
def bare_app(browser, plain_site):
    """The page on a host that sends no headers."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    app = App(context, plain_site)
    app.open()
    yield app
    app.close()


def test_page_works_on_a_host_without_headers(bare_app):
    """A plain file server is enough: the page starts and tokenizes there."""
    bare_app.ready().drop(q_bed=b"chr1\t203327425\t203327695\n").done("q.bed")
    assert bare_app.troubles() == []


def test_page_and_worker_are_bound_on_a_host_without_headers(bare_app):
    """Even without headers neither page, nor engine, nor a worker made as the engine's is, reaches another origin."""
    bare_app.ready()
    with stranger() as (url, asked):
        assert bare_app.page.evaluate(TRY, url) == REFUSED
        (engine,) = bare_app.page.workers
        assert bare_app.page.evaluate(BARE_WORKER, url) == REFUSED
        assert engine.evaluate(TRY, url) == REFUSED
        assert asked == []


def test_engine_reaches_only_its_own_files(app):
    """Within the origin, too, the engine can fetch nothing but the files of its build."""
    (engine,) = app.page.workers
    attempt = "url => fetch(url).then(() => 'through', (error) => error.message)"
    outcome = engine.evaluate(attempt, app.url + "manifest.json")
    assert "is no file of this page" in outcome


def test_no_request_during_work(app):
    """Once ready, tokenizing, looking and saving request nothing at all."""
    app.kept()  # until then the service worker gathers its files
    before = len(app.requests)
    app.drop(q_bed=b"chr1\t203327425\t203327695\n").done("q.bed")
    app.save(".gtok")
    assert [url for url in app.requests[before:] if not url.startswith("blob:")] == []
    assert app.foreign() == []


def test_damaged_engine_file_is_named(browser, site):
    """A missing engine file is named, the shell stays usable, and nothing hangs."""
    context = browser.new_context()
    context.route("**/numpy-*", lambda route: route.fulfill(status=404, body=""))
    app = App(context, site)
    app.open()
    alert = app.page.get_by_role("alert")
    alert.filter(has_text="numpy-").wait_for()
    assert "damaged or missing" in alert.first.inner_text()
    assert app.page.get_by_role("button", name="Retry").is_enabled()
    context.close()


def test_page_opened_from_disk_says_how_to_serve_it(browser, dist):
    """Opened as a file, where no module may run, the page says so by itself."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((dist / "index.html").as_uri())
    notice = page.get_by_text("python -m http.server")
    assert not notice.is_visible()
    notice.wait_for(timeout=10_000)
    context.close()


def test_page_without_javascript_says_what_it_is(browser, site):
    """Without JavaScript the page names the command that does the same."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    assert page.locator("noscript code").first.inner_text() == "pip install genotok"
    assert page.locator("noscript code").first.is_visible()
    context.close()
