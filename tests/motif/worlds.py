"""Small motif tokenizers: 24 motifs of the golden subset, a store of the golden bins, made once."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from genotok import MotifConfig, MotifSet, MotifTokenizer, open_store
from genotok.io.blockfiles import write_block
from genotok.io.storejournal import BlockLine, StoreJournal
from genotok.io.tokenstore import StoredContig, block_path
from genotok.kernels.ragged import offsets_of
from genotok.tokenizers.motif_stores import run_settings
from genotok.values.blocks import BlockBins
from genotok.values.csr import CsrMatrix
from genotok.values.fitted import Contig
from motif import golden
from motif.subset import counts_of_subset

FASTA = golden.FOLDER / "golden.fa.gz"
PIECE, WITH_N = golden.PIECES


@cache
def subset_motifs():
    return MotifSet.from_jaspar().select(str(each) for each in golden.subset_answers()["matrix_ids"])


def subset_tokenizer(**settings):
    return MotifTokenizer(subset_motifs(), MotifConfig().replace(**{"min_count": 2, **settings}))


@cache
def subset_counts():
    dense, _ = counts_of_subset()
    rows, columns = np.nonzero(dense)
    indptr = offsets_of(np.bincount(rows, minlength=len(dense)))
    return CsrMatrix(indptr, columns, dense[rows, columns], dense.shape)


@cache
def _folder():
    return tempfile.TemporaryDirectory()


@cache
def subset_store():
    """The golden bins of one piece, cut by all motifs and counted for the subset, as a store in one block."""
    folder, tokenizer = Path(_folder().name) / "subset", subset_tokenizer()
    boundaries = golden.answers()[f"{PIECE}/rel80/boundaries"]
    bins = BlockBins(boundaries, np.zeros(len(boundaries) - 1, dtype=bool), subset_counts())
    journal = StoreJournal(folder, run_settings(tokenizer), tokenizer.n_features)
    write_block(block_path(folder, 0, 0), bins)
    journal.record(BlockLine(PIECE, 0, 0, 0, "", 0, None, 0, 50_000, bins=len(bins)))
    journal.finish([StoredContig(Contig(PIECE, 50_000), (len(bins),))])
    return open_store(folder)


@cache
def fitted(**settings):
    """A tokenizer fitted on the golden bins of the subset."""
    return subset_tokenizer(**settings).fit(subset_store())


def bytes_of(folder):
    """All files below a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()
    }


def text_of(piece=PIECE, start=0, end=None):
    return golden.sequences()[piece][start:end]
