"""AnnData of any kind of matrix: a cell is the tokens of its non-zero features, whoever stores them how."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from genotok import IntervalTokenizer, Regions, Universe
from genotok.errors import CapacityError, InputError, IntervalError, UnmatchedError
from genotok.tokenizers import features
from genotok.values.features import features_of
from genotok.values.matrices import row_blocks
from strategies import universes_and_queries


class Sparse:
    """A compressed matrix as scipy lays it out, and no more of scipy than is asked for."""

    def __init__(self, kind, data, indices, indptr, shape):
        self.format, self.shape, self.dtype = kind, shape, data.dtype
        self.data, self.indices, self.indptr = data, indices, indptr

    def tocsr(self):
        assert self.format == "csr", "columns are turned by our own code"
        return self


class OnDisk:
    """A sparse matrix as anndata opens it in a file: rows come when asked for."""

    def __init__(self, whole):
        self.whole, self.format, self.shape, self.dtype = whole, whole.format, whole.shape, whole.dtype

    def to_memory(self):
        return self.whole

    def __getitem__(self, rows):
        first, last, _ = rows.indices(self.shape[0])
        indptr = self.whole.indptr[first : last + 1]
        inside = slice(indptr[0], indptr[-1])
        parts = self.whole.data[inside], self.whole.indices[inside], indptr - indptr[0]
        return Sparse("csr", *parts, (last - first, self.shape[1]))


class Lazy:
    """A matrix whose blocks are computed when asked for, as Dask's."""

    def __init__(self, whole):
        self.whole, self.shape, self.dtype = whole, whole.shape, whole.dtype

    def __getitem__(self, rows):
        return Lazy(self.whole[rows])

    def compute(self):
        return self.whole


def compress(dense, *, major, zeros=False):
    """Store a dense matrix by rows or columns; with ``zeros`` every entry, non-zero or not, in falling order."""
    lines = dense if major == "csr" else dense.T
    places = [np.arange(lines.shape[1])[::-1] if zeros else np.flatnonzero(line) for line in lines]
    indptr = np.cumsum([0, *map(len, places)]).astype(np.int32)
    indices = np.concatenate([np.empty(0, np.int32), *places]).astype(np.int32)
    data = np.concatenate([dense[:0, :0].ravel(), *(line[at] for line, at in zip(lines, places, strict=True))])
    return Sparse(major, data.astype(dense.dtype), indices, indptr, dense.shape)


FORMS = {
    "dense": lambda dense: dense,
    "csr": lambda dense: compress(dense, major="csr"),
    "csr with zeros, unsorted": lambda dense: compress(dense, major="csr", zeros=True),
    "csc": lambda dense: compress(dense, major="csc"),
    "csc with zeros": lambda dense: compress(dense, major="csc", zeros=True),
    "csr on disk": lambda dense: OnDisk(compress(dense, major="csr")),
    "csc on disk": lambda dense: OnDisk(compress(dense, major="csc")),
    "lazy": Lazy,
}


def adata_of(matrix, features, **fields):
    names = np.array([f"{chrom}:{start}-{end}" for chrom, start, end in features], dtype=object)
    cells = np.array([f"cell{at}" for at in range(matrix.shape[0])], dtype=object)
    plain = {"X": matrix, "var": {}, "var_names": names, "obs_names": cells, "layers": {}}
    return SimpleNamespace(**{**plain, **fields})


def tokenizer_of(rows):
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)))


@st.composite
def tables(draw):
    """A universe, features around it, and a matrix of few cells."""
    universe, features = draw(universes_and_queries())
    n_cells = draw(st.integers(0, 5))
    dtype = draw(st.sampled_from([np.float32, np.int64, np.uint8]))
    values = st.sampled_from([0, 0, 0, 1, 2, 200])
    rows = [[draw(values) for _ in features] for _ in range(n_cells)]
    return universe, features, np.array(rows, dtype=dtype).reshape(n_cells, len(features))


@settings(max_examples=60)
@given(tables(), st.sampled_from(sorted(FORMS)))
def test_cells_and_counts_are_those_of_the_definition(table, form):
    """Tokens in column order, with repeats; counts are X times the features' hits."""
    universe, features, dense = table
    tokenizer, adata = tokenizer_of(universe), adata_of(FORMS[form](dense), features)
    hits = oracles.encode(universe, features)
    cells = tokenizer.tokenize_anndata(adata)
    plain = [[token for feature in np.flatnonzero(row) for token in hits[feature]] for row in dense]
    assert cells.tokens.to_lists() == plain
    assert cells.barcodes.tolist() == list(adata.obs_names)
    assert cells.n_fragments.tolist() == np.count_nonzero(dense, axis=1).tolist()
    once = tokenizer.tokenize_anndata(adata, unique=True)
    assert once.tokens.to_lists() == [sorted(set(row)) for row in plain]
    product = np.zeros((len(dense), tokenizer.vocab_size), dtype=np.float64)
    for feature, tokens in enumerate(hits):
        product[:, tokens] += dense[:, [feature]]
    matrix = tokenizer.count_anndata(adata)
    assert np.array_equal(matrix.to_dense(), product)
    assert matrix.data.dtype == (np.float32 if dense.dtype == np.float32 else np.int64)
    assert len(matrix.data) == np.count_nonzero(product)


@given(
    st.lists(st.lists(st.sampled_from([0, 0, 1, 7]), min_size=4, max_size=4), max_size=9),
    st.sampled_from(sorted(FORMS)),
    st.integers(1, 9),
)
def test_blocks_of_rows_join_to_the_matrix(rows, form, block_values):
    """Whatever the size of blocks, entries are ascending, distinct and no zeros."""
    dense = np.array(rows, dtype=np.int32).reshape(-1, 4)
    found = []
    for block in row_blocks(FORMS[form](dense), block_values=block_values):
        for first, last in zip(block.indptr[:-1].tolist(), block.indptr[1:].tolist(), strict=True):
            found.append(dict(zip(block.columns[first:last].tolist(), block.data[first:last].tolist(), strict=True)))
            assert sorted(found[-1]) == block.columns[first:last].tolist()
    assert found == [{at: value for at, value in enumerate(row) if value} for row in rows]


def test_repeated_entries_are_added_up():
    matrix = Sparse("csr", np.array([1, 2, -2, 5]), np.array([1, 0, 0, 1]), np.array([0, 4, 4]), (2, 2))
    (block,) = row_blocks(matrix)
    assert [block.indptr.tolist(), block.columns.tolist(), block.data.tolist()] == [[0, 1, 1], [1], [6]]


ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)]


def test_misses_follow_the_policy():
    tokenizer = tokenizer_of(ROWS)
    adata = adata_of(np.array([[1, 0, 1], [0, 1, 0]]), [("chr1", 18, 19), ("chr9", 1, 2), ("chr2", 0, 6)])
    assert tokenizer.tokenize_anndata(adata).tokens.to_lists() == [[0, 1, 2], []]
    assert tokenizer.tokenize_anndata(adata, unmatched="unk").tokens.to_lists() == [[0, 1, 2], [3]]
    assert tokenizer.replace(unmatched="unk").tokenize_anndata(adata).tokens.to_lists() == [[0, 1, 2], [3]]
    with pytest.raises(UnmatchedError, match=r"row 1: 1 of 3 regions hit nothing \(row 1 chr9:1-2\)"):
        tokenizer.tokenize_anndata(adata, unmatched="error")
    report = tokenizer.tokenize_anndata(adata).report
    assert (report.encode.regions, report.encode.regions_hit, report.encode.unknown_chroms) == (3, 2, {"chr9": 1})


def test_layers_are_named():
    tokenizer = tokenizer_of(ROWS)
    layers = {"binary": np.array([[0, 1]])}
    adata = adata_of(np.array([[1, 0]]), ROWS[:2], layers=layers)
    assert tokenizer.tokenize_anndata(adata, layer="binary").tokens.to_lists() == [[0, 1]]
    with pytest.raises(InputError, match="there is no layer 'counts'; layers: 'binary'"):
        tokenizer.count_anndata(adata, layer="counts")
    adata.X = None
    with pytest.raises(InputError, match="this AnnData has no X; pass layer="):
        tokenizer.tokenize_anndata(adata)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["chr1:5-9", "chr1-5-9"], [("chr1", 5, 9), ("chr1", 5, 9)]),
        (
            ["HLA-A*01:01:7-8", "a-b-7-8", "GL000009.2:1-2"],
            [("HLA-A*01:01", 7, 8), ("a-b", 7, 8), ("GL000009.2", 1, 2)],
        ),
    ],
)
def test_feature_names_are_split_from_the_right(names, expected):
    adata = SimpleNamespace(var={}, var_names=names, obs_names=[], X=np.empty((0, len(names))))
    assert features_of(adata).to_tuples() == expected


def test_columns_go_before_names():
    var = {"Chromosome": ["chr3", "chr4"], "start": [1, 2], "end": [5, 6], "gene": ["A", "B"]}
    adata = SimpleNamespace(var=var, var_names=["chr1:5-9", "x"], obs_names=[], X=np.empty((0, 2)))
    assert features_of(adata).to_tuples() == [("chr3", 1, 5), ("chr4", 2, 6)]


@pytest.mark.parametrize(
    ("var", "names", "kind", "message"),
    [
        ({}, ["chr1:5-9", "GAPDH"], InputError, r"var_names\[1\]: the feature 'GAPDH' is no region; name features"),
        (
            {"feature_types": ["Gene Expression", "Peaks"]},
            ["GAPDH", "chr1:5-9"],
            InputError,
            r"'GAPDH' is no region; keep the peaks: adata\[:, adata.var\['feature_types'\] == 'Peaks'\]",
        ),
        ({}, ["chr1:9-5"], IntervalError, "row 0: end 5 precedes start 9"),
        ({"chr": [], "chrom": [], "start": [], "end": []}, [], InputError, "could both be the chromosome"),
    ],
)
def test_features_that_are_no_regions_are_refused(var, names, kind, message):
    with pytest.raises(kind, match=message):
        features_of(SimpleNamespace(var=var, var_names=names, obs_names=[], X=None))


def test_what_is_no_anndata_is_refused():
    with pytest.raises(InputError, match=r"dict is no AnnData; of a MuData, give one modality: mdata\['atac'\]"):
        tokenizer_of(ROWS).tokenize_anndata({})
    with pytest.raises(InputError, match=r"str is no AnnData; anndata.read_h5ad\(path, backed='r'\) opens it"):
        tokenizer_of(ROWS).tokenize_anndata("cells.h5ad")
    text = adata_of(np.array([["a", "b", "c"]]), ROWS)
    with pytest.raises(InputError, match="a matrix of <U1 holds no numbers; give counts or weights"):
        tokenizer_of(ROWS).tokenize_anndata(text)
    with pytest.raises(InputError, match="2 columns for 3 features; is it damaged"):
        tokenizer_of(ROWS).tokenize_anndata(adata_of(np.zeros((1, 2)), ROWS))
    with pytest.raises(InputError, match="list is no matrix; give cells x features"):
        list(row_blocks([[1]]))


def test_more_tokens_than_32_bits_are_refused_before_they_are_gathered(monkeypatch):
    monkeypatch.setattr(features, "MAX_IDS", 5)
    adata = adata_of(np.ones((2, 3)), ROWS)
    with pytest.raises(CapacityError, match=r"more than 5 tokens in one result; tokenize the cells in parts"):
        tokenizer_of(ROWS).tokenize_anndata(adata)
