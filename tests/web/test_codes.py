"""The room of learned codes: DNA in, codes of all levels, what they stand for and tokens out."""

import gzip
import io
import re
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genotok.io.fasta import read_fasta
from genotok.tokenizers.vq import VQTokenizer
from web import native
from web.app import ROWS, App
from web.keys import Keys

pytestmark = pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")  # the page tells of short ones itself
GOLDEN = native.WEB.parent / "tests/golden/golden.fa.gz"
FORMATS = ("jsonl", "tsv", "bed", "npz", "gtok", "fa")
FINE, COMPACT, NETWORK = "vq-fine", "vq-compact", "vq-hrq"


def letters(size: int, name: str = "chr17_400000_450000") -> str:
    return "".join("ACGTN"[code] for code in read_fasta(GOLDEN)[name].codes[:size])


def fasta(size: int = 1_500, name: str = "piece") -> bytes:
    return f">{name}\n{letters(size)}\n".encode()


def enter(app):
    app.page.get_by_role("tab", name="VQ codes").click()
    app.page.get_by_role("heading", name="VQ codes", exact=True).wait_for()
    return app


def through(app, name: str = "piece"):
    app.page.get_by_role("heading", name=name, exact=True).wait_for()
    app.page.get_by_role("region", name=f"Tokens of {name}").locator("tbody tr:not(.waits)").first.wait_for()
    app.drawn()
    return app


def given(app, data: bytes, name: str = "piece", file: str = "x.fa", model: str | None = None):
    """Drop a file on the page, and wait for its tokens."""
    enter(app)
    if model:
        app.page.get_by_role("radio", name=re.compile(f"^{model}")).check()
    app.drop_named({file: data}, "#codes")
    return through(app, name)


def card(app):
    return app.page.get_by_role("region", name="Chosen token")


def slider(app):
    return app.page.get_by_role("slider", name="Tokens of the sequence")


def rows(app, name: str = "piece") -> list[list[str]]:
    return app.page.get_by_role("region", name=f"Tokens of {name}").locator("tbody tr").evaluate_all(ROWS)


def facts(app) -> str:
    return app.page.locator(".dna-figures").inner_text()


def saved(app, kind: str) -> tuple[str, bytes]:
    """Save all tokens in a format; the name of the file, and its bytes."""
    app.page.locator(f"input[name=dna-format][value={kind}]").check()
    app.page.get_by_label("Terminal").get_by_text(f".{kind}").wait_for()
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save tokens").click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def follow(app, folder: Path, monkeypatch) -> None:
    """Do, in a folder, what the line for the terminal says."""
    from genotok.cli.app import run

    monkeypatch.chdir(folder)
    for part in app.page.get_by_label("Terminal").inner_text().strip().split(" && "):
        assert run([*shlex.split(part)[1:], "-q"]) == 0


def test_tokens_of_a_dropped_file_are_those_of_python(app):
    """A gzipped FASTA file, lower case and unknown bases in it, gives the rows that the same wheel gives natively."""
    data = f">piece\nnn{letters(700).lower()}RYN{letters(90)}\n".encode()
    given(app, gzip.compress(data), file="x.fa.gz", model=FINE)
    own = VQTokenizer.from_pretrained(FINE)
    codes = own.codes(read_fasta(io.BytesIO(data))["piece"])
    shown = [[int(cell.replace(",", "").replace("unknown", "65535")) for cell in row[:6]] for row in rows(app)]
    spans, ids = codes.offsets, own.vocabulary.ids_of_codes(codes.codes)
    assert shown == [
        [at + 1, *spans[at].tolist(), int(ids[at]), *codes.codes[:, at].tolist()] for at in range(len(shown))
    ]
    assert f"Tokens\n{codes.n_tokens:,}\n" in facts(app)
    app.page.get_by_text("702 bases in lower case").wait_for()


def test_what_is_saved_equals_what_the_terminal_writes(app, tmp_path, monkeypatch):
    """The line that stands below each format, run where the file lies, writes the bytes that the page saved."""
    data = fasta()
    (tmp_path / "x.fa").write_bytes(data)
    given(app, data, model=FINE)
    for kind in FORMATS:
        name, content = saved(app, kind)
        follow(app, tmp_path, monkeypatch)
        assert (tmp_path / name).read_bytes() == content, kind


def test_a_network_gives_the_same_bytes_as_the_terminal(app, tmp_path, monkeypatch):
    """The convolutions of the page and of this machine find the same codes, and decode them to the same bases."""
    data = fasta(3_000)
    (tmp_path / "x.fa").write_bytes(data)
    given(app, data, model=NETWORK)
    for kind in ("bed", "fa"):
        name, content = saved(app, kind)
        follow(app, tmp_path, monkeypatch)
        assert (tmp_path / name).read_bytes() == content, kind


def test_the_sample_is_a_genome_that_comes_back(app):
    """SARS-CoV-2 comes with the page, with its source; of what its fine codes decode to no base is wrong."""
    enter(app).page.get_by_text("NC_045512.2: ").wait_for()
    app.page.get_by_role("button", name="Try SARS-CoV-2 genome").click()
    through(app, "NC_045512.2")
    assert "Bases\n29,903" in facts(app)
    assert "0 of 29,903 bases wrong" in facts(app)
    colours = app.page.get_by_role("figure", name="Colours of codes").locator("li")
    app.until(lambda: colours.count() == 8)
    for model, words in ((COMPACT, "one for 4 bases"), (NETWORK, "of 64 fine")):
        app.page.get_by_role("radio", name=re.compile(f"^{model}")).check()
        app.until(lambda told=words: app.page.locator(".dna-figures").count() and told in facts(app))
        through(app, "NC_045512.2")


def test_a_token_under_the_pointer_tells_its_codes(app):
    """Pointing at a base, and pressing it, shows each level's code with logo, use and kin; a name leads on."""
    given(app, fasta(), model=FINE)
    own = VQTokenizer.from_pretrained(FINE)
    codes = own.codes(letters(1_500)).codes
    line = app.page.locator(".vq-line .dna-letters").first
    wide = line.evaluate("each => { const range = new Range(); range.selectNodeContents(each); "
                         "return range.getBoundingClientRect().width / each.textContent.length }")  # fmt: skip
    line.hover(position={"x": 20.5 * wide, "y": 8})
    line.hover(position={"x": 30.5 * wide, "y": 8})
    card(app).get_by_role("heading", name=re.compile("^Token 28 ?piece:30-31")).wait_for()
    line.click(position={"x": 40.5 * wide, "y": 8})
    card(app).get_by_role("heading", name=re.compile("^Token 38 ?piece:40-41")).wait_for()
    for level, name in enumerate(("coarse", "fine")):
        told = own.describe_code(level + 1, int(codes[level, 37]))
        logo = card(app).get_by_role("img", name=f"Logo of {name} {codes[level, 37]:,}: ")
        assert logo.count() == 1
        assert told.consensus in card(app).inner_text()
        assert f"{told.usage[0]:,} times in the corpus, rank {told.rank[0]:,} of {own.levels[level]:,}" in re.sub(
            r"\s+", " ", card(app).inner_text()
        )
    card(app).get_by_role("button", name=re.compile("^coarse ")).last.click()
    found = app.page.get_by_role("region", name="Look up a token")
    found.get_by_text(f"Coarse {codes[0, 37]:,}").wait_for()
    assert found.get_by_text("Holds").count() == 1


def test_a_code_is_looked_up_and_refused(app):
    """By id, text, or level and code; what is none is told beside the field."""
    given(app, fasta(300), model=FINE)
    found = app.page.get_by_role("region", name="Look up a token")
    field = app.page.get_by_label("Token or code")
    for wanted, words in (("17", "Fine 17"), ("v18", "Fine 18"), ("v1:5", "Coarse 5")):
        field.fill(wanted)
        field.press("Enter")
        found.get_by_text(words, exact=True).wait_for()
    field.fill("v1:512")
    field.press("Enter")
    found.get_by_role("alert").filter(has_text="level 1").wait_for()
    app.page.get_by_role("tab", name="Coarse").click()
    usage = app.page.get_by_role("region", name="Codes in numbers").locator("tbody tr")
    app.page.get_by_text("of 512 codes are used here").wait_for()
    bars = usage.locator("rect").evaluate_all("all => all.map((each) => each.width.baseVal.value)")
    assert bars[0] == 80
    assert bars == sorted(bars, reverse=True)
    usage.first.get_by_role("button").click()
    app.until(lambda: field.input_value().startswith("v1:") or found.get_by_text(re.compile("^Coarse")).count())


def test_a_changed_base_shows_what_it_changes(app):
    """The tokens that change are those of `mutate`; the table of rivals says what each loses."""
    given(app, fasta(), model=FINE)
    app.page.get_by_label("Base", exact=True).fill("300")
    app.page.get_by_label("Base", exact=True).press("Enter")
    old = letters(301)[300]
    new = "ACGT"[("ACGT".index(old) + 1) % 4]
    app.page.get_by_role("group", name=f"Change base 300, now {old}").get_by_role("button", name=f"to {new}").click()
    effect = VQTokenizer.from_pretrained(FINE).mutate(letters(1_500), 300, new)
    changed = app.page.get_by_role("region", name="Tokens that change").locator("tbody tr")
    changed.first.wait_for()
    assert [row[0] for row in changed.evaluate_all(ROWS)] == [f"{token + 1:,}" for token in effect.tokens.tolist()]
    assert f"changes {len(effect.tokens)} of 1,493 tokens" in app.page.locator(".plot-finding").inner_text()
    app.page.get_by_role("columnheader", name="Lost by the change").wait_for()
    assert app.page.locator(".vq-changed:visible").count() > 0
    app.page.get_by_role("button", name="Take it back").click()
    app.until(lambda: app.page.locator(".vq-changed").count() == 0)
    app.page.get_by_label("Base", exact=True).fill("1500")
    app.page.get_by_label("Base", exact=True).press("Enter")
    app.page.get_by_role("alert").filter(has_text="There is no base 1500").wait_for()


def test_rivals_cut_the_same_bases(app):
    """Byte pairs, words of letters and codes stand one above the other, and in numbers."""
    given(app, fasta(), model=COMPACT)
    numbers = app.page.get_by_role("region", name="Tokenizers in numbers").locator("tbody tr")
    numbers.first.wait_for()
    told = {row[0]: row[1:] for row in numbers.evaluate_all(ROWS)}
    assert list(told) == [COMPACT, "DNABERT-2 byte pairs", "6-mers, step 6", "6-mers", "3-mers"]
    assert (told["6-mers, step 6"][0], told["6-mers"][0], told["3-mers"][0]) == ("250", "1,495", "1,498")
    pieces = app.page.get_by_role("img", name=re.compile("^6-mers, step 6: "))
    pieces.wait_for()
    words = pieces.get_attribute("aria-label").removeprefix("6-mers, step 6: ").split()
    assert "".join(words) in letters(1_500)
    assert {len(word) for word in words[1:-1]} == {6}


def test_codes_are_learnt_from_the_sequence(app, tmp_path, monkeypatch):
    """A codebook is learnt in the tab; its tokens are what the two lines for the terminal make of the same file."""
    data = fasta(9_000)
    (tmp_path / "x.fa").write_bytes(data)
    given(app, data, model=COMPACT)
    app.page.get_by_role("combobox", name="Codes", exact=True).select_option("16")
    app.page.get_by_role("button", name="Learn codes").click()
    app.page.get_by_text("16 codes, learnt from this very sequence").wait_for()
    through(app)
    assert "of 16" in facts(app)
    app.page.get_by_label("Terminal").get_by_text("genotok vq train --fasta x.fa").wait_for()
    name, content = saved(app, "npz")
    follow(app, tmp_path, monkeypatch)
    with np.load(tmp_path / name) as there, np.load(io.BytesIO(content)) as here:
        assert np.array_equal(here["ids"], there["ids"])
    app.page.get_by_role("button", name=f"Back to {COMPACT}").click()
    app.page.get_by_text("learnt from 4 genomes").wait_for()


def packed(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"model/{path.name}")
    return held.getvalue()


def test_a_saved_tokenizer_gives_its_ids(app, tmp_path):
    """Dropped as a zip it names the next sequence, also in a new worker; a damaged one is told."""
    VQTokenizer.from_pretrained(COMPACT, strand="reverse").save_pretrained(tmp_path / "model")
    own = VQTokenizer.from_pretrained(tmp_path / "model")
    enter(app).drop_named({"model.zip": packed(tmp_path / "model")}, "#codes")
    app.page.get_by_text("flat, 4,096 codes, a token for 4 bases").wait_for()
    given(app, fasta(900))
    expected = [f"{each:,}" for each in own.encode(letters(900))]
    ids = [row[3] for row in rows(app)]
    assert ids == expected[: len(ids)]
    app.page.get_by_label("Terminal").get_by_text("genotok vq encode -t model x.fa").wait_for()
    app.page.evaluate(
        "import(document.querySelector('script[src$=\"start.js\"]').src).then(({engine}) => engine.restart())"
    )
    app.page.locator(".dna-way").wait_for()
    through(app)
    assert [row[3] for row in rows(app)] == ids
    chooser = app.page.get_by_label("Choose a saved tokenizer")
    chooser.set_input_files([str(tmp_path / "model/model.npz")])
    app.page.get_by_role("alert").filter(has_text="has no tokenizer_config.json").wait_for()
    damaged = bytearray((tmp_path / "model/model.npz").read_bytes())
    damaged[300:340] = bytes(40)
    (tmp_path / "model/model.npz").write_bytes(damaged)
    chooser.set_input_files([str(tmp_path / "model" / name) for name in ("model.npz", "tokenizer_config.json")])
    app.page.get_by_role("alert").filter(has_text="model.npz").wait_for()
    app.page.get_by_role("button", name="Close model.zip").click()
    app.page.get_by_role("radio", name=re.compile(f"^{FINE}")).wait_for()


BAD = {
    "protein": (b">sp|P1\nMKLVPEFILQ\n", "this looks like protein"),
    "gaps": (b">a\nACGT-ACGT\n", "remove alignment gaps"),
    "empty": (b"", "no sequence in it"),
    "blanks": (b"\n \n", "no sequence in it"),
    "no header": (b"ACGT\n", "text before the first >"),
    "twice": (b">a\nAC\n>a\nGT\n", "'a' stands at line 1 already"),
    "2bit": (b"\x1a\x41\x27\x43" + bytes(60), "twoBitToFa"),
    "zip": (b"PK\x03\x04" + bytes(60), "no zip, or a damaged one"),
    "utf-16": (">a\nACGT\n".encode("utf-16"), "UTF-16"),
    "cut": (gzip.compress(b">a\n" + b"ACGT" * 900)[:-9], "x.fa"),
    "too long": (gzip.compress(b">a\n" + b"A" * 5_000_001, 1), "more than 5,000,000 bases"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_told(app, kind):
    """What cannot be read is told in the words of the engine."""
    data, words = BAD[kind]
    enter(app).drop_named({"x.zip" if kind == "zip" else "x.fa": data}, "#codes")
    app.page.get_by_role("alert").filter(has_text=words).wait_for()


def test_what_has_no_tokens_is_told(app):
    """Short sequences and unknown bases are no fault: what came of them is said, and the next file works."""
    enter(app).drop_named({"x.fa": b">none\n>short\nACGU\n>unknown\n" + b"N" * 30 + b"\n"}, "#codes")
    app.page.get_by_role("heading", name="none", exact=True).wait_for()
    app.page.get_by_text("too short for a token, which takes 8 bases").wait_for()
    app.page.get_by_text("1 of 3 sequences have unknown tokens only").wait_for()
    app.page.get_by_label("Sequence", exact=True).select_option("2")
    through(app, "unknown")
    slider(app).press("ArrowRight")
    card(app).get_by_text("It would have to tell of a base that is not known").wait_for()
    app.page.get_by_role("radio", name=re.compile(r"^\.gtok")).check()
    assert app.page.get_by_role("button", name="Save tokens").is_disabled()
    given(app, fasta(300))


def test_a_network_takes_less(app):
    """200,000 bases are what the page gives to a network; the refusal names the way."""
    enter(app).page.get_by_role("radio", name=re.compile(f"^{NETWORK}.*Up to 200,000 bases")).check()
    app.drop_named({"x.fa": b">a\n" + b"ACGTTGCA" * 25_001 + b"\n"}, "#codes")
    told = "more than 200,000 bases; give a part of it, or take a model with a table, or use the terminal"
    app.page.get_by_role("alert").filter(has_text=told).wait_for()
    app.page.get_by_role("radio", name=re.compile(f"^{FINE}")).check()
    through(app, "a")


def test_nothing_pasted_is_told(app):
    """An empty field says what to do."""
    enter(app).page.get_by_role("button", name="Find codes").click()
    app.page.get_by_role("alert").filter(has_text="paste DNA").wait_for()


SCROLL = """async () => {
  const frame = document.querySelector(".dna-frame");
  for (let step = 0; step < 40; step += 1) {
    frame.scrollTop += (step % 7) * 900;
    await new Promise(requestAnimationFrame);
  }
}"""


def test_scrolling_a_long_sequence_never_stalls(app):
    """Only lines in sight exist, and no task of the page is long (the fixture watches)."""
    given(app, f">piece\n{letters(50_000) * 6}\n".encode(), model=FINE)
    app.page.evaluate(SCROLL)
    app.drawn()
    assert 0 < app.page.locator(".vq-line").count() < 40


def test_at_320_px_nothing_is_lost(app):
    """Only letters and tables scroll; nothing stands beyond the edge, which is 400 % of a common screen."""
    app.page.set_viewport_size({"width": 320, "height": 700})
    given(app, fasta(600), model=FINE)
    slider(app).press("ArrowRight")
    card(app).get_by_role("img").first.wait_for()
    app.page.get_by_role("region", name="Tokenizers in numbers").wait_for()
    assert app.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_room_asks_for_what_is_its_own_only_when_used(browser, site):
    """A visit of the intervals fetches no style and no sequence of codes, nor the wheel, which holds the codebooks."""
    app = App(browser.new_context(service_workers="block"), site).open().ready()
    app.drop(x_bed=b"chr1\t10\t2000000\n").done("x.bed")
    assert [url for url in app.requests if "vq" in url or ".fa" in url or "/genotok-0" in url] == []
    enter(app).until(lambda: [url for url in app.requests if url.endswith("/vq.css")])
    given(app, fasta(300))
    assert len([url for url in app.requests if "/genotok-0" in url]) == 1
    assert app.foreign() == []
    app.close()


CONTROLS = "button:not(.vq-code):not(.vq-wrongs button), input, select, textarea, [role=tab]"


def test_print_is_the_result_alone(app):
    """On paper stand the sequence, its figures, codes, the token and the tables; what can only be pressed does not."""
    given(app, fasta(600), model=FINE)
    slider(app).press("ArrowRight")
    card(app).get_by_role("heading", name=re.compile("^Token 1")).wait_for()
    app.page.get_by_role("region", name="Tokenizers in numbers").wait_for()
    app.page.emulate_media(media="print")
    tools = app.page.locator(CONTROLS).filter(visible=True)
    assert tools.evaluate_all("all => all.map((each) => each.outerHTML.slice(0, 200))") == []
    text = app.page.locator("main").inner_text()
    for words in ("piece", "Bits of a token", "Token 1", "Codes by use", "The same bases by others"):
        assert words in text
    with app.unwatched():
        assert app.page.pdf(format="A4").startswith(b"%PDF")


FILL = (
    "each => { const {fill, fillOpacity, stroke} = getComputedStyle(each); return [fill, fillOpacity, stroke].join() }"
)


def test_forced_colours_tell_codes_apart(app):
    """Where the system chooses the colours bands differ by their depth, and the chosen token by its frame."""
    app.page.emulate_media(forced_colors="active")
    given(app, fasta(), model=FINE)
    looks = {app.page.locator(f".vq-band.dna-hue-{hue}").first.evaluate(FILL) for hue in range(1, 5)}
    assert len(looks) == 4
    slider(app).press("ArrowRight")
    app.until(lambda: app.page.locator(".vq-chosen").count() == 1)


def test_the_tab_by_keys_alone(app):
    """From the tab bar to a saved file no hand leaves the keyboard, and no stop is out of sight."""
    keys = Keys(app.page)
    app.page.get_by_role("link", name="genotok, top of the page").focus()
    keys.tab_to('tab "Intervals"')
    keys.press("ArrowRight", "ArrowRight")
    app.page.get_by_role("heading", name="VQ codes", exact=True).wait_for()
    keys.tab_to('textbox "DNA, or FASTA"')
    keys.write(letters(600))
    keys.tab_to('button "Find codes"')
    keys.press("Enter")
    through(app, "pasted")
    app.page.get_by_role("region", name="Tokenizers in numbers").wait_for()
    keys.tab_to('slider "Tokens of')
    keys.press("ArrowRight", "ArrowRight", "ArrowRight")
    card(app).get_by_role("heading", name=re.compile(r"^Token 3\D")).wait_for()
    keys.press("End")
    last = int(slider(app).get_attribute("aria-valuemax"))
    app.until(lambda: f"token {last} of {last}" in slider(app).get_attribute("aria-valuetext"))
    keys.press("Home")
    card(app).get_by_role("heading", name=re.compile(r"^Token 1\D")).wait_for()
    card(app).get_by_role("img").nth(1).wait_for()  # its buttons are stops on the way
    keys.tab_to('textbox "Base"')
    keys.tab_to('button "to ')
    keys.press("Enter")
    app.page.get_by_role("region", name="Tokens that change").wait_for()
    keys.tab_to('textbox "Token or code')
    keys.write("2").press("Enter")
    app.page.get_by_role("region", name="Look up a token").get_by_text("Fine 2", exact=True).wait_for()
    keys.tab_to('tab "Fine"')
    keys.press("ArrowLeft")
    app.page.get_by_text("of 512 codes are used here").wait_for()
    keys.tab_to("'?radio \"[.]jsonl")
    keys.press("ArrowDown")
    keys.tab_to('button "Save tokens"')
    with app.page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.suggested_filename == "pasted.fa.tsv"
