"""The result that is shown before the engine is ready is the one that the engine will give."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]

ANSWERS = {
    "summary": "chrom_regions chrom_hits chrom_tokens width_edges width_regions width_hits ranks frequencies",
    "overview": "first_bin bin_starts regions tokens misses",
    "tokens": "ids rows codes starts ends shared distances occurrences",
    "rows": "rows lines codes starts ends counts ids id_offsets id_codes id_starts id_ends",
}


@pytest.fixture(scope="module")
def made():
    from sample import make_sample_result

    return make_sample_result(ROOT / "web")


def arrays_of(answer):
    return {
        name: np.frombuffer(base64.b64decode(each["data"]), each["dtype"]) for name, each in answer["arrays"].items()
    }


def test_the_page_carries_what_the_package_computes(dist, made):
    """The file in the site is made again from the checkout: the same bytes, few enough for the first paint."""
    build = json.loads(next(dist.glob("a/*/build.json")).read_bytes())
    held = (next(dist.glob("a/*/build.json")).parent / build["sample"]).read_bytes()
    assert held == made
    assert len(gzip.compress(held)) < 60_000
    manifest = json.loads((dist / "manifest.json").read_bytes())
    assert (dist / manifest["sample"]).read_bytes() == held


def test_the_sample_is_the_first_one_on_the_first_universe(made):
    """10,294 of 44,722 peaks hit, with 12,329 tokens; the arrays hold the windows that views ask for first."""
    from assets import read_provenance

    said = json.loads(made)
    assert set(said) == {"universe", "sample", "result", "answers"}
    assert f"{said['sample']}.bed.gz" == read_provenance(ROOT / "web/samples")[0]["file"]
    assert said["result"]["universe"]["digest"] == said["universe"]["digest"]
    counts = [said["result"][key] for key in ("rows", "hit", "tokens")]
    assert (said["result"]["load"]["lines"], *counts) == (44_722, 44_722, 10_294, 12_329)
    assert {op: " ".join(answer["arrays"]) for op, answer in said["answers"].items()} == {
        op: " ".join(sorted(names.split())) for op, names in ANSWERS.items()
    }
    tokens, rows = (arrays_of(said["answers"][op]) for op in ("tokens", "rows"))
    assert len(tokens["ids"]) == 300
    assert len(rows["rows"]) == 256
    summary = arrays_of(said["answers"]["summary"])
    assert summary["chrom_tokens"].sum() == 12_329
    assert summary["width_edges"].dtype == np.float32


def test_the_wheel_is_read_without_being_installed(dist, manifest, made):
    """The page's own wheel, imported from the site, computes the same."""
    import sys

    import genotok
    from sample import make_sample_result, wheel_first

    with wheel_first(dist / manifest["wheel"]["path"]):
        assert make_sample_result(ROOT / "web") == made
        assert sys.modules["genotok"] is not genotok
        assert ".whl" in sys.modules["genotok"].__file__
    assert sys.modules["genotok"] is genotok
