"""Where tokenizers come from: any BED file, a settings file, a folder; each opened as what it is."""

import bz2
import gzip
import io

import pytest

from genotok import IntervalConfig, IntervalTokenizer, Regions, Universe
from genotok.errors import BedError, ConfigError, EmptyFileError, InputError, IntervalError, VocabularyError

BED = b"chr1\t10\t20\nchr1\t15\t30\n"


@pytest.mark.parametrize("name", ["u.bed", "u.bed.gz", "u.narrowPeak", "peaks.txt", "U.BED", "peaks", "u.toml.bed"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_any_file_name_opens_by_its_content(tmp_path, name, pack):
    """The extension says nothing, neither of the format nor of the compression."""
    path = tmp_path / name
    path.write_bytes(pack(BED))
    for source in (path, str(path), io.BytesIO(pack(BED))):
        assert IntervalTokenizer(source).decode([0, 1]) == ["chr1:10-20", "chr1:15-30"]


def test_settings_come_with_the_universe(tmp_path):
    """from_bed takes the fields of IntervalConfig, the constructor a whole one; both take special texts."""
    path = tmp_path / "u.bed"
    path.write_bytes(BED)
    one = IntervalTokenizer.from_bed(path, {"unk": "[U]"}, sort=True)
    two = IntervalTokenizer(path, {"unk_token": "[U]"}, IntervalConfig(sort=True))
    assert one == two
    with pytest.raises(ConfigError, match=r"'engin' is no setting"):
        IntervalTokenizer.from_bed(path, engin="bits")
    with pytest.raises(ConfigError, match=r"config is dict; pass IntervalConfig\(..\)"):
        IntervalTokenizer(path, config={"sort": True})


def test_the_policy_for_bad_rows_holds_for_the_universe_too(tmp_path):
    """'error' refuses a reversed row, 'keep' gives it an id, 'skip' leaves it out and warns."""
    path = tmp_path / "u.bed"
    path.write_bytes(b"chr1\t30\t10\nchr1\t15\t30\n")
    with pytest.raises(IntervalError, match=r"u.bed:1: end 10 precedes start 30"):
        IntervalTokenizer(path)
    assert IntervalTokenizer.from_bed(path, invalid="keep").decode(0) == ["chr1:30-10"]
    with pytest.warns(match=r"u\.bed: 1 bad row was skipped; ids behind it moved"):
        assert IntervalTokenizer.from_bed(path, invalid="skip").decode(0) == ["chr1:15-30"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is empty"), ("a b", "holds white space"), ("chr1:15-30", "is also the text of region 1")],
)
def test_special_texts_that_no_token_can_have_are_refused(tmp_path, text, message):
    """Empty, blank, or a region's own text."""
    path = tmp_path / "u.bed"
    path.write_bytes(BED)
    with pytest.raises(VocabularyError, match=message):
        IntervalTokenizer(path, {"mask": text})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([("chr1", 1, 2)], r"list is no universe; give a path, a binary file, or Universe.from_regions\(regions\)"),
        (Regions.from_tuples([("chr1", 1, 2)]), r"Regions is no universe"),
        (None, r"NoneType is no universe"),
    ],
)
def test_what_is_no_universe_is_refused(source, message):
    """The error says how to make one."""
    with pytest.raises(InputError, match=message):
        IntervalTokenizer(source)


def test_paths_that_lead_nowhere(tmp_path):
    """Missing files and folders are not found, a folder is no BED file, a file no saved tokenizer."""
    missing = tmp_path / "none"
    with pytest.raises(FileNotFoundError, match=r"none: no such file; check the path"):
        IntervalTokenizer(missing)
    with pytest.raises(IsADirectoryError, match=r"is a folder; name a file in it"):
        IntervalTokenizer.from_bed(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"none: no such folder; check the path"):
        IntervalTokenizer.from_pretrained(missing)
    for name in (str(missing), "./here", "../up", "a/b/c", "~/models", ""):
        with pytest.raises(FileNotFoundError, match=r"no such folder|no universe.bed.gz"):
            IntervalTokenizer.from_pretrained(name)
    path = tmp_path / "u.bed"
    path.write_bytes(BED)
    with pytest.raises(NotADirectoryError, match=r"is a file; open it with IntervalTokenizer\(path\)"):
        IntervalTokenizer.from_pretrained(path)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", EmptyFileError, r"u.bed: no regions"),
        (b"# nothing\n", EmptyFileError, r"u.bed: no regions; 1 line, all comment"),
        (bz2.compress(BED), BedError, r"u.bed: the file is bzip2"),
        (b"chr1\t5.0\t9\n", BedError, r"u.bed:1: "),
    ],
)
def test_files_that_are_no_universe_say_why(tmp_path, content, error, message):
    """Faults of the file are the reader's, with the path as given."""
    path = tmp_path / "u.bed"
    path.write_bytes(content)
    with pytest.raises(error, match=message):
        IntervalTokenizer(path)


def test_a_universe_is_shared_not_copied():
    """Many tokenizers may stand on one universe."""
    universe = Universe.from_regions(Regions.from_tuples([("chr1", 1, 2)]))
    assert IntervalTokenizer(universe).universe is IntervalTokenizer(universe, {"unk": "[U]"}).universe is universe
