"""What ``-t MODEL`` stands for: a tokenizer of the wheel, a folder, or a repository."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOENT, ENOTDIR
from pathlib import Path
from typing import Any

from genotok.errors import SequenceWarning
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED

_PATH = re.compile(r"[/\\]")


def open_tokenizer(name: str, **settings: Any) -> VQTokenizer:
    """Open a tokenizer with some settings of its own; a path that leads nowhere raises OSError, as of any file."""
    place = Path(name)
    if name not in BUNDLED and place.is_file():
        raise NotADirectoryError(ENOTDIR, "is a file; name the folder that genotok vq train wrote", name)
    if name not in BUNDLED and not place.is_dir() and _PATH.search(name) and place.parent.is_dir():
        raise FileNotFoundError(ENOENT, "no such folder; check the path", name)
    return VQTokenizer.from_pretrained(name, **settings)


@contextmanager
def short_sequences_told() -> Iterator[None]:
    """Keep quiet of sequences that are too short for a token: the report counts them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SequenceWarning)
        yield
