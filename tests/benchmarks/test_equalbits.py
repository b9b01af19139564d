"""What the comparison at equal bits puts together: what codes tell, coarse levels alone, differences over seeds."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genotok.values.codebook import Codebook


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("equalbits")


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("equaltables")


def rows_of(code: str, *accuracies: float) -> list[dict[str, Any]]:
    found = {"loss": 0.5, "used_bits": 8.0, "level_bits": [4.0, 4.5], "shared_bits": 0.5, "told": [1.0, 2.0, 3.0]}
    told = {"code": code, "stride": 6, "levels": [16, 32], "quantizer": "hrq", "nominal_bits": 9.0}
    return [
        {**told, "seed": seed, "genomes": {"a": {**found, "accuracy": each, "coarse": 0.4}}}
        for seed, each in enumerate(accuracies)
    ]


def test_a_code_tells_the_letters_that_it_names(program: Any) -> None:
    """Two bits of the letter that it is, none of one that it is independent of, up to what few tokens show."""
    letters = np.random.default_rng(0).integers(0, 4, (20_000, 2))
    assert program.told_bits(letters[:, 0], letters) == pytest.approx(2, abs=0.01)
    assert program.told_bits(letters @ [4, 1], letters) == pytest.approx(4, abs=0.01)
    assert program.told_bits(np.zeros(20_000, int), letters) == 0


def test_the_first_level_alone_is_heard(program: Any) -> None:
    """A residual adds nothing, a mean over levels is that of one, and a fine code stands for its group."""
    first, second = np.array([[2.0], [4.0]], "f4"), np.array([[1.0], [3.0]], "f4")
    assert program.coarse_book(Codebook("rvq", (2, 2), (first, second))).vectors[1].tolist() == [[0], [0]]
    hrq = program.coarse_book(Codebook("hrq", (2, 2), (first, second)))
    assert [each.tolist() for each in hrq.vectors] == [[[4], [8]], [[0], [0]]]
    tree = Codebook("tree", (2, 3), (first, np.array([[1], [5], [2]], "f4")), (np.array([0, 1, 0], np.uint16),))
    assert program.coarse_book(tree).vectors[1].tolist() == [[2], [4], [2]]


def test_an_interval_that_holds_nothing_is_no_difference(tables: Any) -> None:
    """Differences are of the same seeds; equal figures are told as such."""
    assert tables.verdict_of([1.0, 2.0], [1.0, 2.0], 2) == "the same"
    assert tables.verdict_of([1.0, 2.0, 3.0], [0.0, 1.1, 2.0], 1) == "+1.0 (+0.8 to +1.1)"
    assert tables.verdict_of([1.0, 2.0], [0.0, 3.0], 1).endswith("no difference")


def test_points_are_means_over_seeds_and_leads_have_intervals(tables: Any) -> None:
    """As the page of claims reads them."""
    rows = [*rows_of("flat", 0.8, 0.82), *rows_of("hrq", 0.7, 0.74)]
    told = tables.points_of(rows)
    assert [(each["name"], each["accuracy"]) for each in told["points"]] == [
        ("flat", pytest.approx(0.81)),
        ("hrq", pytest.approx(0.72)),
    ]
    assert told["points"][0]["rate"] == pytest.approx(8 / 6)
    (gap,) = told["differences"]
    assert (gap["one"], gap["other"], gap["mean"]) == ("flat", "hrq", pytest.approx(0.09))
    assert gap["low"] < gap["mean"] < gap["high"]
    assert "| hrq | 16 x 32 | 72.00" in tables.tables_of(rows)
