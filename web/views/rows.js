// The rows of one result: which of them, in which order, and the way to a place among them.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { badgesOf, filterOf, nextSort, sortOf, viewOf, without } from "../plain/filters.js";
import { intents } from "../intents.js";
import { beyond, numberIn, withName } from "../plain/places.js";
import { RowCache } from "../pool/rowcache.js";
import { state } from "../state.js";
import { count, sentence, shown } from "../plain/words.js";
import { CopyRows } from "./copyrows.js";
import { Filters } from "./filterfields.js";
import { GoTo } from "./goto.js";
import { Pages } from "./pages.js";
import { Table } from "./table.js";
import { universeOf } from "./universeof.js";

const SHOWN = [["All regions", null], ["With tokens", true], ["Without a token", false]];
const AHEAD = 256; // rows of the sample that were computed ahead

export class Rows extends Component {
  state = { note: "", total: null, problem: null };

  /** The rows of the result in a view; others when the view changed or the result was computed again. */
  cacheOf(file, view) {
    const key = JSON.stringify(view);
    if (this.cache && this.source === file.buffers && this.key === key) return this.cache;
    [this.source, this.key] = [file.buffers, key];
    const cache = (this.cache = new RowCache((first, length) => intents.rows(file.id, view, first, length)));
    const heard = (patch) => cache === this.cache && this.setState(patch);
    const most = file.state === "sample" ? AHEAD : Infinity;
    cache.size().then((total) => heard({ total: Math.min(total, most), problem: null, note: "" }), (error) => heard({ problem: error.message }));
    return cache;
  }

  async find(text, view) {
    const { id, result } = this.props.file;
    const number = numberIn(text);
    const fault = number === null ? null : beyond(number, this.state.total, "row");
    const asked = () => intents.find(id, view, text).catch((error) => ({ position: null, note: error.message }));
    const { position, note } = number === null ? await asked() : { position: fault ? null : number - 1, note: fault };
    this.setState({ note: position === null && note ? withName(note, text, result.chrom_names) : note ?? "" });
    if (position !== null) this.shown.jump(position);
  }

  render({ file }, { note, total, problem }) {
    const { look } = state.value;
    const { result } = file;
    const filter = filterOf(look.filter);
    const ahead = file.state === "sample"; // it was computed in the order of its file, and whole
    const sort = ahead ? [] : sortOf(look.sort);
    const view = ahead ? {} : viewOf(look);
    const cache = this.cacheOf(file, view);
    const choose = (patch) => intents.setLook({ filter: Object.freeze({ ...filter, ...patch }) });
    const counts = { true: result.hit, false: result.rows - result.hit, null: result.rows };
    const drop = (keys) => {
      intents.setLook({ filter: Object.freeze(keys.reduce(without, filter)) });
      /** @type {HTMLElement|null} */ (document.querySelector(".filters summary"))?.focus(); // the pressed badge goes
    };
    const props = {
      cache, total: total ?? 0, sort, names: result.chrom_names, universe: universeOf(file)?.chrom_names ?? null, label: `Tokens of ${shown(file.name)}`,
      onMount: (table) => (this.shown = table), onSort: (name, add) => intents.setLook({ sort: Object.freeze(nextSort(sort, name, add)) }),
    };
    const badges = badgesOf(without(filter, "hit"));
    return html`<div class="rows">
      <div class="rows-tools">
        <div class="segments" role="group" aria-label="Which regions">${SHOWN.map(([label, hit]) => html`
          <button type="button" key=${label} aria-pressed=${(filter.hit ?? null) === hit} onClick=${() => choose({ hit })}>${label} <span>${count(counts[hit])}</span></button>`)}</div>
        <${GoTo} label="Go to a position, an id, a line or a row" hint="chr7:5,500,000, id, line 12, #900" onFind=${(text) => this.find(text, view)} />
      </div>
      <${Filters} filter=${filter} names=${result.chrom_names} problem=${problem} onChoose=${choose} />
      ${badges.length > 0 && html`<p class="badges" role="group" aria-label="Filters in use">${badges.map(([key, words]) => html`
        <button type="button" class="filter-badge" key=${key} onClick=${() => drop([key])}>${words}<span class="unseen">, remove this filter</span><span aria-hidden="true"> ×</span></button>`)}
        ${badges.length > 1 && html`<button type="button" class="plain" onClick=${() => drop(badges.map(([key]) => key))}>Remove all filters</button>`}</p>`}
      <p class="find-note" role="status">${sentence(note)}</p>
      ${ahead && Object.keys(viewOf(look)).length > 0 && html`<p class="note note-warn" role="status">The sample is sorted and filtered once it runs here.</p>`}
      ${problem && !filter.regexp && html`<p class="notice notice-bad" role="alert">${sentence(problem)}</p>`}
      ${total === 0 && !problem && html`<p class="note">No such region.</p>`}
      <div class=${total === 0 || problem ? "grid-none" : "grid-frame"}>${look.plain ? html`<${Pages} ...${props} />` : html`<${Table} ...${props} />`}</div>
      <div class="rows-foot">
        <${CopyRows} file=${file} view=${view} total=${total} />
        <button type="button" aria-pressed=${Boolean(look.plain)} onClick=${() => intents.setLook({ plain: !look.plain })}>Plain table by pages</button>
      </div>
    </div>`;
  }
}
