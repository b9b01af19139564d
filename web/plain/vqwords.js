// Codes along a sequence as plain values: what the views draw, without a page.
import { lettersOf } from "./dnawords.js";
import { count, percent } from "./words.js";

const NAMES = [[], ["code"], ["coarse", "fine"], ["coarse", "middle", "fine"]];

/** Level 1 of 2 -> "coarse". */
export const levelName = (level, levels) => NAMES[levels]?.[level - 1] ?? `level ${level}`;

/** "coarse" -> "Coarse" */
export const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** The token that stands for a base, or the nearest one; null where there are none. */
export function tokenAt(base, { first, tokens }, stride) {
  return base === null || !tokens ? null : Math.max(0, Math.min(tokens - 1, Math.floor((base - first) / stride)));
}

/**
 * A window of the sequence as lines: letters, what decodes to others, and the tokens of each level as pieces of columns.
 * @param {{letters: Uint8Array, decoded: Uint8Array, starts: Int32Array, ends: Int32Array, codes: Int32Array, hues: Uint8Array}} buffers
 * @param {{first: number, token: number}} value
 * @returns {{first: number, letters: string, decoded: string|null, tokens: {token: number, from: number, to: number, codes: number[], hues: number[]}[]}[]}
 */
export function codeLinesOf({ letters, decoded, starts, ends, codes, hues }, { first, token }, columns, levels) {
  const lines = [];
  const every = Array.from({ length: levels }, (_, level) => level * starts.length);
  let at = 0; // the first token that may reach into the line
  for (let from = 0; from < letters.length; from += columns) {
    const to = Math.min(from + columns, letters.length);
    while (at < starts.length && ends[at] <= first + from) at += 1;
    const tokens = [];
    for (let next = at; next < starts.length && starts[next] < first + to; next += 1) {
      tokens.push({
        token: token + next, from: Math.max(starts[next] - first, from) - from, to: Math.min(ends[next] - first, to) - from,
        codes: every.map((level) => codes[level + next]), hues: every.map((level) => hues[level + next]),
      });
    }
    const text = lettersOf(letters.subarray(from, to));
    lines.push({ first: first + from, letters: text, decoded: decoded.length ? unlike(text, lettersOf(decoded.subarray(from, to))) : null, tokens });
  }
  return lines;
}

/** Only the letters that differ; the same ones are dots, and blank is what is not known or not told. */
const unlike = (letters, decoded) => Array.from(decoded, (letter, at) => (letter === "N" || letters[at] === "N" ? " " : letter === letters[at] ? "·" : letter)).join("");

/** One path for each hue of a level: boxes as wide as their tokens, with a gap behind each. */
export function bandPaths(tokens, level, letter, top, high) {
  const paths = new Map();
  for (const { from, to, hues } of tokens) {
    const box = `M${tenths(from * letter)} ${top}h${tenths((to - from) * letter - 1)}v${high}h${tenths(1 - (to - from) * letter)}z`;
    paths.set(hues[level], (paths.get(hues[level]) ?? "") + box);
  }
  return paths;
}

const tenths = (value) => Math.round(value * 10) / 10;

/** Where marked stretches of bases lie in a line: columns from, to. @param {[number, number][]} spans */
export function boxesIn(spans, first, length) {
  return spans.map(([start, end]) => [Math.max(start - first, 0), Math.min(end - first, length)]).filter(([from, to]) => to > from);
}

/** Logos that lie end to end, taken apart: one for each code of the answer, then that of all levels together. */
export function logosOf({ levels, joint }, { logos }) {
  let at = 0;
  return [...levels, ...(joint ? [joint] : [])].map(({ columns }) => logos.subarray(at, (at += 4 * columns)));
}

/** How many times a code is met, and where it ranks. */
export function metWords({ usage, rank, size, here, windows }) {
  const corpus = usage === null ? null : `${times(usage)} in the corpus, rank ${count(rank)} of ${count(size)}`;
  return [corpus, `${times(here)} on this sequence`, windows ? `${count(windows)} different windows` : null].filter(Boolean).join("; ");
}

const times = (value) => (value === 1 ? "once" : `${count(value)} times`);

/** The most likely letters under a hue: "A 62 %, T 30 %". */
export function hueWords(shares) {
  const listed = Array.from(shares, (share, letter) => ({ share, letter: "ACGT"[letter] })).sort((one, other) => other.share - one.share);
  return listed.slice(0, 2).filter(({ share }) => share >= 0.05).map(({ share, letter }) => `${letter} ${Math.round(100 * share)} %`).join(", ");
}

/** Letters cut at the edges of tokens, as far as they lie in the window. */
export function cutsOf(letters, first, starts, ends, ids) {
  return Array.from(starts, (start, at) => ({
    text: lettersOf(letters.subarray(Math.max(start - first, 0), Math.max(0, ends[at] - first))), id: ids[at], whole: start >= first && ends[at] <= first + letters.length,
  })).filter(({ text }) => text);
}

/** Arrays of several tokenizers that lie end to end, taken apart. */
export function cutRows({ names, counts, first }, { starts, ends, ids, letters }) {
  let at = 0;
  return names.map((name, row) => {
    const here = [at, (at += counts[row])];
    return { name, pieces: cutsOf(letters, first, starts.subarray(...here), ends.subarray(...here), ids.subarray(...here)) };
  });
}

/** What stands in the place of figures of a sequence: name, value, more. */
export function codeFacts(one, model) {
  const levels = model.levels.length;
  const used = one.distinct.map((each, level) => `${count(each)} of ${count(model.levels[level])}${levels > 1 ? ` ${levelName(level + 1, levels)}` : ""}`);
  const right = one.told - one.wrong;
  return [
    ["Bases", count(one.bases), one.known < one.bases ? `${percent(one.known, one.bases)} known` : null],
    ["Tokens", count(one.tokens), `one for ${model.stride === 1 ? "every base" : `${model.stride} bases`}${one.unknown ? `; ${count(one.unknown)} unknown` : ""}`],
    ["Codes used", used.at(-1), used.slice(0, -1).join(", ") || null],
    ["Bits of a token", one.bits.toFixed(2), `as used here, ${(one.bits / model.stride).toFixed(2)} a base; at most ${model.nominal_bits.toFixed(0)}`],
    one.told ? ["Come back", share(right, one.told), `${count(one.wrong)} of ${count(one.told)} bases wrong`] : null,
  ].filter(Boolean);
}

/** A share that is near all is told with more digits: (29902, 29903) -> "99.997 %". */
export function share(part, whole) {
  if (part === whole) return "100 %";
  const digits = Math.min(4, Math.max(1, Math.ceil(-Math.log10(1 - part / whole)) - 1));
  return `${Math.min(100 - 10 ** -digits, (100 * part) / whole).toFixed(digits)} %`;
}

/** What the slider of tokens says. */
export function tokenWords({ token, start, end, text, unknown, levels }, total, letters) {
  const codes = unknown ? "unknown" : levels.map(({ level, code }) => `${levelName(level, levels.length)} ${count(code)}`).join(", ");
  return `token ${count(token + 1)} of ${count(total)}, bases ${count(start)} to ${count(end)}, ${letters ? `${letters}, ` : ""}${text}${levels.length > 1 || unknown ? `, ${codes}` : ""}`;
}

/** "of 29,896 tokens 8 change: 8 fine codes, 5 coarse" */
export function changeFinding({ position, old, new: letter, levels }, changed, total) {
  if (old === letter) return `Base ${count(position)} is ${letter} already: nothing changes`;
  const told = levels.map((each, level) => `${count(each)} ${levelName(level + 1, levels.length)}`).reverse().join(", ");
  return `${old} to ${letter} at base ${count(position)} changes ${count(changed)} of ${count(total)} tokens${levels.length > 1 ? `: ${told}` : ""}`;
}
