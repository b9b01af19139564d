// How numbers, names and counts read in the page.

const grouped = new Intl.NumberFormat("en-US");
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const HIDING = new RegExp(CONTROL.source);
const LONGEST = 200;

/** 44722 -> "44,722" */
export const count = (value) => grouped.format(value);

/** (1, "row") -> "1 row"; (3, "row") -> "3 rows" */
export const plural = (value, word, many = `${word}s`) => `${count(value)} ${value === 1 ? word : many}`;

/** 4_812_233 -> "4.8 MB" */
export function bytes(value) {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)} kB`;
  return `${(value / 1e6).toFixed(value < 1e8 ? 1 : 0)} MB`;
}

/** (3, 8) -> "37.5 %"; a share that is not all or nothing never reads as 0 or 100 */
export function percent(part, whole) {
  if (!whole || !part) return "0 %";
  if (part === whole) return "100 %";
  return `${Math.min(99.9, Math.max(0.1, (100 * part) / whole)).toFixed(1)} %`;
}

/** (41, 100) -> "41 %", for what is under way; whole numbers, and 100 only when it is through */
export const share = (part, whole) => `${whole ? Math.min(part < whole ? 99 : 100, Math.floor((100 * part) / whole)) : 0} %`;

/** What to do about files that come when they are first used. */
export const AHEAD = "To have everything without a network: About, Keep everything offline.";

/** File and chromosome names are data: signs that hide or reorder text are shown, long ones are cut. */
export function shown(name, longest = LONGEST) {
  const text = String(name).replace(CONTROL, (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Of a long path the end is told: the file's name stands there. */
export function shownPath(path, longest) {
  const text = shown(path, Infinity);
  return text.includes("/") && text.length > longest ? `…${text.slice(-longest)}` : shown(path, longest);
}

/** Whole sentences may be longer than names. */
export const sentence = (text) => shown(text, 1000);

/** What went wrong, told with the labels of the buttons beside it where Python's options are named: `invalid='keep'`. */
export function advice({ message, action = [] }) {
  const spelt = action.flatMap(({ label, options }) => Object.entries(options).map(([name, value]) => [`${name}='${value}'`, `“${label}”`]));
  return sentence(spelt.reduce((text, [python, label]) => text.replaceAll(python, () => label), message));
}

/** ("chr1", 10, 20) -> "chr1:10-20" with groups, 0-based half-open as in the file */
export const region = (chrom, start, end) => `${shown(chrom)}:${count(start >>> 0)}-${count(end >>> 0)}`;

/** [7, 9, 12], 3 -> "lines 7, 9, 12"; more than shown ends with an ellipsis */
export function lines(numbers, total) {
  const listed = numbers.map(count).join(", ");
  return `${total === 1 ? "line" : "lines"} ${listed}${total > numbers.length ? ", …" : ""}`;
}

/** {"1": "chr1", "MT": "chrM"} -> "1 → chr1, MT → chrM" */
export function renaming(mapping, most = 4) {
  const pairs = Object.entries(mapping);
  const listed = pairs.slice(0, most).map(([from, to]) => `${shown(from)} → ${shown(to)}`).join(", ");
  return pairs.length > most ? `${listed} and ${plural(pairs.length - most, "more name")}` : listed;
}

/** ("run: bigBedToBed FILE out.bed", "my peaks.bb") -> "bigBedToBed 'my peaks.bb' out.bed"; null if there is no command to give */
export function command(hint, name) {
  const [, line] = /^run: ((?:\\'|'[^']*'|[^(;'])+?)\s*(?:[(;]|$)/.exec(hint ?? "") ?? [];
  if (!line || HIDING.test(name)) return null; // signs that hide do not go into anybody's terminal
  const path = name.startsWith("-") ? `./${name}` : name;
  const quoted = /^[\w.,+@%/-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return line.replace(/(?<!\S)FILE(?!\S)/g, () => quoted); // a whole word: names may have it inside
}
