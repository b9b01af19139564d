"""The table of the evaluation: runs kept and put together, told in words, as a page, and as a picture."""

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from genotok.analysis.vq_baselines import WordFeatures, baseline
from genotok.analysis.vq_cache import ResultCache
from genotok.analysis.vq_evaluation import TableRow, make_table, measure_speed, run_kept
from genotok.analysis.vq_features import measure_rates
from genotok.analysis.vq_lineages import Genomes, LineageScore
from genotok.analysis.vq_plots import (
    LineagePanel,
    draw_lineages,
    draw_rates,
    draw_scores,
    lineage_csv,
    place_rows,
    rate_table,
    score_table,
)
from genotok.analysis.vq_probe import ProbeRun
from genotok.analysis.vq_rates import RatePoint
from genotok.analysis.vq_sensitivity import Sensitivity
from genotok.analysis.vq_sets import LabelledRows, LabelledSet, read_sets
from genotok.analysis.vq_tables import describe_table, evaluation_page, evaluation_text, table_cells
from genotok.errors import InputError
from vq_eval.worlds import write_set


@pytest.fixture
def tasks(tmp_path):
    for name, seed in (("mouse_9", 1), ("other", 2)):
        write_set(tmp_path / name, n=(80, 30, 40), seed=seed)
    return read_sets(tmp_path)


class CountedJudge:
    """Says classes drawn by the seed, and counts how often it was asked."""

    def __init__(self, share=0.8):
        self.seen = []
        self.share = share

    def __call__(self, features, task, seeds, *, most):
        for seed in seeds:
            self.seen.append((features.name, task.name, most, seed))
            random = np.random.default_rng(99 if seed is None else seed)
            right = random.random(len(task.test)) < self.share
            yield ProbeRun(
                seed, 0.1, 0.5, np.where(right, task.test.labels, 1 - task.test.labels).astype(np.int32), True, {}
            )


def table_of(tasks, seeds=(None, 0, 1)):
    rows = []
    for name, share in (("kmer6", 0.95), ("kmer2", 0.7)):
        features, judge = baseline(name), CountedJudge(share)
        runs = {each.name: run_kept(features, each, seeds, judge=judge) for each in tasks}
        rates = measure_rates(features, tasks[0].test.texts)
        rows.append(TableRow(name, features.digest, rates, 12.5 if name == "kmer6" else math.nan, runs))
    return make_table("sets", tasks, rows, most=12_000)


def test_what_is_kept_is_not_done_again(tasks, tmp_path):
    """By tokenizer, rows of the set, seed, number of rows and protocol; each of these makes another run."""
    cache, judge, features = ResultCache(tmp_path / "kept"), CountedJudge(), WordFeatures(2)
    settings = {"judge": judge, "cache": cache}
    first = run_kept(features, tasks[0], (None, 0), **settings)
    again = run_kept(features, tasks[0], (0, None, 1), **settings)
    assert judge.seen == [("kmer2", "mouse_9", 12_000, seed) for seed in (None, 0, 1)]
    assert [each.seed for each in again] == [0, None, 1]
    assert again[0].to_dict() == first[1].to_dict()
    for changed in ({"most": 50}, {"protocol": "other"}):
        run_kept(features, tasks[0], (0,), **settings, **changed)
    run_kept(WordFeatures(3), tasks[0], (0,), **settings)
    relabelled = LabelledRows(tasks[0].dev.texts, 1 - tasks[0].dev.labels)
    run_kept(features, replace(tasks[0], dev=relabelled), (0,), **settings)
    assert len(judge.seen) == 7


def test_numbers_of_the_table_are_those_of_its_parts(tasks):
    table = table_of(tasks)
    told = table.to_dict()
    assert told["seeds"] == [0, 1]
    assert told["sets"]["other"]["rows"] == {"train": 80, "dev": 30, "test": 40}
    for row, name in zip(told["tokenizers"], ("kmer6", "kmer2"), strict=True):
        means = [each["mean"] for each in row["by_set"].values()]
        assert row["overall"]["mean"] == pytest.approx(np.mean(means))
        for task in tasks:
            of_set = row["by_set"][task.name]
            assert of_set["mean"] == pytest.approx(np.mean(of_set["seeds"]))
            assert of_set["once"] == table.once.of_set(name, task.name).mean
            assert of_set["chose"] == [0.1, 0.1]
        assert row["once"]["mean"] == table.once.overall(name).mean
    assert (told["tokenizers"][0]["megabases_per_second"], told["tokenizers"][1]["megabases_per_second"]) == (
        12.5,
        None,
    )
    (gap,) = told["differences"]
    assert (gap["one"], gap["other"], gap["verdict"]) == ("kmer2", "kmer6", "behind")


def test_seeds_alone_make_a_table_too(tasks):
    table = table_of(tasks, seeds=(0, 1))
    assert table.once is None
    assert table.to_dict()["tokenizers"][0]["once"] is None
    assert table_cells(table)[0][-1] == "mean (95 %)"


def test_the_text_says_what_the_table_holds(tasks):
    table = table_of(tasks)
    answers = [Sensitivity("kmer6 (4,096)", 499.0, 5.95, 0.998)]
    text = evaluation_text([table], answers)
    assert describe_table(table) == "sets: MCC x 100 by probe-1, 2 sets, at most 12,000 train rows, 2 seeds"
    mean = table.seeded.overall("kmer6")
    assert f"{100 * mean.mean:.1f} ({100 * mean.low:.1f} to {100 * mean.high:.1f})" in text
    assert re.search(r"^kmer2 - kmer6: -\d+\.\d \(-\d+\.\d to -\d+\.\d\), behind$", text, re.MULTILINE)
    assert re.search(r"^kmer6 \(4,096\) +499\.0 +5\.95 +1\.19 +99\.8$", text, re.MULTILINE)
    assert "What one base does to the tokens of 504 bp: means of 200 windows" in text


def test_learned_tokenizers_are_told_against_rivals(tasks):
    """Where there are such, baselines are not told against each other; all pairs are among the plain values."""
    table = table_of(tasks)
    rows = (*table.rows, replace(table.rows[1], name="mine", learned=True))
    told = evaluation_text([make_table("sets", tasks, rows, most=12_000)])
    assert re.findall(r"^(\S+ - \S+):", told, re.MULTILINE) == ["mine - kmer6"]
    assert len(make_table("sets", tasks, rows, most=12_000).to_dict()["differences"]) == 3


def test_the_page_has_the_papers_numbers_where_it_states_some(tasks):
    """A row of Markdown has as many cells as its titles; of sets that the paper has no task of, none is shown."""
    page = evaluation_page([table_of(tasks)], made="Made by hand.", rivals=("kmer6",))
    assert page.startswith("# Tokenizers, compared\n\nMade by hand.\n")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    (paper,) = [line for line in rows if "as published" in line]
    assert [each.strip() for each in paper.strip("|").split("|")][7:9] == ["69.8", "-"]
    assert "- kmer2 - kmer6: " in page
    assert "can't be checked here" in page
    other = evaluation_page([table_of(tasks[1:])], made="", rivals=())
    assert "as published" not in other
    assert "Differences" not in other


def test_what_was_learnt_from_dev_stands_beside_no_published_number(tasks):
    """The paper learnt from train rows, which such sets lack; the page says so instead."""
    without = [replace(each, train=None) for each in tasks]
    table = table_of(without)
    page = evaluation_page([table], made="", rivals=())
    assert "learnt from dev, as there are no train rows" in page
    assert "as published" not in page
    assert "as published" in evaluation_page([table_of(tasks)], made="", rivals=())


def test_networks_tell_their_parameters(tasks):
    """Those of the embedding, which differ by vocabulary, apart from all others; a probe has none to tell."""
    runs = {
        each.name: [ProbeRun(0, 2, 0.5, each.test.labels, True, {"embedding": 4224, "rest": 9000})] for each in tasks
    }
    row = replace(table_of(tasks).rows[0], runs=runs)
    page = evaluation_page([make_table("sets", tasks, [row], most=40, judge="cnn-2")], made="", rivals=())
    assert "| parameters of the embedding, and all others |" in page
    assert "| 4,224 + 9,000 |" in page
    assert "A seed decides the first weights of the network too" in page
    assert "parameters" not in evaluation_text([table_of(tasks)])


def test_speed_is_letters_over_the_median_time():
    """Of three times after a first one; of no letters there is none."""
    times = iter([0.0, 1.0, 2.0, 2.5, 3.0, 13.0])
    assert measure_speed(WordFeatures(2), ["A" * 1000] * 3, clock=lambda: next(times)) == 0.003
    assert math.isnan(measure_speed(WordFeatures(2), []))
    assert measure_speed(WordFeatures(2), ["A" * 400_000] * 4) > 1


def test_tables_need_the_same_runs_of_all(tasks):
    rows = list(table_of(tasks).rows)
    short = replace(rows[1], runs={name: runs[:2] for name, runs in rows[1].runs.items()})
    with pytest.raises(InputError, match="not every tokenizer has answers of every set and seed"):
        make_table("sets", tasks, [rows[0], short], most=None)


def test_pictures_are_whole_and_have_their_numbers_beside(tasks):
    """Each is one SVG with a title, and a table whose rows are what is drawn."""
    table = table_of(tasks)
    picture = ElementTree.fromstring(draw_scores([table, table]))
    dots = [each for each in picture.iter() if each.tag.endswith("circle")]
    assert len(dots) == 4
    lines = [line.split("\t") for line in score_table([table]).splitlines()]
    assert len(lines) == 1 + 2 * 3
    assert float(lines[1][3]) == pytest.approx(table.seeded.overall("kmer6").mean, abs=1e-6)


def test_rates_are_drawn_against_the_bound():
    def point(name, kind, quantizer, rate, accuracy):
        return RatePoint(name, kind, "x.fa", quantizer, (64,), 5, 100, 1.0, 5 * rate, 6.0, accuracy, None)

    points = [point("mine", "model", "flat", 11.0, 0.9), point("[5, 3] <code>", "control", "perfect", 1.2, 0.81)]
    points.append(point("1 of 5", "control", "word", 0.4, 0.4))
    picture = draw_rates(points)
    assert len([each for each in ElementTree.fromstring(picture).iter() if each.tag.endswith("circle")]) == 3
    assert "1  mine: 90 % at 11.00 bits" in picture
    assert "[5, 3] &lt;code&gt;" in picture
    lines = [line.split("\t") for line in rate_table(points).splitlines()]
    assert [line[1] for line in lines[1:]] == ["mine", "[5, 3] <code>", "1 of 5"]
    assert lines[1][-1] == "NA"


def test_lineages_are_drawn_group_by_group():
    """A path and a label for each group in each panel; small groups are grey."""
    groups = ("Alpha",) * 12 + ("Delta",) * 11 + ("Few",) * 3
    genomes = Genomes(tuple(map(str, range(26))), groups, groups, groups)
    score = LineageScore("x, level 1 (4)", 4, 0.5, 0.4, 0.1, 0.3, {"Alpha": 0.6, "Delta": 0.4})
    places = np.random.default_rng(0).normal(size=(26, 2))
    panels = [LineagePanel(score, places)] * 2
    picture = draw_lineages(panels, genomes, title="Genomes", reading="They lie. " * 40)
    drawn = ElementTree.fromstring(picture)
    shapes = [each for each in drawn.iter() if each.tag.endswith("path") and each.get("fill-opacity")]
    assert [each.attrib["d"].count("M") for each in shapes] == [12, 11, 3] * 2
    assert shapes[2].attrib["fill"] == "#8a8f8d" != shapes[1].attrib["fill"]
    assert "Few: 3, not scored" in picture
    table = [line.split("\t") for line in place_rows(panels, genomes).splitlines()]
    assert {len(line) for line in table} == {7}
    assert [float(each) for each in table[5][3:5]] == pytest.approx(places[4].tolist(), rel=1e-3)
    rows = lineage_csv([score], ("Alpha", "Delta")).splitlines()
    assert rows[0] == "codes,columns,purity,macro,silhouette,chance,purity Alpha,purity Delta"
    assert rows[1] == '"x, level 1 (4)",4,0.500000,0.400000,0.100000,0.300000,0.600000,0.400000'


def test_a_set_of_other_classes_is_scored_by_f1():
    rows = LabelledRows(("ACGT",) * 6, np.array([0, 1, 2] * 2))
    task = LabelledSet("lineages", rows, rows, rows)
    runs = [ProbeRun(0, 0.1, 0.5, np.array([0, 1, 2] * 2, np.int32))]
    row = TableRow("kmer2", "d", measure_rates(WordFeatures(2), rows.texts), math.nan, {"lineages": runs})
    table = make_table("genomes", [task], [row], most=None, merit="macro_f1")
    assert table.seeded.overall("kmer2").mean == 1
    assert describe_table(table) == "genomes: macro F1 x 100 by probe-1, 1 set, all train rows, 1 seeds"
