"""genotok.js under Node: native ids, several tokenizers at once, errors with place and cure, a fence that holds."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import genotok
import npm
from genotok.io.bed import read_bed
from genotok.io.gtu import read_gtu

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "module"
HG38 = ROOT / "web/assets/hg38-ensembl-regulatory.gtu"
SAMPLE = ROOT / "web/samples/hg38-ctcf.bed.gz"
LIMIT = 120  # s; a module that keeps its process alive runs into it


@pytest.fixture
def node(dist, tmp_path):
    """Run a script of the folder `module`, for which the built site is an installed package; give what it tells."""
    from under_node import find_node

    shutil.copytree(SCRIPTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/genotok").symlink_to(dist)

    def run(name, *arguments):
        command = [find_node(), tmp_path / f"{name}.mjs", *map(str, arguments)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert (ran.stderr, ran.returncode) == ("", 0)
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return run


def sha256(array, kind):
    return hashlib.sha256(np.asarray(array).astype(kind).tobytes()).hexdigest()


def test_ids_equal_native_from_every_kind_of_source(node):
    """A file on the disk, bytes, a blob and a response give the ids, offsets and rows of the native package."""
    rows = genotok.IntervalTokenizer(read_gtu(HG38.read_bytes())[0]).encode_rows(SAMPLE)
    regions = read_bed(SAMPLE)
    kinds = ["Int32Array", "Int32Array", "Int32Array", "Uint32Array", "Uint32Array", "Int32Array"]
    hashes = [sha256(rows.ids, "<i4"), sha256(rows.offsets, "<i4"), sha256(regions.starts, "<u4")]
    assert node("encode", SAMPLE) == [[*hashes, "ctcf.bed.gz", 44_722, 10_294, 12_329, *kinds]] * 4


@pytest.mark.parametrize("page", ["README.md", "web/docs/javascript.md"])
def test_the_example_of_a_page_gives_what_it_shows(node, dist, tmp_path, page):
    """The block of the README, and that of the docs, runs as it stands, but for the place of the module."""
    from web.readme import expected, runnable

    script = runnable('"./web/dist/genotok.js"', f'"{(dist / "genotok.js").as_uri()}"', ROOT / page)
    (tmp_path / "readme.mjs").write_text(f'import {{ tell }} from "./tell.mjs";\n{script}', encoding="utf-8")
    assert node("readme") == expected(ROOT / page)


def test_tokenizers_live_side_by_side(node):
    """Each keeps its universe and settings, whoever is asked in between; what one closes the others keep."""
    plain, own = [["chr1:10-20", "chr1:15-30"], [], []], [["chr1:0-100"], ["chr2:5-9"], ["[unk]"]]
    assert node("side") == [
        plain,
        own,
        plain,
        own,
        [["regions", 2, 9, 2, "<unk>"], ["own.bed", 2, 9, 2, "[unk]"]],
        [["chr1:0-100", 0], ["chr2:5-9", 1], ["[unk]", 2]],
        [1, 2],
        [["chr2", 5, 9], ["chr1", 0, 100], None],
        [["chr2:5-9"]],
        ["GenotokError", "closed"],
        ["GenotokError", "closed"],
    ]


def test_tokens_are_spelled_as_natively(node, tmp_path):
    """Every text and region of a universe is the native one, also of odd spelling or kept as bad."""
    bed = "chr1\t007\t10\nchr1\t9\t5\nchrUn_\u00e9\t0\t4294967295\nchr2\t3000000000\t3000000009\n"
    (tmp_path / "odd.bed").write_text(bed, encoding="utf-8")
    tokenizer = genotok.IntervalTokenizer(tmp_path / "odd.bed", config=genotok.IntervalConfig(invalid="keep"))
    texts = list(tokenizer.get_vocab())
    regions = [list(region) for region in tokenizer.universe.regions.to_tuples()]
    ids = list(range(len(texts)))
    vocab, decoded, looked_up, places = node("vocab")
    assert vocab == [[text, place] for place, text in enumerate(texts)]
    assert (decoded, looked_up) == (texts, ids)
    assert places == [*regions, *[None] * 7]


def test_errors_say_where_and_what_to_do(node):
    """Code, place, line and hint come as fields, whatever went wrong, and the tokenizer goes on."""
    assert node("errors") == [
        ["reversed", "IntervalError", "peaks.bed:2", 2, True],
        ["word", "IntervalError", "regions:2", 2, True],
        ["zip", "BedError", "a.zip", None, True],
        ["miss", "UnmatchedError", "regions:1", 1, True],
        ["nothing", "EmptyFileError", "text.bed", None, True],
        ["id", "VocabularyError", None, None, True],
        ["text", "VocabularyError", None, None, True],
        ["option", "InputError", None, None, True],
        ["asset", "InputError", None, None, True],
        ["path", "OSError", "/nowhere/x.bed", None, False],
        ["twins", "VocabularyError", None, None, True],
        [0],
        [["chr1:10-20"]],
    ]


def test_cancelled_work_ends_and_the_rest_goes_on(node):
    """An aborted call is rejected at once with its reason, even if the engine must go; nothing else is lost."""
    during, before = ["GenotokError", "cancelled", "enough"], ["cancelled", "before"]
    assert node("cancel") == [during, ["read"], before, [["chr2:0-9"]], 1, "cancelled"]


@pytest.mark.parametrize("form", ["gtok", "jsonl", "tsv", "bed", "npz"])
def test_saved_bytes_equal_the_command_line(node, form, tmp_path):
    """`save` writes what `genotok tokenize` writes."""
    (tmp_path / "u.bed").write_text("chr1\t10\t20\nchr1\t15\t30\n")
    (tmp_path / "q.bed").write_text("chr1\t16\t17\tpeak\nchrX\t1\t2\tnone\n")
    name = f"q.bed.{form}"
    words = [sys.executable, "-m", "genotok", "tokenize", "-q", "-u", "u.bed", "q.bed", "-o", name]
    home = {**os.environ, "PYTHONPATH": str(Path(genotok.__file__).parents[1])}
    subprocess.run(words, cwd=tmp_path, env=home, check=True, timeout=60)
    ((saved, content),) = node("save", form)
    assert (saved, base64.b64decode(content)) == (name, (tmp_path / name).read_bytes())


def test_gtars_of_npm_agrees(node):
    """What @databio/gtars gives for tokenizing, genotok.js gives: ids, texts, vocabulary, special tokens."""
    parts = ["vocab", "vocabSize", "specialTokensMap", "unkToken, unkTokenId, ..", "decode"]
    told = node("rival", npm.unpacked(npm.GTARS))
    assert told == [dict.fromkeys(parts, True), True, True, [], [True, True]]


def test_nothing_but_files_of_the_build_is_within_reach_of_the_worker(dist, tmp_path):
    """Under Node, too, the engine's fetch gives files of the build only, and Node's own doors are closed."""
    from under_node import find_node

    app = tmp_path / "site/a/0"
    app.mkdir(parents=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "secret.txt").write_text("secret")
    (app / "listed.txt").write_text("listed")
    fact = {"bytes": 6, "sha256": hashlib.sha256(b"listed").hexdigest()}
    (app / "build.json").write_text(json.dumps({"files": {"listed.txt": fact}}))
    (built,) = dist.glob("a/*")
    shutil.copytree(built, app, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build.json"))
    shutil.copy(SCRIPTS / "fenced.mjs", app / "worker.js")
    shutil.copytree(dist.parent / "worker", app / "worker")
    shutil.copy(dist.parent / "protocol.js", app)
    shutil.copy(SCRIPTS / "fencing.mjs", tmp_path)
    command = [find_node(), tmp_path / "fencing.mjs"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    refused = dict.fromkeys(("before", "unlisted", "secret", "stranger"), "TypeError")
    assert json.loads(ran.stdout) == {**refused, "listed": 200, "gone": []}
