"""What "Motif-aware Tokenization of the Genome" (Davarmanesh et al.) says that a figure can confirm or refute.

Rules are of a few kinds, the same for all claims: a count must be equal, a rounded number come out when rounded as
printed; of a whole genome's count a part may differ by a twentieth, what is "about" so by a tenth; "better" is so by
any margin. Where the paper's words name no number, the rule does, and the page shows it.
"""

from genotok.analysis.claims import Above, Between, Claim, Near
from genotok.analysis.modelclaims import MODEL_CLAIMS

_GENOME = "a whole genome as FASTA (--genome FILE --bases all)"
_TOKENIZERS = "pip install 'genotok[motif]' and a corpus of 100 bases a token at least, for byte-pair encoding"
_CORPUS = "a FASTA"

_TOKENS = (
    Claim(
        "features",
        "2, A.1",
        "841 motifs on two strands, with CpG on both, are the features.",
        "1684",
        (Near("motifs.features", 1684, 0),),
        "motifs",
        "The paper says 842 motifs and 1682 features as well; without CpG there are 1682.",
    ),
    Claim(
        "cutoff",
        "A.1",
        "A hit's least score of 800 is a p-value of 1e-8 at most.",
        "1e-8",
        (Between("motifs.largest_p", most=1e-8),),
        "motifs",
        "800 is a relative score of 0.80; told is the largest p of any motif at that score, exact.",
    ),
    Claim(
        "motif_length",
        "A.1",
        "15 bp is the average length of a motif.",
        "15",
        (Near("motifs.mean_length", 15, 0.5),),
        "motifs",
    ),
    Claim(
        "covered",
        "2",
        "Unmapped regions aside, a motif covers more than 99 % of the bases.",
        "> 0.99",
        (Between("bins.covered", least=0.99),),
        _CORPUS,
    ),
    Claim(
        "covered_genome",
        "2",
        "A motif covers more than 92 % of the human genome.",
        "> 0.92",
        (Between("genome.covered", least=0.92),),
        _GENOME,
    ),
    Claim(
        "mean_bin",
        "A.1",
        "A bin is 15 bp long on average.",
        "15",
        (Near("bins.mean", 15, 0.5),),
        _CORPUS,
    ),
    Claim(
        "bins",
        "A.1",
        "The human genome has 187 million bins.",
        "187 M",
        (Near("genome.bins", 187e6, 187e6 / 20),),
        _GENOME,
    ),
    Claim(
        "long_bins",
        "A.1",
        "0.5 % of the bins are longer than 50 bp before these are cut.",
        "0.005",
        (Near("bins.long", 0.005, 0.0005),),
        _CORPUS,
        "Of bins without an unknown base, as such are laid between the pieces of the corpus. The paper counts those of "
        "unmapped regions as well, and names these as the cause.",
    ),
    Claim(
        "gaussian",
        "A.1",
        "Lengths of bins are distributed close to Gaussian.",
        "",
        (Near("bins.skewness", 0, 0.5), Near("bins.excess_kurtosis", 0, 1)),
        _CORPUS,
    ),
    Claim(
        "sums",
        "A.1",
        "For each motif the values of the consecutive bins that span it always sum to 1.",
        "1",
        (Between("matrix.largest", most=1),),
        _CORPUS,
        "Told is the largest value of a motif in a single bin; overlapping hits of one motif take it above 1.",
    ),
    Claim(
        "boundaries_continuous",
        "A.1",
        "Exactly where the boundaries of bins lie matters little to continuous tokens.",
        "",
        (Between("moved.cosine", least=0.95),),
        _CORPUS,
        "All boundaries are moved by one base: told is the mean cosine of tokens before and after. The paper tests "
        "nothing here.",
    ),
    Claim(
        "boundaries_discrete",
        "A.1",
        "Nor does it to discrete ones.",
        "",
        (Between("moved.changed", most=0.05),),
        _CORPUS,
        "The same: told is the share of bins whose set of clusters is another.",
    ),
    Claim(
        "clusters",
        "2, A.1",
        "The features make 871 clusters.",
        "871",
        (Near("matrix.clusters", 871, 871 / 20),),
        _CORPUS,
        "The paper learns them from the whole genome, and its code names 862 as well.",
    ),
)

_WORDS = (
    Claim(
        "zipf_filtered",
        "2, Fig. 1c",
        "Motif tokens follow Zipf's law: of those that pass the paper's filter.",
        "-0.99",
        (Near("zipf.filtered", -0.99, 0.005),),
        _CORPUS,
        "The paper keeps 500 to 1,000,000 occurrences on a chromosome; that is scaled by the bins of the corpus. "
        "Where rare types are cut off moves r: `genotok motif zipf --min-count N` shows how far.",
    ),
    Claim(
        "zipf_all",
        "2, Fig. 1c",
        "Motif tokens follow Zipf's law: of all types.",
        "-0.99",
        (Near("zipf.all", -0.99, 0.005),),
        _CORPUS,
    ),
    Claim(
        "zipf_kmers_filtered",
        "2, Fig. 1c",
        "They follow it more closely than words of k letters do: of those that pass the filter.",
        "",
        (Above("zipf.filtered", ("kmers.filtered",), below=True),),
        _CORPUS,
        "Told is the r nearest to -1 of 3- to 6-mers, overlapping or not; the filter is scaled by their number.",
    ),
    Claim(
        "zipf_kmers_all",
        "2, Fig. 1c",
        "They follow it more closely than words of k letters do: of all types.",
        "",
        (Above("zipf.all", ("kmers.all",), below=True),),
        _CORPUS,
    ),
    Claim(
        "zipf_bpe600",
        "2, Fig. 1c",
        "Byte-pair encoding of 600 tokens follows it less.",
        "-0.77",
        (Near("bpe600.all", -0.77, 0.005),),
        _TOKENIZERS,
        "The paper names neither the corpus that was trained on nor how it was cut into words; here the same corpus, "
        "words of 512.",
    ),
    Claim(
        "zipf_bpe4096",
        "2, Fig. 1c",
        "Byte-pair encoding of 4096 tokens follows it less.",
        "-0.94",
        (Near("bpe4096.all", -0.94, 0.005),),
        _TOKENIZERS,
        "Neither corpus nor words are named here either.",
    ),
    Claim(
        "zipf_bpe_filtered",
        "2, Fig. 1c",
        "Motif tokens follow it more closely than byte pairs do: of those that pass the filter.",
        "",
        (Above("zipf.filtered", ("bpe600.filtered", "bpe4096.filtered"), below=True),),
        _TOKENIZERS,
    ),
    Claim(
        "zipf_bpe_all",
        "2, Fig. 1c",
        "Motif tokens follow it more closely than byte pairs do: of all types.",
        "",
        (Above("zipf.all", ("bpe600.all", "bpe4096.all"), below=True),),
        _TOKENIZERS,
    ),
    Claim(
        "spelling",
        "2, Fig. 1d",
        "Motif tokens spell motifs better than k-mers and byte pairs do.",
        "",
        (Above("spelling.bins", ("spelling.6-mers", "spelling.bpe4096")),),
        _TOKENIZERS,
        "The paper gives no formula; told is the mean over motifs of the largest cosine with a token, of 4,096 tokens "
        "each.",
    ),
    Claim(
        "spelling_control",
        "2, Fig. 1d",
        "Bins spell motifs better than random cuts of the same lengths do.",
        "",
        (Above("spelling.bins", ("spelling.random",)),),
        _CORPUS,
        "The control of the claim above, which the paper has not.",
    ),
    Claim(
        "umap",
        "2, Fig. 2",
        "Tokens of chromosome 1 fall into clusters of similar tokens.",
        "",
        (Between("embedding.chr1_modularity", least=0.3),),
        "chromosome 1; the paper states no figure. `genotok motif embed` draws it of any corpus",
    ),
)

CLAIMS: tuple[Claim, ...] = _TOKENS + _WORDS + MODEL_CLAIMS
