"""The page's lock is Pyodide's own, cut to what is shipped, plus genotok."""

import json

ENTRY = {
    "depends": [],
    "install_dir": "site",
    "package_type": "package",
    "sha256": "0" * 64,
    "unvendored_tests": False,
    "version": "1",
}
NAMES = ("numpy", "scipy", "micropip")
OFFICIAL = {
    "info": {"python": "3.14.0", "abi_version": "x"},
    "packages": {
        name: {**ENTRY, "file_name": f"{name}-1-py3-none-any.whl", "imports": [name], "name": name} for name in NAMES
    },
}
WHEEL = "genotok-1.2.3-py3-none-any.whl"
HASHES = {"numpy-1-py3-none-any.whl": "a" * 64, "micropip-1-py3-none-any.whl": "0" * 64, WHEEL: "b" * 64}


def written():
    from lockfile import shipped_lock

    return shipped_lock(OFFICIAL, ["numpy", "micropip"], hashes=HASHES, wheel=WHEEL, version="1.2.3")


def test_official_entries_change_in_their_hash_only():
    """A repacked NumPy keeps name, version and imports; what is not shipped is not listed."""
    lock = json.loads(written())
    assert lock["info"] == OFFICIAL["info"]
    assert set(lock["packages"]) == {"genotok", "micropip", "numpy"}
    assert lock["packages"]["micropip"] == OFFICIAL["packages"]["micropip"]
    assert lock["packages"]["numpy"] == {**OFFICIAL["packages"]["numpy"], "sha256": "a" * 64}


def test_genotok_looks_like_every_other_entry():
    """Its entry has the fields that Pyodide writes, and names the wheel and its hash."""
    entry = json.loads(written())["packages"]["genotok"]
    assert entry.keys() == OFFICIAL["packages"]["numpy"].keys()
    assert entry["file_name"] == WHEEL
    assert entry["sha256"] == "b" * 64
    assert entry["depends"] == ["numpy"]


def test_the_lock_has_one_spelling():
    """Keys are sorted, so the bytes do not depend on the order in which anything was read."""
    assert written() == json.dumps(json.loads(written()), indent=1, sort_keys=True) + "\n"
