"""The learned tokenizer: DNA in, codes of a learned codebook out, and back."""

from genotok.tokenizers.vq_mutate import VQMutate


class VQTokenizer(VQMutate):
    """Names every ``stride`` bases of DNA by the code that a learned codebook has for the window around them."""
