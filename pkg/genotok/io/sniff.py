"""What a file is when it is not BED, by its first bytes, and what to do about it."""

SNIFF_BYTES = 64

_KINDS = (
    (b"PK\x03\x04", "a zip archive or xlsx workbook", "unpack it, or save the sheet as tab-separated text"),
    (b"BZh", "bzip2-compressed", "run: bunzip2 FILE"),
    (b"\xfd7zXZ\0", "xz-compressed", "run: unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "run: unzstd FILE"),
    (b"\x1f\x8b", "compressed twice", "run: gunzip FILE once"),
    (b"\xeb\xf2\x89\x87", "bigBed", "run: bigBedToBed FILE out.bed"),
    (b"\x87\x89\xf2\xeb", "bigBed", "run: bigBedToBed FILE out.bed"),
    (b"\x26\xfc\x8f\x88", "bigWig", "run: bigWigToBedGraph FILE out.bedGraph"),
    (b"\x88\x8f\xfc\x26", "bigWig", "run: bigWigToBedGraph FILE out.bedGraph"),
    (b"BAM\x01", "BAM", "run: bedtools bamtobed -i FILE > out.bed"),
    (b"CRAM", "CRAM", "run: samtools view -b FILE | bedtools bamtobed > out.bed"),
    (b"\x89HDF", "HDF5 (h5ad?)", "give BED text"),
    (b"GTU1", "a compact universe", "it holds no regions to tokenize; use it as the universe: -u FILE"),
    (b"%PDF", "a PDF", "give BED text"),
    (b"\xff\xfe\0\0", "UTF-32 text", "run: iconv -f UTF-32 -t UTF-8 FILE > out.bed"),
    (b"\0\0\xfe\xff", "UTF-32 text", "run: iconv -f UTF-32 -t UTF-8 FILE > out.bed"),
    (b"\xff\xfe", "UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.bed"),
    (b"\xfe\xff", "UTF-16 text", "run: iconv -f UTF-16 -t UTF-8 FILE > out.bed"),
)
_HTML = (b"<!doctype html", b"<html", b"<?xml", b"<head")
NUL = ("binary: it holds a NUL byte", "give BED text; UTF-16 text: iconv -f UTF-16 -t UTF-8 FILE > out.bed")


def foreign_kind(head: bytes) -> tuple[str, str] | None:
    """Return what the file is and the cure, if its first (up to 64) bytes belong to a format that is not BED."""
    for magic, kind, cure in _KINDS:
        if head.startswith(magic):
            return kind, cure
    if head.lstrip().lower().startswith(_HTML):
        return "an HTML or XML page, not the file behind it", "download the file itself"
    return NUL if b"\0" in head else None
