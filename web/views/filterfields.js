// The fields that choose rows: chromosome, text or pattern, ids, widths, positions. What is chosen lives in the state.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { badgesOf, boundsOf, numberOf, without } from "../plain/filters.js";
import { sentence, shown } from "../plain/words.js";

const PAUSE = 300; // ms of no typing before rows are chosen anew
const LISTED = 1000; // chromosomes that the list offers; a text finds the others
/** @type {[string, string][]} */
const RANGES = [["id", "Id"], ["width", "Width"], ["range", "Position"]];
const SIDES = Object.freeze("from to".split(" "));
const natural = new Intl.Collator("en", { numeric: true });

export class Filters extends Component {
  state = { typed: {}, faults: {}, pattern: Boolean(this.props.filter.regexp) };
  waiting = null;

  /** Filters that are in use stand open to begin with; whether they stay so is up to the user. */
  componentDidMount() {
    this.box.open = badgesOf(without(this.props.filter, "hit")).length > 0;
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  /** Chromosomes in natural order, as long as the file stays the same. */
  offered(names) {
    if (this.names !== names) {
      this.names = names;
      this.sorted = [...names].sort(natural.compare).slice(0, LISTED);
    }
    return this.sorted;
  }

  /** What several fields say goes out together, once nothing is typed for a moment. */
  later(patch) {
    this.waiting = { ...this.waiting, ...patch };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const chosen = this.waiting;
      this.waiting = null;
      this.props.onChoose(chosen);
    }, PAUSE);
  }

  search(text, pattern) {
    this.setState({ pattern, typed: { ...this.state.typed, text } });
    this.later({ text: null, regexp: null, [pattern ? "regexp" : "text"]: text || null });
  }

  bound(key, { currentTarget: { form } }) {
    const [from, to] = SIDES.map((side) => form.elements[`${key}-${side}`].value);
    const { bounds, fault } = boundsOf(from, to);
    this.setState({ typed: { ...this.state.typed, [key]: [from, to] }, faults: { ...this.state.faults, [key]: fault } });
    if (!fault) this.later({ [key]: bounds });
  }

  /** What a field shows: what is being typed, else what is chosen; the same number may be written in other ways. */
  said(key, at) {
    const typed = this.state.typed[key]?.[at];
    const chosen = this.props.filter[key]?.[at] ?? null;
    const holds = typed !== undefined && (this.waiting?.[key] !== undefined || this.state.faults[key] || numberOf(typed) === chosen);
    return holds ? typed : String(chosen ?? "");
  }

  /** Two fields, from and to; what is wrong with them stands beside. */
  range([key, label]) {
    const fault = this.state.faults[key] ?? null;
    const field = (side, at) => html`<input key=${side} name=${`${key}-${side}`} type="text" inputmode="numeric" size="8" placeholder=${side} autocomplete="off"
      aria-label=${`${label} ${side}`} aria-invalid=${Boolean(fault)} aria-describedby=${fault ? `${key}-fault` : null} value=${this.said(key, at)} onInput=${(event) => this.bound(key, event)} />`;
    return html`<div class="filter" key=${key} role="group" aria-label=${label}><span class="filter-label" aria-hidden="true">${label}</span>${SIDES.map(field)}
      ${fault && html`<span class="filter-fault" id=${`${key}-fault`}>${fault}</span>`}</div>`;
  }

  render({ filter, names, problem, onChoose }, { pattern, typed }) {
    const bad = Boolean(filter.regexp) && problem;
    const text = this.waiting?.text === undefined ? filter.regexp ?? filter.text ?? "" : typed.text;
    return html`<details class="filters" ref=${(node) => (this.box = node)}><summary>Filter the regions</summary>
      <form class="filter-fields" onSubmit=${(event) => event.preventDefault()}>
        <div class="filter"><label class="filter-label" for="filter-chrom">Chromosome</label>
          <select id="filter-chrom" value=${[filter.chrom ?? ""].flat()[0]} onChange=${({ currentTarget }) => onChoose({ chrom: currentTarget.value || null })}>
            <option value="">all</option>${this.offered(names).map((name) => html`<option key=${name} value=${name}>${shown(name)}</option>`)}</select></div>
        <div class="filter"><label class="filter-label" for="filter-text">${pattern ? "chr:start-end matches" : "chr:start-end contains"}</label>
          <input id="filter-text" type="search" autocomplete="off" spellcheck=${false} value=${text} aria-invalid=${Boolean(bad)}
            aria-describedby=${bad ? "filter-text-fault" : null} onInput=${({ currentTarget }) => this.search(currentTarget.value, pattern)} />
          <label class="filter-check"><input type="checkbox" checked=${pattern} onChange=${({ currentTarget }) => this.search(text, currentTarget.checked)} /> Regular expression</label>
          ${bad && html`<span class="filter-fault" id="filter-text-fault" role="alert">${sentence(problem)}</span>`}</div>
        ${RANGES.map((range) => this.range(range))}
      </form>
    </details>`;
  }
}
