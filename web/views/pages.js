// The same rows as a plain table of a hundred at a time, for readers and browsers that prefer one.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { count } from "../plain/words.js";
import { COLUMNS, Headers, textsOf } from "./cells.js";
import { chips } from "./chips.js";
import { Gradually } from "./gradually.js";
import { Turner } from "./turner.js";

const PAGE = 100; // rows

/** Chips are made by hand; this puts them into a cell. */
const fill = (row, universe) => (cell) => cell?.replaceChildren(...chips(row, universe));

/** One row; drawn again only when something of it changed. */
class Line extends Component {
  shouldComponentUpdate(next) {
    return ["row", "marked", "names", "universe"].some((name) => next[name] !== this.props[name]);
  }

  render({ at, row, marked, names, universe }) {
    return html`<tr aria-rowindex=${at + 2} class=${marked ? "marked" : row ? null : "waits"}>
      ${textsOf(row, names).map((text, column) => html`<td class=${`cell-${COLUMNS[column][0]}`}>${text}</td>`)}<td class="cell-id" ref=${row && fill(row, universe)}></td></tr>`;
  }
}

export class Pages extends Component {
  state = { page: 0, marked: null, drawn: 0 };

  componentDidMount() {
    this.props.onMount(this);
  }

  componentDidUpdate(before) {
    if (before.cache !== this.props.cache) this.turn(0);
  }

  turn(page) {
    this.setState({ page, marked: null });
  }

  jump(position) {
    this.setState({ page: Math.floor(position / PAGE), marked: position });
  }

  render({ cache, label, names, onSort, sort, total, universe }, { marked, page }) {
    const pages = Math.max(1, Math.ceil(total / PAGE));
    const at = Math.min(page, pages - 1);
    const last = Math.min(total, (at + 1) * PAGE);
    const missing = total > 0 ? cache.missing(at * PAGE, last) : null;
    if (missing) missing.then(() => this.setState({ drawn: this.state.drawn + 1 }), () => {});
    const lines = Array.from({ length: Math.max(0, last - at * PAGE) }, (_, step) => at * PAGE + step);
    return html`<${Turner} label="Pages of the table" page=${at} pages=${pages} onTurn=${(to) => this.turn(to)} />
      <div class="grid grid-plain" tabindex="0" role="region" aria-label=${`${label}, rows ${count(at * PAGE + 1)} to ${count(last)}`}>
        <table aria-label=${label} aria-rowcount=${total + 1}>
          <thead><tr aria-rowindex="1"><${Headers} sort=${sort} onSort=${onSort} /></tr></thead>
          <${Gradually} key=${at} of=${cache} items=${lines} draw=${(line) => html`
            <${Line} key=${line} at=${line} row=${cache.row(line)} marked=${line === marked} names=${names} universe=${universe} />`} />
        </table></div>`;
  }
}
