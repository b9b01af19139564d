"""Results beside each other: the figures, tables and pictures are those that NumPy gives natively."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from genotok import IntervalTokenizer, read_bed
from genotok.io.universes import universe_of
from web import native

ROWS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
REGIONS = b"chr1\t203327425\t203327695\nchr1\t203327814\t203328084\nchr1\t203328829\t203329099\n"


def section(app):
    """The open comparison."""
    return app.unfold(re.compile(r"Compare \d+ files"))


def counts_of(path: Path) -> np.ndarray:
    """How often each region's id occurs in a file."""
    tokenizer = native.default_tokenizer()
    return np.bincount(np.array(tokenizer.encode(path), dtype=np.int64), minlength=tokenizer.n_regions)


def measures(a: np.ndarray, b: np.ndarray) -> dict[str, str]:
    """The figures of two rows of counts, by their definitions, as the page writes them."""
    has_a, has_b = set(np.flatnonzero(a).tolist()), set(np.flatnonzero(b).tolist())
    shared = len(has_a & has_b)
    return {
        "Jaccard": f"{shared / len(has_a | has_b):.3f}",
        "weighted Jaccard": f"{np.minimum(a, b).sum() / np.maximum(a, b).sum():.3f}",
        "of A is in B": f"{100 * shared / len(has_a):.1f} %",
        "of B is in A": f"{100 * shared / len(has_b):.1f} %",
        "cosine": f"{a @ b / np.linalg.norm(a) / np.linalg.norm(b):.3f}",
    }


def figures_in(place) -> dict[str, str]:
    return {
        figure.locator("dt").inner_text(): figure.locator("dd").first.inner_text()
        for figure in place.locator(".figure").all()
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Some thousand rows of two real files."""
    folder = tmp_path_factory.mktemp("two")
    paths = [folder / "ctcf.bed", folder / "znf.bed"]
    for path, source in zip(paths, (native.SAMPLE, native.WEB / "samples/hg38-znf263.bed.gz"), strict=True):
        rows = list(read_bed(source).to_tuples())[:6000]
        path.write_text("".join(map("{0[0]}\t{0[1]}\t{0[2]}\n".format, rows)))
    return paths


@pytest.fixture
def two(app, files):
    """Two files, compared."""
    app.pick(*files).done("ctcf.bed").done("znf.bed")
    place = section(app)
    place.locator(".figures").wait_for()
    return app, place, [counts_of(path) for path in files]


def test_two_files_equal_numpy(two):
    """Figures, the sizes of the three parts and every sorted page of the table are those of the native ids."""
    _app, place, (a, b) = two
    assert figures_in(place) == measures(a, b)
    parts = {
        "All": (a > 0) | (b > 0),
        "In both": (a > 0) & (b > 0),
        "Only A": (a > 0) & (b == 0),
        "Only B": (a == 0) & (b > 0),
    }
    group = place.get_by_role("group", name="Which tokens")
    table = place.get_by_role("table", name="Tokens of A and B")
    regions = native.default_universe().regions
    for name, part in parts.items():
        group.get_by_role("button", name=f"{name} {np.count_nonzero(part):,}", exact=True).click()
        order = np.flatnonzero(part)
        order = order[np.argsort(-(a - b)[order], kind="stable")][:25]
        expected = [
            [
                f"{regions.name_of(row)}:{regions.starts[row]:,}-{regions.ends[row]:,}",
                str(row),
                f"{a[row]:,}",
                f"{b[row]:,}",
                f"{a[row] - b[row]:+,}".replace("+0", "0").replace("-", "\N{MINUS SIGN}"),
            ]
            for row in order.tolist()
        ]
        table.locator("tbody th").get_by_text(expected[0][0], exact=True).wait_for()
        assert table.locator("tbody tr").evaluate_all(ROWS) == expected
    group.get_by_role("button", name="All").click()
    table.get_by_role("button", name="Id", exact=True).click()
    first, last = np.flatnonzero(parts["All"])[[0, -1]]
    table.locator("tbody td").get_by_text(str(first), exact=True).first.wait_for()
    place.get_by_role("button", name="Last", exact=True).click()
    table.locator("tbody td").get_by_text(str(last), exact=True).first.wait_for()
    total = np.count_nonzero(parts["All"])
    assert place.get_by_text(f"{total - (total - 1) % 25:,} to {total:,} of {total:,} tokens").is_visible()


def test_the_table_is_saved_as_shown(two):
    """The saved TSV has every token of the chosen part, in the order of the table."""
    app, place, (a, b) = two
    place.get_by_role("group", name="Which tokens").get_by_role("button", name=re.compile("^In both")).click()
    place.get_by_role("button", name="In B", exact=True).click()
    place.locator("th[aria-sort=descending]").get_by_text("In B").wait_for()
    with app.page.expect_download() as waiting:
        place.get_by_role("button", name="Save as .tsv").click()
    assert waiting.value.suggested_filename == "ctcf.bed-and-znf.bed.tsv"
    order = np.flatnonzero((a > 0) & (b > 0))
    order = order[np.argsort(-b[order], kind="stable")]
    regions = native.default_universe().regions
    lines = [
        f"{row}\t{regions.name_of(row)}\t{regions.starts[row]}\t{regions.ends[row]}\t{a[row]}\t{b[row]}\n"
        for row in order.tolist()
    ]
    saved = Path(waiting.value.path()).read_text()
    assert saved == "id\tchrom\tstart\tend\tcount_a\tcount_b\n" + "".join(lines)


def test_sides_change_places(two):
    """Choosing the other side's file changes the two over; A and B are never one file."""
    _app, place, (a, b) = two
    place.get_by_role("combobox", name="A").select_option("znf.bed")
    place.get_by_text("A: znf.bed").first.wait_for()
    place.locator(".figures").wait_for()
    assert figures_in(place) == measures(b, a)


def test_overlap_is_drawn_to_scale(two):
    """The widths of the bars are the counts, in one ratio; the picture stands alone when saved."""
    app, place, (a, b) = two
    figure = place.get_by_role("figure", name="Shared tokens")
    with app.page.expect_download() as waiting:
        figure.get_by_role("button", name="SVG: save Shared tokens").click()
    root = ET.parse(waiting.value.path()).getroot()
    paths = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("d")]
    spans = [
        [float(low), float(high)]
        for path in paths
        for low, high in re.findall(r"M([\d.]+) [\d.]+H([\d.]+)v20", path.get("d"))
    ]
    only_a, only_b, both, again = [high - low for low, high in spans]
    parts = [np.count_nonzero(part) for part in ((a > 0) & (b == 0), (a > 0) & (b > 0), (a == 0) & (b > 0))]
    unit = (only_a + both + only_b) / sum(parts)
    assert [only_a, both, only_b] == pytest.approx([unit * part for part in parts], abs=0.3)
    assert again == both
    assert all(path.get("fill") and not path.get("class") for path in paths)


def test_both_along_the_genome(two):
    """The twin table of the overlay has the tokens of both by chromosome; the title is their correlation."""
    _app, place, (a, b) = two
    figure = place.get_by_role("figure", name="Tokens along the genome")
    figure.get_by_role("button", name="Show as table").click()
    rows = figure.locator(".twin tbody tr").evaluate_all(ROWS)
    regions = native.default_universe().regions
    per_chrom = [
        np.bincount(regions.codes, weights=counts, minlength=len(regions.chrom_names)).astype(int) for counts in (a, b)
    ]
    expected = {
        name: [f"{total:,}" for total in pair] for name, *pair in zip(regions.chrom_names, *per_chrom, strict=True)
    }
    assert {name: values for name, *values in rows} == expected
    assert re.search(r"correlate with r = 0\.\d\d over [\d,]+ bins", figure.locator("h3").inner_text())


def test_matrix_of_several_files(app, tmp_path):
    """Three files and more stand in a square of Jaccard indices; keys walk it, Enter compares the two."""
    lines = REGIONS.splitlines(keepends=True)
    first = native.bed_of(native.default_universe().regions).split(b"\n", 1)[0]
    files = {"a.bed": lines[:2], "b.bed": lines[1:2], "c.bed": [first], "d.bed": [b"chr1\t9\t10\n"]}
    app.drop_named({name: b"".join(rows) for name, rows in files.items()})
    for name in files:
        app.done(name)
    place = section(app)
    place.get_by_role("button", name="4 files").click()
    figure = place.get_by_role("figure", name="Jaccard index of every pair")
    figure.get_by_role("heading", name="Most alike of 4 files: a.bed and b.bed, Jaccard 0.50").wait_for()
    figure.get_by_role("button", name="Show as table").click()
    numbers = np.array([row[1:] for row in figure.locator(".twin tbody tr").evaluate_all(ROWS)])
    expected = [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]
    assert numbers[:3, :3].astype(float).tolist() == expected
    assert numbers[3].tolist() == ["0", "0", "0", "–"]  # no token at all: nothing to take a share of
    cells = figure.get_by_role("slider", name="Pairs of files")
    cells.focus()
    app.page.keyboard.press("ArrowRight")
    assert cells.get_attribute("aria-valuetext") == "a.bed and b.bed: Jaccard 0.500, 1 tokens shared"
    app.page.keyboard.press("Enter")
    place.get_by_role("figure", name="Shared tokens").wait_for()
    assert figures_in(place)["Jaccard"] == "0.500"


def test_results_of_two_universes_are_refused(app, tmp_path):
    """A result that could not be made again after a change of universe is not mixed with new ones; both are named."""
    gone = tmp_path / "gone.bed"
    gone.write_bytes(REGIONS)
    app.pick(gone).done("gone.bed")
    app.drop(here_bed=REGIONS).done("here.bed")
    gone.unlink()
    mine = tmp_path / "mine.bed"
    mine.write_bytes(b"chr1\t203327400\t203327900\n")
    app.open_universe(mine)
    app.failed("gone.bed")
    app.row("here.bed").get_by_text("2 tokens").wait_for()
    place = section(app)
    message = place.get_by_role("alert").inner_text()
    assert "ed17e98f" in message
    assert "Ensembl Regulatory Build" in message
    assert "mine.bed" in message
    assert place.locator(".figures").count() == 0


def covered(regions, chrom: str) -> np.ndarray:
    """Flag the bases of a chromosome that regions cover."""
    here = regions.codes == regions.chrom_names.index(chrom)
    flags = np.zeros(60_000_000, dtype=bool)
    for start, end in zip(regions.starts[here].tolist(), regions.ends[here].tolist(), strict=True):
        flags[start:end] = True
    return flags


def test_two_universes_side_by_side(app, tmp_path):
    """Rows, bases and overlap of two universes, and what a file becomes under either, are NumPy's."""
    regions = native.default_universe().regions
    rows = [row for row in regions.to_tuples() if row[0] in {"chr21", "chr22"}]
    mine = rows[:900:3] + [(chrom, start + 150, end + 150) for chrom, start, end in rows[901:7000:5]]
    path = tmp_path / "two.bed"
    path.write_text("".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in mine))
    own = read_bed(path)
    app.drop(peaks_bed=REGIONS + b"".join(path.read_bytes().splitlines(keepends=True)[:40])).done("peaks.bed")
    app.open_universe(path)
    app.page.get_by_role("radio", name="two.bed").wait_for()
    place = app.unfold("Compare universes")
    place.get_by_role("combobox", name="A").select_option("Ensembl Regulatory Build, hg38")
    place.get_by_role("combobox", name="B").select_option("two.bed")
    figure = place.get_by_role("figure", name="Bases in common")
    figure.get_by_role("button", name="Show as table").click()
    both = [covered(each, chrom) for each in (regions, own) for chrom in ("chr21", "chr22")]
    shared = np.count_nonzero(both[0] & both[2]) + np.count_nonzero(both[1] & both[3])
    expected = [
        ["A", f"{(regions.ends - regions.starts).sum():,}"],  # its regions are disjoint
        ["B", f"{np.count_nonzero(both[2]) + np.count_nonzero(both[3]):,}"],
        ["In both", f"{shared:,}"],
    ]

    figure.locator(".twin td").get_by_text(expected[1][1], exact=True).wait_for()
    assert figure.locator(".twin tbody tr").evaluate_all(ROWS) == expected
    facts = {row[0]: row[1:] for row in place.locator(".twin").first.locator("tbody tr").evaluate_all(ROWS)}
    touched = np.count_nonzero(native.default_tokenizer().encode_rows(own, unmatched="drop").counts())
    assert facts["Regions"] == [f"{len(regions):,}", f"{len(own):,}"]
    assert facts["Identical rows"] == [f"{len(set(rows) & set(mine)):,}"] * 2
    assert facts["Overlap the other"][1] == f"{100 * touched / len(own):.1f} %".replace("100.0", "100")
    peaks = tmp_path / "peaks.bed"
    peaks.write_bytes(REGIONS + b"".join(path.read_bytes().splitlines(keepends=True)[:40]))
    under = [IntervalTokenizer(universe).report(peaks) for universe in (native.default_universe(), universe_of(own))]
    assert facts["Tokens"] == [f"{report.tokens:,}" for report in under]
    assert facts["Regions that hit"] == [f"{100 * report.regions_hit / report.regions:.1f} %" for report in under]
    figure = place.get_by_role("figure", name="Regions per chromosome of both")
    figure.get_by_role("button", name="Show as table").click()
    counts = {row[0]: row[1:] for row in figure.locator(".twin tbody tr").evaluate_all(ROWS)}
    assert counts["chr21"] == [f"{sum(row[0] == 'chr21' for row in part):,}" for part in (rows, mine)]
    assert counts["chr1"][1] == "0"


def test_ticked_files_are_compared(app):
    """Ticking a second file opens the comparison with the two that are ticked."""
    first, second, third = (REGIONS.splitlines(keepends=True)[at] for at in range(3))
    app.drop_named({"a.bed": third, "b.bed": first, "c.bed": first + second})
    for name in ("a.bed", "b.bed", "c.bed"):
        app.done(name)
    for name in ("b.bed", "c.bed"):
        app.page.get_by_role("checkbox", name=f"Tick {name}").check()
    place = app.page.locator(".compare-files")
    place.get_by_text("A: b.bed", exact=True).wait_for()
    assert place.get_by_role("combobox", name="B").locator("option:checked").inner_text() == "c.bed"
    assert figures_in(place)["of A is in B"] == "100 %"


def test_a_universe_is_compared_from_its_choice(app):
    """The link beside a universe that is not in use opens the two side by side."""
    app.page.get_by_role("button", name=re.compile("Compare Blood ATAC peaks with the chosen one")).click()
    place = app.page.locator(".universes-compare")
    place.get_by_role("figure", name="Bases in common").wait_for()
    place.get_by_text("different assemblies, hg38 and hg19").wait_for()
    assert place.evaluate("part => part.open && part.contains(document.activeElement)")
