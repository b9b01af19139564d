"""``genotok serve``: the page on this machine, in the browser."""

import os
import sys
import webbrowser
from pathlib import Path

import click

from genotok.cli.codes import DONE


@click.command(short_help="Open the page in a browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--no-browser", is_flag=True, help="Print the address only.")
@click.option("--site", type=click.Path(exists=True, path_type=Path), help="A zip or folder of the page to serve.")
@click.option("--rebuild", is_flag=True, help="Fetch or build the page again, whatever is kept.")
def serve(port: int, no_browser: bool, site: Path | None, rebuild: bool) -> int:
    """Serve the page that turns BED files into tokens, and open it.

    Files that are dropped there stay on this machine. The page is fetched once from the release (GENOTOK_PAGE_URL names
    another folder), checked by its SHA-256 and kept in GENOTOK_CACHE (~/.cache/genotok/web); in a checkout it is built.
    Without a network, --site takes a zip that came some other way, and keeps it. The browser knows what it saved by
    the address, so keep to one port. Ctrl-C ends.

    \b
    Examples:
      genotok serve
      genotok serve --port 0 --no-browser
      genotok serve --site genotok-page-0.1.0.zip
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.server import make_server, serve_until_interrupted  # here, so that --help stays light
    from genotok.cli.site import find_site

    try:
        folder = find_site(site, rebuild=rebuild, say=lambda words: click.echo(words, err=True))
        server = make_server(folder, port)
    except OSError as error:
        if error.filename is None:  # of the socket
            raise click.ClickException(f"127.0.0.1:{port}: {error.strerror}; choose another with --port") from error
        raise
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    click.echo(f"genotok page: {address}")
    sys.stdout.flush()
    if not no_browser and has_screen():
        webbrowser.open(address)
    serve_until_interrupted(server)
    return DONE


def has_screen() -> bool:
    """Tell whether a browser would open a window rather than take over the terminal."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return named or sys.platform in ("win32", "darwin", "cygwin")
