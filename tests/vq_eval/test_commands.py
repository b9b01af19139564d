"""genotok vq eval, rd, lineages and claims: what they print, what they write, what they refuse, and their examples."""

import gzip
import json
import re
import shlex

import numpy as np
import pytest

from cli.desk import Desk
from genotok.analysis.vq_comparison import compare
from genotok.analysis.vq_sets import read_sets
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable
from vq_eval.test_lineages import world, write_genomes
from vq_eval.worlds import dna, write_set

pytestmark = pytest.mark.native
NAMES = ("eval", "rd", "lineages", "claims")


@pytest.fixture
def desk(tmp_path, capsysbinary):
    """A folder with two sets, a genome, genomes of lineages, and a model of 16 codes of disjoint words of four."""
    here = Desk(tmp_path, capsysbinary)
    write_set(here.folder / "sets" / "one", n=(80, 40, 40), noise=0.05)
    write_set(here.folder / "sets" / "two", n=(60, 30, 30), noise=0.05, seed=3)
    random = np.random.default_rng(0)
    here.write("genome.fa.gz", gzip.compress(f">chr1\n{dna(random, 24_000)}\n".encode(), mtime=0))
    here.write("other.fa", f">chr2\n{dna(random, 9_000)}\n")
    write_genomes(here.folder / "lineages.fa", world(length=600))
    book = Codebook("flat", (16,), (np.eye(16, 2, dtype=np.float32),))
    table = WindowTable(4, 4, (np.arange(256) // 16).astype(np.uint16)[None])
    model = VQModel(book, table, None, window=4, stride=4, usage=(np.ones(16, np.uint64),))
    VQTokenizer(model).save_pretrained(here.folder / "model")
    return here


def test_the_table_is_that_of_the_sets(desk):
    """Text, JSON and files tell the same numbers, with kept results and in several processes too."""
    words = ("vq", "eval", "--sets", "sets", "--tokenizers", "kmer3,mine=model,char", "--seeds", "2", "--cache", "kept")
    told = desk.here(*words, "--json")
    assert told.code == 0, told.err
    (table,) = json.loads(told.out)["tables"]
    assert list(table["sets"]) == ["one", "two"]
    assert [each["name"] for each in table["tokenizers"]] == ["kmer3", "mine", "char"]
    assert table["rows"] == 12_000
    kept = {path: path.read_bytes() for path in (desk.folder / "kept").rglob("*.json")}
    assert len(kept) == 3 * 2 * 3  # tokenizers, sets, and the rows as they are beside two seeds
    text = desk.here(*words, "--against", "char", "-o", "page.md", "--plot", "p.svg")
    assert text.code == 0, text.err
    assert {path: path.read_bytes() for path in (desk.folder / "kept").rglob("*.json")} == kept
    mean = table["tokenizers"][0]["overall"]
    shown = f"{100 * mean['mean']:.1f} ({100 * mean['low']:.1f} to {100 * mean['high']:.1f})"
    assert shown in text.out.decode()
    assert shown in (desk.folder / "page.md").read_text()
    assert "mine - char: " in text.out.decode()
    (again,) = json.loads((desk.folder / "page.json").read_bytes())["tables"]
    for each in (table, again):
        for row in each["tokenizers"]:
            row.pop("megabases_per_second")
    assert again == table
    apart = desk.apart(*words[:-2], "--json", "--jobs", "2")
    assert apart.code == 0, apart.err
    (third,) = json.loads(apart.out)["tables"]
    for row in third["tokenizers"]:
        row.pop("megabases_per_second")
    assert third == table
    assert (desk.folder / "p.tsv").read_text().count("\n") == 1 + 3 * 3


def test_kept_answers_are_what_the_table_is_made_of(desk):
    """The score of a set is that of the classes that were said of its test rows."""
    words = (
        "vq",
        "eval",
        "--sets",
        "sets",
        "--only",
        "two",
        "--tokenizers",
        "kmer4",
        "--seeds",
        "3",
        "--cache",
        "kept",
    )
    (table,) = json.loads(desk.here(*words, "--json").out)["tables"]
    results = [json.loads(path.read_bytes()) for path in (desk.folder / "kept").rglob("*.json")]
    said = {each["key"]["seed"]: np.array(each["result"]["predicted"]) for each in results}
    truth = read_sets(desk.folder / "sets", ["two"])[0].test.labels
    found = compare({"x": {"two": [said[seed] for seed in range(3)]}}, {"two": truth})
    assert table["tokenizers"][0]["by_set"]["two"]["seeds"] == found.scores[0, 0].tolist()
    assert table["tokenizers"][0]["overall"]["low"] == found.overall("x").low


def test_folders_sizes_and_judges_have_tables_of_their_own(desk, monkeypatch):
    """Sets without train rows apart, genomes by F1, each number of rows, networks behind the probe."""
    monkeypatch.setattr("genotok.analysis.vq_lineages._LARGE", 12)
    monkeypatch.setattr("genotok.analysis.vq_lineages._WINDOW", 150)
    write_set(desk.folder / "dev" / "three", n=(0, 60, 30), splits=("dev", "test"))
    folders = ("--sets", "sets", "--sets", "dev", "--sets", "lineages.fa")
    words = ("vq", "eval", *folders, "--only", "one,three,lineages", "--tokenizers", "kmer2,kmer1+2", "--seeds", "1")
    told = desk.here(*words, "--rows", "40", "--rows", "all", "--json", "--sensitivity", "genome.fa.gz")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    kinds = [(each["title"], each["rows"], each["merit"], list(each["sets"])) for each in found["tables"]]
    assert kinds == [
        (title, rows, merit, [name])
        for title, merit, name in (
            ("sets", "mcc", "one"),
            ("dev", "mcc", "three"),
            ("lineages.fa", "macro_f1", "lineages"),
        )
        for rows in (40, None)
    ]
    assert list(found["tables"][2]["sets"]["three"]["rows"]) == ["dev", "test"]
    assert [each["name"] for each in found["sensitivity"]] == [
        "kmer2 (16)",
        "kmer1+2, level 1 (4)",
        "kmer1+2, level 2 (16)",
    ]


def test_networks_are_trained_on_ids(desk):
    """Of tokenizers that have one stream or levels; those of several lengths stay out of their table."""
    words = ("vq", "eval", "--sets", "sets", "--only", "one", "--tokenizers", "mine=model,kmer1+2", "--seeds", "1")
    told = desk.here(*words, "--networks", "cnn", "--device", "cpu", "--json", "--cache", "kept")
    assert told.code == 0, told.err
    probed, trained = json.loads(told.out)["tables"]
    assert (probed["judge"], trained["judge"]) == ("probe-1", "cnn-2")
    assert [each["name"] for each in trained["tokenizers"]] == ["mine"]
    (row,) = trained["tokenizers"]
    assert row["parameters"]["embedding"] == (16 + 2) * 64
    assert row["once"] is None
    again = desk.here(*words, "--networks", "cnn", "--device", "cpu", "--json", "--cache", "kept")
    assert json.loads(again.out)["tables"][1]["tokenizers"][0]["by_set"] == row["by_set"]


def test_networks_alone_are_trained_as_is_asked_for(desk):
    """Epochs and precision are part of the protocol, so results of others are not taken for theirs."""
    words = ("vq", "eval", "--sets", "sets", "--only", "one", "--tokenizers", "kmer2", "--seeds", "1", "--rows", "40")
    words += ("--networks", "transformer", "--no-probe", "--device", "cpu", "--cache", "kept", "--json")
    told = desk.here(*words, "--epochs", "1", "--precision", "bfloat16")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    (table,) = found["tables"]
    assert table["judge"] == "transformer-2, 1 epochs, bfloat16"
    assert table["tokenizers"][0]["by_set"]["one"]["chose"] == [1]
    assert "--networks transformer --no-probe --epochs 1 --precision bfloat16" in found["made"]["command"]
    (other,) = json.loads(desk.here(*words, "--epochs", "2").out)["tables"]
    assert other["judge"] == "transformer-2, 2 epochs"
    kept = [json.loads(path.read_bytes())["key"]["protocol"] for path in (desk.folder / "kept").rglob("*.json")]
    assert sorted(kept) == sorted([table["judge"], other["judge"]])


def test_bits_and_bases_are_printed_for_models_and_controls(desk):
    words = ("vq", "rd", "genome.fa.gz", "--tokenizers", "mine=model", "--bases", "12000")
    told = desk.here(*words, "--json", "--lloyd", "2:8", "--corpus", "other.fa")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    points = {each["name"]: each for each in found["points"]}
    assert set(points) == {
        "mine",
        "Lloyd on disjoint 2-mers",
        *(f"{kept} of {stride} bases" for stride in (2, 4) for kept in range(1, stride + 1)),
        "[5, 3] Hamming code",
    }
    mine = points["mine"]
    assert mine["accuracy"] == pytest.approx(0.5 + 0.25 / 2, abs=0.01)  # two letters of four, the others guessed
    assert (mine["bases"], mine["nominal"], mine["compresses"]) == (12_000, 1, True)
    assert not points["4 of 4 bases"]["compresses"]
    text = desk.here(*words)
    assert text.code == 0, text.err
    assert re.search(r"genome\.fa\.gz +mine +4 +16 +0\.99\d +1\.000 +0\.6[123]\d+ ", text.out.decode())
    assert text.out.decode().count("no compression") == 1


def test_held_out_ends_alone_are_measured(desk):
    random = np.random.default_rng(1)
    tail = dna(random, 10_000)
    desk.write("long.fa", f">chr1\n{'A' * 90_000}{tail}\n")
    told = desk.here("vq", "rd", "long.fa", "--held-out", "--tokenizers", "mine=model", "--json")
    assert told.code == 0, told.err
    assert "long.fa: 10,000 known bases are measured" in told.err
    assert {each["bases"] for each in json.loads(told.out)["points"]} == {10_000}
    short = desk.here("vq", "rd", "other.fa", "--held-out", "--tokenizers", "mine=model")
    assert (short.code, short.out) == (1, b"")
    assert "other.fa: no record is long enough to hold an end out; leave --held-out away" in short.err


def test_lineages_are_scored_beside_chance(desk):
    """With the masked control; the reading names random codes if they are there."""
    told = desk.here("vq", "lineages", "lineages.fa", "--tokenizers", "kmer4,random-table", "--json")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert found["groups"] == {"Alpha": 14, "Delta": 17, "Few": 4}
    assert found["scored"] == ["Alpha", "Delta"]
    assert [each["name"] for each in found["scores"]] == ["kmer4", "random-table"]
    for each in found["scores"]:
        assert each["purity"] > 0.9
        assert each["masked"]["purity"] == each["purity"]  # as these genomes have no unknown base
    assert "a table of random codes has" in found["reading"]
    text = desk.here("vq", "lineages", "lineages.fa", "--tokenizers", "kmer4", "--no-masked", "-o", "scores.csv")
    assert text.code == 0, text.err
    assert text.out.decode().startswith("35 genomes: Alpha 14, Delta 17, Few 4; random labels have purity ")
    assert "random codes" not in text.out.decode()
    row = (desk.folder / "scores.csv").read_text().splitlines()[1].split(",")
    assert (row[0], float(row[2])) == ("kmer4", pytest.approx(found["scores"][0]["purity"], abs=1e-6))


@pytest.mark.slow
def test_genomes_are_laid_out_by_umap(desk):
    """The picture has a panel for each bag of codes, its table a place for each genome; equal seeds give equal ones."""
    words = ("vq", "lineages", "lineages.fa", "--tokenizers", "kmer1+4", "--no-masked", "--plot")
    for name in ("one.svg", "two.svg"):
        done = desk.here(*words, name)
        assert done.code == 0, done.err
    picture = (desk.folder / "one.svg").read_text()
    assert picture == (desk.folder / "two.svg").read_text()
    for words_shown in ("kmer1+4, level 1 (4)", "kmer1+4, level 2 (256)", "Few: 4, not scored"):
        assert words_shown in picture
    rows = [line.split("\t") for line in (desk.folder / "one.tsv").read_text().splitlines()]
    assert len(rows) == 36
    places = np.array([row[7:9] for row in rows[1:]], dtype=float)  # of the longer words
    groups = np.array([row[2] for row in rows[1:]])
    centres = {name: places[groups == name].mean(axis=0) for name in ("Alpha", "Delta")}
    apart = np.linalg.norm(centres["Alpha"] - centres["Delta"])
    for name, centre in centres.items():
        assert np.linalg.norm(places[groups == name] - centre, axis=1).mean() < apart


def test_claims_are_held_against_results(desk):
    assert desk.here("vq", "eval", "--sets", "sets", "--tokenizers", "kmer3,char", "--quick", "-o", "e.md").code == 0
    desk.write("l.json", desk.here("vq", "lineages", "lineages.fa", "--tokenizers", "random-table", "--json").out)
    done = desk.here("vq", "claims", "--eval", "e.json", "--lineages", "l.json", "-o", "c.md")
    assert done.code == 0, done.err
    found = {each["key"]: each for each in json.loads((desk.folder / "c.json").read_bytes())["claims"]}
    assert found["significance"]["verdict"] == "not checkable"
    assert set(found["significance"]["figures"]) == {"lineages.random-table.purity"}
    assert found["parameters"]["verdict"] == "refuted"
    page = (desk.folder / "c.md").read_text()
    assert "Made by `genotok vq claims --eval e.json --lineages l.json`" in page
    assert re.search(r"^\d+ claims: \d+ reproduced, \d+ refuted, \d+ not checkable$", done.err, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["eval"], 2, "Missing option '--sets'"),
        (["eval", "--sets", "nowhere"], 1, "nowhere: no such folder; a folder for each set"),
        (["eval", "--sets", "sets", "--only", "nine"], 1, "no set 'nine'; --only names sets of the folders"),
        (["eval", "--sets", "sets", "--tokenizers", "kmer3,,char"], 2, "a name is empty"),
        (
            ["eval", "--sets", "sets", "--tokenizers", "kmer3,wordy"],
            1,
            "no tokenizer 'wordy'; a folder with a model, or",
        ),
        (["eval", "--sets", "sets", "--tokenizers", "kmer3,a="], 1, "'a=' names no tokenizer; NAME=FOLDER"),
        (["eval", "--sets", "sets", "--tokenizers", "char,char=model"], 1, "two tokenizers are called char"),
        (["eval", "--sets", "sets", "--tokenizers", "bpe", "--bpe", "q.bed"], 1, "q.bed: no tokenizer in it"),
        (["eval", "--sets", "sets", "--rows", "few"], 2, "'few' is neither a number of rows nor all"),
        (["eval", "--sets", "sets", "--networks", "rnn"], 2, "--networks rnn is none of cnn, transformer"),
        (["eval", "--sets", "sets", "--no-probe"], 2, "--no-probe leaves nothing to do; name --networks"),
        (["eval", "--sets", "sets", "-o", "x.html"], 2, "x.html promises another format than Markdown"),
        (["eval", "--sets", "sets", "-o", "x.md", "--plot", "x.md.png", "--bpe", "x.md"], 1, "x.md: No such file"),
        (["rd", "genome.fa.gz", "--lloyd", "5:64"], 2, "--lloyd learns from --corpus"),
        (["rd", "genome.fa.gz", "--lloyd", "12:64", "--corpus", "other.fa"], 2, "'12:64' is no WINDOW:CODES, as 5:64"),
        (["rd", "genome.fa.gz", "--tokenizers", "kmer3"], 1, "kmer3 is no learned tokenizer"),
        (["rd", "q.bed", "--tokenizers", "model"], 1, "q.bed:1: text before the first >"),
        (["lineages", "genome.fa.gz"], 1, "genome.fa.gz:1: the header 'chr1'; write >id|lineage|group"),
        (["lineages", "lineages.fa", "-o", "x.tsv"], 2, "x.tsv promises another format than CSV; end it in .csv"),
        (
            ["claims", "--eval", "sets/one/test.csv.gz"],
            1,
            "no results of eval; give what genotok vq eval --json printed",
        ),
        (["claims", "-o", "claims.html"], 2, "claims.html promises another format than Markdown"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(desk, words, code, told):
    found = desk.here("vq", *words)
    assert (found.code, found.out) == (code, b""), found.err
    assert told in found.err.splitlines()[-1]


def test_byte_pairs_stay_out_without_their_vocabulary(desk):
    found = desk.here("vq", "eval", "--sets", "sets", "--only", "one", "--tokenizers", "bpe,char", "--seeds", "1")
    assert found.code == 0, found.err
    assert "bpe is left out; --bpe FILE names its tokenizer.json" in found.err


def test_every_example_of_these_commands_runs(desk):
    """As its help shows it, one after the other; the last reads what the others wrote."""
    pages = {name: desk.here("vq", name, "--help").out.decode() for name in NAMES}
    lines = [line for page in pages.values() for line in re.findall(r"^    (genotok vq .*)$", page, re.MULTILINE)]
    assert len(lines) >= 8
    desk.write("lineages.json", desk.here("vq", "lineages", "lineages.fa", "--tokenizers", "kmer2", "--json").out)
    for line in lines:
        found = desk.here(*shlex.split(line)[1:])
        assert found.code == 0, (line, found.err)
