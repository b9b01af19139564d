"""The learned tokenizer: DNA in, codes of a learned codebook out, and back."""

from genotok.tokenizers.vq_saving import VQSaving


class VQTokenizer(VQSaving):
    """Names every few bases of DNA by the code that a learned codebook has for what stands there.

    ``model`` is a VQModel, ``config`` a VQConfig, ``special_tokens`` are texts by role; `from_pretrained` opens what
    was saved, or the wheel has. What takes sequences takes DNA as str, bytes, uint8 or Sequence, a list of one of
    these, or a Path to a FASTA file; a text is never a path. Immutable, hence safe to share between threads; ``report``
    tells of the last call of a thread.

    >>> import numpy as np
    >>> from genotok import Codebook, VQTokenizer
    >>> from genotok.values.vqmodel import VQModel
    >>> from genotok.values.windowtable import WindowTable
    >>> book = Codebook("flat", (16,), (np.eye(16, dtype=np.float32),))
    >>> pairs = WindowTable(2, 2, np.arange(16, dtype=np.uint16)[None])
    >>> tokenizer = VQTokenizer(VQModel(book, pairs, None, window=2, stride=2))
    >>> tokenizer.encode("ACGTNA"), tokenizer.tokenize("ACGT"), tokenizer.decode([1, 11])
    ([1, 11, 16], ['v1', 'v11'], 'ACGT')
    >>> tokenizer(["ACGT", "TT"], padding=True, return_offsets=True)["offset_mapping"]
    [[[0, 2], [2, 4]], [[0, 2], [0, 0]]]
    >>> tokenizer.mutate("ACGT", 3, "A").spans.tolist()
    [[2, 4]]
    """
