// Millions of rows in a native table: only those in sight exist, their cells are filled anew as they pass by.
// (regular-table 0.9.2 was tried: drawing all columns hangs it, drawing some hides the others from screen readers.)
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { Scroller } from "./scroller.js";
import { COLUMNS, Headers, fillRow } from "./cells.js";
import { element } from "./chips.js";

const ROW = 30; // px, as in style/rows.css
const AT_ONCE = 8; // rows that are mounted in one frame

/** Draws a view of `cache`. */
export class Table extends Component {
  marked = null;
  rows = [];

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: ROW, head: 1, draw: () => this.draw() });
    this.scroller.fit(this.props.total);
    this.props.onMount(this);
  }

  componentDidUpdate(before) {
    if (before.cache === this.props.cache && before.total === this.props.total) return;
    if (before.cache !== this.props.cache) this.marked = null;
    this.scroller.first = 0;
    this.scroller.fit(this.props.total);
  }

  componentWillUnmount() {
    this.scroller.close();
  }

  /** Bring a row of the view into sight. */
  jump(position) {
    this.scroller.moveTo(position - 2);
    this.marked = position;
  }

  draw() {
    const { cache, total } = this.props;
    const { first, visible } = this.scroller;
    const top = Math.floor(first);
    const wanted = Math.min(total, Math.ceil(visible) + 1);
    this.#mount(Math.min(wanted, this.rows.length + AT_ONCE));
    if (this.rows.length < wanted) this.scroller.later();
    const missing = cache.missing(top, Math.min(total, top + wanted));
    if (missing) missing.then(() => cache === this.props.cache && this.scroller.later(), () => {});
    this.body.style.transform = `translateY(${-Math.round((first - top) * ROW)}px)`;
    this.rows.forEach((line, at) => this.#fill(line, top + at));
  }

  #mount(wanted) {
    while (this.rows.length < wanted) {
      const row = element("tr", "waits", "");
      for (const [name] of COLUMNS) row.append(element("td", `cell-${name}`, ""));
      this.rows.push(this.body.appendChild(row));
    }
    while (this.rows.length > wanted) this.rows.pop().remove();
  }

  #fill(line, at) {
    const { cache, names, total, universe } = this.props;
    line.hidden = at >= total;
    const row = cache.row(at);
    line.classList.toggle("marked", at === this.marked);
    if (row && line.shows === row) return;
    line.shows = row;
    line.setAttribute("aria-rowindex", String(at + 2)); // the header is row 1
    line.classList.toggle("waits", !row);
    fillRow(line.cells, row, { names, universe });
  }

  render({ label, total, sort, onSort }) {
    return html`<div class="grid" tabindex="0" role="region" aria-label=${label} ref=${(node) => (this.frame = node)}>
      <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
        <table aria-label=${label} aria-rowcount=${total + 1}>
          <thead><tr aria-rowindex="1"><${Headers} sort=${sort} onSort=${onSort} /></tr></thead>
          <tbody ref=${(node) => (this.body = node)}></tbody>
        </table>
      </div></div>
    </div>`;
  }
}
