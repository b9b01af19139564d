"""What a file is when it is not BED, by its first bytes or its first line, and what to do about it."""

import re

SNIFF_BYTES = 64

_KINDS = (
    (b"PK\x03\x04", "a zip archive or xlsx workbook", "run: unzip -p FILE > out.bed (a sheet: save it as text)"),
    (b"BZh", "bzip2-compressed", "run: bunzip2 FILE"),
    (b"\xfd7zXZ\0", "xz-compressed", "run: unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "run: unzstd FILE"),
    (b"\x1f\x8b", "compressed twice", "run: gunzip FILE"),
    (b"\xeb\xf2\x89\x87", "bigBed", "run: bigBedToBed FILE out.bed"),
    (b"\x87\x89\xf2\xeb", "bigBed", "run: bigBedToBed FILE out.bed"),
    (b"\x26\xfc\x8f\x88", "bigWig", "run: bigWigToBedGraph FILE out.bedGraph"),
    (b"\x88\x8f\xfc\x26", "bigWig", "run: bigWigToBedGraph FILE out.bedGraph"),
    (b"BAM\x01", "BAM", "run: bedtools bamtobed -i FILE > out.bed"),
    (b"CRAM", "CRAM", "run: samtools view -b FILE | bedtools bamtobed > out.bed"),
    (b"\x89HDF", "HDF5 (h5ad?)", "of AnnData tokenize the cells: genotok anndata FILE"),
    (b"GTU1", "a compact universe", "it holds no regions to tokenize; use it as the universe: -u FILE"),
    (b"%PDF", "a PDF", "give BED text"),
    (b"\xff\xfe\0\0", "UTF-32 text", "run: iconv -f UTF-32 -t UTF-8 FILE > out.bed"),
    (b"\0\0\xfe\xff", "UTF-32 text", "run: iconv -f UTF-32 -t UTF-8 FILE > out.bed"),
    (b"\xff\xfe", "UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.bed"),
    (b"\xfe\xff", "UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.bed"),
)
_HTML = (b"<!doctype html", b"<html", b"<?xml", b"<head")
NUL = ("binary: it holds a NUL byte", "give BED text")
_WIDE = "UTF-16 text without a byte order mark"
_INTEGER = re.compile(rb"[0-9]+\Z")
_GFF = (
    "GFF or GTF",
    "run: gzip -cdf FILE | awk -F'\\t' -v OFS='\\t' '!/^#/ && NF > 7 {print $1, $4 - 1, $5}' > out.bed",
)
_VCF = ("VCF", "run: bcftools query -f '%CHROM\\t%POS0\\t%END\\n' FILE > out.bed")
_SAM = ("SAM", "run: samtools view -b FILE | bedtools bamtobed > out.bed (if it holds alignments)")
_FASTA = ("FASTA: sequences, not regions", "give BED lines that say where they lie")
_FASTQ = ("FASTQ: reads, not regions", "align them first, then run: bedtools bamtobed -i READS.bam > out.bed")
_SAM_LINE = re.compile(rb"@(HD|SQ|RG|PG)\t[A-Za-z][A-Za-z0-9]:|@CO\t")
_WIG_LINE = re.compile(rb"(fixedStep|variableStep)[ \t]+chrom=")
_WIG = ("wig", "run: wig2bed < FILE > out.bed (of BEDOPS)")


def foreign_kind(head: bytes) -> tuple[str, str] | None:
    """Return what the file is and the cure, if its first (up to 64) bytes belong to a format that is not BED."""
    for magic, kind, cure in _KINDS:
        if head.startswith(magic):
            return kind, cure
    if head.lstrip().lower().startswith(_HTML):
        return "an HTML or XML page, not the file behind it", "download the file itself"
    return _kind_of_nuls(head) if b"\0" in head else None


def _kind_of_nuls(head: bytes) -> tuple[str, str]:
    """Tell plain text of two bytes a sign, whose NULs stand at every other place, from what is binary."""
    for nuls, signs, order in ((head[1::2], head[::2], "LE"), (head[::2], head[1::2], "BE")):
        if signs and not any(nuls) and 0 not in signs:
            return _WIDE, f"run: iconv -f UTF-16{order} -t UTF-8 FILE > out.bed"
    return NUL


def foreign_text(line: bytes, head: bytes) -> tuple[str, str] | None:
    """Return what a text is and the cure, by its first line that is no comment; ``head`` is how the file begins.

    Ask only of a line that is no row: whatever can be read as BED is BED.
    """
    columns = line.split(b"\t")
    if _SAM_LINE.match(line):
        return _SAM
    if _WIG_LINE.match(line):
        return _WIG
    if line.startswith((b">", b"@")) and len(columns) < 3:
        return _FASTA if line.startswith(b">") else _FASTQ
    if head.startswith(b"##fileformat=VCF") and len(columns) >= 8 and _INTEGER.match(columns[1]):
        return _VCF
    return _GFF if _is_gff(columns, head) else None


def _is_gff(columns: list[bytes], head: bytes) -> bool:
    """Tell a line of GFF from a header whose further columns are called by numbers: its seventh is a strand."""
    if len(columns) < 8 or _INTEGER.match(columns[2]) or not all(map(_INTEGER.match, columns[3:5])):
        return False
    return columns[6] in (b"+", b"-", b".", b"?") or head.startswith(b"##gff-version")
