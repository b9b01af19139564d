"""Real AnnData in memory and in files, as anndata and scipy store it: the same cells from all of them."""

import json
import sys

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from genotok import IntervalTokenizer, Regions, Universe
from genotok.errors import InputError, MissingExtraError
from genotok.export.anndata import add_tokens, open_h5ad, to_anndata
from genotok.export.cells import write_matrix
from genotok.train.cells import CellDataset

UNIVERSE = [("chr1", 10 * at, 10 * at + 15) for at in range(40)]  # neighbours overlap
FEATURES = [("chr1", 12 * at, 12 * at + 6) for at in range(30)] + [("chr7", 5, 9)]


@pytest.fixture(scope="module")
def tokenizer():
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(UNIVERSE)))


@pytest.fixture(scope="module")
def dense():
    drawn = np.random.default_rng(11).integers(0, 4, (25, len(FEATURES)))
    return np.where(drawn == 3, drawn, 0).astype(np.float32)


def adata_of(matrix, *, named="columns"):
    names = [f"{chrom}:{start}-{end}" for chrom, start, end in FEATURES]
    columns = dict(zip(("chrom", "start", "end"), zip(*FEATURES, strict=True), strict=True))
    var = pd.DataFrame(columns if named == "columns" else {}, index=names)
    obs = pd.DataFrame(index=[f"cell{at}" for at in range(matrix.shape[0])])
    return anndata.AnnData(matrix, obs=obs, var=var)


def explicit_zeros(dense):
    matrix = sparse.csr_matrix(np.ones_like(dense))
    matrix.data[:] = dense.ravel()
    return matrix


FORMS = {
    "dense": np.asarray,
    "csr": sparse.csr_matrix,
    "csc": sparse.csc_matrix,
    "csr array": sparse.csr_array,
    "csc array": sparse.csc_array,
    "explicit zeros": explicit_zeros,
}


@pytest.mark.parametrize("named", ["columns", "names"])
@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_x_changes_nothing(tokenizer, dense, form, named):
    adata = adata_of(FORMS[form](dense), named=named)
    expected = adata_of(dense)
    assert tokenizer.tokenize_anndata(adata) == tokenizer.tokenize_anndata(expected)
    assert tokenizer.count_anndata(adata) == tokenizer.count_anndata(expected)


@pytest.mark.parametrize("form", ["dense", "csr", "csc"])
def test_a_file_is_read_by_blocks(tokenizer, dense, form, tmp_path):
    adata = adata_of(FORMS[form](dense))
    adata.write_h5ad(tmp_path / "cells.h5ad")
    backed = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    try:
        cells = tokenizer.tokenize_anndata(backed)
        assert cells == tokenizer.tokenize_anndata(adata)
        assert cells.report.load.bytes == (tmp_path / "cells.h5ad").stat().st_size
        assert tokenizer.count_anndata(backed) == tokenizer.count_anndata(adata)
    finally:
        backed.file.close()


def test_views_are_read_as_they_are_seen(tokenizer, dense):
    adata = adata_of(sparse.csr_matrix(dense))
    part = adata[::3, 2:20]
    assert part.is_view
    assert tokenizer.tokenize_anndata(part) == tokenizer.tokenize_anndata(part.copy())


def test_a_cell_is_one_call_of_its_regions(tokenizer, dense):
    """What spec and gtars say: the tokens of a cell are those of the list of its non-zero features."""
    cells = tokenizer.tokenize_anndata(adata_of(sparse.csc_matrix(dense)))
    for row, ids in zip(dense, cells.tokens, strict=True):
        assert ids.tolist() == tokenizer.encode_rows([FEATURES[at] for at in np.flatnonzero(row)]).ids.tolist()


def test_counts_are_the_product_that_scipy_makes(tokenizer, dense):
    rows = tokenizer.encode_rows(FEATURES)
    ones = np.ones(len(rows.ids), dtype=np.float32)
    hits = sparse.csr_array((ones, rows.ids, rows.offsets), shape=(len(FEATURES), tokenizer.vocab_size))
    product = sparse.csr_array(dense) @ hits
    ours = tokenizer.count_anndata(adata_of(dense)).to_scipy()
    assert (abs(ours - product)).max() == 0
    assert ours.dtype == np.float32


def test_integers_are_added_up_where_they_do_not_wrap(tokenizer):
    dense = np.full((1, len(FEATURES)), 200, dtype=np.uint8)
    matrix = tokenizer.count_anndata(adata_of(sparse.csr_matrix(dense)))
    assert matrix.data.dtype == np.int64
    assert matrix.data.max() > 255


def test_scipy_reads_our_matrix_file(tokenizer, dense, tmp_path):
    matrix = tokenizer.count_anndata(adata_of(dense))
    write_matrix(tmp_path / "cells.npz", matrix, tokenizer)
    found = sparse.load_npz(tmp_path / "cells.npz")
    assert found.shape == matrix.shape
    assert np.array_equal(found.toarray(), matrix.to_dense())


def test_cells_become_an_anndata_that_can_be_saved(tokenizer, dense, tmp_path):
    cells = tokenizer.tokenize_anndata(adata_of(dense), unmatched="unk")
    summed = tokenizer.count_anndata(adata_of(dense))
    made = to_anndata(cells, tokenizer, layers={"summed": summed})
    made.write_h5ad(tmp_path / "out.h5ad")
    found = anndata.read_h5ad(tmp_path / "out.h5ad")
    counts = cells.counts().to_dense()
    assert np.array_equal(found.X.toarray(), counts[:, : len(UNIVERSE)])
    assert np.array_equal(found.layers["summed"].toarray(), summed.to_dense()[:, : len(UNIVERSE)])
    assert found.obs_names.tolist() == cells.barcodes.tolist()
    assert found.obs["n_tokens"].tolist() == cells.tokens.counts().tolist()
    assert found.obs["n_fragments"].tolist() == cells.n_fragments.tolist()
    assert found.obs["n_unk"].tolist() == counts[:, tokenizer.unk_token_id].tolist()
    assert found.var_names.tolist()[:2] == ["chr1:0-15", "chr1:10-25"]
    assert json.loads(found.uns["genotok"])["universe_sha256"] == tokenizer.universe.digest
    # and it goes in again: each region hits itself and its neighbours
    assert tokenizer.tokenize_anndata(found).tokens.counts().sum() > cells.tokens.counts().sum()


def test_tokens_join_the_anndata_they_come_from(tokenizer, dense, tmp_path):
    adata = adata_of(sparse.csr_matrix(dense))
    add_tokens(adata, tokenizer.tokenize_anndata(adata), tokenizer)
    adata.write_h5ad(tmp_path / "out.h5ad")
    found = anndata.read_h5ad(tmp_path / "out.h5ad")
    assert np.array_equal(found.obsm["X_tokens"].toarray(), tokenizer.tokenize_anndata(adata).counts().to_dense())
    with pytest.raises(InputError, match="25 barcodes are not the 5 obs_names, in their order; tokenize_anndata"):
        add_tokens(adata[:5].copy(), tokenizer.tokenize_anndata(adata), tokenizer)


def test_parts_of_other_makers_are_refused(tokenizer, dense):
    cells = tokenizer.tokenize_anndata(adata_of(dense))
    other = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(UNIVERSE[:3])))
    with pytest.raises(InputError, match="47 columns, but the tokenizer has 10 tokens; give the tokenizer that made"):
        to_anndata(cells, other)
    with pytest.raises(InputError, match="layer 'half' has other cells; count the same cells"):
        to_anndata(cells, tokenizer, layers={"half": cells.counts().take(slice(5))})
    with pytest.raises(InputError, match="RaggedIds has no cells; tokenize_fragments and tokenize_anndata give cells"):
        to_anndata(cells.tokens, tokenizer)
    with pytest.raises(InputError, match="Universe is no tokenizer of ours; pass an IntervalTokenizer"):
        add_tokens(adata_of(dense), cells, tokenizer.universe)


@pytest.mark.parametrize("index", [["a", "b"], [1, 0]])
def test_a_column_of_obs_goes_with_its_cells(tokenizer, dense, index):
    """By place: of an index of numbers pandas would take the labels, and swap the cells."""
    cells = tokenizer.tokenize_anndata(adata_of(dense)).take([0, 1])
    for values in (pd.Series([7, 8], index=index), pd.Series(["B", "T"], index=index, dtype="category")):
        dataset = CellDataset(cells, tokenizer, columns={"kind": values})
        assert [dataset[at]["kind"] for at in (0, 1)] == values.tolist()


def test_what_is_no_h5ad_is_refused(tmp_path):
    (tmp_path / "odd.h5ad").write_bytes(b"no HDF5")
    with pytest.raises(InputError, match=r"odd\.h5ad: this is no \.h5ad file that anndata can read; it says: "):
        open_h5ad(tmp_path / "odd.h5ad")
    with pytest.raises(FileNotFoundError, match=r"none\.h5ad: no such file; check the path"):
        open_h5ad(tmp_path / "none.h5ad")


def test_a_missing_extra_names_itself(tokenizer, dense, monkeypatch):
    cells = tokenizer.tokenize_anndata(adata_of(dense))
    for name in ("anndata", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"anndata is not installed; pip install 'genotok\[sc\]'"):
        to_anndata(cells, tokenizer)
    with pytest.raises(MissingExtraError, match=r"scipy is not installed; pip install 'genotok\[sc\]'"):
        cells.counts().to_scipy()
