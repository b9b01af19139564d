"""Words of k letters as the table of a learned tokenizer, so that rivals pass through the very same machinery."""

import re

import numpy as np

from genotok.errors import ConfigError
from genotok.kernels.tables import reverse_windows
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

LONGEST = 7  # 4^8 words are more than a codebook has codes
_SHAPE = re.compile(r"kmer(?P<k>\d+)(?:-step(?P<step>\d+))?(?P<merged>-merged)?")


def words_tokenizer(name: str) -> VQTokenizer | None:
    """Return the tokenizer that gives each word of letters an id of its own; None for other names than its own.

    ``char``, ``kmer6`` (a word from each base on), ``kmer6-step6``, ``kmer7-merged`` (a word and its reverse complement
    share an id). Ids go with the alphabet; a word is embedded as its letters, one-hot.

    >>> words_tokenizer("kmer2").encode("ACGT"), words_tokenizer("kmer2-step2").decode([1, 11])
    ([1, 6, 11], 'ACGT')
    >>> words_tokenizer("vq-fine") is None, words_tokenizer("kmer6-merged").levels
    (True, (2080,))
    """
    shape = _SHAPE.fullmatch("kmer1" if name == "char" else name)
    if shape is None:
        return None
    k, step = int(shape["k"]), int(shape["step"] or 1)
    if not (1 <= k <= LONGEST and 1 <= step <= k):
        hint = f"words of up to {LONGEST} letters, and steps no longer than a word"
        raise ConfigError(f"{name} is no tokenizer", hint=hint)
    numbers, merged = np.arange(4**k, dtype=np.intp), shape["merged"] is not None
    first = np.minimum(numbers, reverse_windows(k)) if merged else numbers
    words, codes = np.unique(first, return_inverse=True)
    letters = words[:, None] >> (2 * np.arange(k - 1, -1, -1, dtype=np.intp)) & 3
    vectors = np.eye(4, dtype=np.float32)[letters].reshape(len(words), 4 * k)
    table = WindowTable(k, step, codes.reshape(1, -1).astype(np.uint16), strand_symmetric=merged)
    book = Codebook("flat", (len(words),), (vectors,))
    return VQTokenizer(VQModel(book, table, None, window=k, stride=step, strand_symmetric=merged))
