"""The room of motifs: DNA in, bins, motifs and tokens out, as the tokenizer itself makes them."""

import gzip
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genotok.analysis.motifcorpus import count_encoded_sets
from genotok.export.motif import write_motif_tokens
from genotok.io.fasta import read_fasta
from genotok.tokenizers.motif import MotifTokenizer
from web import native
from web.app import ROWS, App
from web.keys import Keys

GOLDEN = native.WEB.parent / "tests/golden/golden.fa.gz"
PATIENCE = 200  # ms
CANCEL = """async () => {
  const began = performance.now();
  [...document.querySelectorAll(".dna-way button")].find((button) => button.textContent === "Cancel").click();
  const place = document.querySelector(".dna-intake");
  while (!/Cancelled/.test(place.textContent)) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
SCROLL = """async () => {
  const frame = document.querySelector(".dna-frame");
  for (let step = 0; step < 60; step += 1) {
    frame.scrollTop += (step % 7) * 900;
    await new Promise(requestAnimationFrame);
  }
}"""


def letters(size: int, name: str = "chr17_400000_450000") -> str:
    return "".join("ACGTN"[code] for code in read_fasta(GOLDEN)[name].codes[:size])


def fasta(size: int = 3_000, name: str = "piece") -> bytes:
    return f">{name}\n{letters(size)}\n".encode()


def enter(app):
    app.page.get_by_role("tab", name="Motifs").click()
    app.page.get_by_role("heading", name="Motifs", exact=True).wait_for()
    return app


def through(app, name: str):
    app.page.get_by_role("heading", name=name, exact=True).wait_for()
    app.page.get_by_role("region", name=f"Bins of {name}").locator("tbody tr:not(.waits)").first.wait_for()
    app.drawn()
    return app


def given(app, data: bytes, name: str = "piece", file: str = "x.fa"):
    """Drop a file on the page, and wait for its bins."""
    enter(app).drop_named({file: data}, "#motifs")
    return through(app, name)


def card(app):
    return app.page.get_by_role("region", name="Chosen bin")


def rows(app, name: str = "piece") -> list[list[str]]:
    return app.page.get_by_role("region", name=f"Bins of {name}").locator("tbody tr").evaluate_all(ROWS)


def learn(app):
    app.page.get_by_role("button", name="Learn tokens from this sequence").click()
    app.page.get_by_text("learnt from this very sequence").wait_for()
    app.drawn()
    return app


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_bins_of_a_dropped_file_are_those_of_python(app):
    """A gzipped FASTA file gives the bins that the same wheel gives natively."""
    data = fasta()
    given(app, gzip.compress(data), file="x.fa.gz")
    tokenizer = MotifTokenizer.from_jaspar(preset="strict")
    encoding = tokenizer.encode_sequence(read_fasta(io.BytesIO(data))["piece"])
    shown = rows(app)
    assert [[number(row[1]), number(row[2])] for row in shown] == encoding.offsets[: len(shown)].tolist()
    assert f"Bins\n{len(encoding):,}\n" in app.page.locator(".dna-figures").inner_text()


@pytest.mark.parametrize("kind", [".bed", ".tsv", ".npz"])
def test_what_is_saved_equals_what_python_writes(app, kind):
    """Tokens are learnt in the tab as by `fit`, and files have the same bytes."""
    data = fasta()
    learn(given(app, data))
    app.page.get_by_role("radio", name=re.compile(rf"^\{kind} ")).check()
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save bins").click()
    genome = read_fasta(io.BytesIO(data))
    own = MotifTokenizer.from_jaspar(preset="strict", min_count=2).fit(genome)
    sink = io.BytesIO()
    write_motif_tokens(sink, own.encode_sequences(genome), own, kind[1:])
    assert waiting.value.suggested_filename == f"x.fa{kind}"
    assert waiting.value.path().read_bytes() == sink.getvalue()
    assert "genotok motif fit x.fa" in app.page.get_by_label("Terminal").inner_text()
    assert "preset='strict', min_count=2" in app.page.get_by_label("Python").inner_text()


def test_the_sample_shows_real_bins(app):
    """A piece of chromosome 17 comes with the page, with its source and licence."""
    enter(app)
    app.page.get_by_text("github:broadinstitute/gatk, Apache-2.0").wait_for()
    app.page.get_by_role("button", name="Try 50 kb of chromosome 17").click()
    through(app, "chr17_400000_450000")
    assert app.page.get_by_role("figure", name="Coverage").get_by_role("img").count() == 1
    assert app.page.get_by_role("figure", name="Colours of bins").locator("li").count() == 9


def test_keys_walk_from_bin_to_bin(app):
    """The slider of bins is reached by tab and walked by arrows, pages and ends; the card follows."""
    given(app, fasta())
    slider = app.page.get_by_role("slider", name="Bins of the sequence")
    slider.focus()
    slider.press("ArrowRight")
    card(app).get_by_role("heading", name=re.compile("^Bin 1 ?piece:0-")).wait_for()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    card(app).get_by_role("heading", name=re.compile(r"^Bin 3\D")).wait_for()
    slider.press("End")
    last = int(slider.get_attribute("aria-valuemax"))
    card(app).get_by_role("heading", name=re.compile(f"^Bin {last} ?piece:[0-9,]+-3,000")).wait_for()
    app.until(lambda: f"bin {last} of {last}" in slider.get_attribute("aria-valuetext"))
    slider.press("ArrowUp")
    app.until(lambda: int(slider.get_attribute("aria-valuenow")) < last)
    slider.press("Home")
    app.until(lambda: slider.get_attribute("aria-valuenow") == "1")


def test_a_bin_under_the_pointer_shows_its_motifs(app):
    """Pointing at letters shows the bin's motifs with logos, which are named and spelt."""
    given(app, fasta())
    pieces = app.page.locator(".motif-piece:not(.dna-hue-0)")
    pieces.nth(3).hover()
    logo = card(app).get_by_role("img").first
    logo.wait_for()
    assert re.fullmatch(r"Logo of .+: [ACGTacgt]{4,}", logo.get_attribute("aria-label"))
    named = card(app).get_by_role("listitem").first.inner_text()
    assert re.search(r"MA\d{4}\.\d[+−], \d\.\d\d of its length", named)


def test_the_track_leads_to_its_letters(app):
    """Walking along the coverage scrolls the letters there."""
    given(app, fasta(20_000))
    slider = app.page.get_by_role("slider", name="Places along the sequence")
    slider.focus()
    slider.press("End")
    app.until(lambda: any(number(text or "0") > 19_000 for text in app.page.locator(".dna-place").all_inner_texts()))
    app.page.get_by_role("button", name="Show as table: Coverage").click()
    numbers = app.page.get_by_role("region", name="Coverage in numbers").locator("tbody tr")
    numbers.first.wait_for()
    assert numbers.count() == 120


def test_scrolling_a_long_sequence_never_stalls(app):
    """Only lines in sight exist, and no task of the page is long (the fixture watches)."""
    app.page.set_default_timeout(120_000)
    given(app, f">piece\n{letters(50_000) * 6}\n".encode())
    app.page.evaluate(SCROLL)
    app.drawn()
    assert app.page.locator(".motif-line").count() < 40


def test_pasted_dna_and_presets(app):
    """Bare letters are a sequence; another preset runs it again."""
    enter(app)
    app.page.get_by_label("DNA, or FASTA").fill(letters(2_000).lower())
    app.page.get_by_role("button", name="Find motifs").click()
    through(app, "pasted")
    app.page.get_by_text("2,000 bases in lower case").wait_for()
    strict = app.page.locator(".dna-figures").inner_text()
    app.page.get_by_role("radio", name=re.compile("As in the paper")).check()
    app.until(
        lambda: app.page.locator(".dna-figures").count() and app.page.locator(".dna-figures").inner_text() != strict
    )
    app.page.get_by_role("radio", name=re.compile("^Strict")).check()
    through(app, "pasted")


def test_several_sequences_are_looked_at_one_by_one(app):
    """A list chooses the sequence; .gtok, which holds one, says so."""
    given(app, fasta(900, "one") + fasta(1_200, "two"), "one")
    app.page.get_by_label("Sequence", exact=True).select_option("1")
    through(app, "two")
    app.page.get_by_role("radio", name=re.compile(r"^\.gtok")).check()
    assert app.page.get_by_role("button", name="Save bins").is_disabled()


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> tuple[MotifTokenizer, Path]:
    """A tokenizer that was fitted on another piece, and its folder."""
    fitted = MotifTokenizer.from_jaspar(preset="strict", min_count=2).fit(read_fasta(io.BytesIO(fasta(6_000))))
    folder = tmp_path_factory.mktemp("saved") / "model"
    fitted.save_pretrained(folder)
    return fitted, folder


def packed(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"model/{path.name}")
    return held.getvalue()


def ids_of(app) -> list[str]:
    return [row[4] for row in rows(app)]


def test_a_saved_tokenizer_gives_its_ids(app, model):
    """Dropped as a zip it cuts and names the next sequence; it outlives the worker; closed, bins have no ids again."""
    fitted, folder = model
    enter(app).drop_named({"model.zip": packed(folder)}, "#motifs")
    app.page.get_by_text("learnt from 1 sequence of 6,000 bases").wait_for()
    data = fasta(2_000)
    given(app, data)
    expected = [
        f"{each:,}" for each in fitted.encode_sequence(read_fasta(io.BytesIO(data))["piece"]).input_ids.tolist()
    ]
    assert ids_of(app) == expected[: len(ids_of(app))]
    app.page.get_by_text("Ids are those of model.zip").wait_for()
    assert app.page.get_by_role("radio", name=re.compile("As in the paper")).count() == 0
    assert "genotok motif encode -t model x.fa" in app.page.get_by_label("Terminal").inner_text()
    app.page.evaluate(
        "import(document.querySelector('script[src$=\"start.js\"]').src).then(({engine}) => engine.restart())"
    )
    app.page.locator(".dna-way").wait_for()
    through(app, "piece")
    assert ids_of(app) == expected[: len(ids_of(app))]
    app.page.get_by_role("button", name="Close model.zip").click()
    app.page.get_by_role("radio", name=re.compile("As in the paper")).wait_for()
    app.until(lambda: set(ids_of(through(app, "piece"))) == {"–"})


def test_a_saved_tokenizer_is_chosen_by_its_files(app, model):
    """Both files at once; one of them alone is told what is missing."""
    fitted, folder = model
    chooser = enter(app).page.get_by_label("Choose a saved tokenizer")
    chooser.set_input_files([str(folder / "arrays.npz")])
    app.page.get_by_role("alert").filter(has_text="has no tokenizer_config.json").wait_for()
    chooser.set_input_files([str(folder / name) for name in ("arrays.npz", "tokenizer_config.json")])
    app.page.get_by_text(f"{fitted.n_clusters:,} clusters, {fitted.vocab_size:,} ids").wait_for()
    app.page.get_by_role("button", name=re.compile("^Close tokenizer")).click()


def test_tokens_and_clusters_tell_what_they_stand_for(app):
    """A token is looked up by id or text, its clusters unfold into motifs with logos; so do those of a bin."""
    learn(given(app, fasta()))
    field = app.page.get_by_label("Token, by id or text")
    field.fill("3")
    field.press("Enter")
    found = app.page.get_by_role("region", name="Look up a token")
    found.get_by_text("when it was learnt; first at piece:").wait_for()
    member = found.locator(".motif-member button").first
    member.press("Enter")
    found.get_by_role("img", name=re.compile("^Logo of ")).first.wait_for()
    assert member.get_attribute("aria-expanded") == "true"
    text = found.locator(".dna-text").inner_text()
    field.fill(text)
    found.get_by_role("button", name="Describe").click()
    app.until(lambda: found.locator(".dna-told code").inner_text() == "3")
    field.fill("99,999,999")
    field.press("Enter")
    found.get_by_role("alert").filter(has_text="99999999 is no id").wait_for()
    app.page.locator(".motif-piece:not(.dna-hue-0)").nth(2).click()
    cluster = card(app).locator(".motif-member button").first
    cluster.click()
    card(app).locator(".motif-inside").get_by_role("img").first.wait_for()


def test_figures_are_drawn_and_saved(app, model):
    """Ranks and likeness come on a press, as pictures with a table; TSV has the terminal's bytes."""
    data = fasta()
    learn(given(app, data))
    for press, name in (("Count sets by rank", "Ranks"), ("Score how bins spell motifs", "Likeness")):
        app.page.get_by_role("button", name=press).click()
        figure = app.page.locator(f"figure[aria-label='{name}']")  # a search by role through all bins would take long
        figure.get_by_role("img").wait_for(timeout=60_000)
        for kind, head in (
            ("SVG", b"<svg"),
            ("PNG", b"\x89PNG"),
            ("TSV", b"corpus\t" if name == "Ranks" else b"motif\t"),
        ):
            with app.page.expect_download() as waiting:
                figure.get_by_role("button", name=f"{kind}: save {name}").click()
            assert waiting.value.suggested_filename == f"x.fa.{name.lower()}.{kind.lower()}"
            content = waiting.value.path().read_bytes()
            assert content.startswith(head)
            if kind == "TSV" and name == "Ranks":
                own = MotifTokenizer.from_jaspar(preset="strict", min_count=2).fit(read_fasta(io.BytesIO(data)))
                encoding = own.encode_sequence(read_fasta(io.BytesIO(data))["piece"])
                active = own.config.vocabulary.active
                counts = count_encoded_sets([encoding], own.members, active=active)
                ranked = [
                    f"x.fa, sets of clusters\t{at}\t{met}\t"
                    for at, met in enumerate(sorted(counts[counts > 0], reverse=True), 1)
                ]
                assert [
                    line.startswith(told) for line, told in zip(content.decode().splitlines()[1:], ranked, strict=False)
                ] == [True] * len(ranked)
        figure.get_by_role("button", name=f"Show as table: {name}").click()
        assert figure.get_by_role("region", name=f"{name} in numbers").locator("tbody tr").count() >= 4
    assert app.page.locator("[aria-label='Command line']").count() == 2


BAD = {
    "protein": (b">sp|P1\nMKLVPEFILQ\n", "this looks like protein"),
    "gaps": (b">a\nACGT-ACGT\n", "remove alignment gaps"),
    "empty": (b"", "no sequence in it"),
    "no header": (b"ACGT\n", "text before the first >"),
    "twice": (b">a\nAC\n>a\nGT\n", "'a' stands at line 1 already"),
    "zip": (b"PK\x03\x04" + bytes(60), "the file is a zip archive"),
    "cut": (
        gzip.compress(b">a\n" + np.random.default_rng(1).choice(list(b"ACGT"), 5000).astype(np.uint8).tobytes())[:-9],
        "x.fa",
    ),
    "too long": (gzip.compress(b">a\n" + b"A" * 5_000_001, 1), "more than 5,000,000 bases"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_told(app, kind):
    """What cannot be read is told in the words of the engine, and the next file works."""
    data, words = BAD[kind]
    enter(app).drop_named({"x.fa": data}, "#motifs")
    app.page.get_by_role("alert").filter(has_text=words).wait_for()
    given(app, fasta(300))


def test_nothing_pasted_is_told(app):
    """An empty field says what to do."""
    enter(app).page.get_by_role("button", name="Find motifs").click()
    app.page.get_by_role("alert").filter(has_text="paste DNA").wait_for()


def test_cancel_within_200_ms_and_the_next_sequence_works(app, tmp_path, record_property):
    """A search stops at once; what comes next works, and so does a second attempt."""
    path = tmp_path / "long.fa"
    path.write_text(f">long\n{letters(50_000) * 10}\n")
    enter(app)
    took = []
    while not took or (min(took) >= PATIENCE and len(took) < 4):  # a busy machine may need more than one try
        app.page.get_by_label("Choose a FASTA file").set_input_files(str(path))
        app.page.locator(".dna-way").get_by_text("Searching both strands").wait_for()
        took.append(app.page.evaluate(CANCEL))
    record_property("ms", [round(each) for each in took])
    assert min(took) < PATIENCE
    app.page.get_by_role("button", name="Begin again").wait_for()
    given(app, fasta(600))


def test_results_come_back_when_the_engine_is_replaced(app):
    """A worker that goes takes the bins along; the page makes them anew."""
    given(app, fasta(600))
    app.page.evaluate(
        "import(document.querySelector('script[src$=\"start.js\"]').src).then(({engine}) => engine.restart())"
    )
    app.page.locator(".dna-way").wait_for()
    through(app, "piece")
    assert rows(app)


def test_at_320_px_nothing_is_lost(app):
    """Only letters and table scroll; nothing stands beyond the edge."""
    app.page.set_viewport_size({"width": 320, "height": 700})
    given(app, fasta(600))
    assert app.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_room_asks_for_what_is_its_own_only_when_used(browser, site):
    """A visit of the intervals fetches no style and no sequence of motifs, nor the wheel, which holds the motifs."""
    app = App(browser.new_context(service_workers="block"), site).open().ready()
    app.drop(x_bed=b"chr1\t10\t2000000\n").done("x.bed")
    assert [url for url in app.requests if "motif" in url or ".fa" in url or "/genotok-0" in url] == []
    enter(app).until(lambda: [url for url in app.requests if url.endswith("/motif.css")])
    given(app, fasta(300))
    assert len([url for url in app.requests if "/genotok-0" in url]) == 1
    app.close()


CONTROLS = "button:not(.motif-member button), input, select, textarea, [role=tab], [role=slider]:not(.dna-frame)"
MARKS = """each => { const {backgroundColor, color, borderBottomColor} = getComputedStyle(each);
  return [backgroundColor, color, borderBottomColor].join() }"""


def test_print_is_the_result_alone(app):
    """On paper stand the sequence, its figures, letters, bin and rows; what can only be pressed does not."""
    learn(given(app, fasta()))
    app.page.get_by_role("slider", name="Bins of the sequence").press("ArrowRight")
    card(app).get_by_role("heading", name=re.compile("^Bin 1")).wait_for()
    app.page.emulate_media(media="print")
    tools = app.page.locator(CONTROLS).filter(visible=True)
    assert tools.evaluate_all("all => all.map((each) => each.outerHTML.slice(0, 200))") == []
    text = app.page.locator("main").inner_text()
    for words in ("piece", "bp on average", "Bin 1", "Bins and tokens", "clusters of motifs"):
        assert words in text
    with app.unwatched():
        assert app.page.pdf(format="A4").startswith(b"%PDF")


def test_forced_colours_tell_bins_apart(app):
    """The chosen bin, bins with a leader and those without differ where the system chooses the colours."""
    app.page.emulate_media(forced_colors="active")
    given(app, fasta())
    led, bare = (app.page.locator(f".motif-piece{kind}").first for kind in (":not(.dna-hue-0)", ".dna-hue-0"))
    assert led.evaluate(MARKS) != bare.evaluate(MARKS)
    before = led.evaluate(MARKS)
    led.click()
    app.until(lambda: "motif-chosen" in (led.get_attribute("class") or ""))
    assert led.evaluate(MARKS) != before


def test_the_tab_by_keys_alone(app):
    """From the tab bar to a saved file no hand leaves the keyboard, and no stop is out of sight."""
    keys = Keys(app.page)
    app.page.get_by_role("link", name="genotok, top of the page").focus()
    keys.tab_to('tab "Intervals"')
    keys.press("ArrowRight")
    app.page.get_by_role("heading", name="Motifs", exact=True).wait_for()
    keys.tab_to('textbox "DNA, or FASTA"')
    keys.write(letters(900))
    keys.tab_to('button "Find motifs"')
    keys.press("Enter")
    through(app, "pasted")
    keys.tab_to('button "Learn tokens')
    keys.press("Enter")
    app.page.get_by_text("learnt from this very sequence").wait_for()
    app.drawn()
    keys.tab_to('slider "Places along')
    keys.press("ArrowRight")
    keys.tab_to('slider "Bins of')
    keys.press("ArrowRight", "ArrowRight")
    card(app).get_by_role("heading", name=re.compile("^Bin 2")).wait_for()
    keys.tab_to('textbox "Token, by id')
    keys.write("2").press("Enter")
    app.page.get_by_role("region", name="Look up a token").get_by_text("when it was learnt").wait_for()
    keys.tab_to('button "Count sets')
    keys.press("Enter")
    app.page.get_by_role("figure", name="Ranks", exact=True).get_by_role("img").wait_for(timeout=60_000)
    keys.tab_to('radio ".bed')
    keys.tab_to('button "Save bins"')
    with app.page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.suggested_filename == "pasted.fa.bed"
