// The columns of rows: their headers, which sort, and what stands in their cells.
import { html } from "../html.js";
import { count, shown } from "../plain/words.js";
import { chips } from "./chips.js";

/** @type {[name: string, label: string][]} */
export const COLUMNS = [
  ["line", "Line"], ["chrom", "Chromosome"], ["start", "Start"], ["end", "End"], ["width", "Width"], ["tokens", "Tokens"], ["id", "Ids"],
];
const PLACES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];

/** The texts of a row up to its ids; a row that is not at hand yet shows that it is awaited. */
export function textsOf(row, names) {
  if (!row) return ["…", "", "", "", "", ""];
  const chrom = row.code < 0 ? "." : shown(names[row.code]);
  return [count(row.line), chrom, count(row.start), count(row.end), count(row.end - row.start), count(row.count)];
}

export function fillRow(cells, row, { names, universe }) {
  textsOf(row, names).forEach((text, column) => (cells[column].textContent = text));
  cells[COLUMNS.length - 1].replaceChildren(...(row ? chips(row, universe) : []));
}

/** A press sorts by the column, a press with shift adds it to the columns that sort already. */
export function Headers({ sort, onSort }) {
  const header = ([name, label]) => {
    const place = sort.findIndex(([column]) => column === name);
    const way = place < 0 ? null : sort[place][1] ? "descending" : "ascending";
    const rank = place >= 0 && sort.length > 1;
    return html`<th scope="col" key=${name} class=${`cell-${name}`} aria-sort=${place === 0 ? way : "none"}>
      <button type="button" class=${way ? `sort sort-${way}` : "sort"} title="Sort; with shift, sort by this column too" onClick=${({ shiftKey }) => onSort(name, shiftKey)}>
        ${label}${rank && html`<span class="sort-rank" aria-hidden="true"> ${place + 1}</span>`}${rank && html`<span class="unseen">, sorts ${PLACES[place]}, ${way}</span>`}
      </button></th>`;
  };
  return COLUMNS.map(header);
}
