"""Every state of the page that is worth looking at, and how a user gets there; for checkers and for pictures."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

from web import native
from web.app import App

GOOD = b"chr1\t203327425\t203327695\n"
MIXED = b"track name=x\n# note\n" + GOOD + b"\nchr1\t5.0\t9\nchr1\t90\t80\n" + GOOD + b"chr1\tx1\t7\n"
ZNF263 = native.WEB / "samples/hg38-znf263.bed.gz"
CHR17 = native.WEB / "samples/chr17_400000_450000.fa.gz"
OTHER = native.WEB / "samples/hg19-ctcf-skin.bed.gz"

Scene = Callable[[App], object]
SCENES: dict[str, Scene] = {}


def scene(work: Scene) -> Scene:
    """Enter a state under the name of the function that leads there; each starts from the empty page."""
    SCENES[work.__name__.replace("_", "-")] = work
    return work


def sample(app: App, path: Path = native.SAMPLE) -> App:
    return shown(app.pick(path), path.name)


def shown(app: App, name: str) -> App:
    """Wait until the result of a file is what is looked at, and all of it stands where it stays."""
    app.done(name).select(name)
    app.page.get_by_role("heading", name=f"Tokens of {name}").wait_for()
    app.page.get_by_label("Terminal").get_by_text("genotok tokenize").wait_for()
    return app


@scene
def start(app: App) -> None:
    """Ready, nothing chosen: the sample's result stands there."""


@scene
def tokens(app: App) -> None:
    sample(app)
    app.page.get_by_role("tab", name="Tokens", exact=True).click()
    app.page.locator(".chip-token").first.wait_for()


@scene
def token(app: App) -> None:
    shown(app.drop(peaks_bed=GOOD + b"chr1\t1\t2\n"), "peaks.bed")
    app.page.get_by_role("tab", name="Tokens", exact=True).click()
    app.chip("20724").click()
    app.page.get_by_role("region", name="Chosen token").get_by_text("chr1:203,327,425-203,327,695").wait_for()


@scene
def table(app: App) -> None:
    sample(app).table()


@scene
def filtered_table(app: App) -> None:
    sample(app).table()
    app.page.get_by_role("button", name=re.compile("^With tokens")).click()
    app.page.get_by_text("Filter the regions").click()
    app.page.get_by_label("Chromosome", exact=True).select_option("chr1")
    app.page.get_by_role("button", name="Start", exact=True).click()
    app.page.get_by_role("button", name="Plain table by pages").click()
    app.page.get_by_role("table", name="Tokens of").get_by_text("chr1").first.wait_for()


@scene
def no_such_rows(app: App) -> None:
    shown(app.drop(peaks_bed=GOOD), "peaks.bed").table()
    app.page.get_by_role("button", name=re.compile("^Without a token")).click()
    app.page.get_by_text("No such region.").wait_for()


@scene
def report(app: App) -> None:
    app.drop(mixed_bed=MIXED).failed("mixed.bed")
    app.page.get_by_role("button", name="Skip such lines").click()
    app.done("mixed.bed")
    app.reasons()
    app.page.get_by_label("Terminal").get_by_text("genotok tokenize").wait_for()


@scene
def failed(app: App) -> None:
    app.drop(mixed_bed=MIXED, good_bed=GOOD, book_xlsx=b"PK\x03\x04" + bytes(60)).failed("mixed.bed")
    app.failed("book.xlsx")
    app.done("good.bed")


@scene
def renaming(app: App) -> None:
    app.drop(ensembl_bed=GOOD.replace(b"chr", b"")).done("ensembl.bed")


@scene
def other_assembly(app: App) -> None:
    sample(app, OTHER)


@scene
def own_universe(app: App) -> None:
    app.open_universe(ZNF263).page.get_by_role("radio", name=re.compile(ZNF263.name), checked=True).wait_for()
    app.page.get_by_role("button", name="Keep in this browser").wait_for()
    shown(app.drop(peaks_bed=GOOD), "peaks.bed")


@scene
def paste(app: App) -> None:
    app.page.get_by_role("button", name="Paste text").click()
    app.page.get_by_role("button", name="positions").click()


@scene
def many_files(app: App) -> None:
    app.drop_named({f"file-{at:02}.narrowPeak": GOOD * at for at in range(1, 21)}).done("file-20.narrowPeak")


@scene
def rules(app: App) -> None:
    app.rules().page.get_by_label("A region without a hit").select_option("gives the unknown token")
    app.page.get_by_role("button", name="Reset A region without a hit").wait_for()


@scene
def genome(app: App) -> None:
    figure(sample(app), "Genome", "Genome overview")
    app.page.get_by_role("slider", name="Bins of the genome").press("ArrowRight")


@scene
def plots(app: App) -> None:
    figure(sample(app), "Plots", "Hit rate by width")


@scene
def plots_as_tables(app: App) -> None:
    place = figure(sample(app), "Plots", "Hit rate by width")
    place.get_by_role("button", name="Show as table: Hit rate by width").click()
    place.get_by_role("table").wait_for()


def figure(app: App, look: str, name: str):
    app.page.get_by_role("tab", name=look, exact=True).click()
    place = app.page.get_by_role("figure", name=name)
    place.locator("svg").first.wait_for()
    return place


@scene
def compare(app: App) -> None:
    sample(sample(app), ZNF263)
    app.unfold("Compare 2 files").get_by_role("table", name="Tokens of A and B").locator("tbody tr").first.wait_for()


@scene
def likeness(app: App) -> None:
    sample(sample(app), ZNF263).drop(three_bed=GOOD).done("three.bed")
    place = app.unfold(re.compile(r"Compare \d files"))
    place.get_by_role("button", name=re.compile(r"^\d files$")).click()
    place.get_by_role("slider", name="Pairs of files").press("ArrowRight")


@scene
def universes(app: App) -> None:
    app.unfold("Compare universes")
    app.page.get_by_role("figure", name="Bases in common").locator("svg").first.wait_for()


@scene
def decode(app: App) -> None:
    place = app.unfold("Ids to regions")
    place.get_by_label("Ids or token texts").fill("20723 20724 999999999, 65769")
    place.get_by_text("1 word is no token").wait_for()
    place.get_by_role("table").wait_for()


@scene
def save_together(app: App) -> None:
    app.drop(a_bed=GOOD, b_bed=GOOD * 2).done("a.bed").done("b.bed")
    app.choose(".gtok", "All files", packed=True)


@scene
def about(app: App) -> None:
    app.kept().page.locator("details.about").scroll_into_view_if_needed()


@scene
def motifs(app: App) -> None:
    app.page.get_by_role("tab", name="Motifs").click()
    app.page.get_by_role("heading", name="Motifs").wait_for()


@scene
def motif_bins(app: App) -> None:
    piece(app)
    slider = app.page.get_by_role("slider", name="Bins of the sequence")
    slider.press("ArrowRight")
    app.page.get_by_role("region", name="Chosen bin").get_by_role("img").first.wait_for()
    app.page.get_by_role("button", name="Show as table: Coverage").click()


@scene
def motif_tokens(app: App) -> None:
    piece(app)
    app.page.get_by_role("button", name="Learn tokens from this sequence").click()
    app.page.get_by_text("learnt from this very sequence").wait_for()
    app.page.get_by_label("Terminal").get_by_text("genotok motif fit").wait_for()
    app.page.get_by_label("Token, by id or text").fill("3")
    app.page.get_by_role("button", name="Describe").click()
    found = app.page.get_by_role("region", name="Look up a token")
    found.locator(".motif-member button").first.click()
    found.get_by_role("img").first.wait_for()
    for press, figure in (("Count sets by rank", "Ranks"), ("Score how bins spell motifs", "Likeness")):
        app.page.get_by_role("button", name=press).click()
        app.page.get_by_role("figure", name=figure, exact=True).get_by_role("img").wait_for(timeout=60_000)
        app.page.get_by_role("button", name=f"Show as table: {figure}").click()


@scene
def motif_model(app: App) -> None:
    """A saved tokenizer whose other file is missing: what is told of it, and of the way in."""
    app.page.get_by_role("tab", name="Motifs").click()
    app.page.get_by_label("Choose a saved tokenizer").wait_for(state="attached")
    app.drop_named({"arrays.npz": b""}, "#motifs")
    app.page.get_by_role("alert").filter(has_text="has no tokenizer_config.json").wait_for()


@scene
def motif_fault(app: App) -> None:
    app.page.get_by_role("tab", name="Motifs").click()
    app.page.get_by_role("heading", name="Motifs", exact=True).wait_for()
    app.drop_named({"proteins.fa": b">sp\nMKLVPEFILQ\n"}, "#motifs")
    app.page.get_by_role("alert").filter(has_text="protein").wait_for()


def piece(app: App) -> None:
    app.page.get_by_role("tab", name="Motifs").click()
    app.page.get_by_role("heading", name="Motifs", exact=True).wait_for()
    letters = gzip.decompress(CHR17.read_bytes()).partition(b"\n")[2][:2400]
    app.drop_named({"piece.fa": b">piece\n" + letters}, "#motifs")
    app.page.get_by_role("region", name="Bins of piece").locator("tbody tr:not(.waits)").first.wait_for()
    app.page.get_by_label("Python").get_by_text("MotifTokenizer").first.wait_for()


@scene
def codes(app: App) -> None:
    app.page.get_by_role("tab", name="VQ codes").click()
    app.page.get_by_role("heading", name="VQ codes").wait_for()


@scene
def codes_fine(app: App) -> None:
    """The SARS-CoV-2 genome by the default codebook, a token chosen and a base changed."""
    app.page.get_by_role("tab", name="VQ codes").click()
    app.page.get_by_role("button", name="Try SARS-CoV-2 genome").click()
    coded(app, "NC_045512.2")
    app.page.get_by_role("slider", name="Tokens of the sequence").press("ArrowRight")
    app.page.get_by_role("region", name="Chosen token").get_by_role("img").first.wait_for()
    app.page.get_by_role("group", name=re.compile("^Change base")).get_by_role("button", name="to G").click()
    app.page.get_by_role("region", name="Tokens that change").wait_for()
    app.page.get_by_role("columnheader", name="Lost by the change").wait_for()


@scene
def codes_hierarchical(app: App) -> None:
    """A short piece with unknown bases by the network, a code looked up."""
    app.page.get_by_role("tab", name="VQ codes").click()
    app.page.get_by_role("radio", name=re.compile("^vq-hrq")).check()
    letters = gzip.decompress(CHR17.read_bytes()).partition(b"\n")[2][:900]
    app.drop_named({"piece.fa": b">piece\n" + letters + b"NNNN\n"}, "#codes")
    coded(app, "piece")
    app.page.get_by_role("slider", name="Tokens of the sequence").press("End")
    app.page.get_by_label("Token or code").fill("v1:5")
    app.page.get_by_role("button", name="Describe").click()
    app.page.get_by_role("region", name="Look up a token").get_by_text("Coarse 5").wait_for()


@scene
def codes_fault(app: App) -> None:
    app.page.get_by_role("tab", name="VQ codes").click()
    app.page.get_by_role("heading", name="VQ codes", exact=True).wait_for()
    app.drop_named({"proteins.fa": b">sp\nMKLVPEFILQ\n"}, "#codes")
    app.page.get_by_role("alert").filter(has_text="protein").wait_for()


def coded(app: App, name: str) -> None:
    """Wait until the codes of a sequence stand there, with all that is asked about them."""
    app.page.get_by_role("region", name=f"Tokens of {name}").locator("tbody tr:not(.waits)").first.wait_for()
    app.page.get_by_role("region", name="Tokenizers in numbers").wait_for()
    app.page.get_by_role("region", name="Codes in numbers").locator("tbody tr").first.wait_for()
    app.page.get_by_label("Python").get_by_text("VQTokenizer").first.wait_for()
