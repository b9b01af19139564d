// Filters and orders of rows as plain values: what the engine is asked, what the badges say, what the fields mean.
import { count, shown } from "./words.js";

const COLUMNS = ["line", "chrom", "start", "end", "width", "tokens", "id"];
const isText = (value) => typeof value === "string" && value !== "";
const isBounds = (value) => Array.isArray(value) && value.length === 2 && value.every((end) => end === null || Number.isSafeInteger(end)) && value.some((end) => end !== null);
const PARTS = {
  chrom: (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)), hit: (value) => typeof value === "boolean",
  text: isText, regexp: isText, id: isBounds, width: isBounds, range: isBounds,
};

/** The parts of a filter that make sense; an address may hold others. */
export function filterOf(given) {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([key, value]) => Object.hasOwn(PARTS, key) && PARTS[key](value)));
}

/** The order, [[column, descending], ..], as far as it makes sense. */
export function sortOf(given) {
  return (Array.isArray(given) ? given : []).filter((pair) => Array.isArray(pair) && COLUMNS.includes(pair[0]) && typeof pair[1] === "boolean");
}

/** What `rows` and `find` take: only what is chosen. */
export function viewOf({ sort, filter }) {
  const [order, chosen] = [sortOf(sort), filterOf(filter)];
  return { ...(order.length && { sort: order }), ...(Object.keys(chosen).length && { filter: chosen }) };
}

/** The order after a press on a column: up, down, as in the file; with `add` beside the columns that sort already. */
export function nextSort(sort, column, add) {
  const [, down] = sort.find(([name]) => name === column) ?? [];
  const step = down === undefined ? [[column, false]] : down ? [] : [[column, true]];
  if (!add) return step;
  const at = sort.findIndex(([name]) => name === column);
  return at < 0 ? [...sort, ...step] : [...sort.slice(0, at), ...step, ...sort.slice(at + 1)];
}

/** A filter without one of its parts. */
export function without(filter, key) {
  const { [key]: dropped, ...rest } = filter;
  return rest;
}

/** "5,500,000" -> 5500000, "" -> null, anything else NaN */
export function numberOf(text) {
  const plain = text.replaceAll(",", "").trim();
  if (!plain) return null;
  return /^\d{1,15}$/.test(plain) ? Number(plain) : NaN;
}

/** [from, to] of two fields; null if both are empty, and what is wrong with them. */
export function boundsOf(from, to) {
  const bounds = [numberOf(from), numberOf(to)];
  if (bounds.some(Number.isNaN)) return { bounds: null, fault: "Whole numbers only" };
  const [low, high] = bounds;
  if (low === null && high === null) return { bounds: null, fault: null };
  return low !== null && high !== null && low > high ? { bounds: null, fault: "From is above to" } : { bounds, fault: null };
}

const span = ([low, high]) => (low === high ? count(low) : low === null ? `up to ${count(high)}` : high === null ? `from ${count(low)}` : `${count(low)} to ${count(high)}`);
const WORDS = {
  chrom: (value) => `chromosome ${[value].flat().map((name) => shown(name, 40)).join(", ")}`,
  hit: (value) => (value ? "with tokens" : "without a token"),
  text: (value) => `contains ${shown(value, 60)}`,
  regexp: (value) => `matches /${shown(value, 60)}/`,
  id: (value) => `id ${span(value)}`,
  width: (value) => `width ${span(value)}`,
  range: (value) => `position ${span(value)}`,
};

/** [[key, words], ..] of the parts of a filter, in one order. */
export function badgesOf(filter) {
  const chosen = filterOf(filter);
  return Object.keys(WORDS).filter((key) => Object.hasOwn(chosen, key)).map((key) => [key, WORDS[key](chosen[key])]);
}
