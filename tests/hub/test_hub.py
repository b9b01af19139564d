"""Tokenizers from a model hub: the real client against a hub on this machine, and faults that it can't make."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import genotok
from genotok import IntervalTokenizer, Regions, Universe
from genotok.errors import HubError, MissingExtraError
from genotok.hub import fetch_folder
from hub.server import COMMIT, serve

NAME = "lab/peaks"
BED = b"chr1\t10\t20\nchr1\t15\t30\n"
UNSEEN = "is not in the cache, and the hub was not reached; connect once, or pass the path of a folder"
OPEN = """
import json, sys
from genotok import IntervalTokenizer
name, options = json.loads(sys.argv[1])
try:
    tokenizer = IntervalTokenizer.from_pretrained(name, **options)
    print(json.dumps([tokenizer.decode([0, 1, 2]), tokenizer.config.unmatched]))
except Exception as error:
    print(json.dumps([type(error).__name__, str(error), isinstance(error, OSError)]))
"""


@pytest.fixture
def hub():
    with serve() as hub:
        yield hub


@pytest.fixture
def open_from(tmp_path):
    """Open a repository in a fresh process, as the client reads its settings once; returns what came of it."""

    def open_from(hub, name=NAME, *, offline=False, **options):
        source = str(Path(genotok.__file__).parents[1])
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HF_")},
            "PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]),
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_OFFLINE": str(int(offline)),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
            "NO_PROXY": "*",
        }
        hub.asked.clear()
        done = subprocess.run(
            [sys.executable, "-c", OPEN, json.dumps([name, {"cache_dir": str(tmp_path / "cache"), **options}])],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return json.loads(done.stdout)

    return open_from


def saved(tmp_path):
    """The files of a saved tokenizer, with some that nobody asks for."""
    universe = Universe.from_regions(Regions.from_tuples([("chr1", 10, 20), ("chr1", 15, 30)]))
    tokenizer = IntervalTokenizer(universe, {"unk": "[U]"}).replace(unmatched="unk")
    files = {path.name: path.read_bytes() for path in tokenizer.save_pretrained(tmp_path / "saved")}
    return files | {"README.md": b"# peaks", "model.safetensors": b"\0" * 100, "universe.bed": b"chr9\t1\t2\n"}


def downloaded(hub):
    return sorted(path.rpartition("/")[2] for method, path in hub.asked if method == "GET")


def test_only_the_files_needed_are_fetched(hub, open_from, tmp_path):
    """Universe, settings and digest come, nothing else; the second time, and offline, nothing is fetched at all."""
    hub.repositories[NAME] = saved(tmp_path)
    wanted = [["chr1:10-20", "chr1:15-30", "[U]"], "unk"]
    assert open_from(hub) == wanted
    assert downloaded(hub) == ["tokenizer.toml", "tokenizer_config.json", "universe.bed.gz"]
    assert open_from(hub) == wanted
    assert downloaded(hub) == []
    for offline in ({"local_files_only": True}, {"offline": True}):
        assert open_from(hub, **offline) == wanted
        assert hub.asked == []


def test_a_universe_alone_is_enough_and_is_remembered(hub, open_from):
    """Absent files mean defaults, online and later from the cache, which knows that they are absent."""
    hub.repositories["peaks"] = {"universe.bed": BED}
    wanted = [["chr1:10-20", "chr1:15-30", "<unk>"], "drop"]
    assert open_from(hub, "peaks") == wanted
    assert downloaded(hub) == ["universe.bed"]
    assert open_from(hub, "peaks", local_files_only=True) == wanted
    assert open_from(hub, "peaks", revision=COMMIT) == wanted


def test_settings_that_may_exist_unseen_are_no_defaults(hub, open_from, tmp_path):
    """Offline, a file that the cache never heard of is an error: defaults would move the ids of special tokens."""
    hub.repositories[NAME] = saved(tmp_path)
    open_from(hub)
    for path in (tmp_path / "cache").rglob("tokenizer.toml"):
        path.unlink()
    assert open_from(hub, local_files_only=True) == [
        "HubError",
        f"lab/peaks: tokenizer.toml {UNSEEN}",
        True,
    ]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("lab/no", {}, "lab/no: the hub knows no such repository; check the name; a private repository needs token="),
        (NAME, {"revision": "v9"}, "lab/peaks: there is no revision 'v9'; name a branch, tag or commit"),
        ("lab/gated", {}, "lab/gated: the repository needs a permission; ask for access on its page, and pass token="),
        ("lab/bare", {}, "lab/bare: the repository holds no universe.bed.gz or universe.bed; check the name"),
        (
            NAME,
            {"local_files_only": True},
            f"lab/peaks: universe.bed.gz {UNSEEN}",
        ),
    ],
)
def test_what_the_hub_refuses_is_one_clear_line(hub, open_from, name, options, message):
    """No repository, revision, permission, universe or connection: a HubError, which is an OSError too."""
    hub.repositories |= {NAME: {"universe.bed": BED}, "lab/gated": {"universe.bed": BED}, "lab/bare": {"a": b""}}
    hub.gated.add("lab/gated")
    assert open_from(hub, name, **options) == ["HubError", message, True]


@pytest.mark.slow  # the client tries again and again
def test_a_hub_that_is_not_there_is_one_clear_line(open_from):
    """A refused connection reads like being offline."""
    with serve() as hub:
        pass
    kind, message, is_os_error = open_from(hub)
    assert (kind, is_os_error) == ("HubError", True)
    assert message.startswith("lab/peaks: universe.bed.gz is not in the cache, and the hub was not reached; connect")


def test_a_token_opens_a_gated_repository(hub, open_from):
    """The token goes to the hub, and only when given."""
    hub.repositories[NAME] = {"universe.bed.gz": gzip.compress(BED)}
    hub.gated.add(NAME)
    assert open_from(hub, token="hf_good")[0][:2] == ["chr1:10-20", "chr1:15-30"]
    assert set(hub.tokens) == {"Bearer hf_good"}


def test_a_client_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    """The hub is an extra; a folder needs none."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"huggingface_hub is not installed; pip install 'genotok\[hub\]'"):
        IntervalTokenizer.from_pretrained("lab/peaks")


class WireError(Exception):
    """A fault of an HTTP library, which derives from nothing in common."""


def test_any_other_fault_of_the_client_is_a_hub_error(monkeypatch):
    """Whatever the client's HTTP library raises, a user meets a HubError with its first line."""

    def hf_hub_download(*_, **__):
        raise WireError("reset by peer\nand a long tale")

    names = ("LocalEntryNotFoundError", "EntryNotFoundError", "GatedRepoError")
    names += ("RepositoryNotFoundError", "RevisionNotFoundError")
    errors = SimpleNamespace(**{name: type(name, (Exception,), {}) for name in names})
    monkeypatch.setitem(sys.modules, "huggingface_hub", SimpleNamespace(hf_hub_download=hf_hub_download))
    monkeypatch.setitem(sys.modules, "huggingface_hub.errors", errors)
    with pytest.raises(HubError, match=r"^lab/peaks: universe.bed.gz could not be fetched \(reset by peer\); try"):
        fetch_folder("lab/peaks")
