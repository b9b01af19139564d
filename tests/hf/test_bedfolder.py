"""BED folders as datasets: every row of every file, splits by folder, a cache that notices changes."""

import gzip
import re

import pytest

from genotok.errors import BedError, InputError, UnmatchedError
from genotok.hf import GenotokIntervalTokenizer, load_bed_folder
from hf.worlds import FORKS, interval, tokenizer

FILES = {
    "a.bed": "chr2\t0\t6\nchr1\t0\t100\nchrX\t1\t2\n",
    "liver/b.narrowPeak.gz": "chr1\t18\t19\tpeak\n",
    "[odd] name.bed": "chrX\t5\t6\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "peaks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return tmp_path / "peaks"


def test_rows_are_files_and_a_tokenizer_takes_them(folder, tmp_path):
    """All regions of each file, in order, as columns that a tokenizer knows."""
    data = load_bed_folder(folder, cache_dir=tmp_path / "cache")["train"]
    assert data["file"][:] == ["[odd] name.bed", "a.bed", "liver/b.narrowPeak.gz"]
    assert data[1] == {"file": "a.bed", "chrom": ["chr2", "chr1", "chrX"], "start": [0, 0, 1], "end": [6, 100, 2]}
    tok = tokenizer()
    assert data.map(tok, remove_columns=data.column_names)["input_ids"][:] == [[tok.unk_token_id], [2, 0, 1], [0, 1]]


@pytest.mark.parametrize("make", [interval, tokenizer])
def test_a_tokenizer_gives_ids_and_counts(folder, tmp_path, make):
    """The ids that the tokenizer gives the file, and how many of its regions hit; the same streamed."""
    data = load_bed_folder(folder, make(unmatched="unk"), cache_dir=tmp_path / "cache")["train"]
    unk = interval().unk_token_id
    assert data["input_ids"][:] == [[unk], [2, 0, 1, unk], [0, 1]]
    assert (data["regions"][:], data["regions_hit"][:]) == ([1, 3, 1], [0, 2, 1])
    streamed = load_bed_folder(folder, make(unmatched="unk"), streaming=True, cache_dir=tmp_path / "cache")["train"]
    assert list(streamed) == list(data)


def test_folders_name_splits(folder, tmp_path):
    """Only folders do: a file that is called test is no test split."""
    for name in ("test/c.bed", "validation/deep/test_d.bed", "train/e.bed"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("chr1\t1\t2\n")
    data = load_bed_folder(folder, cache_dir=tmp_path / "cache")
    assert {name: len(split) for name, split in data.items()} == {"train": 4, "validation": 1, "test": 1}
    assert data["validation"]["file"][:] == ["validation/deep/test_d.bed"]
    (folder / "test").rename(folder / "Eval")
    (folder / "validation").rename(folder / "val")
    data = load_bed_folder(folder, cache_dir=tmp_path / "cache")
    assert {name: split["file"][:] for name, split in data.items() if name != "train"} == {
        "validation": ["val/deep/test_d.bed"],
        "test": ["Eval/c.bed"],
    }
    assert len(data["train"]) == 4


def test_links_are_followed_and_one_to_nothing_is_told(folder, tmp_path):
    """Workflows stage their files as links; endings stand in any case; a link upwards is no endless path."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "F.BED").write_text("chr1\t1\t2\n")
    (folder / "linked").symlink_to(shared)
    (shared / "up").symlink_to(folder)
    data = load_bed_folder(folder, cache_dir=tmp_path / "cache")["train"]
    assert data["file"][:] == ["[odd] name.bed", "a.bed", "linked/F.BED", "liver/b.narrowPeak.gz"]
    (folder / "lost.bed").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"lost\.bed: the link leads nowhere; mend or remove it"):
        load_bed_folder(folder, cache_dir=tmp_path / "cache")


def test_the_cache_notices_what_changes(folder, tmp_path, monkeypatch):
    """A second load reads no file; another text, file or tokenizer makes the rows anew."""
    cache = tmp_path / "cache"
    first = load_bed_folder(folder, interval(), cache_dir=cache)["train"]
    stamp = {path: path.stat().st_mtime_ns for path in cache.rglob("*.arrow")}
    again = load_bed_folder(folder, interval(), cache_dir=cache)["train"]
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.arrow")} == stamp
    assert again.cache_files == first.cache_files
    (folder / "a.bed").write_text("chr2\t45\t46\n")
    assert load_bed_folder(folder, interval(), cache_dir=cache)["train"]["input_ids"][1] == [3]
    assert load_bed_folder(folder, interval(unmatched="unk"), cache_dir=cache)["train"].cache_files != first.cache_files
    again = load_bed_folder(folder, interval(), cache_dir=cache)["train"]
    monkeypatch.setattr("genotok.hf.bedfolder.__version__", "99.0.0")  # which may read a file otherwise
    assert load_bed_folder(folder, interval(), cache_dir=cache)["train"].cache_files != again.cache_files


@FORKS
def test_processes_give_the_same_rows(folder, tmp_path):
    """In the order of names, for any number of processes."""
    one = load_bed_folder(folder, interval(), cache_dir=tmp_path / "one")["train"]
    two = load_bed_folder(folder, interval(), cache_dir=tmp_path / "two", num_proc=2)["train"]
    assert list(one) == list(two)


def test_what_is_left_out_is_told(folder, tmp_path):
    """Files of other names warn; they can be asked for; nothing found is an error with a cure."""
    (folder / "notes.txt").write_text("chr1\t1\t2\n")
    (folder / ".hidden.bed").write_text("no bed")
    with pytest.warns(match=re.escape("peaks: 1 file was left out by name (notes.txt); pattern='*' takes all")):
        load_bed_folder(folder, cache_dir=tmp_path / "cache")
    data = load_bed_folder(folder, pattern="*.txt", cache_dir=tmp_path / "cache")["train"]
    assert data["file"][:] == ["notes.txt"]
    with pytest.raises(InputError, match=r"peaks: no file like '\*\.vcf' among its 4 files .*; pattern='\*.txt' takes"):
        load_bed_folder(folder, pattern="*.vcf")
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder; check the path"):
        load_bed_folder(tmp_path / "nowhere")
    with pytest.raises(InputError, match="str is no tokenizer of ours; pass an IntervalTokenizer"):
        load_bed_folder(folder, "bert")


@FORKS
@pytest.mark.parametrize("processes", [None, 2])
def test_a_bad_file_is_named_with_its_line(folder, tmp_path, processes):
    """Not a tale of the dataset library, but where, what and what to do."""
    with pytest.raises(UnmatchedError, match=r"name.bed:1: 1 of 1 regions hit nothing"):
        load_bed_folder(folder, interval(unmatched="error"), cache_dir=tmp_path / "cache", num_proc=processes)
    (folder / "a.bed").write_text("chr1\t1\n")
    with pytest.raises(BedError, match=r"a.bed:1: "):
        load_bed_folder(folder, GenotokIntervalTokenizer(interval()), cache_dir=tmp_path / "cache", num_proc=processes)
    with pytest.raises(BedError, match=r"a.bed:1: "):
        list(load_bed_folder(folder, streaming=True, cache_dir=tmp_path / "cache")["train"])
