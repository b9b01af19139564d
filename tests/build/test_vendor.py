"""Vendored modules are the published ones, with relative imports and their licences beside them."""

import hashlib
import json
import shutil

import pytest


def test_vendored_modules_are_those_listed(root):
    """Hashes, licences and imports of all committed modules hold."""
    from vendor import faults, read_parts

    assert faults(root / "web/vendor") == []
    for part in read_parts(root / "web/vendor"):
        assert part["integrity"].startswith("sha512-")
        assert part["licence"] in {"MIT", "Apache-2.0"}


@pytest.fixture
def folder(tmp_path):
    module = b'import{h}from"./other.js";'
    (tmp_path / "part.js").write_bytes(module)
    (tmp_path / "part.js.LICENSE").write_text("terms")
    parts = [{"name": "part", "file": "part.js", "sha256": hashlib.sha256(module).hexdigest()}]
    (tmp_path / "VENDOR.json").write_text(json.dumps(parts))
    return tmp_path


def test_a_sound_folder_has_no_faults(folder):
    """What the next test damages is sound to begin with."""
    from vendor import faults

    assert faults(folder) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda folder: (folder / "part.js").unlink(), "part.js: missing"),
        (lambda folder: (folder / "part.js").write_text("0"), "part.js: not the content that VENDOR.json lists"),
        (lambda folder: (folder / "part.js.LICENSE").unlink(), "part.js: its licence is missing"),
        (lambda folder: (folder / "more.js").write_text("0"), "more.js: not in VENDOR.json"),
    ],
)
def test_every_damage_is_named(folder, damage, fault):
    """Changed, missing, unlicensed and unlisted modules stop the build."""
    from vendor import faults

    damage(folder)
    assert fault in faults(folder)


def test_bare_imports_become_relative():
    """Specifiers are rewritten in every form of import, and nowhere else; the source map's pointer goes."""
    from vendor import adapt, bare_imports

    source = """import{a}from"part";import "part/deep";export*from'part';x("part");const y=import("part");\n"""
    changed = adapt(source + "//# sourceMappingURL=m.map\n", {"part": "./part.js", "part/deep": "./deep.js"})
    wanted = (
        """import{a}from"./part.js";import "./deep.js";export*from'./part.js';x("part");const y=import("part");\n"""
    )
    assert changed == wanted
    assert bare_imports(source) == ["part", "part/deep", "part", "part"]
    assert bare_imports(changed) == ["part"]


def test_the_build_refuses_a_damaged_copy(root, tmp_path, folder):
    """`stage.py` stops before it writes anything."""
    import subprocess
    import sys

    web = tmp_path / "checkout" / "web"
    shutil.copytree(root / "web", web, ignore=shutil.ignore_patterns("dist*", "build", "__pycache__"))
    with next((web / "vendor").glob("*.js")).open("a") as sink:
        sink.write("//")
    ran = subprocess.run([sys.executable, web / "tools/stage.py"], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "not the content that VENDOR.json lists" in ran.stderr
    assert not (web / "dist").exists()
