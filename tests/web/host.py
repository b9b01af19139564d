"""A web server of a test's own: its folder can change, it can be switched off, it can let other origins in."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any


class Host:
    """Serves a folder with the headers of the page's server; `shared` tells browsers that other origins may read it."""

    def __init__(self, root: Path, *, shared: bool = False) -> None:
        self.root, self.port, self.shared = root, 0, shared
        self.server: Any = None

    def start(self) -> Host:
        from serve import make_server  # the build's tools come onto the path with the fixtures

        self.server = make_server(self.root, self.port)
        self.port = self.server.server_address[1]
        if self.shared:
            self.server.RequestHandlerClass = _let_in(self.server.RequestHandlerClass)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def _let_in(made: Any) -> Any:
    """A handler that adds the header of CORS to every answer."""

    class Shared(made.func):
        def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

    def handler(*args: Any) -> Any:
        return Shared(*args, **made.keywords)

    return handler
