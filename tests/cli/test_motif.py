"""genotok motif: what each command writes is what Python gives, however it is asked for."""

import gzip
import json
import shutil

import numpy as np
import pytest

from cli.motifdesk import BLOCK, NAMES, SIGNAL, SIZE, encodings, fasta, made, tokenizer
from genotok import CsrMatrix, read_motifs
from genotok.cli.motif import encoding
from genotok.export.motif import write_csr, write_motif_tokens
from genotok.export.tokens import read_tokens
from genotok.io.fasta import read_fasta
from genotok.values.blocks import stack_rows
from motif import golden
from motif.worlds import bytes_of, subset_motifs

pytestmark = pytest.mark.native


@pytest.fixture
def world(desk):
    for name in made().iterdir():
        (desk.folder / name.name).symlink_to(name)
    return desk


def test_the_list_has_the_thresholds_of_all_motifs(world):
    """A row a motif, the first those of the golden file."""
    found = world.here("motif", "list")
    rows = [line.split("\t") for line in found.out.decode().splitlines()]
    assert rows[0] == ["id", "name", "length", "min_score", "max_score", "threshold", "p_value", "reachable"]
    assert len(rows) == 842
    assert [int(row[5]) for row in rows[1:]] == golden.answers()["threshold_rel80"].tolist()
    strict = json.loads(world.here("motif", "list", "--pvalue", "1e-4", "--json").out)
    assert [row["threshold"] for row in strict["motifs"]] == golden.answers()["threshold_p1e4"].tolist()
    assert [row["id"] for row in strict["motifs"] if not row["reachable"]] == [
        "MA0004.1",
        "MA0006.1",
        "MA0130.1",
        "MA0151.1",
        "MA1684.1",
    ]


@pytest.mark.parametrize("ending", ["jaspar", "transfac", "npz", "jaspar.gz"])
def test_motifs_survive_conversion(world, ending):
    done = world.here("motif", "convert", "motifs.npz", f"x.{ending}")
    assert (done.code, done.out) == (0, b"")
    assert "24 motifs written" in done.err
    assert read_motifs(world.folder / f"x.{ending}") == subset_motifs()


def test_a_bad_motif_may_be_left_out_and_tells(world):
    """Exit code 3: finished, but something was skipped."""
    world.write("bad.jaspar", ">M1 a\nA [9 0]\nC [0 9]\nG [0 0]\nT [0 0]\n>M2 b\nA [-1 0]\nC [0 9]\nG [0 0]\nT [0 0]\n")
    refused = world.here("motif", "convert", "bad.jaspar", "x.npz")
    assert refused.code == 1
    assert "bad.jaspar:" in refused.err
    assert "M2" in refused.err
    done = world.here("motif", "convert", "bad.jaspar", "x.npz", "--invalid", "skip")
    assert done.code == 3
    assert "1 motif written to x.npz\nnote: 1 motif left out: negative\n" in done.err


def test_hits_are_those_of_the_golden_table(world):
    """All seven columns, sorted by place, motif and strand; gzip or not, one process or two."""
    wanted = gzip.decompress((golden.FOLDER / "golden_hits_subset24.tsv.gz").read_bytes()).decode().splitlines()
    genome = str(golden.FOLDER / "golden.fa.gz")
    done = world.here("motif", "scan", genome, "--motifs", "motifs.npz", "-o", "hits.tsv.gz", "--report", "json")
    text = gzip.decompress((world.folder / "hits.tsv.gz").read_bytes()).decode()
    found = text.splitlines()
    assert sorted(found) == sorted(wanted)
    keys = [(row[0], int(row[1]), row[3], row[6]) for row in (line.split("\t") for line in found)]
    assert keys == sorted(keys)
    told = json.loads(done.err)
    assert (told["hits"], told["bases"], told["contigs"]) == (8_570, 100_000, 2)
    plain = world.here("motif", "scan", genome, "--motifs", "motifs.npz", "-q")
    assert plain.out.decode() == text
    bed = world.here("motif", "scan", genome, "--motifs", "motifs.npz", "-q", "--bed").out.decode().splitlines()
    assert bed == ["\t".join(row[:5] + row[6:]) for row in (line.split("\t") for line in found)]


def test_processes_change_no_byte_of_hits(world):
    one = world.here("motif", "scan", "genome.fa.gz", "more.fa", "--motifs", "motifs.npz", "-q", "-o", "one.tsv.gz")
    two = world.apart(
        "motif", "scan", "genome.fa.gz", "more.fa", "--motifs", "motifs.npz", "-o", "two.tsv.gz", "--jobs", "2"
    )
    assert (one.code, two.code) == (0, 0), two.err
    assert (world.folder / "one.tsv.gz").read_bytes() == (world.folder / "two.tsv.gz").read_bytes()


def test_windows_of_a_scan_meet_without_a_gap(world, monkeypatch):
    """However short the windows are, every hit is told once."""
    whole = world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q").out
    monkeypatch.setattr("genotok.cli.motif.scanning._BLOCK", 777)
    assert world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q").out == whole


def test_a_background_may_be_that_of_the_genome(world):
    """Both strands together, as four shares would say it."""
    sequences = read_fasta(world.folder / "genome.fa.gz")
    counts = sum(np.bincount(each.codes, minlength=5) for each in sequences.values())
    at, gc = float(counts[0] + counts[3]), float(counts[1] + counts[2])
    shares = [each / (2 * (at + gc)) for each in (at, gc, gc, at)]
    words = ["motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q", "--background"]
    found = world.here(*words, "genome")
    assert found.out == world.here(*words, ",".join(map(repr, shares))).out
    assert found.out != world.here(*words, "0.25,0.25,0.25,0.25").out


def test_fit_learns_what_python_learns(world):
    """The saved folder has the same bytes."""
    mine = tokenizer()
    mine.save_pretrained(world.folder / "mine")
    assert bytes_of(world.folder / "mine") == bytes_of(world.folder / "model")


def test_fit_refuses_the_folder_of_another_kind_before_it_begins(world):
    """Hours of work would end in a folder that is spoilt."""
    (world.folder / "taken").mkdir()
    (world.folder / "taken/tokenizer.toml").write_text('universe = "x.bed"\n')
    refused = world.here("motif", "fit", "genome.fa.gz", "--motifs", "motifs.npz", "--store", "begun", "-o", "taken")
    assert refused.code == 1
    assert 'taken: the folder holds a tokenizer of kind "interval"' in refused.err
    assert not (world.folder / "begun").exists()


def test_shards_and_resumed_runs_make_the_same_bytes(world):
    """Two shards, one of them by two processes, and a last run; then a block is lost."""
    words = ["motif", "fit", "genome.fa.gz", "--motifs", "motifs.npz", "--min-count", "2", "--block", BLOCK, "-o", "m/"]
    for shard, jobs in (("2/2", "2"), ("1/2", "1")):
        done = world.apart(*words, "--store", "parts", "--shard", shard, "--jobs", jobs)
        assert done.code == 0, done.err
        assert f"shard {shard[0]} of 2 cut into parts" in done.err
    assert not (world.folder / "m").exists()
    refused = world.here(*words, "--store", "parts")
    assert refused.code == 2
    assert "parts has bins of an earlier run; add --resume" in refused.err
    assert world.here(*words, "--store", "parts", "--resume", "-q").code == 0
    assert bytes_of(world.folder / "m") == bytes_of(world.folder / "model")
    assert bytes_of(world.folder / "parts") == bytes_of(world.folder / "bins")
    (world.folder / "parts/00001/00001.npz").unlink()
    assert world.here(*words, "--store", "parts", "--resume", "-q").code == 0
    assert bytes_of(world.folder / "parts") == bytes_of(world.folder / "bins")


def test_settings_reach_the_tokenizer(world):
    """A preset, and what is said besides."""
    words = ["motif", "fit", "more.fa", "--motifs", "motifs.npz", "-o", "m/", "--preset", "strict", "--report", "json"]
    done = world.here(*words, "--distance", "0.5", "--ids-sample", "all", "--no-cpg", "--min-count", "3", "--seed", "7")
    assert done.code == 0, done.err
    config = json.loads(done.err)["config"]
    assert (config["scan"]["pvalue"], config["features"]["linkage"]) == (1e-4, "average")
    assert (config["features"]["distance"], config["features"]["ids_sample"]) == (0.5, None)
    assert (config["features"]["cpg"], config["vocabulary"]["min_count"], config["seed"]) == (False, 3, 7)
    relative = world.here(*words[:-2], "--relative", "0.9", "--report", "json")
    assert json.loads(relative.err)["config"]["scan"]["relative"] == 0.9
    assert json.loads(relative.err)["config"]["scan"]["pvalue"] is None


def test_hits_of_others_replace_the_search(world):
    """From a table with the sequence the same is learnt; from lengths alone, the same without CpG and gaps."""
    world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q", "-o", "hits.tsv.gz")
    words = ["--motifs", "motifs.npz", "--hits", "hits.tsv.gz", "--min-count", "2", "--block", BLOCK]
    assert world.here("motif", "fit", "genome.fa.gz", "-o", "h/", *words, "-q").code == 0
    assert bytes_of(world.folder / "h") == bytes_of(world.folder / "model")
    done = world.here("motif", "fit", "--chrom-sizes", "genome.sizes", "-o", "s/", *words, "--report", "json")
    assert done.code == 0, done.err
    told = json.loads(done.err)
    assert (told["features"], told["bases"], told["gaps"]) == (48, 2 * SIZE, 0)
    assert told["hits"]["kept"] == told["hits"]["lines"] > 1000


def test_a_vocabulary_that_leaves_most_bins_unknown_is_told(world):
    done = world.here("motif", "fit", "more.fa", "--motifs", "motifs.npz", "-o", "m/", "--min-count", "500")
    assert done.code == 0
    assert "warning: " in done.err
    assert "unk" in done.err


@pytest.mark.parametrize("form", ["jsonl", "tsv", "bed", "npz", "parquet", "gtok"])
def test_tokens_are_those_that_python_writes(world, form):
    """From the FASTA, and from the store of it."""
    source = "more.fa" if form == "gtok" else "genome.fa.gz"
    with (world.folder / "mine").open("w+b") as sink:
        write_motif_tokens(sink, tokenizer().encode_sequences(world.folder / source), tokenizer(), form)
    wanted = (world.folder / "mine").read_bytes()
    assert world.here("motif", "encode", "-t", "model", source, "-o", f"x.{form}", "-q").code == 0
    assert (world.folder / f"x.{form}").read_bytes() == wanted
    assert world.here("motif", "encode", "-t", "model", source, "--format", form, "-q").out == wanted
    if form != "gtok":
        assert world.here("motif", "encode", "-t", "model", "bins", "--format", form, "-q").out == wanted


def test_continuous_tokens_come_beside_or_alone(world):
    with (world.folder / "mine").open("w+b") as sink:
        write_csr(sink, stack_rows([each.continuous for each in encodings()], tokenizer().n_clusters))
    alone = world.here("motif", "encode", "-t", "model", "genome.fa.gz", "--continuous", "y.npz")
    assert (alone.code, alone.out) == (0, b"")
    wanted = (world.folder / "mine").read_bytes()
    assert (world.folder / "y.npz").read_bytes() == wanted
    beside = world.here("motif", "encode", "-t", "model", "bins", "--continuous", "z.npz", "-o", "z.jsonl", "-q")
    assert beside.code == 0
    assert (world.folder / "z.npz").read_bytes() == wanted
    assert [each.name for each in read_tokens(world.folder / "z.jsonl")] == list(NAMES)
    with np.load(world.folder / "y.npz") as archive:
        matrix = CsrMatrix(archive["indptr"], archive["indices"], archive["data"], tuple(archive["shape"]))
    assert matrix == stack_rows([each.continuous for each in encodings()], tokenizer().n_clusters)


def test_processes_change_no_token(world, monkeypatch):
    """A large file goes through a store, block by block; here files are large from their first byte on."""
    one = world.here("motif", "encode", "-t", "model", "genome.fa.gz", "-q").out
    monkeypatch.setattr("genotok.cli.motif.encoding._WORTH_BYTES", 0)
    assert world.here("motif", "encode", "-t", "model", "genome.fa.gz", "-q", "--jobs", "2").out == one


def test_long_records_are_named_block_by_block(world, monkeypatch):
    """Their tokens, their shares and what is told of them are those of short ones."""
    words = ["motif", "encode", "-t", "model", "genome.fa.gz", "--continuous", "shares.npz", "--report", "json"]
    whole = world.here(*words)
    shares = (world.folder / "shares.npz").read_bytes()
    cut = []
    monkeypatch.setattr(encoding, "_TOGETHER", 1)
    monkeypatch.setattr(
        encoding, "_name_block", lambda *args, real=encoding._name_block, **known: cut.append(1) or real(*args, **known)
    )
    parts = world.here(*words)
    assert (parts.code, parts.out, parts.err) == (0, whole.out, whole.err)
    assert (world.folder / "shares.npz").read_bytes() == shares
    assert len(cut) > 1


def test_standard_input_is_read(world):
    found = world.apart("motif", "encode", "-t", "model", "-", "-q", stdin=fasta())
    assert found.out == world.here("motif", "encode", "-t", "model", "genome.fa.gz", "-q").out
    found = world.apart("motif", "scan", "-", "--motifs", "motifs.npz", "-q", stdin=fasta())
    assert found.out == world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q").out


def test_regions_have_a_row_each(world):
    """In every format, with context around or as the whole run cuts them; a store gives the latter."""
    mine = tokenizer()
    from genotok import read_bed

    rows = mine.encode_regions(read_fasta(world.folder / "genome.fa.gz"), read_bed(world.folder / "regions.bed"))
    words = ["motif", "encode", "-t", "model", "--regions", "regions.bed", "-q"]
    tsv = world.here(*words, "genome.fa.gz", "--format", "tsv").out.decode().splitlines()[1:]
    spans = [f"regions.bed\tchrA\t{start}\t{end}" for start, end in SIGNAL]
    assert tsv == [f"{span}\t{','.join(map(str, ids.tolist()))}" for span, ids in zip(spans, rows, strict=True)]
    bed = [line.split("\t") for line in world.here(*words, "genome.fa.gz", "--format", "bed").out.decode().splitlines()]
    assert [line[3] for line in bed] == [",".join(map(str, ids.tolist())) for ids in rows]
    assert [line[4] for line in bed] == [",".join(mine.vocabulary.texts_of(ids)) for ids in rows]
    stored = world.here(*words, "bins", "--format", "jsonl", "--rows")
    assert stored.out == world.here(*words, "genome.fa.gz", "--exact", "--rows").out
    assert json.loads(stored.out)["offsets"][0] == 0


def test_an_output_folder_resumes_and_shards_join(world):
    """One file an input; what is there and fits is kept, and all shards make the folder of one run."""
    words = ["motif", "encode", "-t", "model", "genome.fa.gz", "more.fa", "--format", "npz"]
    assert world.here(*words, "-o", "whole/", "-q").code == 0
    for shard in ("1/2", "2/2"):
        assert world.here(*words, "-o", "parts/", "--shard", shard, "-q").code == 0
    assert world.tree("parts") == world.tree("whole")
    assert set(world.tree("whole")) == {"genome.fa.gz.npz", "more.fa.npz", "manifest.jsonl"}
    (world.folder / "whole/more.fa.npz").unlink()
    again = world.here(*words, "-o", "whole/", "--resume")
    assert "1 input kept from an earlier run" in again.err
    assert world.tree("parts") == world.tree("whole")
    shutil.rmtree(world.folder / "parts")


def test_a_record_without_bases_stays_a_document(world):
    """By either way through the data."""
    world.write("odd.fa", ">none\n>one\nACGTACGTAC\n")
    found = world.here("motif", "encode", "-t", "model", "odd.fa")
    assert [json.loads(line)["id"] for line in found.out.splitlines()] == ["none", "one"]
    assert "note: none has no bases" in found.err
    words = ["--store", "ob", "--motifs", "motifs.npz", "--block", BLOCK, "-q"]
    assert world.here("motif", "fit", "odd.fa", "-o", "o/", *words).code == 0
    assert world.here("motif", "encode", "-t", "model", "ob", "-q").out == found.out


def test_info_tells_what_a_path_holds(world):
    told = json.loads(world.here("motif", "info", "model", "--json").out)
    mine = tokenizer()
    assert (told["kind"], told["vocab_size"], told["clusters"]) == ("motif", mine.vocab_size, mine.n_clusters)
    assert {record["with_empty"] for record in told["zipf"]["records"]} == {True, False}
    text = world.here("motif", "info", "model").out.decode()
    assert "motif tokenizer" in text
    assert "CC BY 4.0" in text
    store = json.loads(world.here("motif", "info", "bins", "--json").out)
    assert [(each["name"], each["length"]) for each in store["contigs"]] == [(name, SIZE) for name in NAMES]
    assert store["has_ids"]
    assert "store of 2 contigs" in world.here("motif", "info", "bins").out.decode()
    assert "motifs.meme: 24 motifs (meme)" in world.here("motif", "info", "motifs.meme").out.decode()


def test_describe_says_what_a_token_stands_for(world):
    mine = tokenizer()
    number = next(each for each in range(2, mine.vocab_size - 7) if "&" in mine.convert_ids_to_tokens(each))
    wanted = mine.describe(number)
    told = json.loads(world.here("motif", "describe", "-t", "model", wanted.text, "--json").out)[0]
    assert (told["id"], told["count"], tuple(told["example"])) == (number, wanted.count, wanted.example)
    text = world.here("motif", "describe", "-t", "model", number, "0").out.decode()
    assert text.startswith(f"{number}  {wanted.text}  ")
    assert "0  {}  " in text
    refused = world.here("motif", "describe", "-t", "model", "nothing")
    assert refused.code == 2
    assert "no token is called 'nothing'" in refused.err
    beyond = world.here("motif", "describe", "-t", "model", "99999")
    assert beyond.code == 1
    assert "99999" in beyond.err


def test_a_place_is_found_in_a_store(world):
    """The bins that overlap it, those of the encoding."""
    first = encodings()[0]
    told = json.loads(world.here("motif", "store", "bins", "--locate", "chrA:1000-1100", "--json").out)
    inside = [row for row, (start, end) in enumerate(first.offsets.tolist()) if start < 1100 and end > 1000]
    assert [each["bin"] for each in told["bins"]] == inside
    assert [each["id"] for each in told["bins"]] == first.input_ids[inside].tolist()
    line = world.here("motif", "store", "bins", "--locate", "chrA:1000", "-t", "model").out.decode().split("\t")
    assert line[:4] == ["chrA", *map(str, first.offsets[inside[0]].tolist()), str(inside[0])]


def test_zipf_is_told_with_and_without_a_filter(world):
    told = json.loads(world.here("motif", "zipf", "-t", "model", "bins", "--json", "--min-count", "5").out)
    records = told["corpora"][0]["records"]
    assert len(records) == 4
    assert records[0]["tokens"] == sum(int((~each.bins.is_gap).sum()) for each in encodings())
    text = world.here("motif", "zipf", "-t", "model", "genome.fa.gz", "--kmers", "3", "--plot", "z.svg").out.decode()
    assert "3-mers, separate" in text
    assert "drawn letters (seed 0)" in text
    picture, table = (world.folder / f"z.{ending}" for ending in ("svg", "tsv"))
    assert picture.read_text().startswith("<svg")
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    sets = [row for row in rows if row[0].endswith("sets of clusters")]
    assert sum(int(row[2]) for row in sets) == records[0]["tokens"]


def test_coverage_is_told_beside_its_control(world):
    words = ["motif", "coverage", "-t", "model", "genome.fa.gz", "--tokens", "100", "--kmers", "3"]
    told = json.loads(world.here(*words, "--json", "--plot", "c.svg").out)
    bins, words_of_three = told["pairs"]
    assert bins["score"]["tokens"] == bins["control"]["tokens"] == 100
    assert bins["score"]["lengths"] == bins["control"]["lengths"]
    assert words_of_three["score"]["tokens"] == 64
    rows = (world.folder / "c.tsv").read_text().splitlines()
    assert len(rows) == 25
    assert world.here(*words).out.decode().count("random cuts as") == 2


def test_peaks_of_a_track_are_called(world):
    """The high stretches, on even bins and on those of a store; and how well they fit what is known."""
    words = ["motif", "peaks", "signal.bedGraph.gz", "--truth", "regions.bed", "--report", "json"]
    done = world.here(*words)
    found = [line.split("\t") for line in done.out.decode().splitlines()]
    assert len(found) == len(SIGNAL)
    for (name, start, end), (first, last) in zip(found, SIGNAL, strict=True):
        assert name == "chrA"
        assert int(start) < last
        assert int(end) > first
    told = json.loads(done.err)
    assert (told["peaks"], told["metrics"]["peak_recall"], told["metrics"]["peak_precision"]) == (3, 1.0, 1.0)
    stored = world.here("motif", "peaks", "signal.bedGraph.gz", "--store", "bins", "-q", "-o", "p.bed.gz")
    assert stored.code == 0, stored.err
    assert gzip.decompress((world.folder / "p.bed.gz").read_bytes())
    none = world.here("motif", "peaks", "signal.bedGraph.gz", "--height", "99", "-q")
    assert (none.code, none.out) == (0, b"")


def test_a_sweep_lists_every_setting(world):
    words = [
        "motif",
        "sweep",
        "signal.bedGraph.gz",
        "--truth",
        "regions.bed",
        "--grid",
        "sigma=1,2",
        "--grid",
        "distance=6",
    ]
    done = world.here(*words)
    rows = done.out.decode().splitlines()
    assert len(rows) == 1 + 2 * 2 * 4 * 1 * 3 * 2
    assert rows[0].startswith("sigma\tnoise_percentile")
    told = json.loads(world.here(*words, "--json", "--aim", "mcc").out)
    assert told["aim"] == "mcc"
    assert max(row["mcc"] for row in told["rows"] if row["mcc"] is not None) == next(
        row["mcc"] for row in told["rows"] if all(row[name] == value for name, value in told["best"].items())
    )
    refused = world.here(*words, "--grid", "size=3")
    assert refused.code == 2
    assert "'size=3' is not as height=0.5,1" in refused.err
