"""What "VQDNA" (Li et al., ICML 2024) says that a figure of the evaluation can confirm or refute, and what none can."""

from genotok.analysis.claims import Above, Between, Claim, Near, Rule

HEAD = """# VQDNA's claims, checked

{made}

Each claim of *VQDNA: Unleashing the Power of Vector Quantization for Multi-Species Genomic Sequence Modeling* (Li et
al., ICML 2024) beside the figure that was measured here. The paper released neither code nor weights; what is measured
are tokenizers of genotok, trained on the corpora that their cards name. The verdict follows from the figure by a rule
that stands below: a number must come out when rounded as printed, or be as close as the rule says; "better" is so if
the 95 % interval of the difference lies above 0. *Refuted* means: not so on the sets that are named, by the rule that
is named. *Not checkable* means that the model, the data or the computing time can't be had, or a file of results was
not given.

{summary}
"""

NOTE = "What shows each figure; names of tokenizers are those that the command calls by NAME=FOLDER."

TAIL = """## Where the paper contradicts itself, or leaves open

- Level n of HRQ has 2^n K codes, so K = 512 gives 1,024 and 2,048; elsewhere the sizes read as 512 and 1,024.
- Nine bits that name one of 512 codes for each base are spent on a base that two bits name: no compression, whatever
  comes back.
- The second stage is said to read a shorter input, but with one code for each base there is none.
- The split sizes that are stated for the covid task do not agree.
- HRQ is compared with flat codes at two indices for each token against one, so at twice the bits. If both taps hold
  nearly the same z, then H(2) = 2 z - e(1) is z and the residual beside it: level 2 codes z again.
"""

_EVAL = "genotok vq eval with these tokenizers, given as --eval"
_RATES = "genotok vq rd with these tokenizers, given as --rd"
_LINEAGES = "genotok vq lineages with these tokenizers, given as --lineages"
_EQUAL = "tests/benchmarks/equalbits.py, its equalbits.json given as --rd"
_MODEL = "an 86 M parameter model pretrained on 262 G tokens, and all 32 datasets; neither was released"
_NO_DATA = "the data, which were not released and are not among those that could be had"

_VOCABULARY = (
    Claim(
        "usage",
        "Analysis of the vocabulary",
        "All codes of the learned vocabulary are used.",
        "100 %",
        (Near("learnt.vq-fine.usage", 1, 0.0005), Near("learnt.vq-compact.usage", 1, 0.0005)),
        "the bundled models",
        "On the corpus that each was learnt from, as its card counts them.",
    ),
    Claim(
        "usage_hrq",
        "Analysis of the vocabulary",
        "All codes of both levels of HRQ are used.",
        "100 %",
        (Near("learnt.vq-hrq.usage", 1, 0.0005),),
        "the bundled model",
        "The level with the least; on the corpus that it was learnt from.",
    ),
    Claim(
        "usage_kmer",
        "Analysis of the vocabulary",
        "Words of six letters use less than half of their vocabulary.",
        "47 %",
        (Between("usage.kmer6-step6", most=0.5),),
        _EVAL,
        "Of known bases, without special tokens: a megabase has nearly all 4,096 words.",
    ),
    Claim(
        "usage_bpe",
        "Analysis of the vocabulary",
        "Byte pairs use nearly all of theirs.",
        "99 %",
        (Between("usage.bpe", least=0.985),),
        _EVAL,
    ),
    Claim(
        "reconstruction",
        "Ablation",
        "Codes return nearly all bases: K 128 to 1,024, one code for each base.",
        "98.2-99.8 %",
        tuple(Between(f"rd.flat-{size}.accuracy", least=0.982) for size in (128, 256, 512, 1024)),
        _RATES,
        "At nine bits for a base that two bits name this compresses nothing; a word of one letter returns all bases.",
    ),
)

_LEVELS = (
    Claim(
        "more_codes",
        "Ablation",
        "On a linear probe more flat codes are better up to 512, and 1,024 are not.",
        "42.1, 43.6, 44.8, 44.5",
        (
            Above("probe.flat-512", ("probe.flat-128", "probe.flat-256")),
            Between("probe.flat-1024 - flat-512.mean", most=0),
        ),
        _EVAL,
        "MCC of the frozen probe on the sets that are named; the paper's task (covid variants) can't be had.",
    ),
    Claim(
        "hrq_flat",
        "Ablation",
        "HRQ is better than flat codes on a linear probe: at equal bits.",
        "48.87 against 44.76",
        (Between("probe.hrq - flat.low", least=1e-9),),
        f"{_EVAL}; hrq and flat of equal used bits",
        "The paper gives HRQ two indices for each token, and flat codes one.",
    ),
    Claim(
        "hrq_flat_bases",
        "Ablation",
        "The same by the bases that come back: at equal bits a token, of one network.",
        "",
        (Between("rd.hrq - flat.low", least=1e-9),),
        _EQUAL,
        "Points of 100 bases, mean of the genomes that are named; the paper does not compare at equal bits.",
    ),
    Claim(
        "hrq_rvq",
        "Abstract",
        "HRQ enriches the vocabulary from coarse to fine: its second level adds more than plain residuals do.",
        "",
        (Between("rd.hrq - rvq.low", least=1e-9),),
        _EQUAL,
        "The paper does not compare with residual quantisation; told are the bases that come back.",
    ),
    Claim(
        "order",
        "Linear probe",
        "On a linear probe of covid variants 6-mers < byte pairs < VQ < HRQ.",
        "23.5 < 36.5 < 44.8 < 48.9",
        (
            Above("windows.bpe", ("windows.kmer6",)),
            Above("windows.vq-compact", ("windows.bpe",)),
            Above("windows.vq-hrq", ("windows.vq-compact",)),
        ),
        f"{_EVAL}, on a FASTA of lineages",
        "Macro F1 of windows of 1 kb by lineage group; other classes than the paper's, so the order alone is judged.",
    ),
    Claim(
        "hand_crafted",
        "Abstract",
        "A learned vocabulary tells more than a hand-crafted one: than 6-mers at one token for each base.",
        "",
        (Between("probe.vq-fine - kmer6.low", least=1e-9),),
        _EVAL,
        "By the frozen probe; the paper compares whole models.",
    ),
    Claim(
        "hand_crafted_strided",
        "Abstract",
        "The same than byte pairs and disjoint 6-mers, at a quarter of the tokens.",
        "",
        (
            Between("probe.vq-compact - bpe.low", least=1e-9),
            Between("probe.vq-compact - kmer6-step6.low", least=1e-9),
        ),
        _EVAL,
        "As above.",
    ),
)

_SARS = (
    Claim(
        "lineages",
        "Analysis of SARS-CoV-2",
        "Genomes of SARS-CoV-2 group by lineage in the space of codes.",
        "",
        (Between("lineages.vq-fine.purity", least=0.99), Between("lineages.vq-fine.macro", least=0.95)),
        _LINEAGES,
    ),
    Claim(
        "significance",
        "Abstract, analysis of SARS-CoV-2",
        "That shows the biological significance of the learned vocabulary: random codes group them worse.",
        "",
        (Above("lineages.vq-fine.purity", ("lineages.random-table.purity",)),),
        _LINEAGES,
        "Lineages differ by single substitutions, which any fine hash of DNA sees.",
    ),
    Claim(
        "layers",
        "Analysis of SARS-CoV-2",
        "The coarse level shows lineages, the fine one mutations: lineages are told apart better by the coarse level.",
        "",
        (Above("lineages.vq-fine, level 1.silhouette", ("lineages.vq-fine, level 2.silhouette",)),),
        _LINEAGES,
        "The paper reads this off a picture of layers 3 and 6; here by the silhouette of lineages in either level.",
    ),
)

_SIZE = (
    Claim(
        "parameters",
        "Sizes",
        "The tokenizer has 16 M parameters with flat codes, 17 M with HRQ.",
        "16 M, 17 M",
        (Near("paper.flat.parameters", 16e6, 0.5e6), Near("paper.hrq.parameters", 17e6, 0.5e6)),
        "nothing but the preset",
        "Counted are those of `--preset paper`, with the decoder, as far as the paper tells its sizes.",
    ),
    Claim(
        "operations",
        "Sizes",
        "The whole takes 1.6 GFLOPs at 512 bp.",
        "1.1 + 0.5",
        (Between("paper.encoder_gmacs", most=1.6),),
        "nothing but the preset",
        "Told are multiply-adds of the tokenizer's encoder alone, by its formula; the stated number reads as a ratio.",
    ),
)


def _beyond(key: str, where: str, says: str, states: str, needs: str, *rules: Rule, note: str = "") -> Claim:
    """Return a claim whose figure can't be had here."""
    return Claim(key, where, says, states, rules, needs, note)


_MEANS = {"emp": 57.95, "tf": 70.56, "mouse": 69.80, "core": 73.37, "promoter": 86.58, "splice": 89.53}
_SPECIES = ((1, 61.57), (20, 88.05), (32, 99.46))  # kb, and what is stated
_BEYOND = (
    _beyond(
        "efficiency",
        "Abstract",
        "VQDNA is ahead of other genome language models with fewer parameters.",
        "102 M, 103 M",
        _MODEL,
        Above("beyond.vqdna", ("beyond.larger",)),
    ),
    _beyond(
        "more_codes_hrq",
        "Ablation",
        "HRQ is best with K of 512, of 128 to 1,024.",
        "42.8, 47.7, 48.9, 48.2",
        _NO_DATA,
        Above("beyond.hrq_512", ("beyond.hrq_128", "beyond.hrq_256", "beyond.hrq_1024")),
    ),
    _beyond(
        "width",
        "Ablation",
        "Codes of 384 numbers are best, of 256 to 768.",
        "44.3, 44.8, 44.6",
        _NO_DATA,
        Above("beyond.width_384", ("beyond.width_256", "beyond.width_768")),
    ),
    _beyond(
        "gue",
        "Table 2",
        "VQDNA is ahead of DNABERT-2 on GUE.",
        "68.51 > 66.43",
        _MODEL,
        Above("beyond.vqdna", ("beyond.dnabert2",)),
    ),
    _beyond(
        "gue_means",
        "Table 2",
        "Means of its tasks: marks of yeast, factors of human and mouse, core promoters, promoters, splice sites.",
        ", ".join(f"{value:.2f}" for value in _MEANS.values()),
        _MODEL,
        *(Near(f"beyond.gue_{task}", value, 0.005) for task, value in _MEANS.items()),
    ),
    _beyond("gue_covid", "Table 2", "Covid variants: F1.", "74.32", _NO_DATA, Near("beyond.gue_covid", 74.32, 0.005)),
    _beyond(
        "species",
        "Species classification",
        "DNA of 1, 20 and 32 kb tells the species.",
        "61.57, 88.05, 99.46",
        _NO_DATA,
        *(Near(f"beyond.species_{kb}", value, 0.005) for kb, value in _SPECIES),
    ),
    _beyond(
        "editing",
        "Editing efficiency",
        "VQDNA predicts the efficiency of editing better than others.",
        "",
        _NO_DATA,
        Above("beyond.editing", ("beyond.editing_others",)),
    ),
    _beyond(
        "mask",
        "Pretraining",
        "A quarter of the tokens is the best share to mask.",
        "25 %",
        "pretraining at scale",
        Above("beyond.mask_25", ("beyond.mask_15", "beyond.mask_40")),
        note="`genotok vq pretrain --mask` runs it at small scale, which would decide nothing.",
    ),
)

VQ_CLAIMS: tuple[Claim, ...] = (*_VOCABULARY, *_LEVELS, *_SARS, *_SIZE, *_BEYOND)
