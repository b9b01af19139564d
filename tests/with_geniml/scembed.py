"""geniml's ScEmbed on cells that genotok tokenized: trained on its parquet file, and asked for embeddings of AnnData.

Run it in an environment of its own, as geniml pins much (the recorded output stands in README.md):

    python -m venv .venv-geniml
    .venv-geniml/bin/pip install "geniml[ml]==0.8.4" scanpy gensim . arro3-core arro3-io
    .venv-geniml/bin/python tests/with_geniml/scembed.py

geniml's own classes are called as they are. One name is replaced where they call it, `tokenize_anndata`, because the
one of geniml 0.8.4 does not fit gtars 0.10, on which it depends: that is shown first.
"""

import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

warnings.simplefilter("ignore")

from anndata import AnnData  # noqa: E402  # it warns when it is imported
from geniml.region2vec.utils import Region2VecDataset  # noqa: E402  # as above
from geniml.scembed import main as scembed  # noqa: E402  # as above

from genotok import CellTokens, IntervalTokenizer, write_tokens  # noqa: E402  # after the warnings are off

N_REGIONS, N_TYPES, CELLS_OF_TYPE, LINES_OF_CELL = 600, 3, 40, 120


def main() -> None:
    with TemporaryDirectory() as folder:
        show(Path(folder))


def show(folder: Path) -> None:
    """Train and embed, and print what is found."""
    universe, types = write_world(folder)
    tokenizer = IntervalTokenizer(universe)
    cells = tokenizer.tokenize_fragments(folder / "fragments.tsv")
    write_tokens(folder / "cells.parquet", cells, tokenizer)
    model = scembed.ScEmbed(tokenizer=str(universe), embedding_dim=16)
    dataset = Region2VecDataset(str(folder / "cells.parquet"), convert_to_str=True)
    print(f"Region2VecDataset reads genotok's parquet: {len(dataset)} cells, {len(dataset[0])} tokens in the first")
    model.train(dataset, epochs=30, min_count=1, seed=1)
    print("ScEmbed.train on it: done")
    adata = make_adata(universe, cells)
    try:
        model.encode(adata)
        print("ScEmbed.encode as published: runs")
    except Exception as error:  # whatever it is, is the finding
        print(f"ScEmbed.encode as published: {type(error).__name__}: {error}")
    scembed.tokenize_anndata = lambda adata, _: as_geniml_lists(tokenizer.tokenize_anndata(adata))
    vectors = model.encode(adata)
    print(f"ScEmbed.encode with genotok's tokens: {vectors.shape}")
    weights = model.model.projection.weight.detach().numpy()
    ours = np.stack([weights[ids].mean(axis=0) for ids in tokenizer.tokenize_anndata(adata).tokens])
    print(f"equal to the mean of the tokens' vectors: {np.allclose(vectors, ours, atol=1e-6)}")
    found = purity(vectors, np.array([types[barcode] for barcode in cells.barcodes.tolist()]))
    print(f"cells nearer to the centre of their own type than to any other: {found:.0%}")
    if found < 0.9:
        sys.exit("the types are not told apart")


def write_world(folder: Path) -> tuple[Path, dict[str, int]]:
    """Write a universe and a fragment file of cells of three types, each at home in a third of the regions."""
    rng = np.random.default_rng(5)
    universe = folder / "universe.bed"
    universe.write_text("".join(f"chr1\t{1000 * at}\t{1000 * at + 400}\n" for at in range(N_REGIONS)))
    lines, types = [], {}
    for cell in range(N_TYPES * CELLS_OF_TYPE):
        barcode, kind = f"CELL{cell:04}-1", cell % N_TYPES
        types[barcode] = kind
        third = N_REGIONS // N_TYPES
        at_home = rng.random(LINES_OF_CELL) < 0.85
        regions = np.where(
            at_home, kind * third + rng.integers(0, third, LINES_OF_CELL), rng.integers(0, N_REGIONS, LINES_OF_CELL)
        )
        lines += [(1000 * int(region) + int(rng.integers(0, 300)), barcode) for region in regions]
    text = "".join(f"chr1\t{start}\t{start + 60}\t{barcode}\t1\n" for start, barcode in sorted(lines))
    (folder / "fragments.tsv").write_text(text)
    return universe, types


def make_adata(universe: Path, cells: CellTokens) -> Any:
    """Make the AnnData that ScEmbed.encode asks for, whose var has the columns chr, start and end."""
    matrix = cells.counts().to_dense()[:, :N_REGIONS].astype(np.float32)
    rows = [line.split("\t") for line in universe.read_text().splitlines()]
    columns = {"chr": [row[0] for row in rows], "start": [int(row[1]) for row in rows]}
    from scipy.sparse import csr_matrix  # comes with anndata

    return AnnData(csr_matrix(matrix), var={**columns, "end": [int(row[2]) for row in rows]})


def as_geniml_lists(cells: CellTokens) -> list[list[dict[str, int]]]:
    """Give each cell as ScEmbed.encode walks it: a list with a mapping for each token."""
    return [[{"input_ids": token} for token in ids.tolist()] for ids in cells.tokens]


def purity(vectors: Any, types: Any) -> float:
    """Return the share of cells whose own type has the nearest centre, by cosine."""
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = np.stack([vectors[types == kind].mean(axis=0) for kind in range(N_TYPES)])
    return float(np.mean(np.argmax(vectors @ centres.T, axis=1) == types))


if __name__ == "__main__":
    main()
