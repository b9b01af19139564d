// Letters, logos and saved tokenizers as plain values, for all rooms that work on DNA.

export const LETTERS = "ACGTN";
export const LINES = 64; // lines of letters that are asked for together

/** How many letters stand in a line that is so wide: whole tens, so that places are easy to count. */
export const columnsOf = (wide, letter) => Math.max(10, Math.floor(wide / letter / 10) * 10);

/** The window that block of lines `first` .. `first + count - 1` takes. @returns {[number, number]} */
export const windowOf = (first, count, columns) => [first * columns, (first + count) * columns];

/** Codes of bases as letters. */
export const lettersOf = (codes) => Array.from(codes, (code) => LETTERS[code]).join("");

/** Shares of A, C, G, T in each column of a logo, turned for the other strand, with their information in bits. */
export function columnsOfLogo(counts, strand = "+") {
  const columns = [];
  for (let at = 0; at < counts.length; at += 4) {
    const four = Array.from(counts.subarray(at, at + 4));
    const sum = four.reduce((total, each) => total + each, 0);
    const shares = four.map((each) => (sum ? each / sum : 0));
    const bits = sum ? 2 + shares.reduce((total, share) => total + (share > 0 ? share * Math.log2(share) : 0), 0) : 0;
    columns.push({ shares: strand === "-" ? shares.reverse() : shares, bits: Math.max(0, bits) });
  }
  return strand === "-" ? columns.reverse() : columns;
}

/** The letters of a logo as they are read aloud: the strongest of each column, small where two could stand. */
export function consensus(columns) {
  return columns.map(({ shares }) => {
    const most = Math.max(...shares);
    const letter = LETTERS[shares.indexOf(most)];
    return most >= 0.5 ? letter : letter.toLowerCase();
  }).join("");
}

const SETTINGS = "tokenizer_config.json"; // of a saved tokenizer, beside its arrays

/** The saved tokenizer among files that were given: its settings and `arrays`, or a zip. @returns {{name: string, files: File[]}|null} */
export function modelIn(files, arrays, pathOf = (file) => file.webkitRelativePath || file.name) {
  const [zip] = files.filter(({ name }) => /\.zip$/i.test(name));
  if (zip) return { name: zip.name, files: [zip] };
  const wanted = [SETTINGS, arrays];
  const parts = files.filter(({ name }) => wanted.includes(name));
  if (!parts.length) return null;
  const [folder] = parts.map((file) => pathOf(file).split("/").at(-2)).filter(Boolean);
  return { name: folder ?? "tokenizer", files: wanted.map((part) => parts.find(({ name }) => name === part)).filter(Boolean) };
}
