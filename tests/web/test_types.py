"""The page's modules agree with each other about what they pass: TypeScript's checker, over the JSDoc."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import npm

TYPES = Path(__file__).parent / "types"
WEB = Path(__file__).parents[2] / "web"
FOREIGN = {"vendor", "dist", "dist.new", "dist.docs", "build", "docs", "tools"}  # not the page's, or made
OURS = {path for path in WEB.rglob("*.js") if path.relative_to(WEB).parts[0] not in FOREIGN}
PROJECTS = (TYPES / "tsconfig.json", TYPES / "workers.json")  # a page's world, and a worker's


def check(project: Path) -> list[str]:
    """Run `tsc` on a project; give the files that it read, and whatever else it said."""
    from under_node import find_node  # the build's tools come onto the path with the fixtures

    compiler = npm.unpacked(npm.TYPESCRIPT) / "lib/tsc.js"
    command = [find_node(), compiler, "--project", project, "--listFiles"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_modules_agree_about_types():
    """`tsc --checkJs --noEmit` reads every script of ours and has nothing to say."""
    said = [line for project in PROJECTS for line in check(project)]
    read = {Path(line) for line in said if Path(line).is_file()}
    assert [line for line in said if not Path(line).is_file()] == []
    assert len(OURS) > 100
    assert OURS - read == set()


PLANTED = {  # by project: lines with one error each, and its number
    "tsconfig.json": {
        'import { START, update } from "WEB/state.js";': None,
        'import { intents } from "WEB/intents.js";': None,
        "update({ selectd: 3 });  // a field that the state lacks": 2561,
        "update({ selected: START.files });  // a value of another kind": 2322,
        "intents.selct(1);  // an intent that nobody answers": 2551,
        "intents.pick(1);  // with too little": 2554,
    },
    "workers.json": {"console.log(document.title);  // a name of the page": 2584},
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_checker_finds_what_is_planted(name, tmp_path):
    """Errors in a module beside ours are told, each by its line and number, and nothing else is."""
    lines = PLANTED[name]
    (tmp_path / "planted.js").write_text("\n".join(lines).replace("WEB", WEB.as_posix()))
    declared = [str(TYPES / "browsers.d.ts")] if name == "tsconfig.json" else []
    settings = {"extends": str(TYPES / name), "files": ["planted.js", *declared], "include": []}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    told = re.findall(r"planted\.js\((\d+),\d+\): error TS(\d+)", "\n".join(check(tmp_path / "tsconfig.json")))
    assert told == [(str(at), str(number)) for at, number in enumerate(lines.values(), start=1) if number]


def test_nothing_is_kept_from_the_checker():
    """No comment switches the checker off."""
    assert [path.name for path in OURS if "@ts-" in path.read_text()] == []
