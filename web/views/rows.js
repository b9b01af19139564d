// The rows of one result: which of them, in which order, and the way to a place among them.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { RowCache } from "../rowcache.js";
import { state } from "../state.js";
import { count, sentence, shown } from "../words.js";
import { Table } from "./table.js";

const SHOWN = [["all", "All regions", {}], ["hit", "With tokens", { hit: true }], ["miss", "Without a token", { hit: false }]];

export class Rows extends Component {
  constructor(props) {
    super(props);
    this.state = { which: "all", sort: null, note: "", total: null, problem: null, ...this.open(props.file, "all", null) };
  }

  open(file, which, sort) {
    const filter = SHOWN.find(([name]) => name === which)[2];
    const view = { ...(sort && { sort: [sort] }), ...(Object.keys(filter).length && { filter }) };
    const cache = new RowCache((first, total) => intents.rows(file.id, view, first, total));
    cache.size().then((total) => this.state.cache === cache && this.setState({ total, problem: null }), (error) => this.setState({ problem: error.message }));
    return { view, cache };
  }

  componentWillReceiveProps({ file }) {
    if (file.buffers !== this.props.file.buffers) this.turn(file, this.state.which, this.state.sort);
  }

  turn(file, which, sort) {
    this.setState({ which, sort, note: "", ...this.open(file, which, sort) });
  }

  sortBy(name) {
    const [sorted, down] = this.state.sort ?? [];
    const next = name !== sorted ? [name, false] : down ? null : [name, true];
    this.turn(this.props.file, this.state.which, next);
  }

  async find(event) {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get("place").trim();
    if (!text) return;
    const { position, note } = await intents.find(this.props.file.id, this.state.view, text).catch((error) => ({ position: null, note: error.message }));
    this.setState({ note: note ?? "" });
    if (position !== null) this.table.jump(position);
  }

  render({ file }, { which, sort, cache, note, total, problem }) {
    const { result } = file;
    const { summary } = state.value.universe;
    const names = summary?.digest === result.universe.digest ? summary.chrom_names : null;
    const counts = { all: result.rows, hit: result.hit, miss: result.rows - result.hit };
    return html`<div class="rows">
      <div class="rows-tools">
        <div class="segments" role="group" aria-label="Which regions">${SHOWN.map(([name, label]) => html`
          <button type="button" key=${name} aria-pressed=${which === name} onClick=${() => this.turn(file, name, sort)}>${label} <span>${count(counts[name])}</span></button>`)}</div>
        <form class="find" onSubmit=${(event) => this.find(event)}>
          <label class="unseen" for="place">Go to a position, id or line</label>
          <input id="place" name="place" type="search" placeholder="chr7:5,500,000, id, or line 12" autocomplete="off" spellcheck=${false} />
          <button type="submit" class="plain">Go</button>
        </form>
      </div>
      <p class="find-note" role="status">${sentence(note)}</p>
      ${problem && html`<p class="notice notice-bad" role="alert">${sentence(problem)}</p>`}
      ${total === 0 && html`<p class="note">No such region.</p>`}
      <div class=${total === 0 ? "grid-none" : "grid-frame"}>
        <${Table} onMount=${(table) => (this.table = table)} cache=${cache} total=${total ?? 0} sort=${sort} names=${result.chrom_names} universe=${names}
          label=${`Tokens of ${shown(file.name)}`} onSort=${(name) => this.sortBy(name)} />
      </div>
    </div>`;
  }
}
