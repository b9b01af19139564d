"""What the same paper says of networks that predict signals from tokens or from bases: see `paperclaims`."""

from genotok.analysis.claims import Between, Claim, Near

_GENOME = "a whole genome as FASTA (--genome FILE --bases all)"
_K562 = "the K562 ATAC-seq track and peaks of ENCODE, and networks trained on them (--models)"
_MODELS = "figures of networks, three seeds of either kind that have learnt to predict (--models)"
_CORPUS = "a FASTA"

MODEL_CLAIMS: tuple[Claim, ...] = (
    Claim(
        "input_mean",
        "A.3, its code",
        "Inputs are centred by their mean, 0.03.",
        "0.03",
        (Near("matrix.mean", 0.03, 0.005),),
        _CORPUS,
    ),
    Claim(
        "input_sd",
        "A.3, its code",
        "Noise is scaled by their standard deviation, 0.4 / 3.",
        "0.133",
        (Near("matrix.sd", 0.4 / 3, 0.0005),),
        _CORPUS,
    ),
    Claim(
        "input_variance",
        "A.3",
        "Inputs have zero mean and unit variance.",
        "0, 1",
        (Near("matrix.scaled_mean", 0, 0.05), Near("matrix.scaled_sd", 1, 0.05)),
        _CORPUS,
        "Of inputs as the paper's code scales them: less 0.03, times 3.",
    ),
    Claim(
        "windows",
        "A.3",
        "1,250 bins are about 20 kb.",
        "20 kb",
        (Near("bins.window", 20_000, 2_000),),
        _CORPUS,
    ),
    Claim(
        "resolution",
        "A.3",
        "The 16 bp of an output of the one-hot network match a bin.",
        "16",
        (Near("bins.mean", 16, 1.6),),
        _CORPUS,
    ),
    Claim(
        "samples",
        "A.3",
        "Windows of 1,250 bins, 500 apart, are about 344,000 samples to train on.",
        "344,000",
        (Near("genome.windows", 344_000, 344_000 / 20),),
        _GENOME,
    ),
    Claim(
        "shorter",
        "4",
        "Tokens make the sequence shorter, which saves computation.",
        "",
        (Between("bins.mean", least=10),),
        _CORPUS,
        "Bases of a token. The one-hot network pools to 16 bp before its widest layers, so these save nothing.",
    ),
    Claim(
        "k562",
        "3, A.3",
        "On K562 ATAC-seq one-hot reaches a Pearson r of 0.73, tokens 0.68.",
        "0.73, 0.68",
        (Near("k562.onehot.pearson", 0.73, 0.005), Near("k562.tokens.pearson", 0.68, 0.005)),
        _K562,
    ),
    Claim(
        "k562_conv",
        "A.3",
        "Of convolutions alone one-hot reaches 0.69, tokens 0.65.",
        "0.69, 0.65",
        (Near("k562-conv.onehot.pearson", 0.69, 0.005), Near("k562-conv.tokens.pearson", 0.65, 0.005)),
        _K562,
    ),
    Claim(
        "comparable",
        "3, A.3",
        "One-hot is ahead of tokens by a little: 0 to 0.1 of r; with ATAC-seq of yeast, too.",
        "0.05",
        (Between("yeast-atac.pearson_gap", least=0, most=0.1),),
        _MODELS,
        "A stand-in, with smaller networks, which decides nothing of K562: by how much the r of windows is higher from "
        "bases than from tokens, on one grid of 16 bp.",
    ),
    Claim(
        "peaks",
        "A.3, Fig. 5",
        "Both find peaks about equally well: F1 of bins within 0.05; with ATAC-seq of yeast, too.",
        "",
        (Between("yeast-atac.f1_gap", least=-0.05, most=0.05),),
        _MODELS,
        "A stand-in, as above.",
    ),
    Claim(
        "attribution",
        "3, Fig. 3c, 7",
        "Input x Gradient tells bound sites about equally well: AUC within 0.05; of CTCF on chromosome 22, too.",
        "",
        (Between("ctcf-chr22.auc_gap", least=-0.05, most=0.05),),
        _MODELS,
        "A stand-in for the paper's 41 factors, with smaller networks.",
    ),
    Claim(
        "deeplift",
        "A.4, Fig. 6",
        "At a CTCF peak DeepLIFT finds CTCF to contribute most.",
        "rank 1",
        (Near("k562.ctcf_rank", 1, 0),),
        _K562,
    ),
)
