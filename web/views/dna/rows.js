// Parts of a sequence as rows; any number of them, only those in sight exist.
import { Component } from "../../vendor/preact.js";
import { html } from "../../html.js";
import { RowCache } from "../../pool/rowcache.js";
import { element } from "../chips.js";
import { Scroller } from "../scroller.js";

const ROW = 30; // px, as in style/rows.css

/**
 * @typedef {{label: string, total: number, head: readonly string[], words: readonly string[], ask: (first: number, many: number) => Promise<any>,
 *   unpack: (buffers: any, value: any) => any[], cells: (row: any) => any[], onChoose: (row: any) => void}} Props  `words` are the columns that are set left
 */
export class DnaRows extends Component {
  rows = [];
  cache = new RowCache((first, many) => this.props.ask(first, many), (buffers, value) => this.props.unpack(buffers, value));

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: ROW, head: 1, draw: () => this.draw() });
    this.scroller.fit(this.props.total);
  }

  componentWillUnmount() {
    this.scroller.close();
  }

  draw() {
    if (!this.body) return;
    const { total } = this.props;
    const { first, visible } = this.scroller;
    const top = Math.floor(first);
    const wanted = Math.min(total, Math.ceil(visible) + 1);
    while (this.rows.length < wanted) this.rows.push(this.body.appendChild(this.#made()));
    while (this.rows.length > wanted) this.rows.pop().remove();
    const missing = this.cache.missing(top, Math.min(total, top + wanted));
    if (missing) missing.then(() => this.scroller.later(), () => {});
    this.body.style.transform = `translateY(${-Math.round((first - top) * ROW)}px)`;
    this.rows.forEach((line, at) => this.#fill(line, top + at, total));
  }

  #fill(line, at, total) {
    line.hidden = at >= total;
    const row = this.cache.row(at);
    if (row && line.shows === row) return;
    line.shows = row;
    line.setAttribute("aria-rowindex", String(at + 2));
    line.classList.toggle("waits", !row);
    const words = row && this.props.cells(row);
    [...line.cells].forEach((cell, place) => (cell.textContent = words ? words[place] : ""));
  }

  #made() {
    const { head, words } = this.props;
    const row = element("tr", "waits", "");
    for (const name of head) row.append(element("td", words.includes(name) ? "dna-words" : "", ""));
    return row;
  }

  /** A row that is pressed shows what it stands for; keys have the slider for that. */
  #chosen(target) {
    const { shows } = target.closest("tbody tr") ?? {};
    if (shows) this.props.onChoose(shows);
  }

  render(/** @type {Props} */ { label, total, head, words }) {
    return html`<div class="grid" tabindex="0" role="region" aria-label=${label} ref=${(node) => (this.frame = node)} onClick=${({ target }) => this.#chosen(target)}>
        <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
          <table aria-label=${label} aria-rowcount=${total + 1}><thead><tr aria-rowindex="1">${head.map((name) => html`<th key=${name} scope="col" class=${words.includes(name) ? "dna-words" : null}>${name}</th>`)}</tr></thead>
            <tbody ref=${(node) => (this.body = node)}></tbody></table>
        </div></div></div>`;
  }
}
