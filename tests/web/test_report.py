"""The honest report: what was kept, skipped and why, what hit nothing, which names are unknown; and failures."""

import re
import zipfile
from io import BytesIO

import numpy as np
import pytest

from packing import bgzip_of, gzip_of
from web import native

GOOD = b"chr1\t203327425\t203327695\n"
MIXED = b"track name=x\n# note\n" + GOOD + b"\nchr1\t5.0\t9\nchr1\t90\t80\n" + GOOD + b"chr1\tx1\t7\n"


def test_report_names_skipped_lines(app):
    """Skipped lines are counted by reason with their numbers, and kept and skipped lines add up."""
    app.drop(mixed_bed=MIXED)
    message = app.failed("mixed.bed")
    assert message.startswith("mixed.bed:5: start '5.0' is not a whole number")
    app.page.get_by_role("button", name="Skip such lines").click()
    app.done("mixed.bed")
    assert app.row("mixed.bed").get_by_text("3 skipped").is_visible()
    assert app.reasons() == {
        "track lines": (1, "line 1"),
        "comments": (1, "line 2"),
        "blank lines": (1, "line 4"),
        "not a region": (2, "lines 5, 8"),
        "end before start": (1, "line 6"),
    }
    assert app.figures()["regions"] == "2"
    assert app.page.get_by_text("of 8 lines").is_visible()


def test_backward_rows_can_be_kept(app):
    """A reversed row stops the file; it can be skipped, or kept as gtars keeps it."""
    app.drop(back_bed=GOOD + b"chr1\t203327600\t203327500\n")
    assert "; “Keep as gtars does” keeps such rows" in app.failed("back.bed")
    app.page.get_by_role("button", name="Keep as gtars does").click()
    app.done("back.bed")
    assert app.figures()["regions"] == "2"


def test_misses_are_counted_and_listed(app):
    """Regions without a hit are counted, stay in the table, and can be seen alone."""
    misses = b"chr1\t1\t2\nchr1\t3\t4\n"
    app.drop(some_bed=GOOD + misses).done("some.bed")
    assert app.page.get_by_text("2 regions without a hit").is_visible()
    app.look("Table").page.get_by_role("button", name="Without a token 2").click()
    app.page.locator(".grid .id").first.wait_for(state="detached")
    assert [row[2] for row in app.table()] == ["1", "3"]


def test_rename_is_proposed_and_recorded(app):
    """Names without chr hit nothing; one click maps them, and the recipe says so."""
    app.drop(ensembl_bed=GOOD.replace(b"chr", b"")).done("ensembl.bed")
    assert app.figures()["hit the universe"] == "0 %"
    assert app.page.get_by_text("No chromosome name matches the universe. Use 1 → chr1?").is_visible()
    app.page.get_by_role("button", name="Rename and run again").click()
    app.page.get_by_text("Chromosomes renamed for this file: 1 → chr1.").wait_for()
    assert app.figures()["hit the universe"] == "100 %"
    app.page.get_by_label("Terminal").get_by_text("--rename-chroms").wait_for()


def test_unknown_names_are_listed_without_alarm(app):
    """A few rows on chromosomes that the universe lacks are counted by name."""
    app.drop(alt_bed=GOOD * 40 + b"chrUn_KI270302v1\t1\t9\n").done("alt.bed")
    assert app.page.get_by_text("chrUn_KI270302v1 (1)").is_visible()
    assert app.page.get_by_role("button", name="Rename and run again").count() == 0


def test_the_largest_unknown_names_are_told_first(app):
    """Of many unknown names the line tells those with the most rows and how many more there are; the report has all."""
    rows = [b"scaffold_%d\t5\t9\n" % at * at for at in range(1, 31)]
    app.drop(many_bed=b"".join(rows)).done("many.bed")
    told = [f"scaffold_{at} ({at})" for at in range(30, 0, -1)]
    line = app.page.get_by_text("465 regions on 30 chromosomes that the universe does not have:")
    assert line.inner_text().partition(": ")[2] == f"{', '.join(told[:12])} and 18 more. The report lists all."
    report = app.page.locator("details.report")
    report.evaluate("element => element.open = true")
    whole = report.get_by_text("Chromosomes that the universe does not have, with their regions:").inner_text()
    assert whole.partition(": ")[2] == f"{', '.join(told)}."


def test_another_genome_is_suspected(app):
    """Rows of a mouse file that end past the human chromosomes are counted, and the fitting genome is named."""
    from genotok.analysis.assemblies import ASSEMBLIES

    human, mouse = ASSEMBLIES["hg38"], ASSEMBLIES["mm10"]
    beyond = [name for name in mouse if mouse[name] > human.get(name, 2**40)]
    lines = [f"{name}\t{size - 500}\t{size - 100}\n" for name, size in mouse.items()]
    app.drop(mouse_bed="".join(lines).encode()).done("mouse.bed")
    assert len(beyond) > 3
    words = f"{len(beyond)} ends lie beyond the chromosomes of hg38; mm10 fits."
    assert words in app.page.locator(".notice-warn").all_inner_texts()


def test_the_universe_that_fits_is_one_click_away(app):
    """A file of hg19 that was met with the universe of hg38 is tokenized again with that of hg19."""
    path = native.WEB / "samples/hg19-ctcf-skin.bed.gz"
    app.pick(path).done(path.name)
    before = app.figures()["tokens"]
    offer = app.page.get_by_role("button", name="Use Blood ATAC peaks, hg19")
    offer.click()
    app.page.get_by_role("radio", name=re.compile("Blood ATAC"), checked=True).wait_for()
    offer.wait_for(state="detached")
    app.done(path.name)
    app.page.get_by_text("of 451,283 in the universe").wait_for()
    assert int(app.figures()["tokens"].replace(",", "")) > 2 * int(before.replace(",", ""))


def test_nothing_hit_is_said(app):
    """A file without any hit is the unknown token, and the page says so."""
    app.drop(miss_bed=b"chr1\t1\t2\n").done("miss.bed")
    assert app.page.get_by_text("the whole file is the unknown token").is_visible()


def zipped(name: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, GOOD)
    return packed.getvalue()


BAD = {
    "empty.bed": (b"", "no regions"),
    "comments.bed": (b"# a\n# b\n", "no regions"),
    "cut.bed.gz": (gzip_of(GOOD * 5000)[:-20], "cut.bed.gz"),
    "cut.bgz": (bgzip_of(GOOD * 5000, end=False), "5,000 rows were readable"),
    "book.xlsx": (zipped("x.bed"), "zip"),
    "text.bed": ("chr1\t1\t2\n".encode("utf-16"), "UTF-16"),
    "junk.bed": (np.random.default_rng(1).integers(0, 256, 300_000, dtype=np.uint8).tobytes(), "binary"),
    "junk.bed.gz": (gzip_of(np.random.default_rng(2).integers(0, 256, 300_000, dtype=np.uint8).tobytes()), "binary"),
    "reads.bam": (bgzip_of(b"BAM\1" + bytes(200)), "BAM"),
    "picture.bed": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary"),
    "page.bed": (b"<!DOCTYPE html><html></html>\n", "HTML"),
    "short.bed": (b"chr1\t5\n", "short.bed:1:"),
    "genes.gff3": (b"chr1\tHAVANA\tgene\t11869\t14409\t.\t+\t.\tID=g1\n", "the file is GFF or GTF; run: gzip -cdf"),
    "reads.fa": (b">chr1\nACGT\n", "the file is FASTA: sequences"),
    "calls.vcf.gz": (
        gzip_of(b"##fileformat=VCFv4.2\nchr1\t9\t.\tA\tG\t.\t.\t.\n"),
        "the file is VCF; run: bcftools query",
    ),
    "places.txt": (b"chr1:1-100\n", "places.txt:1: 1 column; write chr1<TAB>100<TAB>200 for chr1:100-200"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_fails_with_its_reason(app, name):
    """A file that is no readable BED fails with a sentence that names it, gives no tokens, and the next file works."""
    content, words = BAD[name]
    app.drop_named({name: content, "next.bed": GOOD})
    message = app.failed(name)
    assert words in message
    assert name in message
    assert len(message) < 300
    app.done("next.bed")
    assert app.row(name).locator(".file-tokens").text_content() == ""


def test_bad_universe_is_refused_and_skippable(app, tmp_path):
    """A universe with a bad line is refused with its line, the old one stays; skipping warns that later ids move."""
    path = tmp_path / "mine.bed"
    path.write_bytes(b"chr1\t10\t20\nchr1\tx\t30\nchr1\t30\t40\n")
    app.drop(peaks_bed=GOOD).done("peaks.bed")
    app.open_universe(path)
    alert = app.page.locator(".side").get_by_role("alert")
    assert "mine.bed:2:" in alert.locator("p").first.inner_text()
    assert app.page.get_by_role("radio", name="Ensembl").is_checked()
    alert.get_by_role("button", name="Skip such lines").click()
    app.page.get_by_role("radio", name="mine.bed 2 regions").wait_for()
    app.page.locator(".side").get_by_text("1 bad row was skipped; ids behind it moved").wait_for()
    app.look("Table").page.locator(".grid .miss").first.wait_for()


def test_names_that_hide_are_shown(app):
    """Control and direction signs in file and chromosome names are shown as escapes, markup stays text."""
    name = "a\u202eb<img src=x onerror=alert(1)>.bed"
    app.drop_named({name: b"<b>chr</b>\t1\t2\n"})
    shown = "a\\u202eb<img src=x onerror=alert(1)>.bed"
    app.done(shown)
    assert app.table()[0][1] == "<b>chr</b>"
    assert app.page.locator("main img, .grid b").count() == 0
