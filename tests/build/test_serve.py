"""The server sends what a good host would: policy, types, twins, validators, and nothing from outside its folder."""

import gzip
import http.client
import signal
import subprocess
import sys
import threading

import pytest

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
    "style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
FILES = {
    "index.html": b"<!doctype html>page",
    "a/0123/app.mjs": b"export {};" * 30,
    "a/0123/app.js": b"export {};" * 30,
    "a/0123/style.css": b"p { color: red }",
    "e/4567/engine.wasm": b"\0asm",
    "e/4567/library.zip.gz": gzip.compress(b"library"),
    "manifest.json": b"{}",
}
TYPES = {
    "/": "text/html; charset=utf-8",
    "/a/0123/app.mjs": "text/javascript; charset=utf-8",
    "/a/0123/app.js": "text/javascript; charset=utf-8",
    "/a/0123/style.css": "text/css; charset=utf-8",
    "/e/4567/engine.wasm": "application/wasm",
    "/e/4567/library.zip.gz": "application/gzip",
    "/manifest.json": "application/json; charset=utf-8",
}


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "dist"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    app = folder / "a/0123/app.mjs"
    app.with_suffix(".mjs.gz").write_bytes(gzip.compress(app.read_bytes(), mtime=0))
    app.with_suffix(".mjs.br").write_bytes(b"brotli bytes")
    (tmp_path / "secret.txt").write_bytes(b"outside")
    return folder


@pytest.fixture
def ask(site):
    from serve import make_server

    servers = []

    def get(path, method="GET", compress=True, **headers):
        server = make_server(site, 0, compress=compress)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        assert server.server_address[0] == "127.0.0.1"
        connection = http.client.HTTPConnection(*server.server_address, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, dict(reply.headers), content

    yield get
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("path", [*TYPES, "/nothing"])
def test_every_answer_carries_the_policy(ask, path):
    """No page, file or error goes out without the security headers."""
    _, headers, _ = ask(path)
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cross-Origin-Opener-Policy" not in headers


@pytest.mark.parametrize(("path", "kind"), TYPES.items())
def test_types_are_the_ones_browsers_insist_on(ask, path, kind):
    """A module or a wasm file of another type would not be run or streamed."""
    status, headers, content = ask(path)
    assert (status, headers["Content-Type"]) == (200, kind)
    assert content == FILES[path.lstrip("/") or "index.html"]
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("br;q=0", None),
    ],
)
def test_twins_go_to_those_who_accept_them(ask, accepts, coding):
    """The best accepted twin is sent under the type of the file itself."""
    _, headers, content = ask("/a/0123/app.mjs", Accept_Encoding=accepts)
    plain = FILES["a/0123/app.mjs"]
    assert headers.get("Content-Encoding") == coding
    assert headers["Vary"] == "Accept-Encoding"
    sent = {"br": b"brotli bytes", "gzip": gzip.compress(plain, mtime=0), None: plain}
    assert content == sent[coding]


def test_twins_can_be_switched_off(ask):
    """--no-compress sends plain bytes to everyone."""
    _, headers, content = ask("/a/0123/app.mjs", compress=False, Accept_Encoding="br, gzip")
    assert (headers.get("Content-Encoding"), content) == (None, FILES["a/0123/app.mjs"])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("accepts", "coding"), [("br, gzip", "gzip"), ("identity", None), ("gzip;q=0", None)])
def test_archives_are_inflated_on_the_way(ask, accepts, coding, method):
    """The browser's network process then inflates what the engine's worker would have to."""
    status, headers, content = ask("/e/4567/library.zip.gz", method=method, Accept_Encoding=accepts)
    assert (status, headers.get("Content-Encoding"), headers["Vary"]) == (200, coding, "Accept-Encoding")
    assert content == (FILES["e/4567/library.zip.gz"] if method == "GET" else b"")
    assert "Content-Encoding" not in ask("/e/4567/library.zip.gz", compress=False, Accept_Encoding=accepts)[1]


def test_known_content_is_not_sent_again(ask):
    """The ETag is the content's; who has it gets 304 without a body."""
    _, headers, _ = ask("/")
    status, again, content = ask("/", If_None_Match=headers["ETag"])
    assert (status, again["ETag"], content) == (304, headers["ETag"], b"")
    assert ask("/", If_None_Match='"other"')[0] == 200


def test_only_content_addressed_folders_are_kept_for_ever(ask):
    """An update must reach who opens the page again."""
    assert ask("/")[1]["Cache-Control"] == "no-cache"
    assert ask("/manifest.json")[1]["Cache-Control"] == "no-cache"
    assert "immutable" in ask("/a/0123/app.mjs")[1]["Cache-Control"]
    assert "immutable" in ask("/e/4567/engine.wasm")[1]["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/a/../../secret.txt", "//secret.txt", "/a", "/a%00b"]
)
def test_nothing_outside_the_folder_exists(ask, path):
    """Dots, escapes and folders lead nowhere."""
    status, _, content = ask(path)
    assert (status, content) == (404, b"no such file\n")


def test_head_tells_what_get_would(ask):
    """HEAD has the same headers and no body."""
    _, got, content = ask("/manifest.json")
    status, told, body = ask("/manifest.json", method="HEAD")
    assert (status, body) == (200, b"")
    assert told["Content-Length"] == got["Content-Length"] == str(len(content))


def test_one_line_with_the_address_and_a_clean_end(site, root):
    """Ctrl-C ends the server with 0; all it ever printed is its address."""
    command = [sys.executable, str(root / "web/tools/serve.py"), str(site), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    address = line.removeprefix("genotok page: http://").strip().rstrip("/")
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == FILES["index.html"]
    connection.close()
    server.send_signal(signal.SIGINT)
    rest, errors = server.communicate(timeout=10)
    assert (server.returncode, rest, errors) == (0, "", "")


def test_missing_site_and_taken_port_are_one_line(site, root, tmp_path, ask):
    """Both failures say what to do, without a traceback."""
    import socket

    tool = [sys.executable, str(root / "web/tools/serve.py")]
    empty = subprocess.run([*tool, str(tmp_path)], capture_output=True, text=True, check=False)
    assert empty.returncode == 1
    assert empty.stderr.endswith("no index.html; run ./build_wasm.sh\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        busy = subprocess.run([*tool, str(site), "--port", port], capture_output=True, text=True, check=False)
    assert busy.returncode == 1
    assert busy.stderr == f"127.0.0.1:{port}: Address already in use; choose another with --port\n"
