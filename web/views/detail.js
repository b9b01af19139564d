// What is known of one chip: its id and region, the input region it came from, and how far they agree.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { bases } from "../plain/chipwords.js";
import { unpackRows } from "../pool/rowcache.js";
import { state } from "../state.js";
import { count, plural, region, shown } from "../plain/words.js";

const BLOCK = 256; // as the table asks, so that a sample has the answer
const PAUSE = 60; // ms that a pointer rests before the engine is asked

export class Detail extends Component {
  state = { row: null, group: null };

  componentDidUpdate(before) {
    const { chip, file } = this.props;
    if (before.chip === chip) return;
    clearTimeout(this.timer);
    this.setState({ row: null, group: null });
    if (chip) this.timer = setTimeout(() => this.learn(file, chip), PAUSE);
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  /** Ask for the input row and the region's class; what can't be told is left out. */
  async learn(file, chip) {
    const first = Math.floor(chip.row / BLOCK) * BLOCK;
    const heard = (patch) => this.props.chip === chip && this.setState(patch);
    intents.rows(file.id, {}, first, BLOCK).then(({ buffers }) => heard({ row: unpackRows(buffers)[chip.row - first] ?? null }), () => {});
    const { summary } = state.peek().universe; // classes are those of the universe in use
    if (chip.kind !== "token" || !this.props.known.classes || summary?.digest !== file.result.universe.digest) return;
    intents.call("classes", [chip.id]).then(({ value, buffers }) => heard({ group: value.names[buffers.codes[0]] ?? null }), () => {});
  }

  facts() {
    const { chip, file, known } = this.props;
    const { row, group } = this.state;
    const place = known.names && chip.code >= 0 ? region(known.names[chip.code], chip.start, chip.end) : null;
    const from = row && (row.code < 0 ? "." : region(file.result.chrom_names[row.code], row.start, row.end));
    const miss = chip.kind === "miss";
    return [
      [miss ? "Nearest region" : "Universe region", chip.kind === "special" ? null : place ?? (miss ? "none on this chromosome" : null)],
      ["Class", group && shown(group)],
      ["Distance", miss && place ? bases(chip.distance) : null],
      ["Your region", from],
      ["Line", row && count(row.line)],
      ["Shared", chip.kind === "token" ? plural(chip.shared, "base") : null],
      ["In this file", miss ? null : `${count(chip.occurrences)} ${chip.occurrences === 1 ? "time" : "times"}`],
    ].filter(([, value]) => value);
  }

  /** The regions that have the token; focus goes along, as this panel goes. */
  lookUp({ id }) {
    intents.setLook({ kind: "table", filter: Object.freeze({ id: Object.freeze([id, id]) }) });
    requestAnimationFrame(() => document.getElementById("look-table")?.focus());
  }

  pressed(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.props.onClose();
  }

  render({ at, chip, known, onMount, onClose, open }) {
    const title = !chip ? "No token chosen" : chip.kind === "miss" ? "No token" : chip.kind === "special" ? `${chip.id} ${known.specials[chip.id] ?? ""}` : String(chip.id);
    const facts = chip ? this.facts() : [];
    const copied = facts.map(([name, value]) => `${name}\t${value}`).join("\n");
    return html`<section class=${open ? "detail detail-open" : "detail"} tabindex="-1" aria-label="Chosen token" ref=${onMount} onKeyDown=${(event) => this.pressed(event)}>
      <h3 class=${`detail-title detail-${chip?.kind ?? "none"}`}>${title}${chip && html` <span>chip ${count(at + 1)}</span>`}</h3>
      ${!chip && html`<p class="quiet">Choose a chip to see where it comes from: point at it, touch it, or walk with the arrow keys. Joined chips come from one region of the file;
        a dashed one is a region without a token, and says how far the nearest region of the universe is.</p>`}
      <dl class="detail-facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${chip && html`<p class="remedies">
        <button type="button" onClick=${() => intents.copy(chip.kind === "miss" ? copied : `Id\t${chip.id}\n${copied}`)}>Copy</button>
        ${chip.kind !== "miss" && html`<button type="button" onClick=${() => this.lookUp(chip)}>Regions with this id</button>`}
        <button type="button" class="detail-close" onClick=${onClose}>Close</button>
      </p>`}
    </section>`;
  }
}
