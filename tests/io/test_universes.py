import pytest

from genotok import IntervalTokenizer, Universe
from genotok.errors import UniverseError
from genotok.io.gtu import write_gtu

BED = b"chr1\t10\t20\nchr1\t15\t30\nchr2\t0005\t9\n"


def test_a_compact_universe_opens_wherever_a_bed_file_does(tmp_path):
    (tmp_path / "u.bed").write_bytes(BED)
    expected = IntervalTokenizer(tmp_path / "u.bed")
    write_gtu(tmp_path / "u.gtu", Universe.from_bed(tmp_path / "u.bed"), {"name": "small"})
    (tmp_path / "u.toml").write_text('universe = "u.gtu"\n')
    for name in ("u.gtu", "u.toml"):
        assert IntervalTokenizer(tmp_path / name) == expected


def test_a_damaged_compact_universe_is_refused_by_name(tmp_path):
    (tmp_path / "u.bed").write_bytes(BED)
    write_gtu(tmp_path / "u.gtu", Universe.from_bed(tmp_path / "u.bed"), {})
    whole = (tmp_path / "u.gtu").read_bytes()
    (tmp_path / "u.gtu").write_bytes(whole[:-5])
    with pytest.raises(UniverseError, match=r"u\.gtu"):
        IntervalTokenizer(tmp_path / "u.gtu")
