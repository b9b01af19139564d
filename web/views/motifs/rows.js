// The bins as rows: place, token, leader; any number of them, only those in sight exist.
import { Component } from "../../vendor/preact.js";
import { html } from "../../html.js";
import { chooseBin, jumpTo, look } from "../../motifs.js";
import { RowCache } from "../../pool/rowcache.js";
import { count, shown } from "../../plain/words.js";
import { element } from "../chips.js";
import { Scroller } from "../scroller.js";

const ROW = 30; // px, as in style/rows.css
const HEAD = ["Bin", "Start", "End", "Bases", "Id", "Token", "Strongest", "Members"];
const WORDS = new Set(["Token", "Strongest"]);

/** A block of rows as objects. */
export function unpack({ starts, ends, ids, leads, active, gaps }, { first, texts, leaders }) {
  return Array.from(starts, (start, at) => ({
    bin: first + at, start, end: ends[at], id: ids[at], text: texts[ids[at]] ?? null, lead: leaders[leads[at]] ?? null, active: active[at], gap: gaps[at] === 1,
  }));
}

export class MotifRows extends Component {
  rows = [];
  cache = new RowCache((first, many) => look("motif_rows", first, many), unpack);

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: ROW, head: 1, draw: () => this.draw() });
    this.scroller.fit(this.props.one.bins);
  }

  componentWillUnmount() {
    this.scroller.close();
  }

  draw() {
    if (!this.body) return;
    const { bins: total } = this.props.one;
    const { first, visible } = this.scroller;
    const top = Math.floor(first);
    const wanted = Math.min(total, Math.ceil(visible) + 1);
    while (this.rows.length < wanted) this.rows.push(this.body.appendChild(rowOf()));
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
    const words = row && [count(row.bin + 1), count(row.start), count(row.end), count(row.end - row.start), row.id < 0 ? "–" : count(row.id), row.text === null ? "–" : shown(row.text, 60), row.gap ? "no known base" : row.lead ?? "–", count(row.active)];
    [...line.cells].forEach((cell, place) => (cell.textContent = words ? words[place] : ""));
  }

  render({ one, fitted }) {
    const label = `Bins of ${shown(one.name, 60)}`;
    return html`<section class="motif-rows" aria-label="Bins"><h3>Bins and tokens</h3>
      ${!fitted && html`<p class="quiet">Ids stand here once tokens are learnt.</p>`}
      <div class="grid" tabindex="0" role="region" aria-label=${label} ref=${(node) => (this.frame = node)} onClick=${({ target }) => chosen(target)}>
        <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
          <table aria-label=${label} aria-rowcount=${one.bins + 1}><thead><tr aria-rowindex="1">${HEAD.map((name) => html`<th key=${name} scope="col" class=${WORDS.has(name) ? "motif-words" : null}>${name}</th>`)}</tr></thead>
            <tbody ref=${(node) => (this.body = node)}></tbody></table>
        </div></div></div></section>`;
  }
}

function rowOf() {
  const row = element("tr", "waits", "");
  for (const name of HEAD) row.append(element("td", WORDS.has(name) ? "motif-words" : "", ""));
  return row;
}

/** A row that is pressed shows its bin; keys have the slider of bins for that. */
function chosen(target) {
  const { shows } = target.closest("tbody tr") ?? {};
  if (!shows) return;
  chooseBin(shows.bin);
  jumpTo(shows.start);
}
