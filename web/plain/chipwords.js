// What a chip says: one token of a result in input order, or the gap that a region without a token leaves.
import { region, shown } from "./words.js";

export const HUES = 8; // as many as style/tokens.css has

/** A block of the worker's chips as objects; `id` -1 is a gap, `distance` the bases to the nearest universe region (-1: none there). */
export function unpackChips({ ids, rows, codes, starts, ends, shared, distances, occurrences }, { n_regions: regions }) {
  return Array.from(ids, (id, at) => ({
    id, row: rows[at], code: codes[at], start: starts[at], end: ends[at], shared: shared[at], distance: distances[at], occurrences: occurrences[at],
    kind: id < 0 ? "miss" : id < regions ? "token" : "special",
  }));
}

/** (["chr1", "chr10", "chr2"]) -> [1, 3, 2]: one of the hues by chromosome, so that neighbours in natural order differ. */
export function huesOf(names) {
  const hues = new Uint8Array(names.length);
  const natural = new Intl.Collator("en", { numeric: true });
  const order = Array.from(names, (_, code) => code).sort((a, b) => natural.compare(names[a], names[b]));
  order.forEach((code, place) => (hues[code] = (place % HUES) + 1));
  return hues;
}

/** 28 -> "28 bp", 2100 -> "2.1 kb", 18_900 -> "19 kb" */
export function bases(length) {
  const short = (value, unit) => `${value.toFixed(value < 9.95 ? 1 : 0)} ${unit}`;
  return length >= 999_500 ? short(length / 1e6, "Mb") : length >= 1e3 ? short(length / 1e3, "kb") : `${length} bp`;
}

/**
 * A chip's face, the words and a label beside them, and its name, which begins with what is seen of it.
 * @param {object} chip @param {"id"|"text"|"both"} show
 * @param {{names: string[]|null, specials: Record<number, string>}} known  the universe's chromosomes, roles of special ids
 */
export function faceOf(chip, show, { names, specials }) {
  const place = names && chip.code >= 0 ? region(names[chip.code], chip.start, chip.end) : null;
  if (chip.kind === "miss") {
    const gap = bases(chip.distance);
    if (chip.distance < 0 || !place) return { words: "no token", label: "", name: "no token" };
    return { words: "no token", label: show === "id" ? gap : `${gap} to ${place}`, name: `no token ${gap} to ${place}` };
  }
  if (chip.kind === "special") {
    const role = specials[chip.id] ?? "special";
    return { words: String(chip.id), label: role, name: `${chip.id} ${role}, special token` };
  }
  if (!place) return { words: String(chip.id), label: "", name: String(chip.id) };
  const name = `${chip.id} ${place}`;
  return show === "text" ? { words: place, label: "", name } : { words: String(chip.id), label: show === "both" ? place : shown(names[chip.code]), name };
}

/** Letters that the widest chip needs, label and words; longer names are cut with an ellipsis. */
export function lettersOf(show, { names, size }) {
  const digits = Math.max(6, String(size).length);
  const longest = Math.min(8, Math.max(5, ...(names ?? []).slice(0, 1000).map((name) => name.length)));
  if (show === "id") return longest + digits;
  return show === "text" ? longest + 24 : longest + 24 + digits; // name:123,456,789-123,456,789
}

/** The chip that a key leads to from another one, among `total` in lines of `columns`; null for other keys, and up or down from the edge. */
export function walked(key, { from, columns, page, total }) {
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
  if (by === undefined || !total) return null;
  const to = from + by;
  if ((key === "ArrowDown" || key === "ArrowUp") && (to < 0 || to >= total)) return null;
  return Math.max(0, Math.min(total - 1, to));
}
