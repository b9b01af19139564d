// The table that says in numbers what a picture shows; it is also what is saved as CSV.
import { html } from "../html.js";
import { count, shown } from "../plain/words.js";

const MOST = 500; // rows on screen; the CSV has all
const FORMATS = {
  text: (value) => shown(value),
  count: (value) => count(value),
  share: (value) => `${(100 * value).toFixed(1)} %`,
  number: (value) => String(Number(value.toPrecision(4))),
};

/** @typedef {{caption: string, head: [string, "text"|"count"|"share"|"number"][], rows: (string|number|null)[][]}} Table  null: no such number */

/** @param {{table: Table}} props */
export function Twin({ table: { caption, head, rows } }) {
  const shape = (at) => (head[at][1] === "text" ? null : "number");
  const cell = (value, at) => (value === null ? "–" : FORMATS[head[at][1]](value));
  return html`<table class="twin"><caption>${shown(caption, 1000)}${rows.length > MOST && `; the first ${MOST} of ${count(rows.length)} rows`}</caption>
    <thead><tr>${head.map(([label], at) => html`<th key=${at} scope="col" class=${shape(at)}>${shown(label)}</th>`)}</tr></thead>
    <tbody>${rows.slice(0, MOST).map((row, line) => html`<tr key=${line}>${row.map((value, at) => (at
      ? html`<td key=${at} class=${shape(at)}>${cell(value, at)}</td>`
      : html`<th key=${at} scope="row" class=${shape(at)}>${cell(value, at)}</th>`))}</tr>`)}</tbody></table>`;
}

/** The table as CSV (RFC 4180); numbers with all their digits, names as they are. */
export function csvOf({ head, rows }) {
  const field = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head.map(([label]) => label), ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}
