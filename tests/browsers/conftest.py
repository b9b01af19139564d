"""The built page, served, and a visitor in each of the other browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browsers.remote import firefox, webkit
from browsers.visitor import Visitor
from web.conftest import dist, site  # noqa: F401  # fixtures


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(firefox, id="firefox", marks=pytest.mark.firefox),
        pytest.param(webkit, id="webkit", marks=pytest.mark.webkit),
    ],
)
def visitor(request, site, tmp_path_factory) -> Iterator[Visitor]:  # noqa: F811
    """Someone in Firefox, then in WebKitGTK, with the page open and ready."""
    start = request.param
    with start(tmp_path_factory.mktemp(start.__name__)) as remote:
        yield Visitor(remote, site).open().ready()
        assert remote.complaints(site) == []
