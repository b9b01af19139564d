"""R through reticulate: the script as it is documented, run by R itself on GRanges and data.frames."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import genotok

DOCS = Path(__file__).parents[2] / "web/docs"
SCRIPT = DOCS / "genotok.R"
PAGE = (DOCS / "r.md").read_text(encoding="utf-8")
PACKAGE = str(Path(genotok.__file__).parent.parent)
*EXAMPLES, SHOWN = re.findall(r"```r\n(.*?)```", PAGE, flags=re.DOTALL)
(CONSOLE,) = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
pytestmark = pytest.mark.native  # R is a process

EDGES = """
source("genotok.R")
tokenizer <- genotok$IntervalTokenizer("universe.bed")
bed <- data.frame(chrom = c("chr2", "chr9", "chr1"), start = c(0, 0, 19), end = c(6, 1, 30))
ranges <- GenomicRanges::makeGRangesFromDataFrame(bed, starts.in.df.are.0based = TRUE)
ids <- tokenize(tokenizer, bed)
stopifnot(identical(ids, list(c(2L, 0L), integer(0), 1L)), identical(tokenize(tokenizer, ranges), ids))
stopifnot(identical(tokenize(tokenizer, ranges[3:1]), rev(ids)), identical(tokenize(tokenizer, bed[3:1, ]), rev(ids)))
for (x in list(bed, ranges)) {
  stopifnot(identical(tokenize(tokenizer, head(x, 1)), ids[1]), identical(tokenize(tokenizer, head(x, 0)), list()))
}
stopifnot(identical(GenomicRanges::start(ranges_of(tokenizer, 0:2)), c(6L, 11L, 1L)))
stopifnot(length(ranges_of(tokenizer, integer(0))) == 0L)
refused <- function(expression) cat(tryCatch(expression, error = conditionMessage), "\\n")
refused(tokenize(tokenizer, data.frame(chrom = "chr1", start = 1.5, end = 3)))
refused(tokenize(tokenizer, data.frame(chrom = "chr1", start = 1, end = 2^31)))
refused(tokenize(tokenizer, data.frame(chrom = NA, start = 1, end = 3)))
refused(tokenize(tokenizer, data.frame(chr = "chr1", start = 1, end = 3)))
refused(tokenize(tokenizer, data.frame(chrom = 1, start = 1, end = 3)))
refused(tokenize(tokenizer, list(chrom = "chr1", start = 1, end = 3)))
refused(ranges_of(tokenizer, 0.5))
refused(ranges_of(tokenizer, 3L))
refused(ranges_of(tokenizer, -1L))
"""
REFUSED = [
    "start and end are whole numbers",
    "start and end are whole numbers",
    "chrom names each row's chromosome",
    "x is a GRanges, or a data.frame with the columns chrom, start and end",
    'chrom holds texts: "1", not 1',
    "x is a GRanges, or a data.frame with the columns chrom, start and end",
    "ids are those of regions",
    "ids are those of regions",
    "ids are those of regions",
]


NEEDED = {"Rscript": "r-base-core", "reticulate": "r-cran-reticulate", "GenomicRanges": "r-bioc-genomicranges"}


@pytest.fixture(scope="session")
def r_packages():
    """R, and the packages of R that the page needs; a machine without them is told which of Debian's they are."""
    missing = [] if shutil.which("Rscript") else list(NEEDED)
    if not missing:
        code = 'cat(Filter(function(each) !nzchar(system.file(package = each)), c("reticulate", "GenomicRanges")))'
        missing = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True).stdout.split()
    install = " ".join(NEEDED[each] for each in missing)
    assert not missing, f"{', '.join(missing)}: not installed; apt-get install {install}"


@pytest.fixture
def folder(tmp_path, r_packages):
    """Where the page's reader is: the script and the files of its first part."""
    shutil.copy(SCRIPT, tmp_path)
    (tmp_path / "universe.bed").write_text("chr2\t5\t9\nchr1\t10\t20\nchr2\t0\t7\n")
    return tmp_path


def run(words, folder, *, fails=False, **variables):
    here = os.environ | {"RETICULATE_PYTHON": sys.executable, "PYTHONPATH": PACKAGE, "R_PROFILE_USER": os.devnull}
    here |= variables
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=here, timeout=120, check=False)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


def run_r(code, folder):
    (folder / "code.R").write_text(code)
    return [line.rstrip() for line in run(["Rscript", "code.R"], folder).splitlines()]


def test_the_page_shows_the_script():
    """To the letter: who copies it has what is tested."""
    assert SCRIPT.read_text(encoding="utf-8") == SHOWN


def test_the_commands_print_what_they_show(folder):
    """And the ids are those of Python."""
    commands = re.findall(r"^\$ (.*)$", CONSOLE, flags=re.MULTILINE)
    expected = re.sub(r"^\$ .*\n", "", CONSOLE, flags=re.MULTILINE)
    assert run(["bash", "-ec", "\n".join(commands)], folder) == expected
    rows = genotok.IntervalTokenizer(folder / "universe.bed").encode_rows(folder / "peaks.bed").to_lists()
    assert ["[" + " ".join(map(str, ids)) + "]" for ids in rows] == expected.split("\n")[:-1]


def test_the_examples_print_what_they_show(folder):
    """All blocks of R are one session; what it prints stands behind #>."""
    session = "".join(EXAMPLES)
    shown = [line.removeprefix("#>").removeprefix(" ").rstrip() for line in session.splitlines() if line[:2] == "#>"]
    assert len(shown) > 10
    assert run_r(session, folder) == shown


def test_few_many_and_wrong_rows(folder):
    """One row or none, doubles for whole numbers, any order; what R could only cut off or guess is refused."""
    assert run_r(EDGES, folder) == REFUSED


def test_the_script_reads_files_as_python_does(folder):
    """R's own reader makes TRUE of a chromosome T and 1000 of 1e3, and stops at what is no plain table."""
    (folder / "odd.bed").write_text("# T\nT\t0\t6\textra\n1e3\t0\t6\ttwo # words\nNA\t0\t6\n01\t0\t6\n")
    assert run(["Rscript", "genotok.R", "odd.bed", "odd.bed"], folder).split() == ["[0]", "[1]", "[2]", "[3]"]
    assert "no.bed: no such file" in run(["Rscript", "genotok.R", "odd.bed", "no.bed"], folder, fails=True)
    assert "give two files: Rscript genotok.R" in run(["Rscript", "genotok.R", "odd.bed"], folder, fails=True)


def test_what_is_not_installed_is_named_with_its_cure(folder):
    """A Python without genotok, and an R without reticulate."""
    words = ["Rscript", "genotok.R", "universe.bed", "peaks.bed"]
    (folder / "genotok.py").write_text("import nothing_of_this_name")
    told = run(words, folder, fails=True, PYTHONPATH=str(folder))
    assert "; pip install genotok, and set RETICULATE_PYTHON to the python that has it" in told
    code = folder / "genotok.R"
    code.write_text(code.read_text().replace('needs("reticulate"', 'needs("reticulate_of_nobody"'))
    assert "reticulate_of_nobody is missing; on Debian: apt-get install r-cran" in run(words, folder, fails=True)
