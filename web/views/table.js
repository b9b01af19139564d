// Millions of rows in a native table: only those in sight exist, their cells are filled anew as they pass by.
// (regular-table 0.9.2 was tried: drawing all columns hangs it, drawing some hides the others from screen readers.)
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { count, shown } from "../words.js";
import { chips, element } from "./chips.js";

const ROW = 30; // px, as in style.css
const TALLEST = 15_000_000; // px; browsers stop counting somewhat above
const COLUMNS = [["line", "Line"], ["chrom", "Chromosome"], ["start", "Start"], ["end", "End"], ["tokens", "Tokens"], ["id", "Ids"]];
const KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 0.9, PageUp: -0.9 };

/** Draws a view of `cache`; `first` is the row at the upper edge, with fraction. */
export class Table extends Component {
  first = 0;
  marked = null;
  rows = [];

  componentDidMount() {
    this.frame.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.frame.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.frame.addEventListener("keydown", (event) => this.pressed(event));
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this.frame);
    this.props.onMount(this);
  }

  componentDidUpdate(before) {
    if (before.cache === this.props.cache && before.total === this.props.total) return;
    this.first = 0;
    this.marked = null;
    this.fit();
  }

  componentWillUnmount() {
    this.watcher.disconnect();
  }

  /** Rows that fit below the header. */
  get visible() {
    return Math.max(1, this.frame.clientHeight / ROW - 1);
  }

  get last() {
    return Math.max(0, this.props.total - this.visible);
  }

  /** Pixels of scrolling per row: ROW, or less where that would be taller than a browser can count. */
  get scale() {
    return this.last ? (this.tall.offsetHeight - this.frame.clientHeight) / this.last : ROW;
  }

  fit() {
    this.tall.style.height = `${Math.min(TALLEST, (this.props.total + 1) * ROW)}px`;
    this.window_.style.height = `${this.frame.clientHeight}px`;
    const wanted = Math.min(this.props.total, Math.ceil(this.visible) + 1);
    while (this.rows.length < wanted) this.rows.push(this.body.appendChild(this.line()));
    while (this.rows.length > wanted) this.rows.pop().remove();
    this.moveTo(this.first);
  }

  line() {
    const row = element("tr", "waits", "");
    for (const [name] of COLUMNS) row.append(element("td", `cell-${name}`, ""));
    return row;
  }

  scrolled() {
    if (Math.abs(this.frame.scrollTop - this.own) < 1) return; // our own doing
    this.first = Math.min(this.last, this.frame.scrollTop / this.scale);
    this.later();
  }

  /** In very long tables a pixel is many rows; wheel and keys still go row by row. */
  wheeled(event) {
    if (this.scale >= ROW - 0.01 || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    this.moveTo(this.first + (event.deltaMode ? event.deltaY : event.deltaY / ROW));
  }

  pressed(event) {
    const by = KEYS[event.key];
    if (!by || event.target !== this.frame || this.scale >= ROW - 0.01) return;
    event.preventDefault();
    this.moveTo(this.first + (Math.abs(by) < 1 ? by * this.visible : by));
  }

  /** Bring a row of the view into sight. */
  jump(position) {
    this.moveTo(position - 2);
    this.marked = position;
  }

  moveTo(first) {
    this.first = Math.max(0, Math.min(this.last, first));
    this.frame.scrollTop = this.first * this.scale;
    this.own = this.frame.scrollTop;
    this.later();
  }

  later() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    const { cache, total } = this.props;
    const top = Math.floor(this.first);
    const missing = cache.missing(top, Math.min(total, top + this.rows.length));
    if (missing) missing.then(() => cache === this.props.cache && this.later(), () => {});
    this.body.style.transform = `translateY(${-Math.round((this.first - top) * ROW)}px)`;
    this.rows.forEach((line, at) => this.fill(line, top + at));
  }

  fill(line, at) {
    const { cache, names, total, universe } = this.props;
    line.hidden = at >= total;
    const row = cache.row(at);
    line.classList.toggle("marked", at === this.marked);
    if (row && line.shows === row) return;
    line.shows = row;
    line.setAttribute("aria-rowindex", String(at + 2)); // the header is row 1
    line.classList.toggle("waits", !row);
    const { cells } = line;
    const texts = row ? [count(row.line), row.code < 0 ? "." : shown(names[row.code]), count(row.start), count(row.end), count(row.count)] : ["…", "", "", "", ""];
    texts.forEach((text, column) => (cells[column].textContent = text));
    cells[5].replaceChildren(...(row ? chips(row, universe) : []));
  }

  header([name, label]) {
    const [sorted, down] = this.props.sort ?? [];
    const order = name !== sorted ? "none" : down ? "descending" : "ascending";
    return html`<th scope="col" key=${name} class=${`cell-${name}`} aria-sort=${order}>
      <button type="button" class="sort" onClick=${() => this.props.onSort(name)}>${label}</button></th>`;
  }

  render({ label, total }) {
    return html`<div class="grid" tabindex="0" role="region" aria-label=${label} ref=${(node) => (this.frame = node)}>
      <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.window_ = node)}>
        <table aria-label=${label} aria-rowcount=${total + 1}>
          <thead><tr>${COLUMNS.map((column) => this.header(column))}</tr></thead>
          <tbody ref=${(node) => (this.body = node)}></tbody>
        </table>
      </div></div>
    </div>`;
  }
}
