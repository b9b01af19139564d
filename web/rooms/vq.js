// The room of learned codewords; it says what it will do until its tokenizer is there.

export const vq = Object.freeze({
  id: "vq",
  label: "VQ codes",
  ready: false,
  accepts: "DNA",
  words: [
    "A token will be a learned codeword for a stretch of DNA, flat or hierarchical.",
    "It will read FASTA files or pasted sequence and show which codeword covers which bases.",
  ],
  reason: "The VQ tokenizer is not part of this version.",
});
