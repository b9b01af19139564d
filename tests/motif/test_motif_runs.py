"""Whole genomes: the same bytes for any number of processes, after any interruption; stores that tell their faults."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import genotok
from genotok import open_store
from genotok.errors import BundleError, ConfigError, FastaError, NotFittedError
from genotok.io import fasta
from genotok.io.hits import read_hits
from genotok.io.windows import Genome, WindowReader
from genotok.tokenizers import motif_run
from genotok.tokenizers.motif_blocks import BlockCutter
from genotok.values.hits import MotifHits
from genotok.values.sequences import Sequence
from motif import golden
from motif.worlds import FASTA, PIECE, WITH_N, bytes_of, fitted, subset_tokenizer, text_of

SMALL = {"block": 9000, "halo": 700, "prominence_window": 1001}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store of both golden pieces in blocks, made in one go."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    subset_tokenizer(**SMALL).fit(FASTA, store=folder)
    return folder


def test_a_store_holds_what_encoding_each_contig_gives(whole):
    tokenizer, store = subset_tokenizer(**SMALL), open_store(whole)
    assert [each.contig.length for each in store.contigs] == [50_000, 50_000]
    assert [len(each.blocks) for each in store.contigs] == [6, 6]
    made = tokenizer.fit(store)
    for piece in golden.PIECES:
        one = made.encode_sequence(text_of(piece))
        assert np.array_equal(store.boundaries(piece), one.bins.boundaries)
        assert store.rows(piece) == one.counts
        assert np.array_equal(store.ids(piece), one.input_ids)
        assert np.array_equal(store.ids(piece, 500, 1500), one.input_ids[500:1500])
        edges = one.bins.boundaries
        for position in (0, 8999, 9000, 9001, 49_999):
            bin_number = store.locate(piece, position)
            assert edges[bin_number] <= position < edges[bin_number + 1]
    assert store.rows(WITH_N, 3, 3).shape == (0, 50)
    assert store.bins == sum(map(len, (made.encode_sequence(text_of(piece)) for piece in golden.PIECES)))


def test_regions_are_the_same_by_context_by_blocks_and_from_the_store(whole):
    store, genome = open_store(whole), fasta.read_fasta(FASTA)
    made = subset_tokenizer(**SMALL).fit(store)
    for start, end in [(0, 1), (8990, 9010), (17_500, 27_500), (49_999, 50_000), (24_000, 24_600)]:
        stored = made.encode_region(store, WITH_N, start, end)
        assert stored == made.encode_region(genome, WITH_N, start, end, exact=True)
        around = made.encode_region(genome, WITH_N, start, end)
        assert around.report.known == sum(
            letter in "ACGTacgt" for letter in text_of(WITH_N, *stored.offsets.ravel()[[0, -1]].tolist())
        )
        assert around == stored
        assert stored.offsets[0, 0] <= start < stored.offsets[0, 1]
        assert stored.offsets[-1, 0] < end <= stored.offsets[-1, 1]
        assert stored.report.known is None
    regions = genotok.Regions.from_tuples([(PIECE, 20_000, 20_500), (WITH_N, 24_000, 24_600), (PIECE, 20_400, 20_401)])
    rows = made.encode_regions(genome, regions)
    assert rows.to_lists() == made.encode_regions(store, regions).to_lists()
    assert rows.to_lists() == made.encode_regions(genome, regions, exact=True).to_lists()
    assert rows.row(2).tolist() == made.encode_region(genome, PIECE, 20_400, 20_401).input_ids.tolist()


def test_regions_that_are_none_are_told():
    genome, made = {"chr1": "ACGT" * 30, "chrM": "ACGT"}, fitted()
    for region, message in [
        (("1", 0, 9), "no contig '1' in the genome; it is called chr1 there"),
        (("chrX", 0, 9), "no contig 'chrX' in the genome; there are chr1, chrM"),
        (("chr1", 0, 121), "end 121 is beyond chr1, which has 120 bases; is it the same assembly"),
        (("chr1", 5, 5), "chr1:5-5 is empty; 0 <= start < end"),
        (("chr1", 9, 5), "chr1:9-5 is no span"),
        (("chr1", -1, 5), "chr1:-1-5 is no span"),
    ]:
        with pytest.raises(genotok.GenotokError, match=message):
            made.encode_region(genome, *region)
    with pytest.raises(genotok.GenotokError, match="row 1: end 130 is beyond chr1"):
        made.encode_regions(genome, genotok.Regions.from_tuples([("chr1", 0, 9), ("chr1", 0, 130)]))
    with pytest.raises(genotok.GenotokError, match="list are no Regions"):
        made.encode_regions(genome, [("chr1", 0, 9)])
    with pytest.raises(genotok.GenotokError, match="int is no genome"):
        made.encode_region(3, "chr1", 0, 9)


@pytest.mark.native  # processes
def test_the_number_of_processes_changes_no_byte(whole, tmp_path):
    made = subset_tokenizer(**SMALL).fit(FASTA, store=tmp_path / "two", jobs=2)
    assert bytes_of(tmp_path / "two") == bytes_of(whole)
    assert made == subset_tokenizer(**SMALL).fit(open_store(whole))


def test_an_interrupted_run_goes_on_where_it_was(whole, tmp_path, monkeypatch):
    done = []

    def perform(run, task, really=motif_run.perform):
        if len(done) in (3, 7):
            done.append(None)
            raise KeyboardInterrupt
        done.append(task)
        return really(run, task)

    monkeypatch.setattr(motif_run, "perform", perform)
    tokenizer, folder = subset_tokenizer(**SMALL), tmp_path / "store"
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            tokenizer.fit(FASTA, store=folder)
        with pytest.raises(BundleError, match="the store is not finished; run the command"):
            open_store(folder)
        with (folder / "progress.jsonl").open("a") as journal:
            journal.write('{"contig": "chr')  # as a line that was being written
            journal.write("\n")
    tokenizer.fit(FASTA, store=folder)
    names = [(task.placed.name, task.placed.window.number) for task in done if task]
    assert len(names) == len(set(names)) + sum(task.neighbours is not None for task in done if task)
    assert bytes_of(folder) == bytes_of(whole)
    done += [None] * 99
    before = len(done)
    tokenizer.fit(FASTA, store=folder)
    assert len(done) == before, "nothing was left to do"
    (folder / "00001" / "00002.npz").write_bytes(b"cut")
    (folder / "00001" / ".00002.npz.x1y2").write_bytes(b"half")
    tokenizer.fit(FASTA, store=folder)
    assert [(task.placed.contig, task.placed.window.number) for task in done[before:]] == [(1, 2)]
    assert bytes_of(folder) == bytes_of(whole)


@pytest.mark.native  # processes
def test_a_run_that_is_killed_leaves_what_the_next_needs(whole, tmp_path):
    code = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from motif.worlds import FASTA, subset_tokenizer
if __name__ == "__main__":
    subset_tokenizer(block=9000, halo=700, prominence_window=1001).fit(FASTA, store=sys.argv[2], jobs=2)
"""
    script, folder = tmp_path / "run.py", tmp_path / "store"
    script.write_text(code)
    source = {"PYTHONPATH": str(Path(genotok.__file__).parents[1])}
    words = [sys.executable, str(script), str(Path(__file__).parents[1]), str(folder)]
    process = subprocess.Popen(words, env=os.environ | source)
    journal = folder / "progress.jsonl"
    end = time.monotonic() + 60
    while not (journal.is_file() and journal.read_text().count("\n") >= 2) and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subset_tokenizer(**SMALL).fit(FASTA, store=folder)
    assert bytes_of(folder) == bytes_of(whole)


def test_other_settings_do_not_mix_into_a_store(tmp_path):
    genome = {"x": text_of(end=3000)}
    tokenizer, folder = subset_tokenizer(**SMALL), tmp_path / "store"
    tokenizer.encode_genome(genome, folder)
    for settings, message in [
        ({"pvalue": 1e-4}, r"scan.pvalue is 0.0001, but None in the store; use its settings, another folder"),
        ({"block": 1000}, "block is 1000, but 9000 in the store"),
        ({"cpg": False}, "cpg is False, but True in the store"),
    ]:
        with pytest.raises(ConfigError, match=message):
            tokenizer.replace(**settings).encode_genome(genome, folder)
    tokenizer.replace(block=1000).encode_genome(genome, folder, resume=False)
    assert len(open_store(folder).contigs[0].blocks) == 3
    with pytest.raises(NotFittedError, match=r"holds no ids; tokenizer.write_ids\(store\)|holds no ids"):
        open_store(folder).ids(0)
    tokenizer.replace(block=1000).encode_genome({"x": text_of(end=2900), "y": "", "z": "A"}, folder)
    assert [(each.contig.length, len(each.blocks)) for each in open_store(folder).contigs] == [
        (2900, 3),
        (0, 0),
        (1, 1),
    ]
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").touch()
    with pytest.raises(BundleError, match="the folder is no store, and not empty"):
        tokenizer.encode_genome(genome, other)


def test_a_damaged_store_says_what_is_wrong(tmp_path):
    folder = tmp_path / "store"
    subset_tokenizer().encode_genome({"x": text_of(end=2000)}, folder)
    with pytest.raises(FileNotFoundError, match=r"no store.json in the folder"):
        open_store(tmp_path)
    head = json.loads((folder / "store.json").read_text())
    for changed, message in [
        ("{", "it describes no store"),
        ({**head, "format": 9}, "kind 'motif-store', format 9; this version reads"),
        ({**head, "contigs": [{}]}, "it describes no store"),
        ({**head, "contigs": [{**head["contigs"][0], "blocks": [1]}]}, "other bins than recorded"),
    ]:
        (folder / "store.json").write_text(changed if isinstance(changed, str) else json.dumps(changed))
        with pytest.raises(BundleError, match=message):
            open_store(folder).rows(0)
    (folder / "store.json").write_text(json.dumps(head))
    path = folder / "00000" / "00000.npz"
    data = path.read_bytes()
    random = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(data[: random.integers(0, len(data))] if random.random() < 0.3 else data)
        for place in random.integers(0, max(len(damaged), 1), 3) if damaged else ():
            damaged[place] ^= 255
        path.write_bytes(damaged)
        try:
            open_store(folder).rows(0)
        except BundleError:
            continue


def test_windows_of_a_stream_are_those_of_the_whole():
    text = text_of(end=5000).encode()
    genome = Genome({"a": Sequence.from_text(text), "b": Sequence.from_text(b""), "c": Sequence.from_text(text[:700])})
    whole = list(WindowReader(genome, block=700, halo=300))
    streamed = io.BytesIO(
        b">a\n" + b"\n".join(text[i : i + 61] for i in range(0, 5000, 61)) + b"\n>b\n>c\n" + text[:700]
    )
    reader = WindowReader(Genome([streamed]), block=700, halo=300)
    for _ in range(2):  # a genome is read more than once
        reader = WindowReader(Genome([streamed]), block=700, halo=300)
        parts = list(reader)
        assert len(parts) == len(whole)
        for one, two in zip(parts, whole, strict=True):
            assert (one.contig, one.name) == (two.contig, two.name)
            assert np.array_equal(one.window.codes, two.window.codes)
            for name in ("start", "first", "last", "number", "is_end"):
                assert getattr(one.window, name) == getattr(two.window, name)
    assert [each.length for each in reader.contigs] == [5000, 0, 700]
    assert reader.contigs[1].sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_contigs_of_several_files_have_names_of_their_own(tmp_path):
    for name, text in [("a.fa", ">x\nACGT\n"), ("b.fa", ">x\nACGT\n"), ("c.fa", ">y\nACGTNNNN\n")]:
        (tmp_path / name).write_text(text)
    store = subset_tokenizer().encode_genome([tmp_path / "a.fa", tmp_path / "c.fa"], tmp_path / "store")
    assert list(store.names) == ["x", "y"]
    with pytest.raises(FastaError, match=r"b.fa: 'x' stands in .*a.fa already"):
        subset_tokenizer().encode_genome([tmp_path / "a.fa", tmp_path / "b.fa"], tmp_path / "other")


def test_progress_is_told_from_beginning_to_end(tmp_path):
    calls = []
    subset_tokenizer(**SMALL).fit(
        {"x": text_of(end=20_000)}, store=tmp_path / "s", progress=lambda *call: calls.append(call)
    )
    phases = list(dict.fromkeys(phase for phase, _, _ in calls))
    assert phases == ["scan", "ids", "vocabulary", "tokens"]
    for phase in phases:
        steps = [(done, total) for each, done, total in calls if each == phase]
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]
    assert [done for phase, done, _ in calls if phase == "scan"] == [9000, 18_000, 20_000]


HITS = FASTA.parent / "golden_hits_subset24.tsv.gz"


def test_hits_of_others_stand_for_the_search(whole, tmp_path, monkeypatch):
    scanned = subset_tokenizer(**SMALL).fit(open_store(whole))
    monkeypatch.setattr(BlockCutter, "find", None)
    given = subset_tokenizer(**SMALL).fit(FASTA, hits=HITS, store=tmp_path / "given")
    assert given == scanned
    assert open_store(tmp_path / "given").settings["hits"] is not None
    hits, _ = read_hits(HITS, scanned.motifs, dict.fromkeys(golden.PIECES, 50_000))
    assert subset_tokenizer(**SMALL).fit(FASTA, hits=hits) == scanned
    with pytest.raises(ConfigError, match=r"hits is None, but '[0-9a-f]{64}' in the store"):
        subset_tokenizer(**SMALL).encode_genome(FASTA, tmp_path / "given")


def test_hits_do_without_a_sequence(whole, tmp_path):
    sizes = tmp_path / "sizes"
    sizes.write_text("".join(f"{piece}\t50000\n" for piece in golden.PIECES))
    made = subset_tokenizer(**SMALL).fit(hits=HITS, chrom_sizes=sizes, store=tmp_path / "store")
    assert made.n_features == 48
    assert [each.sha256 for each in made.fitted.corpus] == ["", ""]
    store, other = open_store(tmp_path / "store"), open_store(whole)
    assert np.array_equal(store.boundaries(PIECE), other.boundaries(PIECE))
    scanned = other.rows(PIECE).to_dense()
    assert np.array_equal(store.rows(PIECE).to_dense(), scanned[:, :48])
    assert made.fitted.gaps == 0


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ({}, "InputError", "neither a genome, nor hits and chrom_sizes"),
        ({"hits": HITS}, "InputError", "neither a genome, nor hits and chrom_sizes"),
        ({"hits": HITS, "chrom_sizes": {"x": 9}}, "HitsError", r"gz:1: the contig is not among those of the sequence"),
        ({"hits": HITS, "chrom_sizes": dict.fromkeys(golden.PIECES, 60)}, "HitsError", "ends beyond its contig"),
        ({"source": {"x": "ACGT"}, "hits": {"y": MotifHits([], [0] * 49)}}, "HitsError", "hits on 'y', which is no"),
        ({"source": {"x": "ACGT"}, "hits": {"x": MotifHits([], [0] * 3)}}, "HitsError", "hits of 1 motifs, not of 24"),
        ({"source": {"x": "ACGT"}, "hits": {"x": MotifHits([0], [0] + [1] * 48)}}, "HitsError", "beyond the 4 bases"),
    ],
)
def test_hits_that_do_not_fit_are_told(words, error, message):
    with pytest.raises(getattr(genotok.errors, error), match=message):
        subset_tokenizer().fit(**words)
