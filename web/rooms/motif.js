// The room of transcription-factor motifs; it says what it will do until its tokenizer is there.

export const motif = Object.freeze({
  id: "motifs",
  label: "Motifs",
  ready: false,
  accepts: "a FASTA file",
  words: [
    "A token will be a set of transcription-factor motifs found in one bin of DNA.",
    "It will read FASTA files or motif hits in BED, and its bins will follow the data.",
  ],
  reason: "The motif tokenizer is not part of this version.",
});
