"""A model hub on this machine: answers what the real one answers, takes uploads, and remembers what it was asked."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Repositories by name, each a dict of files; ``gated`` ones ask for a token."""

    url: str = ""
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)  # (method, path)
    tokens: list[str | None] = field(default_factory=list)


@contextmanager
def serve() -> Iterator[Hub]:
    """Run a hub until the block ends."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):  # the server calls it by this name
            self.answer(with_body=False)

        def do_GET(self):  # likewise
            self.answer(with_body=True)

        def do_POST(self):  # likewise
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hub.asked.append((self.command, self.path))
            hub.tokens.append(self.headers.get("Authorization"))
            self.send(json.dumps(self.accept(body)).encode(), with_body=True)

        def accept(self, body):
            """Make a repository, say how files are to be uploaded, or take a commit that holds them."""
            if self.path == "/api/repos/create":
                words = json.loads(body)
                name = "/".join(filter(None, (words.get("organization"), words["name"])))
                hub.repositories.setdefault(name, {})
                return {"url": f"{hub.url}/{name}", "id": name}
            if self.path == "/api/validate-yaml":  # the head of a README
                return {"errors": [], "warnings": []}
            name, _, action = self.path.removeprefix("/api/models/").rpartition("/main")[0].rpartition("/")
            if action == "preupload":
                paths = [file["path"] for file in json.loads(body)["files"]]
                return {"files": [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in paths]}
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    hub.repositories[name][line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            return {"success": True, "commitOid": COMMIT, "commitUrl": f"{hub.url}/{name}/commit/{COMMIT}"}

        def log_message(self, *_):
            """Stay quiet."""

        def answer(self, *, with_body):
            hub.asked.append((self.command, self.path))
            hub.tokens.append(self.headers.get("Authorization"))
            if self.path.startswith("/api/models/"):  # what lies in a folder of a repository: nothing
                return self.refuse(404, "EntryNotFound", "Entry not found")
            name, _, rest = self.path.lstrip("/").partition("/resolve/")
            revision, _, file = rest.partition("/")
            if name not in hub.repositories:
                return self.refuse(401, "RepoNotFound", "Repository not found")
            if name in hub.gated and self.headers.get("Authorization") != "Bearer hf_good":
                return self.refuse(403, "GatedRepo", "Access is restricted")
            if revision not in ("main", COMMIT):
                return self.refuse(404, "RevisionNotFound", "Revision not found")
            if file not in hub.repositories[name]:
                return self.refuse(404, "EntryNotFound", "Entry not found")
            return self.send(hub.repositories[name][file], with_body=with_body)

        def refuse(self, status, code, message):
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", message)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def send(self, content, *, with_body):
            self.send_response(200)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
