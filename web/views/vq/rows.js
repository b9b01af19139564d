// The tokens as rows: place, ids, codes of all levels, and how many of their bases come back wrong.
import { html } from "../../html.js";
import { chooseBase, desk } from "../../codes.js";
import { capital, levelName } from "../../plain/vqwords.js";
import { count, shown } from "../../plain/words.js";
import { DnaRows } from "../dna/rows.js";

/** A block of rows as objects. */
function unpack({ starts, ends, ids, codes, wrong }, { first, width }) {
  const levels = starts.length ? codes.length / starts.length : 0;
  return Array.from(starts, (start, at) => ({
    token: first + at, start, end: ends[at], ids: Array.from(ids.subarray(at * width, (at + 1) * width)),
    codes: Array.from({ length: levels }, (_, level) => codes[level * starts.length + at]), wrong: wrong[at],
  }));
}

export function CodeRows({ one }) {
  const levels = desk.value.result.model.levels.length;
  const back = one.told !== null;
  const head = ["Token", "Start", "End", "Id", ...Array.from({ length: levels }, (_, level) => capital(levelName(level + 1, levels))), ...(back ? ["Wrong"] : [])];
  const cells = ({ token, start, end, ids, codes, wrong }) => [count(token + 1), count(start), count(end), ids.map(count).join(" "), ...codes.map((code) => (code < 0 ? "unknown" : count(code))), ...(back ? [count(wrong)] : [])];
  const label = `Tokens of ${shown(one.name, 60)}`;
  return html`<section class="dna-rows" aria-label="Tokens"><h3>Tokens</h3>
    <${DnaRows} label=${label} total=${one.tokens} head=${head} words=${[]} ask=${(first, many) => desk.look("rows", first, many)} unpack=${unpack} cells=${cells}
      onChoose=${({ start }) => { chooseBase(start); desk.jumpTo(start); }} /></section>`;
}
