"""Motifs from files: every form gives the same set, and what is wrong is told by file, line and motif."""

import gzip
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import BundleError, ConfigError, GenotokError, InputError, MissingExtraError, MotifError
from genotok.io.motifs import JASPAR_2022, read_motifs, write_motifs
from genotok.io.zips import write_npz
from genotok.values.motifs import MotifSet
from motif import golden

JASPAR = MotifSet.from_jaspar()
SUBSET = JASPAR.select(golden.subset_answers()["matrix_ids"].tolist())
TEXTS = {form: (golden.FOLDER / f"jaspar2022_subset24.{form}").read_bytes() for form in ("jaspar", "meme", "transfac")}


def read(text, name="x.txt", **options):
    file = BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = name
    return read_motifs(file, **options)


def test_the_wheel_holds_841_motifs_of_vertebrates():
    assert (len(JASPAR), len(JASPAR.scores)) == (841, 10_498)
    assert (int(JASPAR.lengths.min()), int(JASPAR.lengths.max())) == (6, 35)
    assert JASPAR.credit == JASPAR_2022
    assert "Castro-Mondragon" in JASPAR.credit
    assert JASPAR.names[JASPAR.ids.index("MA0139.1")] == "CTCF"
    assert (
        JASPAR.digest
        == JASPAR.subset(slice(None)).digest
        == "1d35bfd204bdfbc2802d3d108cc3e179c5b03bd30e50ea08fde6f8d19510b902"
    )


def test_other_collections_need_pyjaspar(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyjaspar", None)
    with pytest.raises(MissingExtraError, match=r"^pyjaspar is not installed; pip install 'genotok\[motif\]'$"):
        MotifSet.from_jaspar(release=2026)


class Database:
    """pyjaspar's door: of a release that it lacks it prints words and goes on without a connection."""

    def __init__(self, release):
        if release != "JASPAR2024":
            print(f"{release} is not available. Available releases are:")
            return
        self.conn = None

    def get_releases(self):
        return ["JASPAR2024", "JASPAR2020"]

    def fetch_motifs(self, *, collection, tax_group, all_versions):
        if (collection, tax_group) != ("CORE", ["fungi"]):
            warnings.warn("Zero motifs returned with current select critera", UserWarning, stacklevel=1)
            return []
        counts = {letter: [9.0 * (letter == each) for each in "ACG"] for letter in "ACGT"}
        return [Found(f"MA1.{version}", counts) for version in ((1, 2) if all_versions else (2,))]


class Found:
    def __init__(self, matrix_id, counts):
        self.matrix_id, self.name, self.counts = matrix_id, "A", counts

    def __len__(self):
        return 3


def test_a_collection_is_taken_from_pyjaspar_in_silence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyjaspar", SimpleNamespace(jaspardb=Database))
    motifs = MotifSet.from_jaspar(release=2024, taxon="fungi")
    assert (motifs.ids, motifs.credit, motifs.counts.tolist()) == (
        ("MA1.2",),
        "JASPAR 2024 (CC BY 4.0)",
        [[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0]],
    )
    assert MotifSet.from_jaspar(release=2024, taxon="fungi", versions="all").ids == ("MA1.1", "MA1.2")
    with pytest.raises(ConfigError, match=r"^JASPAR 1999 is no release that pyjaspar has; it has 2020, 2024$"):
        MotifSet.from_jaspar(release=1999)
    with pytest.raises(ConfigError, match=r"^JASPAR 2024 has no CORE motifs of klingon; taxa are fungi, insects,"):
        MotifSet.from_jaspar(release=2024, taxon="klingon")
    with pytest.raises(ConfigError, match=r"^versions='some'; 'latest' or 'all'$"):
        MotifSet.from_jaspar(versions="some")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("form", ["jaspar", "transfac"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("packed", [False, True])
def test_jaspar_and_transfac_texts_are_exact(form, end, packed):
    text = TEXTS[form].replace(b"\n", end)
    motifs = read(gzip.compress(text) if packed else text)
    assert motifs == SUBSET
    assert motifs.digest == SUBSET.digest
    assert (motifs.report.format, motifs.report.motifs, motifs.report.notes) == (form, 24, ())


def test_meme_loses_the_sums_of_columns_and_says_so():
    motifs = read(TEXTS["meme"])
    assert motifs.ids == SUBSET.ids
    assert motifs.names == SUBSET.names
    differ = [not np.array_equal(motifs.scores_of(row), SUBSET.scores_of(row)) for row in range(24)]
    assert sum(differ) == 8
    assert "MEME keeps one number of sites" in motifs.report.notes[0]


@pytest.mark.parametrize("name", ["m.jaspar", "m.pfm.gz", "m.transfac", "m.transfac.gz", "m.npz"])
def test_what_is_written_is_read_back(name, tmp_path):
    write_motifs(tmp_path / name, JASPAR)
    write_motifs(tmp_path / f"again-{name}", JASPAR)
    assert read_motifs(tmp_path / name) == JASPAR
    assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()


def test_meme_is_written_as_it_is_read(tmp_path):
    write_motifs(tmp_path / "m.meme", SUBSET)
    assert np.array_equal(read_motifs(tmp_path / "m.meme").scores, read(TEXTS["meme"]).scores)


def test_an_npz_keeps_scores_background_and_credit(tmp_path):
    skewed = JASPAR.against([0.3, 0.2, 0.2, 0.3])
    write_motifs(tmp_path / "m.npz", skewed)
    again = read_motifs(tmp_path / "m.npz")
    assert again == skewed
    assert again.credit == JASPAR_2022
    with np.load(tmp_path / "m.npz", allow_pickle=False) as archive:
        assert archive["scores"].dtype == np.int16


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"m\.txt: no form of motifs; end the name with"):
        write_motifs(tmp_path / "m.txt", SUBSET)
    with pytest.raises(InputError, match=r"^format='pdf' is no form of motifs"):
        read(TEXTS["meme"], format="pdf")


PFM = "1 2 3\n4 5 6\n7 8 9\n1 0 1\n"
GOOD = "A [1 2]\nC [3 4]\nG [5 6]\nT [7 8]\n"
MEME = "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF M1 one\nletter-probability matrix: alength= 4 w= 1{}\n{}\n"
P0 = "AC  M1\nXX\nID  one\nXX\nP0 A C G T\n01 1 2 3 4\nXX\n//\n"


@pytest.mark.parametrize(
    ("text", "ids", "names", "counts"),
    [
        (PFM, ("x",), ("x",), [[1, 4, 7, 1], [2, 5, 8, 0], [3, 6, 9, 1]]),
        (f">M1\n{PFM}", ("M1",), ("M1",), [[1, 4, 7, 1], [2, 5, 8, 0], [3, 6, 9, 1]]),
        (f">M2 two\n{GOOD}>M1 one three\n{GOOD}", ("M1", "M2"), ("one three", "two"), [[1, 3, 5, 7], [2, 4, 6, 8]] * 2),
        (">M1\nT [7 8]\nG [5 6]\nC [3 4]\nA [1 2]\n", ("M1",), ("M1",), [[1, 3, 5, 7], [2, 4, 6, 8]]),
        (">M1\na|1 2\nc|3 4\ng|5 6\nu|7 8\n", ("M1",), ("M1",), [[1, 3, 5, 7], [2, 4, 6, 8]]),
        ("\ufeff" + f">M1\n\n{GOOD}\n", ("M1",), ("M1",), [[1, 3, 5, 7], [2, 4, 6, 8]]),
        (MEME.format(" nsites= 8", "0.5 0.25 0.125 0.125"), ("M1",), ("one",), [[4, 2, 1, 1]]),
        (MEME.format("", "0.5 0.25 0.15 0.1"), ("M1",), ("one",), [[10, 5, 3, 2]]),
        (MEME.format(" nsites= 8", "0.5 0.25 0.125 0.125").replace("ACGT", "TGCA"), ("M1",), ("one",), [[1, 1, 2, 4]]),
        (MEME.format(" nsites= 8", "1 0 0 0").replace("ACGT", "ACGU"), ("M1",), ("one",), [[8, 0, 0, 0]]),
        (P0, ("M1",), ("one",), [[1, 2, 3, 4]]),
        (P0.replace("A C G T", "T G C A"), ("M1",), ("one",), [[4, 3, 2, 1]]),
        ("VV  TRANSFAC\nXX\n//\n" + P0.replace("4\nXX", "4 N\nXX"), ("M1",), ("one",), [[1, 2, 3, 4]]),
        ("ID one\nNA name\nPO A C G T\n1 1 2 3 4\n//\n", ("one",), ("name",), [[1, 2, 3, 4]]),
    ],
)
def test_a_form_is_told_by_content(text, ids, names, counts):
    motifs = read(text)
    assert (motifs.ids, motifs.names, motifs.counts.tolist()) == (ids, names, counts)


def test_what_a_reader_supplied_is_noted():
    assert read(MEME.format("", "1 0 0 0")).report.notes[0] == "motifs without nsites are taken as of 20 sites"
    assert read(P0.replace("//\n", "")).report.notes == ("the last record lacks its //",)


def jaspar(rows):
    return ">M1 one\n" + rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            jaspar(GOOD.replace("3 4", "-3 4")),
            r"^x\.txt:1: motif M1: column 1 holds -3, which is negative; give counts",
        ),
        (jaspar(GOOD.replace("3 4", "3 nan")), r"^x\.txt:1: motif M1: column 2 holds a value that is no number;"),
        (jaspar(GOOD.replace("3 4", "3 inf")), r"^x\.txt:1: motif M1: column 2 holds a value that is no number;"),
        (jaspar(GOOD.replace("3 4", "3")), r"^x\.txt:1: motif M1: its rows have 2, 1, 2, 2 columns; all four have"),
        (jaspar(GOOD.replace("3 4", "3 x")), r"^x\.txt:3: motif M1: the row 'C \[3 x\]' is no row of counts;"),
        (
            jaspar("A [0 1]\nC [0 1]\nG [0 2]\nT [0 3]\n"),
            r"^x\.txt:1: motif M1: column 1 is all zero; leave the column",
        ),
        (jaspar("A [5]\nC [5]\nG [5]\nT [5]\n"), r"^x\.txt:1: motif M1: no column tells one letter from another;"),
        (jaspar(GOOD.replace("C [3 4]\n", "")), r"^x\.txt:1: motif M1: 3 rows of counts instead of four; four rows"),
        (jaspar(GOOD + "N [1 2]\n"), r"^x\.txt:1: motif M1: 5 rows of counts instead of four;"),
        (jaspar(GOOD.replace("C [", "A [")), r"^x\.txt:3: motif M1: the row 'A \[3 4\]' is no row of counts;"),
        (jaspar("A []\nC []\nG []\nT []\n"), r"^x\.txt:1: motif M1: 0 columns; a motif has 1 to 64; cut its flanks$"),
        (jaspar("".join(f"{e} [{'1 2 ' * 33}]\n" for e in "ACGT")), r"^x\.txt:1: motif M1: 66 columns; a motif has 1"),
        (">M1\n>M2\n" + GOOD, r"^x\.txt:1: motif M1: 0 rows of counts instead of four;"),
        (">\n" + GOOD, r"^x\.txt:1: a motif without an id; write >id name$"),
        (jaspar(GOOD) * 2, r"^x\.txt:6: motif M1 stands at line 1 already; give each motif its id$"),
        (
            jaspar(GOOD).replace("M1", "MA1.1") + jaspar(GOOD).replace("M1", "MA1.2"),
            r"^x\.txt:6: motif MA1\.2 is another version of MA1\.1 at line 1; keep one of them, or ask for",
        ),
        (
            MEME.format("", "0.5 0.25 0.125 0.1"),
            r"^x\.txt:7: motif M1: the shares of a column add up to 0\.975; they add",
        ),
        (MEME.format("", "0.5 0.5 0"), r"^x\.txt:7: motif M1: the row '0\.5 0\.5 0' is no column of four shares;"),
        (MEME.format("", " ".join(["0.05"] * 20)), r"^x\.txt:7: a protein alphabet; genotok reads motifs of DNA$"),
        (
            MEME.format("", "1 0 0 0").replace("ACGT", "ACDEFGHIKLMNPQRSTVWY"),
            r"^x\.txt:3: a protein alphabet; genotok reads motifs of DNA$",
        ),
        (MEME.replace("version 4", "version 3.5"), r"^x\.txt:1: MEME version 3; convert with a MEME >= 4 tool$"),
        (MEME.replace("MOTIF M1 one", ""), r"^x\.txt:6: a matrix without a MOTIF line before it; write MOTIF id name$"),
        (MEME.replace("MOTIF M1 one", "MOTIF"), r"^x\.txt:5: a motif without an id; write MOTIF id name$"),
        (
            P0.replace("P0 A C G T\n", ""),
            r"^x\.txt:5: a row of counts without P0 before it; a header P0 A C G T stands",
        ),
        (P0.replace("P0 A C G T\n01 1 2 3 4\n", ""), r"^x\.txt:1: motif M1 has no P0; a header P0 A C G T stands"),
        (P0.replace("A C G T", "A C G"), r"^x\.txt:5: P0 names the letters A C G; A, C, G, T in any order$"),
        (
            P0.replace("1 2 3 4", "1 2 x 4"),
            r"^x\.txt:6: motif M1: the row '1 2 x 4' holds no four counts; a column has",
        ),
        ("", r"^x\.txt: the file is empty; give at least one motif$"),
        ("name\t5\t9\n", r"^x\.txt: no form of motifs is like this file; JASPAR, MEME, TRANSFAC and npz are read$"),
        (b"\xff\xfeA\0C\0", r"^x\.txt: the file is UTF-16 text; JASPAR, MEME"),
        (b">M1 \xe9\n", r"^x\.txt: the file is no UTF-8 text;"),
        (
            gzip.compress(TEXTS["jaspar"], mtime=0)[:-9],
            r"^x\.txt: the gzip stream is cut at byte [0-9,]+; copy or download",
        ),
        ("MEME version 4\n", r"^x\.txt: no motif is in the file; JASPAR, MEME, TRANSFAC and npz are read$"),
    ],
)
def test_a_bad_file_is_told_by_line_and_motif(text, message):
    with pytest.raises(MotifError, match=message):
        read(text)


def test_bad_motifs_may_be_skipped_and_are_counted():
    text = f">A\n{GOOD}>B\n{GOOD.replace('3 4', '-3 4')}>C\n{GOOD.replace('3 4', '3')}>D\n{GOOD.replace('3 4', 'x')}"
    motifs = read(text, invalid="skip")
    assert motifs.ids == ("A",)
    assert motifs.report.skipped == {"negative": 1, "ragged": 1, "letters": 1}
    with pytest.raises(MotifError, match=r"^x\.txt: no motif is in the file; 1 were skipped;"):
        read(jaspar(GOOD.replace("3 4", "-3 4")), invalid="skip")
    with pytest.raises(InputError, match=r"^'keep' is no choice; 'error' or 'skip'$"):
        read(TEXTS["jaspar"], invalid="keep")


def test_two_versions_of_one_id_are_taken_when_asked_for():
    text = jaspar(GOOD).replace("M1", "MA1.1") + jaspar(GOOD).replace("M1", "MA1.2")
    assert read(text, versions="all").ids == ("MA1.1", "MA1.2")


def test_a_damaged_archive_is_refused(tmp_path):
    write_motifs(tmp_path / "m.npz", SUBSET)
    whole = (tmp_path / "m.npz").read_bytes()
    for cut in (10, len(whole) // 2, len(whole) - 5):
        with pytest.raises(BundleError, match=r"^x\.npz: the archive is damaged or cut; copy or download it again$"):
            read(whole[:cut], "x.npz", format="npz")
    np.savez(tmp_path / "other.npz", ids=np.array(["a"]))
    with pytest.raises(BundleError, match=r"other\.npz: the archive has no names; keys are ids names offsets counts"):
        read_motifs(tmp_path / "other.npz")
    one = np.zeros((1, 4), dtype=np.float32)
    np.savez(tmp_path / "odd.npz", ids=["a"], names=["a"], offsets=[0, 2], counts=one, scores=one)
    with pytest.raises(BundleError, match=r"odd\.npz: 1 ids, 1 names, 2 offsets, counts of \(1, 4\) and scores of"):
        read_motifs(tmp_path / "odd.npz")


@given(st.data())
def test_edited_archives_give_motifs_or_an_error_of_ours(data):
    file = BytesIO()
    few = SUBSET.subset(slice(2))
    write_npz(
        file, {"ids": few.ids, "names": few.names} | {key: getattr(few, key) for key in ("offsets", "counts", "scores")}
    )
    whole = bytearray(file.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(GenotokError):
        assert len(read(bytes(whole), format="npz")) >= 1


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_edited_bytes_give_motifs_or_an_error_of_ours(form, data):
    text = bytearray(TEXTS[form][:1500])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    with suppress(GenotokError):
        assert len(read(bytes(text))) >= 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ids": ("a", "a"), "names": ("a", "a")}, r"^the motif a stands twice; ids are unique and ascend"),
        ({"ids": ("b", "a"), "names": ("a", "a")}, r"^a stands behind b;"),
        (
            {"background": [0.5, 0.5, 0.5, 0.5]},
            r"^a background of 0\.5, 0\.5, 0\.5, 0\.5; give the shares of A, C, G, T",
        ),
        ({"background": [0.5, 0.5, 0.0, 0.0]}, r"^a background of 0\.5, 0\.5, 0, 0;"),
        ({"offsets": [0, 1, 1]}, r"^2 ids, 2 names, 3 offsets, counts of \(2, 4\) and scores of \(2, 4\) make no set"),
    ],
)
def test_a_set_is_checked_at_birth(fields, message):
    table = np.eye(2, 4)
    whole = {"ids": ("a", "b"), "names": ("a", "b"), "offsets": [0, 1, 2], "counts": table, "scores": table}
    assert len(MotifSet(**whole)) == 2
    with pytest.raises(MotifError, match=message):
        MotifSet(**(whole | fields))


def test_a_set_is_cut_by_id_or_place():
    assert JASPAR.select(["MA0139.1", "MA0004.1"]).ids == ("MA0004.1", "MA0139.1")
    assert JASPAR.subset(JASPAR.lengths == 6).ids[0] == "MA0004.1"
    with pytest.raises(MotifError, match=r"^no motif MA9999\.1; 1 of 2 ids are not in the set$"):
        JASPAR.select(["MA0139.1", "MA9999.1"])
    with pytest.raises(MotifError, match=r"^no motif is left; keep at least one$"):
        JASPAR.subset(JASPAR.lengths == 5)
