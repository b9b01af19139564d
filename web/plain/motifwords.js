// Bins, letters and logos of motifs as plain values: what the views draw, without a page.

export const LETTERS = "ACGTN";
const LINES = 64; // lines of letters that are asked for together

/**
 * A window of the sequence as lines of letters with the pieces of bins in them.
 * @param {{letters: Uint8Array, cover: Int32Array, edges: Int32Array, hues: Uint8Array, gaps: Uint8Array, leads: Int32Array}} buffers
 * @param {{first: number, bin: number, texts: Object<string, string>}} value
 * @returns {{first: number, letters: string, cover: Int32Array, pieces: {bin: number, from: number, to: number, hue: number, gap: boolean, lead: string|null, begins: boolean}[]}[]}
 */
export function linesOf({ letters, cover, edges, hues, gaps, leads }, { first, bin, texts }, columns) {
  const lines = [];
  let at = 0; // the bin that holds the line's first base
  for (let from = 0; from < letters.length; from += columns) {
    const to = Math.min(from + columns, letters.length);
    while (edges[at + 1] <= first + from) at += 1;
    const pieces = [];
    for (let next = at; next < hues.length && edges[next] < first + to; next += 1) {
      const start = Math.max(edges[next] - first, from);
      const end = Math.min(edges[next + 1] - first, to);
      pieces.push({ bin: bin + next, from: start - from, to: end - from, hue: hues[next], gap: gaps[next] === 1, lead: texts[leads[next]] ?? null, begins: edges[next] === first + start });
    }
    const text = Array.from(letters.subarray(from, to), (code) => LETTERS[code]).join("");
    lines.push({ first: first + from, letters: text, cover: cover.subarray(from, to), pieces });
  }
  return lines;
}

/** The window that block of lines `first` .. `first + count - 1` takes. @returns {[number, number]} */
export const windowOf = (first, count, columns) => [first * columns, (first + count) * columns];
export { LINES };

/** How many letters stand in a line that is so wide: whole tens, so that places are easy to count. */
export const columnsOf = (wide, letter) => Math.max(10, Math.floor(wide / letter / 10) * 10);

/** A step curve over letters as the outline of an area, y downwards from `high`. */
export function coverPath(cover, most, letter, high) {
  let path = `M0 ${high}`;
  cover.forEach((value, at) => {
    const y = Math.round((high - (high * value) / Math.max(most, 1)) * 10) / 10;
    path += `V${y}H${Math.round((at + 1) * letter * 10) / 10}`;
  });
  return `${path}V${high}Z`;
}

/** Shares of A, C, G, T in each column of a logo, turned for the other strand, with their information in bits. */
export function columnsOfLogo(counts, strand = "+") {
  const columns = [];
  for (let at = 0; at < counts.length; at += 4) {
    const four = Array.from(counts.subarray(at, at + 4));
    const sum = four.reduce((total, each) => total + each, 0);
    const shares = four.map((each) => each / sum);
    const bits = 2 + shares.reduce((total, share) => total + (share > 0 ? share * Math.log2(share) : 0), 0);
    columns.push({ shares: strand === "-" ? shares.reverse() : shares, bits: Math.max(0, bits) });
  }
  return strand === "-" ? columns.reverse() : columns;
}

/** The letters of a motif as they are read aloud: the strongest of each column, small where two could stand. */
export function consensus(columns) {
  return columns.map(({ shares }) => {
    const most = Math.max(...shares);
    const letter = LETTERS[shares.indexOf(most)];
    return most >= 0.5 ? letter : letter.toLowerCase();
  }).join("");
}

/** [{row}] with repeats -> the first few different rows. */
export const firstRows = (motifs, most) => [...new Set(motifs.map(({ row }) => row))].slice(0, most);

const PARTS = ["tokenizer_config.json", "arrays.npz"]; // of a saved tokenizer

/** The saved tokenizer among files that were given: its parts, or a zip. @returns {{name: string, files: File[]}|null} */
export function modelIn(files, pathOf = (file) => file.webkitRelativePath || file.name) {
  const [zip] = files.filter(({ name }) => /\.zip$/i.test(name));
  if (zip) return { name: zip.name, files: [zip] };
  const parts = files.filter(({ name }) => PARTS.includes(name));
  if (!parts.length) return null;
  const [folder] = parts.map((file) => pathOf(file).split("/").at(-2)).filter(Boolean);
  return { name: folder ?? "motif-tokenizer", files: PARTS.map((part) => parts.find(({ name }) => name === part)).filter(Boolean) };
}

/** Curves that lie end to end in two arrays, each under its name without that of the corpus. */
export function curvesOf({ curves }, { ranks, frequencies }) {
  const corpus = curves[0].name.replace(/, sets of clusters$/, "");
  let at = 0;
  return curves.map(({ name, points, records }) => ({
    name: name.startsWith(corpus) ? name.slice(corpus.length).replace(/^[,:] /, "") : name,
    ranks: ranks.subarray(at, at + points), frequencies: frequencies.subarray(at, (at += points)), records,
  }));
}

const signed = (value, digits = 2) => (value === null ? "–" : value.toFixed(digits).replace("-", "−"));

/** What the first curve shows, always with the filter and without: cutting off rare types alone brings r near -1. */
export function ranksFinding([{ records }]) {
  const [whole, kept] = [records[0], records.find(({ max_count: most }) => most !== null)];
  const filtered = kept.types > 2 ? `${signed(kept.r)} over the ${kept.types} met ${kept.min_count} times or more` : `too few are met ${kept.min_count} times for another`;
  return `Rank and frequency of ${whole.types.toLocaleString("en-US")} sets correlate with r ${signed(whole.r)}; ${filtered}`;
}

/** How much better bins spell motifs than random cuts of the same lengths do. */
export function likenessFinding([bins, cuts]) {
  const gain = bins.gain === null ? "" : `, ${signed(Math.abs(bins.gain), 3)} ${bins.gain < 0 ? "less" : "more"}`;
  return `Bins spell motifs with ${signed(bins.mean, 3)} on average, random cuts of the same lengths with ${signed(cuts.mean, 3)}${gain && ": bins"}${gain.replace(",", "")}`;
}
