"""Decides the content of every file of the site: folders named by their content, and the two manifests."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from assets import listed_cytobands, listed_samples, listed_universes
from preload import preload_links, screen_links
from repack import BYTECODE

SAMPLE_RESULT = "sample.json"  # the result that is computed when the page is built
ARCHIVES = (".whl", ".zip")
NEEDED = ("genotok-", "numpy-")  # the wheels that a start loads

Files = dict[str, bytes]
Facts = dict[str, dict[str, Any]]


def sha256(content: bytes) -> str:
    """Give the SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def folder_name(kind: str, files: Mapping[str, bytes]) -> str:
    """Name a folder by what it holds: `a/0123456789ab`."""
    lines = "".join(f"{name} {sha256(content)}\n" for name, content in sorted(files.items()))
    return f"{kind}/{sha256(lines.encode())[:12]}"


def facts_of(files: Files, prefix: str, *, pins: Mapping[str, Any] | None = None) -> Facts:
    """Describe files for a manifest: bytes and SHA-256 of the plain content, and how a repacked engine file differs."""
    facts: Facts = {}
    for name, content in sorted(files.items()):
        fact: dict[str, Any] = {"bytes": len(content), "sha256": sha256(content)}
        if pins is not None and is_ours(name, fact["sha256"], pins):
            if name in pins["files"]:
                fact["original"] = pins["files"][name]["sha256"]
            if name.endswith(ARCHIVES):  # stored, and therefore shipped as `.gz` only
                fact |= {"gzip": True, **parts_of(content)}
        facts[f"{prefix}{name}"] = fact
    return facts


def parts_of(content: bytes) -> dict[str, Any]:
    """Describe the parts of an archive of ours whose comment says how long its first one is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        word, _, length = archive.comment.decode().partition(" ")
    if word != "first":
        return {}
    parts = (content[: int(length)], content[int(length) :])
    return {"parts": [{"bytes": len(part), "sha256": sha256(part)} for part in parts]}


def mark_later(build: dict[str, Any]) -> None:
    """Mark the files that a start does without; the service worker keeps them only when asked to keep everything."""
    offered = {entry["file"] for entry in [*build["universes"][1:], *build["samples"], *build["sequences"]]}
    for name, fact in build["files"].items():
        spare = name.endswith((".whl", ".xz")) and not PurePosixPath(name).name.startswith(NEEDED)
        if spare or name in offered:
            fact["later"] = True


def is_ours(name: str, digest: str, pins: Mapping[str, Any]) -> bool:
    """Tell whether an engine file is another than the pinned one, made by this build."""
    repacked = name in pins["files"] and pins["files"][name]["sha256"] != digest and name != "pyodide-lock.json"
    return name == BYTECODE or repacked


def build_facts(engine: Files, app: Files, pins: Mapping[str, Any]) -> dict[str, Any]:
    """Collect what both manifests say of the build."""
    (wheel,) = [name for name in engine if name.startswith("genotok-") and name.endswith(".whl")]
    return {
        "format": 1,
        "genotok": wheel.split("-")[1],
        "pyodide": pins["pyodide"],
        "python": pins["python"],
        "numpy": pins["numpy"],
        "wheel": {"file": wheel, "sha256": sha256(engine[wheel])},
        "packages": listed_packages(engine, pins),
        "universes": listed_universes(app),
        "samples": listed_samples(app),
        "sequences": listed_samples(app, ".fa.gz"),
        "cytobands": listed_cytobands(app),
        "sample": SAMPLE_RESULT if SAMPLE_RESULT in app else None,
        "parts": listed_parts(app),
    }


def listed_packages(engine: Files, pins: Mapping[str, Any]) -> dict[str, Any]:
    """Name the packages that a page can load when it needs them: version, and the bundle that each is in."""
    return {
        package: {"version": wheel.split("-")[1], "file": bundle}
        for bundle, wheels in pins.get("bundles", {}).items()
        for package, wheel in wheels.items()
        if bundle in engine
    }


def listed_parts(app: Files) -> list[dict[str, str]]:
    """Name the vendored packages, each once, with version and licence, as VENDOR.json has them."""
    by_name = {part["name"]: part for part in json.loads(app["vendor/VENDOR.json"])}
    return [{key: part[key] for key in ("name", "version", "licence")} for part in by_name.values()]


def with_place(facts: Mapping[str, Any], *, app: str, engine: str, has_bytecode: bool) -> dict[str, Any]:
    """Give the build's facts with every path relative to where `app` and `engine` start from."""
    placed = dict(facts)
    placed["engine"] = engine
    placed["wheel"] = {**facts["wheel"], "path": engine + facts["wheel"]["file"]}
    placed["pyc"] = engine + BYTECODE if has_bytecode else None
    placed["packages"] = {name: {**entry, "file": engine + entry["file"]} for name, entry in facts["packages"].items()}
    for kind in ("universes", "samples", "sequences"):
        placed[kind] = [{**entry, "file": app + entry["file"]} for entry in facts[kind]]
    placed["sample"] = app + facts["sample"] if facts["sample"] else None
    placed["cytobands"] = {assembly: app + file for assembly, file in facts["cytobands"].items()}
    return placed


def layout(root: Files, app: Files, engine: Files, pins: Mapping[str, Any]) -> tuple[Files, dict[str, Any]]:
    """Decide the content of every file of the site, and its manifest.

    ``root``, ``app`` and ``engine`` hold plain contents by name. Engine archives of ours appear as `.gz` only.
    """
    facts = build_facts(engine, app, pins)
    engine_at = folder_name("e", engine)
    relative = with_place(facts, app="", engine=f"../../{engine_at}/", has_bytecode=BYTECODE in engine)
    relative["files"] = facts_of(app, "") | facts_of(engine, f"../../{engine_at}/", pins=pins)
    mark_later(relative)
    app = {**app, "build.json": to_json(relative)}
    app_at = folder_name("a", app)
    tokens = {
        b"@APP@": app_at.encode(),
        b"@ENGINE@": engine_at.encode(),
        b"@MODULES@": preload_links(app, app_at).encode(),
        b"@SCREEN@": screen_links(app, app_at).encode(),
        b"@VERSION@": facts["genotok"].encode(),
    }
    root = {name: _replace(content, tokens) for name, content in root.items()}
    manifest = with_place(facts, app=f"{app_at}/", engine=f"{engine_at}/", has_bytecode=BYTECODE in engine)
    manifest["app"] = f"{app_at}/"
    manifest["files"] = facts_of(root, "") | facts_of(app, f"{app_at}/") | facts_of(engine, f"{engine_at}/", pins=pins)
    mark_later(manifest)
    site = dict(root)
    site |= {f"{app_at}/{name}": content for name, content in app.items()}
    for name, content in engine.items():
        if relative["files"][f"../../{engine_at}/{name}"].get("gzip"):
            site[f"{engine_at}/{name}.gz"] = gzipped(content)
        else:
            site[f"{engine_at}/{name}"] = content
    site["manifest.json"] = to_json(manifest)
    return site, manifest


def _replace(content: bytes, tokens: Mapping[bytes, bytes]) -> bytes:
    for token, value in tokens.items():
        content = content.replace(token, value)
    return content


def to_json(value: Any) -> bytes:
    """Write JSON with sorted keys, so that equal builds have equal bytes."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def gzipped(content: bytes) -> bytes:
    """Compress without time stamp or name."""
    return gzip.compress(content, 9, mtime=0)
