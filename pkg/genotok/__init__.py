"""Genomic intervals and sequence to tokens, the same bytes in a browser tab and on a cluster.

The public names load on first use, so that ``import genotok`` costs little more than ``import numpy``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "CellMatrix": "genotok.values.cells",
    "CellTokens": "genotok.values.cells",
    "Codebook": "genotok.values.codebook",
    "CsrMatrix": "genotok.values.csr",
    "Encoding": "genotok.encoding",
    "GenotokError": "genotok.errors",
    "IntervalConfig": "genotok.tokenizers.config",
    "IntervalTokenizer": "genotok.tokenizers.interval",
    "MotifBins": "genotok.values.bins",
    "MotifConfig": "genotok.tokenizers.motif_config",
    "MotifEncoding": "genotok.values.motifencoding",
    "MotifHits": "genotok.values.hits",
    "MotifSet": "genotok.values.motifs",
    "MotifTokenizer": "genotok.tokenizers.motif",
    "RaggedIds": "genotok.values.ragged",
    "Regions": "genotok.values.regions",
    "TokenStore": "genotok.io.tokenstore",
    "Universe": "genotok.values.universe",
    "VQCodes": "genotok.values.vqcodes",
    "VQConfig": "genotok.tokenizers.vq_config",
    "VQTokenizer": "genotok.tokenizers.vq",
    "append_gtok": "genotok.export.gtok",
    "build_universe": "genotok.tokenizers.consensus",
    "open_store": "genotok.io.tokenstore",
    "read_bed": "genotok.io.bed",
    "read_fasta": "genotok.io.fasta",
    "read_gtok": "genotok.export.gtok",
    "read_motifs": "genotok.io.motifs",
    "read_tokens": "genotok.export.tokens",
    "write_bed": "genotok.io.bed",
    "write_gtok": "genotok.export.gtok",
    "write_motifs": "genotok.io.motifs",
    "write_tokens": "genotok.export.tokens",
}
__all__ = ["__version__", *sorted(_HOMES)]

if TYPE_CHECKING:
    from genotok.encoding import Encoding as Encoding
    from genotok.errors import GenotokError as GenotokError
    from genotok.export.gtok import append_gtok as append_gtok
    from genotok.export.gtok import read_gtok as read_gtok
    from genotok.export.gtok import write_gtok as write_gtok
    from genotok.export.tokens import read_tokens as read_tokens
    from genotok.export.tokens import write_tokens as write_tokens
    from genotok.io.bed import read_bed as read_bed
    from genotok.io.bed import write_bed as write_bed
    from genotok.io.fasta import read_fasta as read_fasta
    from genotok.io.motifs import read_motifs as read_motifs
    from genotok.io.motifs import write_motifs as write_motifs
    from genotok.io.tokenstore import TokenStore as TokenStore
    from genotok.io.tokenstore import open_store as open_store
    from genotok.tokenizers.config import IntervalConfig as IntervalConfig
    from genotok.tokenizers.consensus import build_universe as build_universe
    from genotok.tokenizers.interval import IntervalTokenizer as IntervalTokenizer
    from genotok.tokenizers.motif import MotifTokenizer as MotifTokenizer
    from genotok.tokenizers.motif_config import MotifConfig as MotifConfig
    from genotok.tokenizers.vq import VQTokenizer as VQTokenizer
    from genotok.tokenizers.vq_config import VQConfig as VQConfig
    from genotok.values.bins import MotifBins as MotifBins
    from genotok.values.cells import CellMatrix as CellMatrix
    from genotok.values.cells import CellTokens as CellTokens
    from genotok.values.codebook import Codebook as Codebook
    from genotok.values.csr import CsrMatrix as CsrMatrix
    from genotok.values.hits import MotifHits as MotifHits
    from genotok.values.motifencoding import MotifEncoding as MotifEncoding
    from genotok.values.motifs import MotifSet as MotifSet
    from genotok.values.ragged import RaggedIds as RaggedIds
    from genotok.values.regions import Regions as Regions
    from genotok.values.universe import Universe as Universe
    from genotok.values.vqcodes import VQCodes as VQCodes


def __getattr__(name: str) -> object:
    """Load a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'genotok' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
