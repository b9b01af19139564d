"""genotok in Hugging Face's libraries: importing this makes ``AutoTokenizer`` know the tokenizers (extra ``[hf]``)."""

from typing import TYPE_CHECKING, Any

from genotok.hf.motif import GenotokMotifConfig as GenotokMotifConfig
from genotok.hf.motif import GenotokMotifTokenizer as GenotokMotifTokenizer
from genotok.hf.tokenizer import GenotokIntervalConfig as GenotokIntervalConfig
from genotok.hf.tokenizer import GenotokIntervalTokenizer as GenotokIntervalTokenizer
from genotok.hf.vq import GenotokVQConfig as GenotokVQConfig
from genotok.hf.vq import GenotokVQTokenizer as GenotokVQTokenizer

if TYPE_CHECKING:
    from genotok.hf.bedfolder import load_bed_folder as load_bed_folder

__all__ = [
    "GenotokIntervalConfig",
    "GenotokIntervalTokenizer",
    "GenotokMotifConfig",
    "GenotokMotifTokenizer",
    "GenotokVQConfig",
    "GenotokVQTokenizer",
    "load_bed_folder",
]


def __getattr__(name: str) -> Any:
    """Load what needs `datasets` on first use; a tokenizer alone does without."""
    if name != "load_bed_folder":
        raise AttributeError(f"module 'genotok.hf' has no attribute {name!r}")
    from genotok.hf.bedfolder import load_bed_folder  # late: takes half a second, and few ask for it

    return load_bed_folder
