"""Serves web/dist on this machine, by the server that `genotok serve` has, too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "pkg"))

from genotok.cli.server import make_server, serve_until_interrupted  # needs the path above

__all__ = ["main", "make_server"]


def main() -> int:
    """Serve until Ctrl-C, which ends with 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=Path(__file__).parents[1] / "dist")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    parser.add_argument("--no-compress", action="store_true", help="never send a compressed twin")
    options = parser.parse_args()
    if not (options.root / "index.html").is_file():
        print(f"{options.root}: no index.html; run ./build_wasm.sh", file=sys.stderr)
        return 1
    try:
        server = make_server(options.root, options.port, compress=not options.no_compress)
    except OSError as error:
        print(f"127.0.0.1:{options.port}: {error.strerror}; choose another with --port", file=sys.stderr)
        return 1
    print(f"genotok page: http://127.0.0.1:{server.server_address[1]}/", flush=True)
    serve_until_interrupted(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
