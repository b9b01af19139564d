// The room of learned codes: its tokenizers, how much DNA they take, and what can be saved. Its state is its own (codes.js).

export const vq = Object.freeze({
  id: "vq",
  label: "VQ codes",
  prefix: "vq",
  arrays: "model.npz",
  dna: true,
  samples: Object.freeze(["NC_045512", "chr17_400000_450000"]),
  /** Bases that the page takes, by a table and by a network; the engine refuses more. */
  most: 5_000_000,
  mostNetwork: 200_000,
  models: Object.freeze(/** @type {[id: string, label: string, says: string][]} */ ([
    ["vq-fine", "vq-fine", "A token for every base: 4,096 codes of 8 bases, grouped into 512 coarse ones. Both strands of a window share a code."],
    ["vq-compact", "vq-compact", "A token for every 4 bases, seen with 2 more on either side: 4,096 codes."],
    ["vq-hrq", "vq-hrq", "A token for every 4 bases by a network that sees 153: 32 coarse codes, refined by 64. Up to 200,000 bases."],
  ])),
  formats: Object.freeze(/** @type {[id: string, label: string, says: string][]} */ ([
    ["jsonl", ".jsonl", "a line a sequence: all ids"],
    ["tsv", ".tsv", "a line a token: place and ids"],
    ["bed", ".bed", "tokens as regions, with text and ids"],
    ["npz", ".npz", "ids for NumPy, with the model they are of"],
    ["gtok", ".gtok", "ids in two bytes each, one sequence"],
    ["fa", "decoded .fa", "the bases that the ids stand for"],
  ])),
});
