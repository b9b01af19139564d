// The bins as rows: place, token, leader.
import { html } from "../../html.js";
import { chooseBin, desk } from "../../motifs.js";
import { count, shown } from "../../plain/words.js";
import { DnaRows } from "../dna/rows.js";

const HEAD = ["Bin", "Start", "End", "Bases", "Id", "Token", "Strongest", "Members"];

/** A block of rows as objects. */
const unpack = ({ starts, ends, ids, leads, active, gaps }, { first, texts, leaders }) => Array.from(starts, (start, at) => ({
  bin: first + at, start, end: ends[at], id: ids[at], text: texts[ids[at]] ?? null, lead: leaders[leads[at]] ?? null, active: active[at], gap: gaps[at] === 1,
}));

const cells = ({ bin, start, end, id, text, gap, lead, active }) => [count(bin + 1), count(start), count(end), count(end - start), id < 0 ? "–" : count(id), text === null ? "–" : shown(text, 60), gap ? "no known base" : lead ?? "–", count(active)];

export const MotifRows = ({ one, fitted }) => html`<section class="dna-rows" aria-label="Bins"><h3>Bins and tokens</h3>
  ${!fitted && html`<p class="quiet">Ids stand here once tokens are learnt.</p>`}
  <${DnaRows} label=${`Bins of ${shown(one.name, 60)}`} total=${one.bins} head=${HEAD} words=${["Token", "Strongest"]} ask=${(first, many) => desk.look("rows", first, many)}
    unpack=${unpack} cells=${cells} onChoose=${({ bin, start }) => { chooseBin(bin); desk.jumpTo(start); }} /></section>`;
