"""What is bundled is what its provenance says, and says what the package finds in it."""

import csv
import gzip
import hashlib
import json
import shutil

import numpy as np
import pytest

STAINS = {"gneg", "gpos25", "gpos50", "gpos75", "gpos100", "acen", "gvar", "stalk"}
SAMPLES = ("hg38-ctcf.bed.gz", "hg38-znf263.bed.gz", "hg19-ctcf-skin.bed.gz", "hg19-h3k4me3-h1.bed.gz")
SEQUENCES = ("chr17_400000_450000.fa.gz", "NC_045512.fa.gz")
CYTOBANDS = ("cytobands-hg38.json", "cytobands-hg19.json")
UNIVERSES = {"hg38-ensembl-regulatory.gtu": ("hg38", 289_061), "hg19-blood-atac.gtu": ("hg19", 451_283)}


def rows_of(folder):
    with (folder / "PROVENANCE.tsv").open(encoding="utf-8") as stream:
        return {row["file"]: row for row in csv.DictReader(stream, delimiter="\t")}


def test_every_file_has_its_provenance(root):
    """Nothing is bundled whose origin, version, licence and hash are not written down."""
    from assets import provenance_faults

    assert provenance_faults(root / "web") == []
    for kind, names in (("assets", (*UNIVERSES, *CYTOBANDS)), ("samples", (*SAMPLES, *SEQUENCES))):
        rows = rows_of(root / "web" / kind)
        assert tuple(rows) == names
        assert all(all(row.values()) for row in rows.values())
        free = {"MIT", "Apache-2.0", "CC0-1.0", "public (INSDC)"}  # records of INSDC are free of restrictions
        assert {row["licence"] for row in rows.values()} <= free


def test_changed_missing_and_unknown_files_are_found(root, tmp_path):
    """The check sees each way in which a folder can leave its provenance."""
    from assets import provenance_faults

    for kind in ("assets", "samples"):
        shutil.copytree(root / "web" / kind, tmp_path / kind)
    (tmp_path / "assets/extra.gtu").write_bytes(b"?")
    (tmp_path / "assets/hg19-blood-atac.gtu").unlink()
    with (tmp_path / "samples/hg38-ctcf.bed.gz").open("ab") as sink:
        sink.write(b"\0")
    assert provenance_faults(tmp_path) == [
        "web/assets/extra.gtu: not in PROVENANCE.tsv",
        "web/assets/hg19-blood-atac.gtu: missing",
        "web/samples/hg38-ctcf.bed.gz: not the content that PROVENANCE.tsv lists",
    ]


@pytest.mark.parametrize(("name", "about"), UNIVERSES.items())
def test_universes_hold_what_their_header_says(root, name, about):
    """The digest is recomputed from the rows; number, assembly and licence agree with the provenance."""
    from assets import gtu_header
    from genotok.io.gtu import read_gtu
    from genotok.values.universe import Universe

    content = (root / "web/assets" / name).read_bytes()
    row = rows_of(root / "web/assets")[name]
    universe, header = read_gtu(content, name)
    assert Universe.from_regions(universe.regions).digest == header.digest == gtu_header(content)["digest"]
    assert (header.assembly, len(universe.regions)) == about == (row["assembly"], int(row["rows"]))
    assert (header.name, header.licence) == (row["name"], row["licence"])
    assert row["source"] in header.source


def test_the_default_universe_knows_the_class_of_each_region(root):
    """Promoters, enhancers and open chromatin are told apart in the one that is offered first."""
    from genotok.io.gtu import read_gtu

    _, header = read_gtu((root / "web/assets/hg38-ensembl-regulatory.gtu").read_bytes())
    counts = dict(zip(header.class_names, np.bincount(header.class_codes), strict=True))
    assert counts == {"enhancer": 106_890, "ocr": 87_378, "promoter": 94_793}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_small_real_and_readable(root, name):
    """Each is a BED file below 500 kB with the rows that its provenance counts, and no line is lost."""
    from genotok.io.bed import read_bed

    path = root / "web/samples" / name
    row = rows_of(path.parent)[name]
    regions = read_bed(path)
    assert path.stat().st_size < 500_000
    assert len(regions) == int(row["rows"]) == len(gzip.decompress(path.read_bytes()).splitlines())
    assert regions.report.skipped == {}


def test_sequences_are_the_records_they_are_called_after(root):
    """Each is one record: a piece as long as its name says, as in the file it was cut from, and a whole genome."""
    from genotok.io.fasta import read_fasta

    pieces = {}
    for name in SEQUENCES:
        ((found, sequence),) = read_fasta(root / "web/samples" / name).items()
        pieces[found] = sequence
        assert found.partition(".")[0] == name.removesuffix(".fa.gz")
    piece = pieces["chr17_400000_450000"]
    assert len(piece) == 50_000
    assert piece == read_fasta(root / "tests/golden/golden.fa.gz")["chr17_400000_450000"]
    genome = pieces["NC_045512.2"]
    assert (len(genome), int(genome.codes.max())) == (29_903, 3)


def test_a_record_is_cut_out_of_any_fasta(tmp_path):
    """By its name, with or without a version, from a file that is packed or not."""
    from assets import make_sequence

    fasta = b">a.b_1 x\nAC\n>b.2 second\nGT\nAA\n>bb\nTT\n"
    (tmp_path / "plain.fa").write_bytes(fasta)
    (tmp_path / "packed.fa.gz").write_bytes(gzip.compress(fasta))
    for source in ("plain.fa", "packed.fa.gz"):
        made = make_sequence(tmp_path / source, {"file": "b.fa.gz"})
        assert gzip.decompress(made) == b">b.2 second\nGT\nAA\n"


def test_the_first_sample_meets_the_default_universe(root):
    """10,294 of the 44,722 CTCF peaks hit, with 12,329 tokens: what the page shows first."""
    from genotok.io.bed import read_bed
    from genotok.io.gtu import read_gtu

    universe, _ = read_gtu((root / "web/assets/hg38-ensembl-regulatory.gtu").read_bytes())
    offsets, ids = universe.encode(read_bed(root / "web/samples/hg38-ctcf.bed.gz"))
    assert (len(offsets) - 1, np.count_nonzero(np.diff(offsets)), len(ids)) == (44_722, 10_294, 12_329)


def test_assets_are_made_from_their_sources(root, tmp_path):
    """A source, known by its hash alone, gives the compact universe or the first columns of the sample."""
    from assets import make, provenance_faults
    from genotok.io.gtu import read_gtu

    bed = "".join(f"chr{1 + row % 2}\t{row * 10}\t{row * 10 + 5}\t{'ab'[row % 2]}\n" for row in range(20))
    source = tmp_path / "any name.bed.gz"
    source.write_bytes(gzip.compress(bed.encode()))
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    head = "file\tname\tassembly\trows\tcolumns\tsource\tversion\tpath\tlicence\tsource_sha256\tsha256\n"
    for kind, line in (("assets", "u.gtu\tU\thg38\t0\t4"), ("samples", "s.bed.gz\tS\thg38\t0\t3")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "PROVENANCE.tsv").write_text(f"{head}{line}\there\t1\tp.bed\tMIT\t{digest}\t-\n")
    assert len(make([source], tmp_path)) == 2
    assert provenance_faults(tmp_path) == []
    universe, header = read_gtu((tmp_path / "assets/u.gtu").read_bytes())
    assert header.class_names == ("a", "b")
    assert universe.regions.to_tuples()[:2] == [("chr1", 0, 5), ("chr2", 10, 15)]
    assert gzip.decompress((tmp_path / "samples/s.bed.gz").read_bytes()).splitlines()[1] == b"chr2\t10\t15"
    assert rows_of(tmp_path / "samples")["s.bed.gz"]["rows"] == "20"


@pytest.mark.parametrize("name", CYTOBANDS)
def test_cytobands_cover_each_chromosome(root, name):
    """Bands follow each other from the first base to the last, on the chromosomes and in the lengths of the package."""
    from genotok.analysis.assemblies import ASSEMBLIES

    content = (root / "web/assets" / name).read_bytes()
    assert len(gzip.compress(content)) < 12_000
    bands = json.loads(content)
    sizes = {chrom: size for chrom, size, _ in bands["chroms"]}
    assert name == f"cytobands-{bands['assembly']}.json"
    assert [*sizes] == [f"chr{each}" for each in (*range(1, 23), "X", "Y")]
    assert sizes == {chrom: ASSEMBLIES[bands["assembly"]][chrom] for chrom in sizes}
    assert sum(len(each) for _, _, each in bands["chroms"]) == 862
    for _, size, each in bands["chroms"]:
        ends = [end for end, _, _ in each]
        assert ends == sorted(set(ends))
        assert ends[-1] == size
        assert {stain for _, stain, _ in each} <= STAINS
        assert [stain for _, stain, _ in each].count("acen") == 2  # a centromere has two sides


def test_cytobands_are_made_from_their_tables(root, tmp_path):
    """The older table tells no densities; they come from the newer one, band by band."""
    from assets import make_cytobands

    head = "#chromosome\tarm\tband\tiscn_start\tiscn_stop\tbp_start\tbp_stop\tstain\tdensity\n"
    old, new = tmp_path / "old.tsv", tmp_path / "new.tsv"
    old.write_text(f"{head}1\tp\t36\t0\t9\t1\t100\tgpos\t\n1\tq\t1\t9\t10\t100\t180\tacen\t\n")
    new.write_text(f"{head}1\tp\t36\t0\t9\t1\t90\tgpos\t75\n1\tq\t1\t9\t10\t91\t190\tacen\t\n")
    made = json.loads(make_cytobands(old, {"assembly": "hg19"}, new))
    assert made == {"assembly": "hg19", "chroms": [["chr1", 180, [[100, "gpos75", "p36"], [180, "acen", "q1"]]]]}


def test_notices_name_all_that_is_redistributed(root):
    """Every bundled file and every part of the engine stands in the notice that travels with them."""
    text = (root / "web/assets/NOTICE.txt").read_text(encoding="utf-8")
    for name in [
        *UNIVERSES,
        "cytobands-hg38",
        "cytobands-hg19",
        *(sample.removesuffix(".bed.gz") for sample in SAMPLES),
        *(sequence.removesuffix(".fa.gz") for sequence in SEQUENCES),
        "Pyodide",
        "NumPy",
        "micropip",
    ]:
        assert name in text
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in text
