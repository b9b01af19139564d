// Bins and figures of motifs as plain values: what the views draw, without a page.
import { lettersOf } from "./dnawords.js";

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
    lines.push({ first: first + from, letters: lettersOf(letters.subarray(from, to)), cover: cover.subarray(from, to), pieces });
  }
  return lines;
}

/** A step curve over letters as the outline of an area, y downwards from `high`. */
export function coverPath(cover, most, letter, high) {
  let path = `M0 ${high}`;
  cover.forEach((value, at) => {
    const y = Math.round((high - (high * value) / Math.max(most, 1)) * 10) / 10;
    path += `V${y}H${Math.round((at + 1) * letter * 10) / 10}`;
  });
  return `${path}V${high}Z`;
}

/** [{row}] with repeats -> the first few different rows. */
export const firstRows = (motifs, most) => [...new Set(motifs.map(({ row }) => row))].slice(0, most);

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
