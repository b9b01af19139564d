"""A folder with two contigs of real DNA, 24 motifs, and what is learnt of them by the command line, made once."""

import gzip
import io
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from genotok import MotifTokenizer, write_motifs
from genotok.cli.app import run
from genotok.tokenizers.motif_config import MotifConfig
from motif import golden
from motif.worlds import subset_motifs

NAMES = ("chrA", "chrB")
BLOCK = 8_000
SIZE = 20_000
SIGNAL = [(1_000, 1_200), (5_040, 5_300), (9_000, 9_100)]


def fasta():
    """Two contigs of 20 kb; the second has unknown bases and lower case."""
    texts = [golden.sequences()[piece][at : at + SIZE] for piece, at in zip(golden.PIECES, (0, 20_000), strict=True)]
    return "".join(f">{name} real\n{text}\n" for name, text in zip(NAMES, texts, strict=True)).encode()


def track():
    """A bedGraph with a few high stretches over a low ground."""
    rows, at = [], 0
    for start, end in SIGNAL:
        rows += [f"chrA\t{at}\t{start}\t1", f"chrA\t{start}\t{end}\t40"]
        at = end
    return "\n".join([*rows, f"chrA\t{at}\t{SIZE}\t1", ""]).encode()


def human():
    """Three contigs under the names that networks are trained, chosen and tested by, from the ends of the pieces."""
    pieces = [golden.sequences()[each] for each in golden.PIECES]
    return {"chr1": pieces[0][30_000:42_000], "chr10": pieces[0][42_000:48_000], "chr15": pieces[1][44_000:50_000]}


def openness(texts):
    """A bedGraph whose value over each 50 bases is how many of them are G or C, beyond 20."""
    rows = []
    for name, text in texts.items():
        for start in range(0, len(text), 50):
            value = max(sum(text[start : start + 50].upper().count(each) for each in "GC") - 20, 0)
            rows.append(f"{name}\t{start}\t{min(start + 50, len(text))}\t{value}")
    return ("\n".join(rows) + "\n").encode()


def _loci():
    """Lines of loci of two factors, every other one bound."""
    for number in range(16):
        contig, factor = ("chr10", "chr15")[number % 3 == 0], ("CTCF", "SP1")[number // 8]
        yield f"{contig}\t{340 * number}\t{340 * number + 100}\t{factor}\t{('un', '')[number % 2]}bound\n"


@cache
def _holder():
    return TemporaryDirectory()


@cache
def made():
    """The folder: genome.fa.gz, motifs.npz, motifs.meme, model/ and paper/ (fitted), bins/ (their store)."""
    folder = Path(_holder().name)
    (folder / "genome.fa.gz").write_bytes(gzip.compress(fasta(), mtime=0))
    (folder / "more.fa").write_bytes(b">extra\n" + golden.sequences()[golden.PIECES[0]][30_000:31_000].encode() + b"\n")
    write_motifs(folder / "motifs.npz", subset_motifs())
    write_motifs(folder / "motifs.meme", subset_motifs())
    (folder / "genome.sizes").write_text("".join(f"{name}\t{SIZE}\n" for name in NAMES))
    (folder / "regions.bed").write_text("".join(f"chrA\t{start}\t{end}\n" for start, end in SIGNAL))
    (folder / "signal.bedGraph.gz").write_bytes(gzip.compress(track(), mtime=0))
    texts = human()
    records = "".join(f">{name}\n{text}\n" for name, text in texts.items())
    (folder / "hg38.fa.gz").write_bytes(gzip.compress(records.encode(), mtime=0))
    (folder / "atac.bdg.gz").write_bytes(gzip.compress(openness(texts), mtime=0))
    (folder / "open.bed").write_text("chr10\t1000\t1200\nchr15\t3000\t3100\n")
    (folder / "loci.tsv").write_text("".join(_loci()))
    words = ["--motifs", str(folder / "motifs.npz"), "--min-count", "2", "--block", str(BLOCK), "-q"]
    words += ["--store", str(folder / "bins")]
    assert run(["motif", "fit", str(folder / "genome.fa.gz"), "-o", str(folder / "model"), *words]) == 0
    shutil.copytree(folder / "model", folder / "paper")
    return folder


@cache
def tokenizer():
    """The same as model/, by Python."""
    config = MotifConfig().replace(min_count=2, block=BLOCK)
    return MotifTokenizer(subset_motifs(), config).fit(io.BytesIO(fasta()))


@cache
def encodings():
    """The two contigs."""
    return list(tokenizer().encode_sequences(io.BytesIO(fasta())))
