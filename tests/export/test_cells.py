"""Cell x token matrices on disk: what was written is read back, byte by byte the same each time."""

import hashlib
import zipfile

import numpy as np
import pytest

from genotok import CellMatrix, CellTokens, IntervalTokenizer, RaggedIds, Regions, Universe, read_tokens, write_tokens
from genotok.errors import InputError, UniverseError
from genotok.export.cells import read_matrix, write_matrix

MATRIX = CellMatrix(
    np.array([2, 1, 5], dtype=np.int64),
    np.array([0, 3, 1]),
    np.array([0, 2, 2, 3]),
    (3, 10),
    np.array(["AAAC-1", "é", "CCGT-1"]),
)


def tokenizer_of(*rows):
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)))


OURS = tokenizer_of(("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9))


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_a_matrix_is_read_back(dtype, tmp_path):
    matrix = CellMatrix(MATRIX.data.astype(dtype), MATRIX.indices, MATRIX.indptr, MATRIX.shape, MATRIX.barcodes)
    write_matrix(tmp_path / "cells.npz", matrix, OURS)
    found = read_matrix(tmp_path / "cells.npz", OURS)
    assert found == matrix
    assert found.data.dtype == dtype


def test_no_cells_are_read_back(tmp_path):
    empty = CellMatrix(np.empty(0, np.int64), np.empty(0), np.zeros(1), (0, 10), np.empty(0, dtype=np.str_))
    write_matrix(tmp_path / "cells.npz", empty)
    assert read_matrix(tmp_path / "cells.npz") == empty


def test_the_bytes_are_always_the_same(tmp_path):
    """The golden file: neither NumPy's release nor the clock nor the platform changes it."""
    write_matrix(tmp_path / "cells.npz", MATRIX, OURS)
    content = (tmp_path / "cells.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == GOLDEN
    with zipfile.ZipFile(tmp_path / "cells.npz") as archive:
        names = [entry.filename for entry in archive.infolist()]
    assert names == [f"{n}.npy" for n in ("format", "shape", "data", "indices", "indptr", "barcodes", "meta")]


GOLDEN = "2ec531b1843ebdabcc2e0cbfbe082ee81acdba3c45832560551130f0e80386eb"


def test_another_universe_is_refused(tmp_path):
    write_matrix(tmp_path / "cells.npz", MATRIX, OURS)
    with pytest.raises(UniverseError, match=r"cells\.npz: made with universe .*; give the universe that made it"):
        read_matrix(tmp_path / "cells.npz", tokenizer_of(("chr1", 10, 21)))


@pytest.mark.parametrize("damage", [lambda data: data[:60], lambda _: b"", lambda data: data[:-30] + b"x" * 30])
def test_a_damaged_file_is_refused(damage, tmp_path):
    write_matrix(tmp_path / "cells.npz", MATRIX, OURS)
    (tmp_path / "cells.npz").write_bytes(damage((tmp_path / "cells.npz").read_bytes()))
    with pytest.raises(InputError, match=r"cells\.npz: this is no cell matrix; genotok fragments writes them"):
        read_matrix(tmp_path / "cells.npz")


def test_a_file_of_a_later_layout_is_refused(tmp_path):
    write_matrix(tmp_path / "cells.npz", MATRIX)
    with np.load(tmp_path / "cells.npz") as archive:
        arrays = dict(archive)
    np.savez(tmp_path / "later.npz", **arrays | {"format": np.array(b"coo")})
    with pytest.raises(InputError, match="its layout is unknown; a newer genotok wrote it"):
        read_matrix(tmp_path / "later.npz")
    np.savez(tmp_path / "odd.npz", **arrays | {"barcodes": arrays["barcodes"][:1]})
    with pytest.raises(InputError, match=r"odd\.npz: 3 values, .* make no matrix of 3 cells; is it damaged"):
        read_matrix(tmp_path / "odd.npz")


@pytest.mark.parametrize("ending", ["jsonl", "npz"])
def test_cells_are_written_as_documents(ending, tmp_path):
    """In order, also where two have one barcode; a cell without tokens is [unk], as any document."""
    tokens = RaggedIds(np.array([0, 2, 1], dtype=np.int32), np.array([0, 2, 2, 3], dtype=np.int64))
    cells = CellTokens(np.array(["A", "B", "A"]), tokens, np.array([2, 1, 1]), OURS.vocab_size)
    write_tokens(tmp_path / f"cells.{ending}", cells, OURS)
    found = [(each.name, each.ids.tolist()) for each in read_tokens(tmp_path / f"cells.{ending}", OURS)]
    assert found == [("A", [0, 2]), ("B", [3]), ("A", [1])]
