// Millions of rows in a native table: regular-table draws those in sight, the worker supplies them.
import "../vendor/regular-table.js";
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { count, shown } from "../words.js";

export const COLUMNS = Object.freeze([
  ["line", "Line"], ["chrom", "Chromosome"], ["start", "Start"], ["end", "End"], ["tokens", "Tokens"], ["id", "Ids"],
]);

/** The ids of one row as chips; a row without a hit says so. */
function chips({ ids, count: total }) {
  const cell = document.createElement("span");
  cell.className = "ids";
  if (!total) {
    cell.append(Object.assign(document.createElement("span"), { className: "miss", textContent: "no token" }));
    return cell;
  }
  for (const id of ids) cell.append(Object.assign(document.createElement("span"), { className: "id", textContent: String(id) }));
  if (total > ids.length) cell.append(Object.assign(document.createElement("span"), { className: "more", textContent: `and ${count(total - ids.length)} more` }));
  return cell;
}

/** Rows become columns of cells, as regular-table wants them. */
function cells(rows, names) {
  return [
    rows.map(({ line }) => count(line)), rows.map(({ code }) => (code < 0 ? "." : shown(names[code]))), rows.map(({ start }) => count(start)),
    rows.map(({ end }) => count(end)), rows.map(({ count: total }) => count(total)), rows.map(chips),
  ];
}

export class Table extends Component {
  componentDidMount() {
    this.element.addStyleListener(() => this.label());
    this.element.addEventListener("click", (event) => this.sortBy(event));
    this.element.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && this.sortBy(event));
    this.watcher = new ResizeObserver(() => this.element.draw({ preserve_width: true }));
    this.watcher.observe(this.element);
    this.show();
  }

  shouldComponentUpdate(next) {
    if (next.cache !== this.props.cache || next.sort !== this.props.sort) {
      this.props = next;
      this.show();
    }
    return false; // the element inside belongs to regular-table
  }

  componentWillUnmount() {
    this.watcher.disconnect();
  }

  async show() {
    const { cache } = this.props;
    const total = await cache.size();
    if (cache !== this.props.cache) return;
    this.element.scrollTop = 0;
    this.element.setDataListener((_x, first, _x1, end) => this.supply(first, end, total), { virtual_mode: "vertical", column_classes: true });
    await this.element.draw();
    this.props.onDrawn?.();
  }

  async supply(first, end, total) {
    const { cache, names } = this.props;
    const rows = end > first ? await cache.stretch(first, Math.min(end, total)) : [];
    this.first = first;
    return { num_rows: total, num_columns: COLUMNS.length, column_headers: COLUMNS.map(([, label]) => [label]), data: cells(rows, names) };
  }

  /** regular-table sets no ARIA: rows say their true index, headers how they sort. */
  label() {
    const table = this.element.querySelector("table");
    table.setAttribute("aria-label", this.props.label);
    table.setAttribute("aria-rowcount", String((this.props.cache.total ?? 0) + 1));
    this.element.querySelectorAll("tbody tr").forEach((row, at) => row.setAttribute("aria-rowindex", String((this.first ?? 0) + at + 2)));
    const [sorted, down] = this.props.sort ?? [];
    this.element.querySelectorAll("thead tr:last-child th").forEach((header, at) => {
      const name = COLUMNS[at]?.[0];
      header.dataset.column = name;
      header.setAttribute("scope", "col");
      header.setAttribute("aria-sort", name !== sorted ? "none" : down ? "descending" : "ascending");
      header.tabIndex = 0;
    });
  }

  sortBy(event) {
    const name = event.target.closest("th")?.dataset.column;
    if (!name) return;
    event.preventDefault();
    this.props.onSort(name);
  }

  /** Bring a row of the view into sight. */
  async jump(position) {
    await this.element.scrollToCell(0, Math.max(0, position - 2));
  }

  render() {
    return html`<regular-table class="grid" ref=${(element) => (this.element = element)}></regular-table>`;
  }
}
