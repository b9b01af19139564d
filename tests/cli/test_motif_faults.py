"""genotok motif meets bad input: one line that says where, what and what to do; and the exit code that fits."""

import gzip
import re
import shutil
import sys

import pytest

from cli.motifdesk import made

pytestmark = pytest.mark.native

JASPAR = ">M1 a\nA [9 0 0]\nC [0 9 0]\nG [0 0 9]\nT [0 0 0]\n"
MEME = "MEME version 3\n\nALPHABET= ACGT\n\nMOTIF M1\nletter-probability matrix: alength= 4 w= 1\n1 0 0 0\n"
SHARES = "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF M1\nletter-probability matrix: alength= 4 w= 1\n{}\n"
P0 = "AC  M1\nXX\nP0 A C G T\n01 9 2 3 4\nXX\n//\n"
FILES = {
    "protein.fa": ">sp|P1 x\nMKLVEFP\nILQ\n",
    "aligned.fa": ">a\nAC-GT\n",
    "empty.fa": "\n\n",
    "text.fa": "hello\n>a\nACGT\n",
    "unnamed.fa": "> \nACGT\n",
    "twice.fa": ">a\nAC\n>b\nGT\n>a x\nAC\n",
    "cut.fa.gz": gzip.compress(b">a\n" + b"ACGT" * 500)[:-6],
    "genome.2bit": b"\x43\x27\x41\x1a\0\0\0\0",
    "reads.bam": gzip.compress(b"BAM\x01\0\0\0\0"),
    "genome.zip": b"PK\x03\x04....",
    "wide.fa": ">a\nACGT\n".encode("utf-16"),
    "reads.fq": "@r\nACGT\n+\nIIII\n",
    "old.meme": MEME,
    "half.meme": SHARES.format("0.5 0.2 0.1 0.1"),
    "protein.meme": SHARES.replace("ACGT", "ACDEFGHIKLMNPQRSTVWY").format("1 0 0 0"),
    "headless.transfac": P0.replace("P0 A C G T\n", ""),
    "negative.jaspar": JASPAR.replace("[9 0 0]", "[-9 0 0]"),
    "nan.jaspar": JASPAR.replace("[9 0 0]", "[9 nan 0]"),
    "ragged.jaspar": JASPAR.replace("[9 0 0]", "[9 0]"),
    "zero.jaspar": JASPAR.replace("[9 0 0]", "[0 0 0]"),
    "three.jaspar": JASPAR.replace("T [0 0 0]\n", ""),
    "none.jaspar": JASPAR.replace("0 0 9", "").replace("9 0 0", "").replace("0 9 0", "").replace("0 0 0", ""),
    "long.jaspar": ">M1 a\n" + "".join(f"{letter} [{'1 2 ' * 33}]\n" for letter in "ACGT"),
    "flat.jaspar": ">M1 a\nA [5]\nC [5]\nG [5]\nT [5]\n",
    "double.jaspar": JASPAR * 2,
    "versions.jaspar": JASPAR.replace("M1", "MA1.1") + JASPAR.replace("M1", "MA1.2"),
    "three.tsv": "chrA\t5\t16\n",
    "elsewhere.tsv": "chrZ\t5\t16\tMA0002.2\t900\t200\t+\n",
    "twin.fa": ">chrA\nACGT\n",
    "signal.bw": b"\x26\xfc\x8f\x88....",
    "reversed.bed": "chrA\t20\t10\n",
    "hits.tsv": "chrA\t5\t16\tMA0002.2\t900\t200\t*\n",
    "wide.tsv": "chrA\t5\t15\tMA0002.2\t900\t200\t+\n",
    "far.tsv": "chrA\t19995\t20006\tMA0002.2\t900\t200\t+\n",
    "whose.tsv": "chrA\t5\t16\tM0\t900\t200\t+\n",
    "beyond.bed": "chrA\t19990\t20010\n",
    "other.bed": "A\t1\t2\n",
    "over.bedGraph": "chrA\t0\t10\t1\nchrA\t5\t20\t2\n",
}
SCAN = ("motif", "scan", "--motifs", "motifs.npz")
HITS = ("motif", "fit", "genome.fa.gz", "-o", "m/", "--motifs", "motifs.npz", "--hits")
REGIONS = ("motif", "encode", "-t", "model", "genome.fa.gz", "--regions")


@pytest.fixture
def world(desk):
    for path in made().iterdir():
        (desk.folder / path.name).symlink_to(path)
    for name, text in FILES.items():
        desk.write(name, text)
    return desk


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((*SCAN, "protein.fa"), "protein.fa:2: letter 'L' at base 3 of 'sp|P1'; this looks like protein"),
        ((*SCAN, "aligned.fa"), "aligned.fa:2: letter '-' at base 3 of 'a'; remove alignment gaps"),
        ((*SCAN, "empty.fa"), "empty.fa: there is no sequence in it"),
        ((*SCAN, "text.fa"), "text.fa:1: text before the first >"),
        ((*SCAN, "unnamed.fa"), "unnamed.fa:1: > without a name"),
        ((*SCAN, "twice.fa"), "twice.fa:5: 'a' stands at line 1 already"),
        ((*SCAN, "more.fa", "more.fa"), "more.fa: 'extra' stands in more.fa already; contigs of a genome have names"),
        (("motif", "fit", "genome.fa.gz", "twin.fa", "-o", "m/"), "twin.fa: 'chrA' stands in genome.fa.gz already"),
        ((*SCAN, "cut.fa.gz"), "cut.fa.gz: "),
        ((*SCAN, "genome.2bit"), "genome.2bit: the file is 2bit; run: twoBitToFa FILE out.fa"),
        ((*SCAN, "reads.bam"), "reads.bam: the file is BAM; run: samtools fasta FILE > out.fa"),
        ((*SCAN, "genome.zip"), "genome.zip: the file is a zip archive; run: unzip -p FILE > out.fa"),
        ((*SCAN, "wide.fa"), "wide.fa: the file is UTF-16 text; run: iconv -f UTF-16 -t UTF-8 FILE > out.fa"),
        ((*SCAN, "reads.fq"), "reads.fq:1: FASTQ: reads with qualities; run: seqtk seq -a FILE > out.fa"),
        ((*SCAN, "missing.fa"), "missing.fa: no such file; check the path"),
        ((*SCAN, "more.fa", "--pvalue", "2"), "pvalue is 2.0; it lies between 0 and 1, as 1e-4 does"),
        ((*SCAN, "more.fa", "--relative", "80"), "relative is 80.0; it lies between 0 and 1"),
        (
            (*SCAN, "more.fa", "--pvalue", "1e-30"),
            "no motif reaches p <= 1e-30; the rarest word of any of them has",
        ),
        ((*SCAN, "more.fa", "--background", "0.5,0.5,0.5,0.5"), "background"),
        (("motif", "list", "old.meme"), "convert with a MEME >= 4 tool"),
        (
            ("motif", "list", "half.meme"),
            "half.meme:7: motif M1: the shares of a column add up to 0.9; they add up to 1",
        ),
        (("motif", "list", "protein.meme"), "protein.meme:3: a protein alphabet; genotok reads motifs of DNA"),
        (("motif", "list", "headless.transfac"), "headless.transfac:3: a row of counts without P0 before it"),
        (("motif", "list", "negative.jaspar"), "negative.jaspar:1: motif M1: column 1 holds -9, which is negative"),
        (("motif", "list", "nan.jaspar"), "nan.jaspar:1: motif M1: column 2 holds a value that is no number"),
        (("motif", "list", "ragged.jaspar"), "ragged.jaspar:1: motif M1: its rows have 2, 3, 3, 3 columns"),
        (("motif", "list", "zero.jaspar"), "zero.jaspar:1: motif M1: column 1 is all zero"),
        (("motif", "list", "three.jaspar"), "three.jaspar:1: motif M1: 3 rows of counts instead of four"),
        (("motif", "list", "none.jaspar"), "none.jaspar:1: motif M1: 0 columns; a motif has 1 to 64"),
        (("motif", "list", "long.jaspar"), "long.jaspar:1: motif M1: 66 columns; a motif has 1 to 64"),
        (("motif", "list", "flat.jaspar"), "flat.jaspar:1: motif M1: no column tells one letter from another"),
        (("motif", "list", "double.jaspar"), "double.jaspar:6: motif M1 stands at line 1 already"),
        (
            ("motif", "fit", "more.fa", "-o", "m/", "--motifs", "versions.jaspar"),
            "another version of MA1.1 at line 1; keep one of them, or ask for --versions all",
        ),
        ((*HITS, "hits.tsv"), "hits.tsv:1: the strand is neither + nor -"),
        (
            (*HITS, "wide.tsv"),
            "wide.tsv:1: the hit is 10 wide, its motif 11; --end-inclusive takes ends for the last base",
        ),
        ((*HITS, "far.tsv"), "far.tsv:1: the hit ends beyond its contig"),
        ((*HITS, "whose.tsv"), "whose.tsv:1: the id in column four is none of the set's"),
        ((*HITS, "three.tsv"), "three.tsv:1: fewer than four columns; columns are chrom, start, end, id"),
        ((*HITS, "elsewhere.tsv"), "elsewhere.tsv:1: the contig is not among those of the sequence"),
        ((*REGIONS, "reversed.bed"), "reversed.bed:1: end 10 precedes start 20; BED lists start first"),
        ((*REGIONS, "beyond.bed"), "end 20,010 is beyond chrA, which has 20,000 bases"),
        ((*REGIONS, "other.bed"), "no contig 'A' in the genome; it is called chrA there"),
        (("motif", "peaks", "over.bedGraph"), "over.bedGraph:2: "),
        (("motif", "encode", "-t", "bins", "more.fa"), "bins"),
        (("motif", "encode", "-t", "more.fa", "more.fa"), "more.fa: is a file; name the folder that genotok motif fit"),
        (
            ("motif", "zipf", "-t", "model", "more.fa", "--kmers", "3,13"),
            "words of 13 letters; those of 1 to 12 letters",
        ),
        (("motif", "describe", "-t", "model", "9" * 30), f"{'9' * 30} is no id; ids run from 0 to "),
        (("motif", "info", "nowhere"), "nowhere: no such folder; check the path"),
        (("motif", "store", "model", "--locate", "chrA:1"), "no store.json in the folder"),
        (("motif", "store", "bins", "--locate", "chrA:20000"), "position 20,000 is outside the 20,000 bases of chrA"),
        (("motif", "store", "bins", "--locate", "chrZ:2"), "no contig 'chrZ' in the store; it has chrA, chrB"),
        (("motif", "fit", "more.fa", "-o", "m/", "--distance", "2"), "distance is 2.0; a number from 0 to 1"),
    ],
)
def test_bad_data_is_one_line_and_exit_code_1(world, words, expected):
    done = world.here(*words)
    assert (done.code, done.out) == (1, b"")
    assert done.err.count("\n") == 1
    assert done.err.startswith("error: ")
    assert expected in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("motif", "scna"), "No such command 'scna'"),
        ((*SCAN, "more.fa", "-o", "more.fa"), "more.fa is both input and output"),
        (("motif", "encode", "-t", "model", "more.fa", "-o", "model/arrays.npz"), "is both --tokenizer and output"),
        (("motif", "fit", "-", "-o", "m/"), "fit reads its input more than once; name a file instead of -"),
        ((*SCAN, "-", "--background", "genome"), "reads its input twice; name a file instead of -"),
        ((*SCAN, "more.fa", "-o", "motifs.npz"), "motifs.npz is both --motifs and output"),
        ((*SCAN, "more.fa", "--pvalue", "0.1", "--relative", "0.9"), "--pvalue and --relative are two rules; give one"),
        ((*SCAN, "more.fa", "--background", "1,2"), "is neither genome nor four shares"),
        ((*SCAN, "more.fa", "--bed", "-o", "x.tsv"), "--bed and -o x.tsv disagree"),
        (("motif", "list", "--background", "genome"), "needs a genome, and there is none"),
        (("motif", "convert", "motifs.npz", "x.txt"), "'x.txt' tells no format"),
        (("motif", "convert", "motifs.npz", "motifs.npz"), "motifs.npz is both IN and OUT"),
        (("motif", "fit", "-o", "m/"), "no input; name FASTA files, or --hits with --chrom-sizes"),
        (("motif", "fit", "more.fa", "-o", "m/", "--resume"), "--resume needs a place for bins, as --store bins/"),
        (("motif", "fit", "more.fa", "-o", "m/", "--shard", "3/2"), "'3/2' is no shard"),
        (("motif", "fit", "more.fa", "-o", "m/", "--ids-sample", "some"), "'some' is neither a number of bins nor all"),
        (("motif", "encode", "-t", "model"), "no input"),
        (("motif", "encode", "-t", "model", "more.fa", "--exact"), "--exact goes with --regions"),
        (("motif", "encode", "-t", "model", "more.fa", "--resume"), "--resume needs an output folder"),
        (("motif", "encode", "-t", "model", "more.fa", "-o", "x/", "--continuous", "y.npz"), "need one output file"),
        (("motif", "encode", "-t", "model", "more.fa", "-o", "x.foo"), "'x.foo' tells no format"),
        (("motif", "store", "bins", "--locate", "chrA"), "'chrA' is no place"),
        (("motif", "store", "bins", "--locate", "chrA:9-9"), "chrA:9-9 is empty"),
        (("motif", "zipf", "-t", "model", "--plot", "x.pdf"), "promises another format than SVG or PNG"),
        (("motif", "zipf", "-t", "model", "--kmers", "3"), "are of the letters of a corpus; name a FASTA"),
        (("motif", "zipf", "-t", "model", "bins", "--kmers", "3"), "bins holds bins, not letters"),
        (("motif", "coverage", "-t", "model", "more.fa", "--kmers", "x"), "'x' is no list of whole numbers"),
        (
            ("motif", "peaks", "signal.bedGraph.gz", "--store", "bins", "--chrom-sizes", "hg38"),
            "leave --chrom-sizes out",
        ),
    ],
)
def test_a_line_without_sense_is_exit_code_2(world, words, expected):
    done = world.here(*words)
    assert (done.code, done.out) == (2, b"")
    assert done.err.count("\n") == 1
    assert expected in done.err


def test_a_store_of_other_settings_is_refused(world):
    """With the setting that differs."""
    words = ["--motifs", "motifs.npz", "--min-count", "2", "-q"]
    done = world.here("motif", "fit", "genome.fa.gz", "-o", "m/", "--store", "bins", "--resume", *words)
    assert done.code == 1
    assert "block is 5000000, but 8000 in the store" in done.err
    assert world.here("motif", "fit", "more.fa", "-o", "n/", *words, "--no-cpg").code == 0
    for command in (
        ("encode", "-t", "n", "bins"),
        ("encode", "-t", "n", "bins", "--regions", "regions.bed"),
        ("zipf", "-t", "n", "bins"),
    ):
        other = world.here("motif", *command)
        assert other.code == 1
        assert "block is 5000000, but 8000 in the store; give the tokenizer that made it" in other.err


def test_a_folder_of_other_parts_or_a_cut_one_is_refused(world):
    """By both digests, or by what is damaged."""
    arrays = (world.folder / "model/arrays.npz").read_bytes()
    for name, data in (("other", None), ("cut", arrays[:-99])):
        shutil.copytree(world.folder / "model", world.folder / name)
        if data is None:
            small = ["motif", "fit", "more.fa", "-o", "small", "--motifs", "versions.jaspar", "--versions", "all", "-q"]
            assert world.here(*small).code == 0
            data = (world.folder / "small/arrays.npz").read_bytes()
        (world.folder / name / "arrays.npz").write_bytes(data)
    other = world.here("motif", "encode", "-t", "other", "more.fa")
    assert other.code == 1
    assert re.search(r"^error: other: the motif set has the digest [0-9a-f]{64}, [0-9a-f]{64} is recorded;", other.err)
    cut = world.here("motif", "encode", "-t", "cut", "more.fa")
    assert (cut.code, cut.out) == (1, b"")
    assert "cut/arrays.npz: the archive is damaged or cut; copy or make it again" in cut.err


def test_a_track_in_bigwig_needs_the_extra(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "pybigtools", None)
    done = world.here("motif", "peaks", "signal.bw")
    assert done.code == 4
    assert done.err == "error: pybigtools is not installed; pip install 'genotok[motif]'\n"


def test_nothing_half_written_stays(world):
    """An output whose input turns out bad does not appear."""
    done = world.here(*SCAN, "more.fa", "cut.fa.gz", "-o", "hits.tsv.gz")
    assert done.code == 1
    assert not [path.name for path in world.folder.iterdir() if "hits.tsv.gz" in path.name]
