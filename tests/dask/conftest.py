import http.server
import threading
from functools import partial

import pytest

from cli.desk import Desk


@pytest.fixture
def desk(tmp_path, capsysbinary):
    return Desk(tmp_path, capsysbinary)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(desk):
    """Serve the desk's folder over HTTP; the value is its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(desk.folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
