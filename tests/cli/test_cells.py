"""Cells on the command line: fragment files and .h5ad files into lists of ids, matrices and AnnData."""

import gzip
import json

import anndata
import numpy as np
import pytest
from scipy import sparse

from cli.cellfiles import FRAGMENTS, write_h5ad
from genotok.export.cells import read_matrix
from genotok.export.tokens import read_tokens

CELLS = {"AAAC-1": [0, 1, 2], "CCGT-1": [0], "GGGG-1": [3]}
MATRIX = [[1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
READS = [[2, 2, 3, 0], [4, 0, 0, 0], [0, 0, 0, 1]]


@pytest.fixture
def cells(desk):
    desk.write("f.tsv", FRAGMENTS)
    desk.write("f.tsv.gz", gzip.compress(FRAGMENTS))
    desk.write("only.txt", "GGGG-1\nnone-1\nAAAC-1\n")
    write_h5ad(desk.folder / "c.h5ad")
    return desk


def read(path):
    return {document.name: document.ids.tolist() for document in read_tokens(path)}


@pytest.mark.parametrize("source", [["fragments", "f.tsv"], ["fragments", "f.tsv.gz"], ["anndata", "c.h5ad"]])
@pytest.mark.parametrize("ending", ["jsonl", "parquet", "npz"])
def test_a_cell_is_a_document(cells, source, ending):
    found = cells.here(*source, "-u", "u.bed", "-o", f"out.{ending}")
    assert (found.code, found.out) == (0, b"")
    assert read(cells.folder / f"out.{ending}") == CELLS
    lines = found.err.splitlines()
    assert lines[0] == f"{source[1]}: 5 regions, 4 hit (80.0 %), 5 tokens"
    assert lines[1] == "  cells    3 cells"
    assert lines[-1] == f"written to out.{ending}"


def test_standard_input_and_output_are_pipes(cells):
    found = cells.apart("fragments", "-u", "u.bed", "-", "-q", stdin=FRAGMENTS)
    lines = [json.loads(line) for line in found.out.splitlines()]
    assert {line["id"]: line["input_ids"] for line in lines} == CELLS
    assert (found.code, found.err) == (0, "")


def test_barcodes_choose_and_order(cells):
    found = cells.here("fragments", "-u", "u.bed", "f.tsv", "-o", "out.npz", "--barcodes", "only.txt")
    assert read(cells.folder / "out.npz") == {"GGGG-1": [3], "none-1": [4], "AAAC-1": [0, 1, 2]}
    assert "  cells    3 cells; 2 lines of other barcodes left out" in found.err.splitlines()
    assert "spelled alike" not in found.err
    (cells.folder / "bare.txt").write_text("AAAC\nGGGG\n")
    found = cells.here("fragments", "-u", "u.bed", "f.tsv", "-o", "out.npz", "--barcodes", "bare.txt")
    assert (
        "  cure     no line is of a barcode in the list; are they spelled alike, as AAAC-1?" in found.err.splitlines()
    )


@pytest.mark.parametrize("command", [["fragments"], ["tokenize", "--kind", "fragments"]])
def test_barcodes_may_come_through_a_pipe(cells, command):
    """A pipe is read once."""
    args = (*command, "-q", "-u", "u.bed", "f.tsv", "-o", "out.npz", "--barcodes", "-")
    found = cells.apart(*args, stdin=b"GGGG-1\nAAAC-1\n")
    assert (found.code, found.err) == (0, "")
    assert read(cells.folder / "out.npz") == {"GGGG-1": [3], "AAAC-1": [0, 1, 2]}


def test_cells_with_few_fragments_are_left_out_and_told(cells):
    found = cells.here("fragments", "-u", "u.bed", "f.tsv", "--min-fragments", "2", "-o", "m.npz", "--matrix")
    assert read_matrix(cells.folder / "m.npz").barcodes.tolist() == ["AAAC-1", "CCGT-1"]
    assert "2 cells; 1 cell with too few fragments (1 line) left out" in found.err
    told = json.loads(cells.here("fragments", "-u", "u.bed", "f.tsv", "--min-fragments", "2", "--report", "json").err)
    assert told["documents"][0]["cells"] == {"cells": 2, "unlisted": 0, "sparse": 1, "sparse_lines": 1}
    assert told["options"]["min_fragments"] == 2


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["fragments", "f.tsv", "--matrix"], MATRIX),
        (["fragments", "f.tsv", "--matrix", "--weight", "count"], READS),
        (["anndata", "c.h5ad", "--matrix"], READS),
        (["anndata", "c.h5ad", "--matrix", "--layer", "counts"], [[2, 2, 3, 0], [4, 0, 0, 0], [0, 0, 0, 0]]),
    ],
)
def test_a_matrix_is_what_scipy_and_scanpy_read(cells, args, expected):
    for name in ("m.npz", "m.h5ad"):
        assert cells.here(*args, "-u", "u.bed", "-o", name, "-q").code == 0
    matrix = sparse.load_npz(cells.folder / "m.npz").toarray()
    assert matrix[:, :4].tolist() == expected
    assert not matrix[:, 4:].any()
    adata = anndata.read_h5ad(cells.folder / "m.h5ad")
    assert adata.X.toarray().tolist() == expected
    assert adata.obs_names.tolist() == list(CELLS)
    assert cells.here(*args, "-u", "u.bed", "-q").out == (cells.folder / "m.npz").read_bytes()


def test_a_saved_policy_of_unk_does_not_count_in_a_matrix(cells):
    text = 'universe = "u.bed"\n[genotok]\nunmatched = "unk"\n'
    cells.write("t.toml", text)
    assert cells.here("fragments", "-u", "t.toml", "f.tsv", "-o", "m.npz", "--matrix").code == 0
    assert not read_matrix(cells.folder / "m.npz").to_dense()[:, 4:].any()
    cells.here("fragments", "-u", "t.toml", "f.tsv", "-o", "out.npz")
    assert read(cells.folder / "out.npz")["CCGT-1"] == [4, 0]


@pytest.mark.parametrize("kind", ["fragments", "h5ad"])
def test_many_files_are_one_run(cells, kind):
    """Names begin with the file's; jobs change no byte; a folder holds a file for each input."""
    names = []
    for at in range(3):
        names.append(f"in/s{at}.{'h5ad' if kind == 'h5ad' else 'tsv'}")
        cells.write(names[-1], FRAGMENTS)
        if kind == "h5ad":
            write_h5ad(cells.folder / names[-1])
    run = ["tokenize", "--kind", kind, "-u", "u.bed", *names]
    for ending in ("npz", "jsonl"):
        assert cells.here(*run, "-o", f"all1.{ending}", "-q").code == 0
    assert cells.apart(*run, "--jobs", "2", "-o", "all2.npz", "-q").code == 0
    assert (cells.folder / "all1.npz").read_bytes() == (cells.folder / "all2.npz").read_bytes()
    documents = [f"{name.removeprefix('in/')}/{cell}" for name in names for cell in CELLS]
    assert list(read(cells.folder / "all1.npz")) == documents == list(read(cells.folder / "all1.jsonl"))
    assert cells.here(*run, "-o", "out/", "--format", "parquet").code == 0
    assert read(cells.folder / f"out/{names[0].removeprefix('in/')}.parquet") == CELLS
    again = cells.here(*run, "-o", "out/", "--format", "parquet", "--resume")
    assert "3 kept from an earlier run" in again.err


def test_another_list_of_barcodes_is_another_run(cells):
    run = ["tokenize", "--kind", "fragments", "-u", "u.bed", "f.tsv", "-o", "out/", "--barcodes", "only.txt"]
    assert cells.here(*run).code == 0
    assert "1 kept" in cells.here(*run, "--resume").err
    cells.write("only.txt", "AAAC-1\n")
    assert "kept" not in cells.here(*run, "--resume").err
    assert read(cells.folder / "out/f.tsv.jsonl") == {"AAAC-1": [0, 1, 2]}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["fragments", "f.tsv", "-o", "x.tsv"], "'x.tsv' tells no format: add --format, or end it in .jsonl"),
        (["fragments", "f.tsv", "-o", "x.jsonl", "--matrix"], "a .jsonl file holds lists of ids; give --matrix a file"),
        (["fragments", "f.tsv", "--weight", "count"], "--weight count adds up in a matrix; add --matrix"),
        (["fragments", "f.tsv", "--format", "h5ad"], "an .h5ad file can't go to standard output; name it with -o"),
        (["fragments", "f.tsv", "-o", "x.h5ad", "--unmatched", "unk"], "--unmatched unk is for lists of ids"),
        (["fragments", "f.tsv", "-o", "out/"], "'out/' is a folder; name a file in it"),
        (["fragments", "f.tsv", "-o", "x.npz", "--format", "jsonl"], "--format jsonl and -o x.npz disagree"),
        (["fragments", "f.tsv", "-o", "u.bed", "--format", "jsonl"], "u.bed is both universe and output"),
        (["fragments", "f.tsv", "--report-file", "f.tsv"], "f.tsv is both input and --report-file"),
        (["fragments", "f.tsv", "-o", "s3://b/c.h5ad"], "s3://b/c.h5ad is a URL, and output goes to files"),
        (["anndata", "-"], "standard input can't be an .h5ad file; name the file"),
        (["tokenize", "f.tsv", "--barcodes", "only.txt"], "--barcodes lists cells of fragment files; add --kind"),
        (["tokenize", "f.tsv", "--kind", "fragments", "-o", "x.gtok"], "a .gtok file holds no cells; use jsonl"),
        (["tokenize", "f.tsv", "--kind", "fragments", "--rows"], "--rows is for regions; the tokens of a cell stand"),
        (["tokenize", "-", "--kind", "h5ad"], "standard input can't be an .h5ad file; name the file"),
        (["tokenize", "c.h5ad", "--kind", "h5ad", "--rename-chroms", "auto"], "--rename-chroms does not reach into"),
    ],
)
def test_what_does_not_go_together_is_refused(cells, args, message):
    found = cells.here(*args, "-u", "u.bed")
    assert (found.code, found.out) == (2, b"")
    assert message in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["fragments", "u.bed"], "error: u.bed:1: 3 columns, so no barcode; a fragment is"),
        (["fragments", "none.tsv"], "error: none.tsv: no such file; check the path"),
        (["anndata", "f.tsv"], "error: f.tsv: this is no .h5ad file that anndata can read; it says: "),
        (
            ["fragments", "many.tsv", "--matrix", "--weight", "count"],
            "error: many.tsv:1: count '99999999999' is not a whole number of up to 10 digits; --weight lines counts",
        ),
        (["anndata", "."], "error: .: is a folder; name a file in it"),
        (["fragments", "c.h5ad"], "error: c.h5ad: the file is HDF5 (h5ad?); "),
        (["info", "c.h5ad"], "error: c.h5ad: the file is HDF5 (h5ad?); of AnnData tokenize the cells: genotok anndata"),
        (["anndata", "none.h5ad"], "error: none.h5ad: no such file; check the path"),
        (["anndata", "c.h5ad", "--layer", "x"], "error: there is no layer 'x'; layers: 'counts'"),
    ],
)
def test_a_fault_is_one_line(cells, args, message):
    cells.write("many.tsv", "chr1\t18\t19\tAAAC-1\t99999999999\n")
    found = cells.here(*args, *([] if args[0] == "info" else ["-u", "u.bed", "-o", "x.npz"]))
    assert (found.code, found.out) == (1, b"")
    assert found.err.startswith(message)
    assert found.err.count("\n") == 1
    assert not (cells.folder / "x.npz").exists()


def test_an_empty_file_is_an_error_unless_kept(cells):
    cells.write("e.tsv", "# nothing\n")
    found = cells.here("fragments", "-u", "u.bed", "e.tsv", "-o", "x.npz")
    assert (found.code, found.err.startswith("error: e.tsv: no fragments; 1 line, all comment")) == (1, True)
    assert cells.here("fragments", "-u", "u.bed", "e.tsv", "-o", "x.npz", "--matrix", "--keep-empty").code == 0
    assert read_matrix(cells.folder / "x.npz").shape == (0, 11)


def test_skipped_rows_make_a_strict_run_fail(cells):
    cells.write("f.tsv", FRAGMENTS + b"chr1\t9\t5\tAAAC-1\t1\n")
    run = ["fragments", "-u", "u.bed", "f.tsv", "-o", "x.npz", "--invalid", "skip"]
    assert cells.here(*run).code == 0
    assert cells.here(*run, "--strict").code == 3
    assert np.array_equal(list(read(cells.folder / "x.npz")), list(CELLS))


def test_info_tells_of_a_matrix(cells):
    cells.here("fragments", "-u", "u.bed", "f.tsv", "-o", "m.npz", "--matrix")
    found = cells.here("info", "m.npz").out.decode().splitlines()
    size = (cells.folder / "m.npz").stat().st_size
    assert found[0] == f"m.npz: 3 cells x 11 tokens, 5 values (int64, {size:,} bytes)"
    assert found[1] == "  tokens    distinct in a cell: least 1, 5% 1, 25% 1, median 1, 75% 3, 95% 3, most 3"
    assert found[2].startswith("  universe  sha256 b502b5806ce7")
    assert json.loads(cells.here("info", "--json", "m.npz").out)["kind"] == "matrix"
