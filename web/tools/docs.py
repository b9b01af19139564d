"""Makes the docs of web/docs with Sphinx, and lays them into web/dist/docs beside the page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fresh import digest_of

ROOT = Path(__file__).parent.parent.parent
WEB = ROOT / "web"
MADE = WEB / "build" / "docs"
STAMP = WEB / "build" / "docs.sha256"
INPUTS = ("pkg", "web/docs", "web/style", "web/icons", "tests/benchmarks/RESULTS.md")


def make() -> None:
    """Let Sphinx write the site; a warning is an error, and then there is no site."""
    fresh, trees = MADE.with_name("docs.new"), MADE.with_name("docs.trees")
    for left in (STAMP, fresh):
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC0"}
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "-E", "-b", "html"]
    subprocess.run([*command, "-d", trees, WEB / "docs", fresh], check=True, env=environment)
    for unneeded in (".buildinfo", "objects.inv"):
        (fresh / unneeded).unlink(missing_ok=True)
    for path in fresh.rglob("*.map"):
        path.unlink()
    shutil.rmtree(MADE, ignore_errors=True)
    fresh.rename(MADE)
    STAMP.write_text(digest_of(ROOT, INPUTS), encoding="ascii")


def stage(dist: Path) -> bool:
    """Lay the docs into a built page, if they were made of these very sources; tell whether they lie there."""
    made = STAMP.is_file() and (dist / "index.html").is_file()
    if not made or STAMP.read_text(encoding="ascii") != digest_of(ROOT, INPUTS):
        return False
    target = dist / "docs"
    fresh = dist.with_name("dist.docs")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(MADE, fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def main() -> int:
    """Make the docs and stage them."""
    try:
        make()
    except subprocess.CalledProcessError:
        print("web/docs: the docs have faults, see above", file=sys.stderr)
        return 1
    files = [path for path in MADE.rglob("*") if path.is_file()]
    staged = "and web/dist/docs" if stage(WEB / "dist") else "(web/dist is not built; ./build_wasm.sh takes them along)"
    print(f"web/build/docs {staged}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
