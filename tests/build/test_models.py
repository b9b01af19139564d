"""`./build_wasm.sh models`: the recipes of the tokenizers that come along, and what counts as a difference."""

import copy
import json
from pathlib import Path

import pytest

import models

CARD = json.loads((models.MODELS / "vq-fine/card.json").read_text())


def test_each_tokenizer_has_a_recipe_and_each_recipe_a_tokenizer():
    assert sorted(models.RECIPES) == sorted(path.name for path in models.MODELS.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", models.RECIPES)
def test_cards_name_the_command_of_the_recipe(name):
    """As options: the order is the command's own."""
    words = json.loads((models.MODELS / name / "card.json").read_text())["command"].split()
    recipe = models.RECIPES[name].split()
    assert set(recipe) <= set(words)
    assert words[: 2 * len(models.CORPUS) + 3][3:] == [word for each in models.CORPUS for word in ("--fasta", each)]


def test_a_card_is_like_itself_whatever_the_time_it_took():
    other = copy.deepcopy(CARD) | {"wall_time_s": 99.0, "machine": "another"}
    assert models.differences(other, CARD) == []


def test_differences_beyond_rounding_are_listed():
    other = copy.deepcopy(CARD)
    other["tokens"]["used_bits_per_token"] += 0.01
    assert models.differences(other, CARD) == []
    other["tokens"]["used_bits_per_token"] += 0.1
    other["usage"][0]["used"] = 1
    other["accuracy"][1]["accuracy"] = 0.9
    other["corpus"][0]["sha256"] = "00"
    found = " ".join(models.differences(other, CARD))
    assert all(
        word in found for word in ("corpus: ", "used_bits_per_token: ", "used: 1, not 512", "accuracy: 0.9, not")
    )


def test_files_are_found_at_any_depth_with_their_weight(tmp_path):
    place = tmp_path / "a/b/NC_045512.fasta"
    place.parent.mkdir(parents=True)
    place.touch()
    assert models.find(tmp_path, "NC_045512.fasta@30") == f"{place}@30"
    with pytest.raises(SystemExit, match=r"there is no sacCer3.fa.gz below"):
        models.find(Path(tmp_path), "sacCer3.fa.gz")
