"""Puts the build's tools within reach of their tests; no test here may use the network or the user's settings."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "web" / "tools"))

NOWHERE = "http://127.0.0.1:9"  # the discard port: refuses at once


@pytest.fixture
def root():
    """The checkout."""
    return ROOT


@pytest.fixture
def alone(monkeypatch):
    """An environment without network, configuration or caches of its own; gives it for child processes to extend."""
    for name in [name for name in os.environ if name.upper().startswith(("PIP_", "NPM_CONFIG_", "GENOTOK_"))]:
        monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, NOWHERE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("npm_config_registry", NOWHERE)
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", os.devnull)
    return monkeypatch
