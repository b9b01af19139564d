// The room of transcription-factor motifs: what it accepts, and which rules it knows. Its state is its own (motifs.js).

export const motif = Object.freeze({
  id: "motifs",
  label: "Motifs",
  /** of its operations, and what its saved tokenizers have beside their settings */
  prefix: "motif",
  arrays: "arrays.npz",
  dna: true,
  samples: Object.freeze(["chr17_400000_450000"]),
  /** Bases that the page takes; the engine refuses more. */
  most: 5_000_000,
  /** The first is the default here; `paper` is that of Python and of the terminal. */
  presets: Object.freeze(/** @type {[id: string, label: string, says: string][]} */ ([
    ["strict", "Strict", "Rarer hits (p ≤ 0.0001) and few unknown tokens: sets that the vocabulary lacks are named by their strongest members."],
    ["paper", "As in the paper", "Hits from a relative score of 0.8 on; every bin holds many motifs, and in a short sequence most sets are too rare for an id."],
  ])),
  formats: Object.freeze(/** @type {[id: string, label: string, says: string, fitted: boolean][]} */ ([
    ["bed", ".bed", "bins as regions, with token text and id once they are learnt", false],
    ["counts", "counts .npz", "bases of each bin under each motif-strand, sparse, for scipy", false],
    ["tsv", ".tsv", "a line a bin: place and id", true],
    ["jsonl", ".jsonl", "a line a sequence: all ids", true],
    ["npz", ".npz", "ids for NumPy", true],
    ["gtok", ".gtok", "ids in two bytes each, one sequence", true],
    ["continuous", "continuous .npz", "the share of each cluster in each bin, sparse, for scipy", true],
  ])),
});
