"""Hits from files and into files: the golden table both ways, and every fault told by its line."""

import gzip
from io import BytesIO

import numpy as np
import pytest

from genotok.errors import EmptyFileError, HitsError, InputError
from genotok.export.hits import HitsWriter
from genotok.io.hits import read_hits
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet
from genotok.values.search import MotifSearch
from motif import golden

MOTIFS = MotifSet.from_jaspar().select(golden.subset_answers()["matrix_ids"].tolist())
SEARCH = MotifSearch(MOTIFS)
LENGTHS = dict.fromkeys(golden.PIECES, 50_000)
TABLE = gzip.decompress((golden.FOLDER / "golden_hits_subset24.tsv.gz").read_bytes())
HITS = {piece: SEARCH.find(golden.codes(piece)) for piece in golden.PIECES}


def sorted_lines(text):
    return sorted(text.splitlines())


def written(bed=False):
    sink = BytesIO()
    writer = HitsWriter(sink, MOTIFS, SEARCH.thresholds, bed=bed)
    for piece, hits in HITS.items():
        writer.write(piece, golden.codes(piece), hits)
    return sink.getvalue()


def test_the_golden_table_is_written_with_its_scores_and_chances():
    text = written()
    assert sorted_lines(text) == sorted_lines(TABLE)
    starts = [(line.split(b"\t")[0], int(line.split(b"\t")[1])) for line in text.splitlines()]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "text", [TABLE, gzip.compress(TABLE, mtime=0), b"\n".join(TABLE.splitlines()[::-1]), TABLE + TABLE]
)
def test_the_golden_table_is_read_in_any_order_and_with_repeats(text):
    found, report = read_hits(BytesIO(text), MOTIFS, LENGTHS)
    assert found == HITS
    assert (report.kept, report.skipped) == (8_570, {})
    assert report.lines in (8_570, 17_140)


def test_bed_is_read_as_it_is_written():
    assert read_hits(BytesIO(written(bed=True)), MOTIFS, LENGTHS)[0] == HITS
    assert all(line.count(b"\t") == 5 for line in written(bed=True).splitlines())


def test_a_folder_holds_one_file_for_each_motif(tmp_path):
    lines = TABLE.splitlines(keepends=True)
    for motif in MOTIFS.ids:
        mine = b"".join(
            line.replace(motif.encode(), b"a name") for line in lines if line.split(b"\t")[3] == motif.encode()
        )
        (tmp_path / f"{motif}.tsv.gz").write_bytes(gzip.compress(mine))
    assert read_hits(tmp_path, MOTIFS, LENGTHS)[0] == HITS
    (tmp_path / "MA9999.1.bed").write_bytes(lines[0])
    with pytest.raises(HitsError, match=r"MA9999\.1\.bed: the set has no motif MA9999\.1; name files by matrix ids$"):
        read_hits(tmp_path, MOTIFS, LENGTHS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyFileError, match=r"empty: the folder holds no file; name files by matrix ids$"):
        read_hits(tmp_path / "empty", MOTIFS, LENGTHS)


def test_weak_hits_are_left_out_on_request():
    columns = [line.split(b"\t") for line in TABLE.splitlines()]
    for option, place, least in (("min_score", 4, 900), ("min_log10p", 5, 400)):
        found, report = read_hits(BytesIO(TABLE), MOTIFS, LENGTHS, **{option: least})
        assert report.kept == sum(map(len, found.values())) == sum(int(row[place]) >= least for row in columns)
        assert report.skipped == {"weak": 8_570 - report.kept}


SMALL = MotifSet.from_counts({"M1.1": [[9, 0, 0, 0]] * 3})
GOOD = "chr1\t5\t8\tM1.1\t900\t181\t-\n"


@pytest.mark.parametrize(
    ("line", "reason", "message"),
    [
        (
            "chr1\t5\t9\tM1.1\t900\t181\t-\n",
            "width",
            r"^x\.tsv:2: the hit is 4 wide, its motif 3; is the motif of the same",
        ),
        (
            "chr1\t5\t7\tM1.1\t900\t181\t-\n",
            "width",
            r"^x\.tsv:2: the hit is 2 wide, its motif 3; end_inclusive=True takes",
        ),
        ("chr1\t8\t11\tM1.1\t900\t181\t-\n", "beyond", r"^x\.tsv:2: the hit ends beyond its contig; is it the same"),
        ("chr1\t5\t8\tM1.2\t900\t181\t-\n", "unknown_motif", r"^x\.tsv:2: the id in column four is none of the set's;"),
        ("chr1\t5\t8\tM1.1\t900\t181\t.\n", "strand", r"^x\.tsv:2: the strand is neither \+ nor -; columns are chrom"),
        ("chr1\t5\t8\tM1.1\t900\n", "strand", r"^x\.tsv:2: the strand is neither \+ nor -;"),
        ("chr1\t5\t8\n", "columns", r"^x\.tsv:2: fewer than four columns; columns are chrom, start, end, id, score"),
        (
            "chr2\t5\t8\tM1.1\t900\t181\t-\n",
            "unknown_contig",
            r"^x\.tsv:2: the contig is not among those of the sequence;",
        ),
    ],
)
def test_a_bad_hit_is_told_by_its_line_or_counted(line, reason, message):
    def opened():
        file = BytesIO((GOOD + line + GOOD.replace("5\t8", "2\t5")).encode())
        file.name = "x.tsv"
        return file

    with pytest.raises(HitsError, match=message):
        read_hits(opened(), SMALL, {"chr1": 10})
    found, report = read_hits(opened(), SMALL, {"chr1": 10}, invalid="skip")
    assert found == {"chr1": MotifHits([2, 5], [0, 0, 2])}
    assert (report.lines, report.kept, report.skipped) == (3, 2, {reason: 1})


def test_ends_may_be_the_last_base():
    inclusive = GOOD.replace("\t8\t", "\t7\t").encode()
    found, _ = read_hits(BytesIO(inclusive), SMALL, {"chr1": 10}, end_inclusive=True)
    assert found["chr1"].row(0, "-").tolist() == [5]


def test_what_is_no_table_is_refused():
    with pytest.raises(HitsError, match=r"^<stream>:1: start 'x' is not a whole number; "):
        read_hits(BytesIO(b"chr1\tx\t8\tM1.1\n"), SMALL, {"chr1": 10})
    with pytest.raises(HitsError, match=r"^<stream>: the gzip stream is cut at byte [0-9,]+; "):
        read_hits(BytesIO(gzip.compress(GOOD.encode())[:-3]), SMALL, {"chr1": 10})
    with pytest.raises(HitsError, match=r"^<stream>:1: the score or p is no whole number; columns are"):
        read_hits(BytesIO(GOOD.replace("900", ".").encode()), SMALL, {"chr1": 10}, min_score=1)
    with pytest.raises(InputError, match=r"^invalid='keep' is no policy; 'error' or 'skip'$"):
        read_hits(BytesIO(GOOD.encode()), SMALL, {"chr1": 10}, invalid="keep")
    found, report = read_hits(BytesIO(b""), SMALL, {"chr1": 10})
    assert (len(found["chr1"]), report.lines, np.diff(found["chr1"].offsets).tolist()) == (0, 0, [0, 0])
