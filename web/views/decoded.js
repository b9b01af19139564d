// The regions of decoded ids: a table by pages, and ways to take them along.
import { useState } from "../vendor/preact-hooks.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { tableOf, tokenAt } from "../plain/decoding.js";
import { count, shown } from "../plain/words.js";
import { Gradually } from "./gradually.js";
import { Turner } from "./turner.js";

const PAGE = 100; // rows
const MOST = 10_000; // rows that are copied

function Line({ token: { id, code, start, end }, at, names, specials }) {
  return html`<tr aria-rowindex=${at + 2}><td class="cell-line">${count(at + 1)}</td><td class="cell-start"><span class=${code < 0 ? "id id-special" : "id"}>${id}</span></td>
    ${code < 0 ? html`<td class="cell-chrom" colspan="3">special token ${specials[id] ?? ""}</td>`
      : html`<td class="cell-chrom">${shown(names[code])}</td><td class="cell-start">${count(start)}</td><td class="cell-end">${count(end)}</td>`}</tr>`;
}

export function Decoded({ answer: { buffers, universe: { summary } } }) {
  const [page, setPage] = useState(0);
  const specials = Object.fromEntries(Object.entries(summary.special_ids).map(([role, id]) => [id, role]));
  const names = summary.chrom_names;
  const total = buffers.ids.length;
  const pages = Math.ceil(total / PAGE);
  const at = Math.min(page, pages - 1);
  const ids = () => Array.from(buffers.ids);
  const some = total > MOST ? `the first ${count(MOST)} ` : "";
  const lines = Array.from({ length: Math.min(PAGE, total - at * PAGE) }, (_, step) => at * PAGE + step);
  return html`<div class="rows-foot">
      <button type="button" onClick=${() => intents.copy(tableOf(buffers, names, MOST))}>Copy ${some}as a table</button>
      <button type="button" onClick=${() => intents.copy(intents.textOf([], "decoded", { ids: ids().slice(0, MOST) }))}>Copy ${some}as BED</button>
      <button type="button" class="save" onClick=${() => intents.save([], "decoded", { ids: ids() })}>Save as .bed</button></div>
    ${pages > 1 && html`<${Turner} label="Pages of regions" page=${at} pages=${pages} onTurn=${setPage} />`}
    <div class="grid" tabindex="0" role="region" aria-label="Regions of the ids"><table aria-label="Regions of the ids" aria-rowcount=${total + 1}>
      <thead><tr aria-rowindex="1"><th scope="col" class="cell-line">Place</th><th scope="col" class="cell-start">Id</th><th scope="col" class="cell-chrom">Chromosome</th><th scope="col" class="cell-start">Start</th><th scope="col" class="cell-end">End</th></tr></thead>
      <${Gradually} key=${at} items=${lines} draw=${(line) => html`<${Line} key=${line} at=${line} token=${tokenAt(buffers, line)} names=${names} specials=${specials} />`} />
    </table></div>`;
}
