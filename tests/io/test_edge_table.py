"""Every odd input that people bring, one test each: what goes in, what comes out, and the words of every refusal."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from genotok import GenotokError, IntervalTokenizer, Regions, Universe, read_bed, read_gtok
from genotok.errors import (
    BedError,
    ConfigError,
    EmptyFileError,
    GtokError,
    InputError,
    IntervalError,
    UniverseWarning,
    UnmatchedError,
    VocabularyError,
)
from packing import BGZF_END, bgzip_of, gzip_of

ENGINES = ("bits", "ailist")
ABCD = b"chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n"  # A, B, C on chr1, D on chr2: ids 0 to 3
A, B, C, D = range(4)


@pytest.fixture(autouse=True)
def _work_in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # so that messages name files as a user would


def put(content, name="u.bed"):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def tok(content=ABCD, **config):
    return IntervalTokenizer.from_bed(put(content), **config)


def rows_of(tokenizer, *queries):
    return tokenizer.encode_rows([("chr1", *query) if len(query) == 2 else query for query in queries]).to_lists()


def read(content, name="q.bed", **options):
    return read_bed(put(content, name), **options)


def names_and_skips(content, **options):
    regions = read(content, **options)
    return regions.to_tuples(), dict(regions.report.skipped)


def exactly(text):
    return "^" + re.escape(text) + "$"


# ------------------------------------------------------------------------------------------ where rows touch


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("span", "hits"),
    [
        ((9, 10), []),
        ((20, 21), [B]),
        ((40, 41), []),
        ((9, 11), [A]),
        ((19, 20), [A, B]),
        ((20, 30), [B]),
        ((39, 40), [C]),
    ],
)
def test_a_query_hits_what_it_shares_a_base_with_and_not_what_it_touches(engine, span, hits):
    assert rows_of(tok(engine=engine), span) == [hits]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("place", "hits"), [(12, [A]), (15, [A]), (20, [B]), (10, []), (30, []), (0, [])])
def test_an_empty_query_hits_what_it_stands_strictly_inside(engine, place, hits):
    assert rows_of(tok(engine=engine), (place, place)) == [hits]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("span", "hits"), [((9, 11), [0]), ((5, 15), [0]), ((9, 10), []), ((10, 11), []), ((10, 10), [])]
)
def test_an_empty_region_is_hit_by_what_holds_it_strictly_inside(engine, span, hits):
    assert rows_of(tok(b"chr1\t10\t10\n", engine=engine), span) == [hits]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_region_at_the_very_start_is_never_hit(engine):
    assert rows_of(tok(b"chr1\t0\t0\n", engine=engine), (0, 1), (0, 0)) == [[], []]


# ------------------------------------------------------------------------------- reversed, negative, too large


@pytest.mark.parametrize(("span", "hits"), [((18, 12), [A]), ((35, 12), [])])
def test_a_reversed_query_is_refused_kept_under_the_predicate_or_an_empty_row(span, hits):
    what = f"end {span[1]} precedes start {span[0]}; BED lists start first; invalid='keep' keeps such rows"
    with pytest.raises(IntervalError, match=exactly(f"row 0: {what}")):
        rows_of(tok(), span)
    assert rows_of(tok(invalid="keep"), span) == [hits]
    assert rows_of(tok(invalid="skip"), span, (12, 13)) == [[], [A]]
    query = put(f"chr1\t{span[0]}\t{span[1]}\nchr1\t12\t13\n", "q.bed")
    with pytest.raises(IntervalError, match=exactly(f"q.bed:1: {what}")):
        tok().encode_rows(query)
    assert tok(invalid="keep").encode_rows(query).to_lists() == [hits, [A]]
    assert tok(invalid="skip").encode_rows(query).to_lists() == [[A]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reversed_region_is_refused_or_kept_and_hit_only_by_what_holds_both_its_ends(engine):
    content = b"chr1\t30\t10\nchr1\t12\t20\n"
    with pytest.raises(IntervalError, match=r"^u\.bed:1: end 10 precedes start 30; BED lists start first; "):
        tok(content)
    kept = tok(content, invalid="keep", engine=engine)
    assert rows_of(kept, (0, 100), (10, 31), (9, 31), (9, 30), (11, 31), (12, 15)) == [
        *([0, 1][::-1], [1], [1, 0], [1], [1], [1]),
    ]
    with pytest.warns(UniverseWarning, match=r"^u\.bed: 1 bad row was skipped; ids behind it moved$"):
        skipped = tok(content, invalid="skip", engine=engine)
    assert rows_of(skipped, (0, 100)) == [[0]]
    assert skipped.universe.report.skipped == {"reversed": 1}


def test_positions_from_two_to_the_31_on_are_refused_unless_kept():
    with pytest.raises(IntervalError, match=r"end 4294967295 exceeds 2,147,483,647; invalid='keep' allows up to 4,294"):
        rows_of(tok(), (0, 4294967295))
    assert rows_of(tok(invalid="keep"), (0, 4294967295)) == [[A, B, C]]
    far = b"chr1\t2147483648\t4294967295\n"
    with pytest.raises(IntervalError, match=r"^u\.bed:1: start 2147483648 exceeds 2,147,483,647; invalid='keep' "):
        tok(far)
    kept = tok(far, invalid="keep")
    assert rows_of(kept, (4294967294, 4294967295), (0, 2147483648), (0, 2147483649)) == [[0], [], [0]]


@pytest.mark.parametrize("invalid", ["error", "keep"])
def test_positions_from_two_to_the_32_on_are_refused_always(invalid):
    with pytest.raises(IntervalError, match=r"^row 0: end 4294967296 exceeds [0-9,]+; no chromosome is this long$"):
        rows_of(tok(invalid=invalid), (0, 4294967296))
    with pytest.raises(IntervalError, match=r"^u\.bed:1: end 4294967296 exceeds [0-9,]+; no chromosome is this long$"):
        tok(b"chr1\t0\t4294967296\n", invalid=invalid)


@pytest.mark.parametrize("invalid", ["error", "keep"])
def test_a_negative_start_is_refused_with_the_cure(invalid):
    with pytest.raises(IntervalError, match=exactly("u.bed:1: start -5 is negative; clip to 0")):
        tok(b"chr1\t-5\t20\n", invalid=invalid)


@pytest.mark.parametrize(
    ("start", "error", "message"),
    [
        ("-5", IntervalError, "q.bed:1: start -5 is negative; clip to 0"),
        *[
            (text, IntervalError, f"q.bed:1: start {text} exceeds 2,147,483,647; no chromosome is this long")
            for text in ("4294967296", "99999999999999999999")
        ],
        *[
            (text, BedError, f"q.bed:1: start '{text}' is not a whole number; {hint}")
            for hint in ["write plain digits, without points, exponents or separators"]
            for text in ("1e1", "-0")
        ],
    ],
)
def test_a_bad_first_row_is_no_header(start, error, message):
    with pytest.raises(error, match=exactly(message)):
        read(f"chr1\t{start}\t4294967297\nchr2\t5\t9\n")


# --------------------------------------------------------------------------------------- queries and their rows


@pytest.mark.parametrize("name", ["chr9", "1", "CHR1", ""])
def test_a_name_that_the_universe_lacks_hits_nothing_by_the_policy_in_force(name):
    assert rows_of(tok(), (name, 10, 20)) == [[]]
    assert rows_of(tok(unmatched="unk"), (name, 10, 20)) == [[4]]
    with pytest.raises(
        UnmatchedError,
        match=exactly(
            f"row 0: 1 of 1 regions hit nothing (row 0 {name}:10-20); "
            "unmatched='drop' leaves them out, unmatched='unk' marks them"
        ),
    ):
        rows_of(tok(unmatched="error"), (name, 10, 20))


def test_names_that_are_all_unknown_give_a_hint_and_one_known_name_takes_it_away():
    hint = tok().report([("1", 10, 20), ("2", 5, 9)]).hint
    assert "1 -> chr1, 2 -> chr2" in hint
    assert "--rename-chroms auto" in hint
    assert tok().report([("chr9", 10, 20)]).hint.startswith("no chromosome name is in the universe: chr9 here, chr1")
    report = tok().report([("1", 10, 20), ("chr1", 10, 20)])
    assert report.hint is None
    assert report.unknown_chroms == {"1": 1}


def test_rows_keep_their_places_where_the_flat_view_joins_them():
    query = [("chr1", 0, 5), ("chr1", 10, 12), ("chr1", 50, 60)]
    assert tok().encode_rows(query).to_lists() == [[], [A], []]
    assert tok().encode(query) == [A]


def test_misses_alone_and_nothing_at_all_are_one_unk_in_the_flat_view():
    misses = [("chr1", 0, 5), ("chr7", 0, 5)]
    assert tok().encode_rows(misses).to_lists() == [[], []]
    assert tok().encode(misses) == [4]
    assert tok().encode_rows([]).to_lists() == []
    assert tok().encode([]) == [4]


def test_a_region_asked_twice_answers_twice():
    assert tok().encode([("chr1", 12, 13), ("chr1", 12, 13)]) == [A, A]


def test_a_file_keeps_its_order_unless_sorting_is_asked_for():
    query = put(b"chr2\t5\t9\nchr10\t1\t2\nchr1\t30\t40\nchr1\t0\t12\n", "q.bed")
    assert tok().encode(query) == [D, C, A]
    assert tok(sort=True).encode(query) == [A, C, D]
    rows = tok().encode_rows(query, sort=True)
    assert rows.to_lists() == [[A], [C], [], [D]]
    assert rows.order.tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize("engine", ENGINES)
def test_hits_come_by_start_then_end_whatever_the_engine(engine):
    universe = tok(b"chr1\t10\t30\nchr1\t10\t20\nchr1\t10\t25\nchr1\t5\t50\nchr1\t12\t13\n", engine=engine)
    assert rows_of(universe, (0, 100)) == [[3, 1, 2, 0, 4]]


# ------------------------------------------------------------------------------------------- repeats and texts


@pytest.mark.parametrize(
    "content",
    [
        b"chr1\t10\t20\nchr1\t10\t20\nchr1\t30\t40\n",
        b"chr1\t10\t20\tn\t1\t+\nchr1\t10\t20\tm\t2\t-\nchr1\t30\t40\tm\t2\t-\n",  # both strands
    ],
)
def test_a_repeated_region_is_one_entry_that_shifts_no_id(content):
    with pytest.warns(UniverseWarning, match=r"^u\.bed: 1 repeated row \(line 2\)"):
        tokenizer = tok(content)
    assert tokenizer.convert_ids_to_tokens([0, 1]) == ["chr1:10-20", "chr1:30-40"]
    assert rows_of(tokenizer, (35, 36), (10, 11)) == [[1], [0]]
    assert tokenizer.vocab_size == 2 + 7
    assert tokenizer.universe.report.duplicates == 1


def test_zero_padded_numbers_are_the_same_region():
    with pytest.warns(UniverseWarning, match=r"^u\.bed: 1 repeated row \(line 2\)"):
        tokenizer = tok(b"chr1\t0010\t20\nchr1\t10\t20\n")
    assert tokenizer.tokenize([("chr1", 11, 12)]) == ["chr1:0010-20"]
    assert tokenizer.n_regions == 1


def test_a_plus_sign_stays_in_the_text():
    tokenizer = tok(b"chr1\t+5\t20\n")
    assert tokenizer.tokenize([("chr1", 6, 7)]) == ["chr1:+5-20"]
    assert tokenizer.convert_tokens_to_ids("chr1:+5-20") == 0
    assert tokenizer.convert_tokens_to_ids("chr1:5-20") == tokenizer.unk_token_id


def test_ids_follow_the_file_and_not_the_genome():
    assert rows_of(tok(b"chr2\t5\t9\nchr1\t30\t40\nchr1\t10\t20\n"), (0, 100), ("chr2", 0, 10)) == [[2, 1], [0]]


@pytest.mark.parametrize("score", [b".", b"nan", b"inf", b"high", b"", b"\xff"])
def test_scores_are_not_read(score):
    assert rows_of(tok(b"chr1\t10\t20\tn\t" + score + b"\nchr1\t15\t30\tm\t7\n"), (0, 100)) == [[0, 1]]


# ------------------------------------------------------------------------------------------ columns and blanks


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"chr1\t10\t20\tn\nchr1\t15\t30\tm\n", (4, 4)),
        (b"chr1\t10\t20\nchr1\t15\t30\tm\n", (3, 4)),
        (b"chr1\t10\t20\tn\t5\nchr1\t15\t30\n", (3, 5)),
        (b"chr1\t10\t20\t\nchr1\t15\t30\t\n", (4, 4)),
    ],
)
def test_any_number_of_columns_from_three_on_is_read(content, columns):
    assert rows_of(tok(content), (0, 100)) == [[0, 1]]
    assert read(content).report.columns == columns


@pytest.mark.parametrize(
    "content",
    [
        b"chr1 10 20\nchr1 15 30\n",
        b"chr1   10  20   name  5\nchr1 15 30\n",
        b"chr1 \t 10 20\nchr1\t15 30\n",
        b"  chr1 10 20\n chr1 15 30 \n",
        b"chr1\t10\t20\nchr1 15 30\n",
        b"chr1 10 20\nchr1\t15\t30\n",
    ],
)
def test_blanks_separate_columns_where_tabs_do_not(content):
    assert read(content).to_tuples() == [("chr1", 10, 20), ("chr1", 15, 30)]
    assert rows_of(tok(content), (16, 18)) == [[0, 1]]


# -------------------------------------------------------------------------------------- lines that are no rows


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        (b"chr1\t10\t20\n\nchr2\t5\t9\n", {"blank": 1}),
        (b"chr1\t10\t20\nchr2\t5\t9\n\n \n\t\n", {"blank": 3}),
        (b"# hello\nchr1\t10\t20\n#x\ty\tz\nchr2\t5\t9\n", {"comment": 2}),
        (b"#chrom\tstart\tend\nchr1\t10\t20\nchr2\t5\t9\n", {"comment": 1}),
        (b"chrom\tstart\tend\nchr1\t10\t20\nchr2\t5\t9\n", {"header": 1}),
        (b"# made by hand\nchrom start end\nchr1\t10\t20\nchr2\t5\t9\n", {"comment": 1, "header": 1}),
        (b"track name=x\nchr1\t10\t20\nbrowser hide all\ntrack\nchr2\t5\t9\n", {"track": 2, "browser": 1}),
        (b"track\tname=x\tuseScore=1\nchr1\t10\t20\nchr2\t5\t9\n", {"track": 1}),
    ],
)
def test_lines_that_are_no_rows_by_right_are_skipped_and_counted(content, skipped):
    assert names_and_skips(content) == ([("chr1", 10, 20), ("chr2", 5, 9)], skipped)
    assert rows_of(tok(content), ("chr2", 5, 6)) == [[1]]


def test_a_header_between_rows_is_refused():
    message = "q.bed:2: a header between rows; concatenated files? remove the line; GFF or GTF? convert it to BED"
    with pytest.raises(BedError, match=exactly(message)):
        read(b"chr1\t10\t20\nchrom\tstart\tend\nchr2\t5\t9\n")
    rows, skipped = names_and_skips(b"chr1\t10\t20\nchrom\tstart\tend\nchr2\t5\t9\n", invalid="skip")
    assert (len(rows), skipped) == (2, {"unreadable": 1})


@pytest.mark.parametrize("name", ["track1", "track", "browser", "tracks", "chrom"])
def test_a_chromosome_may_be_called_almost_anything(name):
    assert names_and_skips(f"{name}\t10\t20\n") == ([(name, 10, 20)], {})


# -------------------------------------------------------------------------------------------- bytes and text


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_any_line_end_is_read_and_the_last_may_lack_it(end, last):
    content = end.join([b"chr1\t10\t20", b"chr1\t15\t30"]) + end * last
    regions = read(content)
    assert regions.to_tuples() == [("chr1", 10, 20), ("chr1", 15, 30)]
    assert regions.report.lines == 2
    assert regions.report.notes == {b"\n": (), b"\r\n": ("lines end with CR LF",), b"\r": ("lines end with CR",)}[end]
    assert rows_of(tok(content), (0, 100)) == [[0, 1]]


def test_a_byte_order_mark_is_dropped_and_noted():
    regions = read(b"\xef\xbb\xbf" + ABCD)
    assert regions.chrom_names == ("chr1", "chr2")
    assert regions.report.notes == ("a UTF-8 byte order mark was dropped",)
    assert rows_of(tok(b"\xef\xbb\xbf" + ABCD), (10, 12)) == [[A]]


FOREIGN = [
    (ABCD.decode().encode("utf-16"), "UTF-16 text; run: iconv -f UTF-16 -t UTF-8 FILE > out.bed"),
    *(
        (
            ABCD.decode().encode(f"utf-16-{order}"),
            f"UTF-16 text without a byte order mark; run: iconv -f UTF-16{order.upper()} -t UTF-8 FILE > out.bed",
        )
        for order in ("le", "be")
    ),
    (ABCD.decode().encode("utf-32"), "UTF-32 text; run: iconv -f UTF-32 -t UTF-8 FILE > out.bed"),
    (
        b"PK\x03\x04" + bytes(60),
        "a zip archive or xlsx workbook; run: unzip -p FILE > out.bed (a sheet: save it as text)",
    ),
    (b"BZh91AY&SY" + b"x" * 60, "bzip2-compressed; run: bunzip2 FILE"),
    (b"\xfd7zXZ\0" + b"x" * 60, "xz-compressed; run: unxz FILE"),
    (b"\x28\xb5\x2f\xfd" + b"x" * 60, "zstd-compressed; run: unzstd FILE"),
    (b"\xeb\xf2\x89\x87\x04\0", "bigBed; run: bigBedToBed FILE out.bed"),
    (b"GTU1\x02\0\0\0{}", "a compact universe; it holds no regions to tokenize; use it as the universe: -u FILE"),
    (b"BAM\x01\x20\0\0\0", "BAM; run: bedtools bamtobed -i FILE > out.bed"),
    (gzip_of(b"BAM\x01\x20\0\0\0"), "BAM; run: bedtools bamtobed -i FILE > out.bed"),
    (gzip_of(gzip_of(ABCD)), "compressed twice; run: gunzip FILE"),
    (b"<!DOCTYPE html><html><body>404", "an HTML or XML page, not the file behind it; download the file itself"),
    (b"\n <html>\nchr1\t1\t2\n", "an HTML or XML page, not the file behind it; download the file itself"),
]


@pytest.mark.parametrize(("content", "kind_and_cure"), FOREIGN)
def test_another_format_is_named_with_its_cure(content, kind_and_cure):
    message = exactly(f"q.bed: the file is {kind_and_cure}")
    with pytest.raises(BedError, match=message):
        read(content)
    with pytest.raises(BedError, match=message):
        read(content, invalid="skip")


VCF = (
    "##fileformat=VCFv4.2\n##source=x\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t101\t.\tA\tG\t9\tPASS\t.\n"
)
SAM = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\nr1\t0\tchr1\t101\t60\t4M\t*\t0\t0\tACGT\tIIII\n"
FASTA = "FASTA: sequences, not regions; give BED lines that say where they lie"
FASTQ = "FASTQ: reads, not regions; align them first, then run: bedtools bamtobed -i READS.bam > out.bed"
WIG = "wig; run: wig2bed < FILE > out.bed (of BEDOPS)"
TEXTS = [
    (VCF, "VCF; run: bcftools query -f '%CHROM\\t%POS0\\t%END\\n' FILE > out.bed"),
    (VCF.replace("\t.\tA", "\trs7\tA"), "VCF; run: bcftools query -f '%CHROM\\t%POS0\\t%END\\n' FILE > out.bed"),
    *(
        (text, "SAM; run: samtools view -b FILE | bedtools bamtobed > out.bed (if it holds alignments)")
        for text in (SAM, SAM.partition("\n")[2], "@CO\tmade by hand\n" + SAM)
    ),
    (">chr1\nACGT\n", FASTA),
    (">NM_000546.6 Homo sapiens tumor protein\nACGT\n", FASTA),
    ("@r1\nACGT\n+\nIIII\n", FASTQ),
    ("@SRR1.1 1 length=4\nACGT\n+\nIIII\n", FASTQ),
    ("fixedStep chrom=chr1 start=101 step=1\n0.5\n", WIG),
    ("track type=wiggle_0\nvariableStep chrom=chr1 span=5\n101 0.5\n", WIG),
    (gzip_of(VCF.encode()), "VCF; run: bcftools query -f '%CHROM\\t%POS0\\t%END\\n' FILE > out.bed"),
]


@pytest.mark.parametrize(("content", "kind_and_cure"), TEXTS)
@pytest.mark.parametrize("invalid", ["error", "skip", "keep"])
def test_another_text_is_named_with_its_cure(content, kind_and_cure, invalid):
    with pytest.raises(BedError, match=exactly(f"q.bed: the file is {kind_and_cure}")) as caught:
        read(content, invalid=invalid, allow_empty=True)
    assert caught.value.line is None


@pytest.mark.parametrize(
    "content",
    [
        ">chr1\t1\t2\n@chr1\t3\t4\n",
        "@chr1 1 2\n>x 3 4\n",
        "##fileformat=VCFv4.2\nchr1\t1\t2\nchr1\t3\t4\n",
        "##fileformat=VCFv4.2\nchr1\t1\t2\tA\tG\t9\tPASS\t.\nfixedStep\t3\t4\n",
        "fixedStep\t1\t2\nvariableStep\t3\t4\n",
        "@HD\t1\t2\n@SQ\t3\t4\n",
    ],
)
def test_rows_are_bed_whatever_they_look_like(content):
    assert [row[1:] for row in read(content).to_tuples()] == [(1, 2), (3, 4)]


GFF_ROW = "chr1\tHAVANA\tgene\t11869\t14409\t.\t+\t.\tID=g1\n"
AWK = "run: gzip -cdf FILE | awk -F'\\t' -v OFS='\\t' '!/^#/ && NF > 7 {print $1, $4 - 1, $5}' > out.bed"


@pytest.mark.parametrize(
    "content",
    [
        GFF_ROW,
        "##gff-version 3\n# more\n" + GFF_ROW,
        "##gff-version 3\n" + GFF_ROW.replace("+", "plus"),
        "#!genome-build GRCh38\n" + GFF_ROW * 3,
        GFF_ROW.replace("HAVANA", "."),
        "\ufeff" + GFF_ROW,
        GFF_ROW.replace("\n", "\r\n"),
        gzip_of(GFF_ROW.encode()),
    ],
)
@pytest.mark.parametrize("invalid", ["error", "skip", "keep"])
def test_gff_is_named_and_its_first_line_is_no_header(content, invalid):
    with pytest.raises(BedError, match=exactly(f"q.bed: the file is GFF or GTF; {AWK}")) as caught:
        read(content, invalid=invalid, allow_empty=True)
    assert caught.value.line is None  # it is not this line that could be skipped


@pytest.mark.native  # no processes there
def test_the_cure_for_gff_makes_bed_of_it():
    put("##gff-version 3\n" + GFF_ROW + GFF_ROW.replace("\t1", "\t2"), "FILE")
    subprocess.run(["sh", "-c", AWK.removeprefix("run: ")], check=True)
    assert read_bed("out.bed").to_tuples() == [("chr1", 11868, 14409), ("chr1", 21868, 24409)]


@pytest.mark.parametrize(
    "header",
    [
        "chrom\tstart\tend",
        "chrom start end",
        "chrom\tstart\tend\t1\t2\t3\t4\t5",  # samples called by numbers
        "chrom\tstart\tend\tname\tscore\tstrand\tthickStart\tthickEnd",
        "##gff-version 3\nchrom\tstart\tend\tID",
        "chr1\tfoo\tbar",
    ],
)
def test_a_header_stays_a_header(header):
    rows, skipped = names_and_skips(f"{header}\nchr1\t1\t2\t5\t6\t.\t+\t.\nchr1\t3\t4\n")
    assert rows == [("chr1", 1, 2), ("chr1", 3, 4)]
    assert skipped["header"] == 1


def test_a_nul_byte_anywhere_means_binary():
    hint = "; give BED text"
    with pytest.raises(BedError, match=exactly("q.bed: the file is binary: it holds a NUL byte" + hint)):
        read(b"chr1\t1\t2\n\0\0\n")
    for content in (b"\0", b"\0\0", b"c\0\0\0h\0\0\0", b"c\0h\0r1"):
        with pytest.raises(BedError, match=exactly("q.bed: the file is binary: it holds a NUL byte" + hint)):
            read(content)
    with pytest.raises(BedError, match=exactly("q.bed:41: the file is binary: it holds a NUL byte" + hint)):
        read(b"chr1\t1\t2\n" * 40 + b"chr1\t1\t2\tna\0me\n")


def test_a_name_must_be_utf8_and_later_columns_need_not():
    with pytest.raises(
        BedError,
        match=exactly("q.bed:1: chromosome name 'chr\\\\xe9' is not UTF-8; convert the file, e.g. with iconv -t UTF-8"),
    ):
        read(b"chr\xe9\t10\t20\n")
    assert read(b"chr1\t10\t20\tr\xe9gion\n").to_tuples() == [("chr1", 10, 20)]


@pytest.mark.parametrize("name", ["HLA-A*01:01", "a:5-6", "chré", "chr 1", "GL000220.1"])
def test_odd_names_are_ordinary_names(name):
    tokenizer = tok(f"{name}\t10\t20\nchr1\t1\t2\n")
    assert rows_of(tokenizer, (name, 12, 13), ("a", 12, 13)) == [[0], []]
    assert tokenizer.tokenize([(name, 12, 13)]) == [f"{name}:10-20"]
    assert tokenizer.convert_tokens_to_ids(f"{name}:10-20") == 0


NO_NUMBER = "is not a whole number; write plain digits, without points, exponents or separators"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chr1\t5.0\t20", f"start '5.0' {NO_NUMBER}"),
        ("chr1\t1e3\t2000", f"start '1e3' {NO_NUMBER}"),
        ("chr1\t1_000\t2000", f"start '1_000' {NO_NUMBER}"),
        ("chr1\t1,000\t2000", f"start '1,000' {NO_NUMBER}"),
        ("chr1\t10\t20.0", f"end '20.0' {NO_NUMBER}"),
        ("chr1\t\t20", "start is empty; write plain digits, without points, exponents or separators"),
        ("chr1\t10\t\tname", "end is empty; write plain digits, without points, exponents or separators"),
        ("chr1\t10", "2 columns; BED needs chrom, start and end, separated by TABs or blanks"),
        ("chr1", "1 column; BED needs chrom, start and end, separated by TABs or blanks"),
        (
            "chr1:1,000-2,000",
            "1 column; write chr1<TAB>100<TAB>200 for chr1:100-200, or paste such lines into the page",
        ),
        ("a:5-6:7-9", "1 column; write chr1<TAB>100<TAB>200 for chr1:100-200, or paste such lines into the page"),
        ("chr1:1000", "1 column; BED needs chrom, start and end, separated by TABs or blanks"),
        (">chr1", "1 column; BED needs chrom, start and end, separated by TABs or blanks"),
        ("\t10\t20", "the chromosome name is empty; the first column names the chromosome"),
        ("chr1\t" + "7" * 50 + "x\t20", f"start '{'7' * 40}'.. {NO_NUMBER}"),
    ],
)
def test_what_is_no_row_is_refused_by_file_and_line(line, message):
    with pytest.raises(BedError, match=exactly(f"q.bed:3: {message}")) as caught:
        read(f"chr1\t1\t2\n# a comment\n{line}\n")
    assert (caught.value.path, caught.value.line) == ("q.bed", 3)
    rows, skipped = names_and_skips(f"chr1\t1\t2\n{line}\nchr1\t3\t4\n", invalid="skip")
    assert (len(rows), skipped) == (2, {"unreadable": 1})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no regions; 0 lines; give at least one row"),
        (b"\n", "no regions; 1 line, all blank; give at least one row"),
        (b"\n\n\n", "no regions; 3 lines, all blank; give at least one row"),
        (b"#x\n#y\n", "no regions; 2 lines, all comment; give at least one row"),
        (b"#x\n\ntrack\n", "no regions; 3 lines, 1 comment, 1 blank, 1 track; give at least one row"),
        (gzip_of(b""), "no regions; 0 lines; give at least one row"),
    ],
)
def test_a_file_without_rows_is_refused_unless_that_is_allowed(content, message):
    with pytest.raises(EmptyFileError, match=exactly(f"q.bed: {message}")):
        read(content)
    with pytest.raises(EmptyFileError, match=exactly(f"u.bed: {message}")):
        tok(content)
    assert len(read(content, allow_empty=True)) == 0


# ------------------------------------------------------------------------------------------------ compression


def test_compression_goes_by_content_and_a_name_that_disagrees_is_noted():
    packed, plain = read(gzip_of(ABCD), "q.bed"), read(ABCD, "q.bed.gz")
    assert packed.to_tuples() == plain.to_tuples() == read(ABCD).to_tuples()
    assert packed.report.compression == "gzip"
    assert packed.report.notes == ("the file is gzip-compressed, although its name does not say so",)
    assert plain.report.notes == ("the name ends in .gz, but the file is plain text",)
    assert read(gzip_of(ABCD), "q.bed.gz").report.notes == ()
    assert rows_of(tok(gzip_of(ABCD)), (10, 12)) == [[A]]


def test_members_and_blanks_are_noted():
    assert read(gzip_of(ABCD[:20], ABCD[20:]), "q.bed.gz").report.notes == ("2 gzip members, read one after the other",)
    assert read(bgzip_of(ABCD), "q.bed.gz").report.notes == ()
    assert read(ABCD.replace(b"\t", b" ")).report.notes == ("blanks separate the columns",)
    assert read(b"# a b c\n" + ABCD).report.notes == ()


@pytest.mark.parametrize(
    ("content", "compression"),
    [
        (gzip_of(ABCD[:17], ABCD[17:]), "gzip"),
        (gzip_of(b"", ABCD, b""), "gzip"),
        (bgzip_of(ABCD), "bgzf"),
        (bgzip_of(ABCD, 5), "bgzf"),
        (gzip_of(ABCD) + bytes(100), "gzip"),
        (bgzip_of(ABCD) + bytes(100), "bgzf"),
        (bgzip_of(ABCD[:17]) + bgzip_of(ABCD[17:]), "bgzf"),
        (gzip_of(ABCD[:17]) + bgzip_of(ABCD[17:]), None),
    ],
)
def test_every_member_is_read(content, compression):
    regions = read(content, "q.bed.gz")
    assert regions.to_tuples() == read(ABCD).to_tuples()
    assert compression in (regions.report.compression, None)
    assert regions.report.bytes == len(content)


LONG = b"".join(b"chr1\t%d\t%d\n" % (start, start + 9) for start in range(0, 40_000, 10))
AGAIN = "copy or download the file again"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip_of(LONG)[:-9], rf"the gzip stream is cut at byte [0-9,]+; [0-9,]+ rows were readable; {AGAIN}"),
        (gzip_of(LONG)[:2], rf"the gzip stream is cut at byte 2; 0 rows were readable; {AGAIN}"),
        (gzip_of(LONG) + b"rest", rf"bytes that are no gzip follow the last member at byte [0-9,]+; .*; {AGAIN}"),
        (gzip_of(LONG)[:-8] + bytes(4) + gzip_of(LONG)[-4:], r"the gzip member that begins at byte 0 is damaged; .*"),
        (bgzip_of(LONG, 5_000, end=False), rf"the bgzip end block is missing: .*; 4,000 rows were readable; {AGAIN}"),
        (bgzip_of(LONG, 5_000)[:-40], rf"the bgzf stream is cut at byte [0-9,]+; [0-9,]+ rows were readable; {AGAIN}"),
        (bgzip_of(LONG, 5_000)[: -len(BGZF_END) + 5], rf"the bgzf stream is cut at byte [0-9,]+; .*; {AGAIN}"),
    ],
)
@pytest.mark.parametrize("invalid", ["error", "skip"])
def test_a_cut_or_damaged_file_is_refused_and_never_passes_for_a_shorter_one(content, message, invalid):
    with pytest.raises(BedError, match=rf"^q\.bed\.gz: {message}$"):
        read(content, "q.bed.gz", invalid=invalid)


# ----------------------------------------------------------------------------------------- names and places


@pytest.mark.parametrize("name", ["a.narrowPeak", "a.txt", "U.BED", "a.broadPeak.gz", "peaks", "a.b.c"])
def test_any_file_name_will_do(name):
    content = gzip_of(ABCD) if name.endswith(".gz") else ABCD
    assert len(IntervalTokenizer(put(content, name)).universe) == 4
    assert tok().encode(put(content, name)) == [A, B, A, B, C, D]


def test_a_folder_and_a_missing_file_are_errors_of_the_system():
    Path("folder").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder: is a folder; name a file in it"):
        read_bed("folder")
    with pytest.raises(FileNotFoundError, match=r"missing\.bed: no such file; check the path"):
        read_bed("missing.bed")
    with pytest.raises(FileNotFoundError, match=r"missing\.bed: no such file; check the path"):
        tok().encode("missing.bed")
    in_memory = exactly("chr1:1-9: no such file; regions from memory go in as [('chr1', 1, 9)]")
    with pytest.raises(FileNotFoundError, match=in_memory):
        tok().encode("chr1:1-9")


# ------------------------------------------------------------------------------------ vocabulary and settings


def test_roles_that_share_a_text_share_its_id():
    shared = IntervalTokenizer(put(ABCD), {"unk": "<pad>"})
    assert (shared.unk_token_id, shared.pad_token_id, shared.mask_token_id, shared.vocab_size) == (4, 4, 5, 10)
    roberta = IntervalTokenizer(put(ABCD), {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>"})
    assert (roberta.cls_token_id, roberta.bos_token_id, roberta.eos_token_id, roberta.sep_token_id) == (7, 7, 8, 8)
    assert roberta.vocab_size == len(roberta) == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chr1:10-20", "the special token 'chr1:10-20' is also the text of region 0; choose another text"),
        ("", "the unk token '' is empty; the default is '<unk>'"),
        ("a b", "the unk token 'a b' holds white space; the default is '<unk>'"),
    ],
)
def test_a_special_text_that_could_be_mistaken_is_refused(text, message):
    with pytest.raises(VocabularyError, match=exactly(message)):
        IntervalTokenizer(put(ABCD), {"unk": text})


def test_of_a_role_given_twice_in_a_settings_file_the_last_wins():
    put(ABCD)
    entries = '{name="unk", token="first"}, {name="unk", token="last"}'
    tokenizer = IntervalTokenizer(put(f'universe = "u.bed"\nspecial_tokens = [{entries}]\n', "t.toml"))
    assert tokenizer.unk_token == "last"


USES_U = 'universe = "u.bed"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{USES_U}[[special_tokens]]\nname = "x"\ntoken = "y"', r':3: "x" is no role of a special token; roles: unk'),
        (f'{USES_U}tokenizer_type = "tree"\n', r':2: tokenizer_type is "tree"; it must be "bits" or "ailist"$'),
        ("# nothing\n", r':1: no universe is named; add universe = "peaks\.bed"$'),
        ("universe = [", r":1: .*; the file must be TOML$"),
    ],
)
def test_a_wrong_settings_file_is_refused_by_its_line(text, message):
    put(ABCD)
    with pytest.raises(ConfigError, match=r"^t\.toml" + message):
        IntervalTokenizer(put(text, "t.toml"))


def test_unknown_texts_and_ids_past_the_end_are_unk_and_negative_ids_are_refused():
    tokenizer = tok()
    assert tokenizer.convert_tokens_to_ids("nope") == 4
    assert tokenizer.decode(99) == ["<unk>"]
    assert tokenizer.decode([0, 99]) == ["chr1:10-20", "<unk>"]
    with pytest.raises(VocabularyError, match=exactly("-1 is no id; ids run from 0 to 10")):
        tokenizer.decode(-1)


def test_one_triple_is_a_region_many_are_a_document_and_many_files_are_a_batch():
    tokenizer = tok()
    table = {"chrom": ["chr1", "chr2"], "start": [10, 5], "end": [12, 9]}
    assert tokenizer(("chr1", 10, 12))["input_ids"] == [A]
    assert tokenizer([("chr1", 10, 12), ("chr2", 5, 9)])["input_ids"] == [A, D]
    assert tokenizer(table)["input_ids"] == [A, D]
    paths = [put(b"chr1\t10\t12\n", "one.bed"), put(b"chr2\t5\t9\n", "two.bed")]
    assert tokenizer(paths)["input_ids"] == [[A], [D]]
    assert tokenizer([table, table])["input_ids"] == [[A, D], [A, D]]


def test_a_table_may_hold_whole_floats_and_nothing_less():
    table = {"chrom": ["chr1", "chr1"], "start": np.array([10.0, 11.0]), "end": [12, 13]}
    assert Regions.from_frame(table).to_tuples() == [("chr1", 10, 12), ("chr1", 11, 13)]
    for bad, shown in ((float("nan"), "nan"), (1.5, "1.5")):
        table["start"] = np.array([10.0, bad])
        message = f"row 1: start {shown} is not a whole number; fill or drop such rows"
        with pytest.raises(IntervalError, match=exactly(message)):
            tok().encode(table)
    both = {"chr": ["chr1"], "chrom": ["chr1"], "start": [1], "end": [2]}
    message = "columns 'chr' and 'chrom' could both be the chromosome; drop or rename one"
    with pytest.raises(InputError, match=exactly(message)):
        tok().encode(both)


def test_a_folder_that_holds_only_a_universe_is_a_tokenizer():
    put(ABCD, "folder/universe.bed")
    assert IntervalTokenizer("folder").encode([("chr1", 10, 12)]) == [A]
    assert IntervalTokenizer.from_pretrained("folder").unk_token == "<unk>"


def test_fragment_lines_without_hit_with_four_columns_and_blank():
    put(b"chr1\t12\t13\tAA\t1\n\nchr1\t90\t91\tAA\nchr9\t1\t2\tCC\t7\n", "f.tsv")
    assert tok().tokenize_fragments("f.tsv").to_dict() == {"AA": [A], "CC": []}
    unk = tok().unk_token_id
    assert tok().tokenize_fragments("f.tsv", unmatched="unk").to_dict() == {"AA": [A, unk], "CC": [unk]}


def test_a_token_file_with_a_partial_last_value_is_refused():
    put(b"GTOK\x01\x01\x00\x02", "t.gtok")
    with pytest.raises(GtokError, match=r"^t\.gtok: .*1 whole value"):
        read_gtok("t.gtok")


def test_a_universe_whose_rows_were_all_skipped_is_refused():
    with pytest.raises(GenotokError, match=r"^u\.bed: no rows are left"):
        Universe.from_bed(put(b"chr1\t9\t5\n"), invalid="skip")
