// Tokens by chromosome: how many, and how dense, on one line per chromosome.
import { html } from "../html.js";
import { count, percent, plural, shown } from "../plain/words.js";
import { LETTER, Picture, largest, linear, near, sum } from "./scale.js";

const LINE = 18; // px
const HEAD = 22;
const MOST = 30; // chromosomes drawn one by one

/**
 * @typedef {{name: string, regions: number, hits: number, tokens: number, size: number|null}} Chrom  size in bp, where the assembly is known
 * @param {Chrom[]} chroms
 */
export function density(chroms) {
  const known = chroms.some(({ size }) => size);
  return known
    ? { label: "tokens per Mb", of: ({ tokens, size }) => (size ? (1e6 * tokens) / size : null), write: (value, most) => value.toFixed(Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(most || 1))))) }
    : { label: "regions that hit", of: ({ regions, hits }) => (regions ? hits / regions : null), write: (value) => percent(value, 1) };
}

/** The chromosomes to draw; a tail of small ones becomes one line. */
function drawn(chroms) {
  const kept = chroms.filter(({ tokens, size }) => tokens || size);
  if (kept.length <= MOST) return { kept, rest: null };
  const rest = kept.slice(MOST);
  return { kept: kept.slice(0, MOST), rest: { name: `${rest.length} others`, tokens: sum(rest.map(({ tokens }) => tokens)) } };
}

/** Two columns of bars on the same lines: tokens, and tokens per base (or the hit rate where sizes are unknown). */
export function ChromBars({ chroms, name, width }) {
  const { kept, rest } = drawn(chroms);
  const { label, of, write } = density(chroms);
  const names = kept.map(({ name }) => shown(name, width < 420 ? 8 : 14));
  const left = largest(names.map((name) => name.length)) * LETTER + 10;
  const [tokens, rates] = [kept.map((chrom) => chrom.tokens), kept.map(of)];
  const gap = largest(tokens.map((value) => count(value).length)) * LETTER + 18;
  const room = width - left - gap - 7.5 * LETTER;
  const [wide, narrow] = [0.6 * room, 0.4 * room];
  const second = left + wide + gap;
  const [long, dense] = [linear([0, largest(tokens) || 1], [0, wide]), linear([0, largest(rates) || 1], [0, narrow])];
  const height = HEAD + (kept.length + Boolean(rest)) * LINE + 4;
  const bar = (from, length, line) => (length > 0 ? `M${near(from)} ${HEAD + line * LINE + 3}h${Math.max(0.5, near(length))}v${LINE - 6}h${-Math.max(0.5, near(length))}z` : "");
  const text = (x, line, words, shape) => html`<text class=${shape} x=${near(x)} y=${HEAD + line * LINE + 13}>${words}</text>`;
  return html`<${Picture} width=${width} height=${height} name=${name}
      note=${`Horizontal bars: tokens, and ${label}, for ${plural(kept.length, "chromosome")}.`}>
    <text class="axis-label" x=${near(left)} y="12">tokens</text><text class="axis-label" x=${near(second)} y="12">${label}</text>
    <path class="fill-hit" d=${tokens.map((value, line) => bar(left, long(value), line)).join("")} />
    <path class="fill-soft" d=${rates.map((value, line) => bar(second, dense(value ?? 0), line)).join("")} />
    <path class="base" d=${`M${near(left) - 0.5} ${HEAD}v${kept.length * LINE}M${near(second) - 0.5} ${HEAD}v${kept.length * LINE}`} />
    ${kept.map((chrom, line) => html`<g key=${chrom.name}>${text(left - 6, line, names[line], "at-end strong")}
      ${text(left + long(tokens[line]) + 5, line, count(tokens[line]))}
      ${rates[line] !== null && text(second + dense(rates[line]) + 5, line, write(rates[line], largest(rates)))}</g>`)}
    ${rest && html`<g>${text(left - 6, MOST, "others", "at-end")}${text(left + 5, MOST, `${count(rest.tokens)} on ${rest.name}`)}</g>`}
  <//>`;
}

/** @returns {import("./twin.js").Table} */
export function chromTable(chroms) {
  return {
    caption: "Tokens by chromosome",
    head: [["Chromosome", "text"], ["Regions", "count"], ["With a token", "count"], ["Tokens", "count"], ["Size (bp)", "count"], ["Tokens per Mb", "number"]],
    rows: chroms.map(({ name, regions, hits, tokens, size }) => [name, regions, hits, tokens, size, size ? (1e6 * tokens) / size : null]),
  };
}
