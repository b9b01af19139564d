"""The pictures of a result: their twin tables and readouts are what NumPy counts natively, and they can be kept."""

import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from genotok import read_bed
from genotok.analysis.assemblies import ASSEMBLIES
from web import native

ROWS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
SVG = "{http://www.w3.org/2000/svg}"
OUTSIDE = """picture => {
  const {x, width} = picture.getBBox();
  return x < -1 || x + width > picture.width.baseVal.value + 1;
}"""
FOUR = ["Tokens per chromosome", "Widths of the regions", "Hit rate by width", "Frequency by rank"]


class Truth(NamedTuple):
    """A file's rows and tokens: chromosome, start, end and hits of (n,) rows; the ids of all rows."""

    chroms: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    counts: np.ndarray
    ids: np.ndarray


@pytest.fixture(scope="module")
def peaks(tmp_path_factory):
    """Ten thousand rows of a real file, some of them twice so that tokens repeat, and one on a strange chromosome."""
    rows = list(read_bed(native.SAMPLE).to_tuples())[:10_000]
    rows += rows[:700] + rows[:90] + rows[:7] + [("chrStrange", 5, 900)]
    path = tmp_path_factory.mktemp("plots") / "peaks.bed"
    path.write_text("".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in rows))
    tokens = native.default_tokenizer().encode_rows(read_bed(path), unmatched="drop", sort=False)
    chroms, starts, ends = (np.array(column) for column in zip(*rows, strict=True))
    return path, Truth(chroms, starts, ends, tokens.counts(), np.array(tokens.ids))


@pytest.fixture
def look(app, peaks):
    """The page with the file in it, and the way to a look at it."""
    app.pick(peaks[0]).done("peaks.bed")

    def choose(name):
        app.page.get_by_role("tab", name=name, exact=True).click()
        return app.page.get_by_role("tabpanel", name=name)

    yield choose
    app.page.get_by_role("tab", name="Tokens", exact=True).click()


def twin(figure) -> list[list[str]]:
    """Open the twin table of a picture and give its rows."""
    button = figure.get_by_role("button", name=re.compile("^Show as table"))
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    return figure.locator(".twin tbody tr").evaluate_all(ROWS)


def save(app, figure, kind: str) -> tuple[str, bytes]:
    with app.page.expect_download() as waiting:
        figure.get_by_role("button", name=re.compile(f"^{kind}: save ")).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_overview_and_plots_match_numpy(look, peaks):
    """Every number of the four plots' tables is NumPy's: by chromosome, by width, by rank."""
    _path, truth = peaks
    panel = look("Plots")
    hit = truth.counts > 0
    by_chrom = {
        name: [np.count_nonzero(here := truth.chroms == name), np.count_nonzero(here & hit), truth.counts[here].sum()]
        for name in np.unique(truth.chroms).tolist()
    }
    sizes = ASSEMBLIES["hg38"]
    rows = twin(panel.get_by_role("figure", name="Tokens per chromosome"))
    assert {name: values for name, *values in rows} == {
        name: [*(f"{value:,}" for value in values), *size_and_density(values[2], sizes.get(name))]
        for name, values in by_chrom.items()
    }
    assert [name for name, *_ in rows][:3] == ["chr1", "chr2", "chr3"]

    widths = truth.ends - truth.starts
    for figure in ("Widths of the regions", "Hit rate by width"):
        rows = twin(panel.get_by_role("figure", name=figure))
        assert sum(int(row[2].replace(",", "")) for row in rows) == len(widths)
        for low, high, *values in (
            [int(cell.replace(",", "")) if at < 5 else cell for at, cell in enumerate(row)] for row in rows
        ):
            here = (widths >= low) & (widths < high)
            regions, hits = np.count_nonzero(here), np.count_nonzero(here & hit)
            assert values == [regions, hits, regions - hits, f"{100 * hits / regions:.1f} %" if regions else "–"]

    frequencies = np.sort(np.unique(truth.ids, return_counts=True)[1])[::-1]
    rows = [
        [int(cell.replace(",", "")) for cell in row]
        for row in twin(panel.get_by_role("figure", name="Frequency by rank"))
    ]
    assert [frequency for _, frequency in rows] == [frequencies[rank - 1] for rank, _ in rows]
    assert [rows[0][0], rows[-1][0]] == [1, len(frequencies)]
    ranks, counts = np.log10(np.array(rows, dtype=float)).T
    slope = f"{np.polyfit(ranks, counts, 1)[0]:.2f}".replace("-", "\N{MINUS SIGN}")
    title = panel.get_by_role("figure", name="Frequency by rank").get_by_role("heading").inner_text()
    assert title.startswith(f"The commonest token occurs {frequencies[0]} times")
    assert title.endswith(f"rank to the power {slope} (Zipf: \N{MINUS SIGN}1)")


def size_and_density(tokens: int, size: int | None) -> list[str]:
    if size is None:
        return ["–", "–"]
    return [f"{size:,}", f"{float(f'{1e6 * tokens / size:.4g}'):g}"]


def bins_of(chroms: np.ndarray, starts: np.ndarray, ends: np.ndarray, chrom: str, width: int, last: int) -> np.ndarray:
    """Count regions by the bin of their middle on one chromosome."""
    here = chroms == chrom
    places = (starts[here].astype(np.int64) + ends[here]) // 2 // width
    return np.bincount(np.minimum(places, last), minlength=last + 1)


def test_genome_bins_match_numpy(app, look, peaks):
    """The table by chromosome and the words of walked bins are the counts of region middles."""
    _path, truth = peaks
    figure = look("Genome").get_by_role("figure", name="Genome overview")
    universe = native.default_universe().regions
    names = np.array(universe.chrom_names)[universe.codes]
    token_chroms = names[truth.ids]
    missed = truth.counts == 0
    expected = {
        name: [f"{np.count_nonzero(part == name):,}" for part in (names, token_chroms, truth.chroms[missed])]
        for name in universe.chrom_names
    }
    assert {name: values for name, *values in twin(figure)} == expected
    strange = np.count_nonzero(~np.isin(truth.chroms, universe.chrom_names))
    words = f"{strange} regions without a token on chromosomes that the universe does not have"
    assert figure.get_by_text(words).is_visible()

    width = int(re.search(r"Bins of ([\d,]+) bases", figure.inner_text())[1].replace(",", ""))
    last = -(-ASSEMBLIES["hg38"]["chr1"] // width) - 1
    tracks = [
        bins_of(names, universe.starts, universe.ends, "chr1", width, last),
        bins_of(token_chroms, universe.starts[truth.ids], universe.ends[truth.ids], "chr1", width, last),
        bins_of(truth.chroms[missed], truth.starts[missed], truth.ends[missed], "chr1", width, last),
    ]
    bins = figure.get_by_role("slider", name="Bins of the genome")
    bins.focus()
    keys = ["ArrowRight"] * 25 + ["End", "ArrowLeft", "Home"]
    places = [*range(25), last, last - 1, 0]
    for key, place in zip(keys, places, strict=True):
        app.page.keyboard.press(key)
        regions, tokens, misses = (track[place] for track in tracks)
        ends = min((place + 1) * width, ASSEMBLIES["hg38"]["chr1"])
        words = f"chr1:{place * width:,}-{ends:,}"
        counted = f"{regions:,} universe regions, {tokens:,} tokens, {misses:,} regions without a token"
        assert re.fullmatch(rf"{words}( \([pq][\d.]+\))?: {counted}", bins.get_attribute("aria-valuetext"))
    app.page.keyboard.press("ArrowDown")
    assert bins.get_attribute("aria-valuetext").startswith("chr2:0-")


def test_a_bin_filters_the_table(app, look, peaks):
    """Enter on a bin shows its regions in the table; a click on another bin does so too."""
    _path, truth = peaks
    figure = look("Genome").get_by_role("figure", name="Genome overview")
    bins = figure.get_by_role("slider", name="Bins of the genome")
    bins.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight"):
        app.page.keyboard.press(key)
    low, high = (
        int(text.replace(",", ""))
        for text in re.match(r"chr2:([\d,]+)-([\d,]+)", bins.get_attribute("aria-valuetext")).groups()
    )
    app.page.keyboard.press("Enter")
    expected = np.count_nonzero((truth.chroms == "chr2") & (truth.starts < high) & (truth.ends > low))
    app.page.locator(f".grid table[aria-rowcount='{expected + 1}']").wait_for()
    assert app.page.get_by_role("tab", name="Table").get_attribute("aria-selected") == "true"
    assert {row[1] for row in app.table()} == {"chr2"}
    bins = look("Genome").get_by_role("slider")
    box = bins.bounding_box()
    app.page.mouse.click(box["x"] + 60, box["y"] + 50)
    app.table()
    assert {row[1] for row in app.table()} == {"chr1"}


def test_pictures_can_be_kept(app, look):
    """A saved SVG is well-formed and stands alone, a PNG has its size twice over, a CSV is the twin table."""
    for name, panel in [*((name, look("Plots")) for name in FOUR), ("Genome overview", look("Genome"))]:
        panel = look("Genome" if name == "Genome overview" else "Plots")
        figure = panel.get_by_role("figure", name=name)
        title = figure.get_by_role("heading").inner_text()
        filename, content = save(app, figure, "SVG")
        assert filename == f"peaks.{name.lower().replace(' ', '-')}.svg"
        root = ET.fromstring(content)
        drawn = [node for node in root.iter() if node.tag in {f"{SVG}path", f"{SVG}text", f"{SVG}rect"}]
        assert 10 < len(drawn) <= 2000
        assert [node.attrib for node in root.iter() if "class" in node.attrib or "style" in node.attrib] == []
        assert all("var(" not in value for node in drawn for value in node.attrib.values())
        assert "sans-serif" in root.get("font-family")
        assert all(node.get("font-size") and node.get("fill") for node in root.iter(f"{SVG}text"))
        texts = "".join(root.itertext())
        assert title.replace(" ", "") in texts.replace(" ", "")
        assert "Ensembl Regulatory Build ed17e98f" in texts
        _, picture = save(app, figure, "PNG")
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == (2 * int(root.get("width")), 2 * int(root.get("height")))
        _, table = save(app, figure, "CSV")
        lines = list(csv.reader(io.StringIO(table.decode())))
        plain = [[re.sub(r"[, %–]", "", cell) for cell in row] for row in twin(figure)]
        assert [row[0].replace(" ", "") for row in lines[1:]] == [row[0] for row in plain]
        assert len(lines[0]) == len(plain[0])


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pictures_fit(app, look, width):
    """No picture makes the page scroll sideways, and none has a mark outside of itself."""
    app.page.set_viewport_size({"width": width, "height": 800})
    for name in ("Genome", "Plots"):
        panel = look(name)
        panel.locator("svg.picture").first.wait_for()
        assert app.page.evaluate("document.documentElement.scrollWidth") <= width
        for figure in panel.locator(".plot-place").all():
            assert figure.evaluate("place => place.scrollWidth <= place.clientWidth")
        for picture in panel.locator("svg.picture").all():
            assert picture.get_attribute("aria-label")
            assert not picture.evaluate(OUTSIDE)


def test_sample_is_drawn(fresh):
    """The result that was computed with the page has its pictures before there is any file."""
    fresh.page.get_by_role("tab", name="Genome", exact=True).click()
    fresh.page.get_by_role("slider", name="Bins of the genome").wait_for()
    fresh.page.get_by_role("tab", name="Plots", exact=True).click()
    fresh.page.get_by_role("figure", name="Frequency by rank").locator("svg").wait_for()
    fresh.ready()
