"""Serves the page on this machine with the security headers, types and twins that a good host would send."""

import contextlib
import hashlib
import sys
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
    "style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
OFF = "accelerometer camera display-capture fullscreen geolocation gyroscope magnetometer microphone midi payment usb"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in OFF.split()),
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # in the order of preference


@lru_cache(maxsize=1024)
def _etag(path: Path, _changed: int, _size: int) -> str:
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'


def accepted_encodings(header: str) -> list[str]:
    """List the content codings of an Accept-Encoding header that are not refused by `q=0`."""
    accepted = []
    for item in header.split(","):
        name, _, weight = item.strip().partition(";")
        quality = weight.strip().removeprefix("q=") or "1"
        if quality.rstrip("0").rstrip(".") not in {"", "0"}:
            accepted.append(name.strip().lower())
    return accepted


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the files below one folder; nothing else exists."""

    protocol_version = "HTTP/1.1"
    server_version = "genotok"
    sys_version = ""
    wbufsize = -1  # head and body go out together: else the body waits 40 ms for the receipt of the head
    disable_nagle_algorithm = True

    def __init__(self, *args: object, root: Path, compress: bool) -> None:
        self.root, self.compress = root.resolve(), compress
        super().__init__(*args)  # type: ignore[arg-type]  # the base class names three positional arguments

    def do_GET(self) -> None:
        """Answer with the file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers that GET would send."""
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Stay quiet: the one line with the address is all that the terminal shows."""

    def _answer(self, *, body: bool) -> None:
        path = self._file()
        if path is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": TYPES[".txt"]}, b"no such file\n", body=body)
            return
        twin, coding = self._twin(path)
        about = twin.stat()
        tag = _etag(twin, about.st_mtime_ns, about.st_size)
        fixed = path.relative_to(self.root).parts[0] in {"a", "e"}  # folders named by their content
        headers = {
            "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
            "ETag": tag,
            "Cache-Control": "public, max-age=31536000, immutable" if fixed else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if coding:
            headers["Content-Encoding"] = coding
        if tag in self.headers.get("If-None-Match", ""):
            self._send(HTTPStatus.NOT_MODIFIED, headers, b"", body=False)
            return
        self._send(HTTPStatus.OK, headers, twin.read_bytes(), body=body)

    def _file(self) -> Path | None:
        name = unquote(urlsplit(self.path).path).lstrip("/")
        if "\0" in name:
            return None
        path = (self.root / name).resolve()
        if path.is_dir():
            path /= "index.html"
        inside = path.is_relative_to(self.root)
        return path if inside and path.is_file() else None

    def _twin(self, path: Path) -> tuple[Path, str | None]:
        accepted = accepted_encodings(self.headers.get("Accept-Encoding", "")) if self.compress else []
        for coding, suffix in ENCODINGS.items():
            twin = path.with_name(path.name + suffix)
            if coding in accepted and twin.is_file():
                return twin, coding
        return path, "gzip" if "gzip" in accepted and self._is_archive(path) else None

    def _is_archive(self, path: Path) -> bool:
        """Tell whether a file is one that the page inflates itself where the host does not do it on the way."""
        return path.suffix == ".gz" and path.relative_to(self.root).parts[0] == "e"

    def _send(self, status: HTTPStatus, headers: dict[str, str], content: bytes, *, body: bool) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **headers, "Content-Length": str(len(content))}.items():
            if status is not HTTPStatus.NOT_MODIFIED or name != "Content-Length":
                self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """A threading server that takes it calmly when a browser hangs up in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what is a fault of this program only."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # whatever the base class was given


def make_server(root: Path, port: int, *, compress: bool = True) -> Server:
    """Bind 127.0.0.1:port (0: any free port); the caller runs and closes the server."""
    return Server(("127.0.0.1", port), partial(Handler, root=root, compress=compress))


def serve_until_interrupted(server: Server) -> None:
    """Answer until Ctrl-C, then close."""
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.1)
