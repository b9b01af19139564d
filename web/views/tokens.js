// The tokens of a result as chips in the order of the file, and what is known of the one that is looked at.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { huesOf, unpackChips } from "../plain/chipwords.js";
import { beyond, numberIn, withName } from "../plain/places.js";
import { RowCache } from "../pool/rowcache.js";
import { state } from "../state.js";
import { sentence, shown } from "../plain/words.js";
import { ChipGrid } from "./chipgrid.js";
import { Detail } from "./detail.js";
import { GoTo } from "./goto.js";
import { universeOf } from "./universeof.js";

const SHOWS = [["id", "Ids"], ["text", "Regions"], ["both", "Both"]];
const BLOCK = 300; // chips asked for at a time
const EXAMPLE = 12; // ids

export class Tokens extends Component {
  state = { active: null, hovered: null, open: false, total: null, problem: null, note: "" };

  componentDidUpdate(_, { open }) {
    if (this.state.open && !open) this.grid.reveal(this.state.active); // the sheet came up over it
  }

  /** The chips of the result as it is now; another one when it was computed again. */
  cacheOf(file) {
    if (this.source === file.buffers && this.cache) return this.cache;
    this.source = file.buffers;
    const cache = (this.cache = new RowCache((first, length) => intents.ask(file.id, "tokens", first, length), unpackChips, BLOCK));
    const heard = (patch) => cache === this.cache && this.setState(patch);
    const most = file.state === "sample" ? BLOCK : Infinity; // what was computed ahead
    cache.size().then((total) => heard({ total: Math.min(total, most), problem: null, active: null, hovered: null, open: false }), (error) => heard({ problem: error.message }));
    return cache;
  }

  /** What is known of the result's universe, the same object as long as it is the same. */
  knownOf(file) {
    const universe = universeOf(file);
    if (this.known && this.universe === universe) return this.known;
    this.universe = universe;
    const specials = Object.fromEntries(Object.entries(universe?.special_ids ?? {}).map(([role, id]) => [id, role]));
    this.known = { names: universe?.chrom_names ?? null, classes: Boolean(universe?.classes?.length), size: universe?.vocab_size ?? 2 ** 20, specials };
    this.hues = huesOf(this.known.names ?? []);
    return this.known;
  }

  async find(text) {
    const { file: { id, result } } = this.props;
    const number = numberIn(text);
    const fault = number === null ? null : beyond(number, this.state.total, "chip");
    const asked = () => intents.find(id, {}, text).catch((error) => ({ chip: null, note: error.message }));
    const { chip, note } = number === null ? await asked() : { chip: fault ? null : number - 1, note: fault };
    const foreseen = chip === null || chip < this.state.total; // of the sample only the first ones are at hand
    this.setState({ note: !foreseen ? beyond(chip + 1, this.state.total, "chip") : chip === null && note ? withName(note, text, result.chrom_names) : note ?? "" });
    if (chip !== null && foreseen) this.grid.jump(chip);
  }

  /** Show how the way back goes, with ids of this file. */
  decode({ buffers }, cache) {
    const first = () => Array.from({ length: BLOCK }, (_, at) => cache.row(at)?.id ?? -1).filter((id) => id >= 0);
    intents.setDecode((buffers?.ids ?? first()).slice(0, EXAMPLE).join(" ")); // the sample has no buffers
    requestAnimationFrame(() => document.getElementById("decode-text")?.focus());
  }

  /** Whoever goes on to another part of the page has done with the sheet, which would cover it. */
  left({ currentTarget, relatedTarget }) {
    if (relatedTarget && !currentTarget.contains(relatedTarget)) this.setState({ open: false });
  }

  close() {
    this.setState({ open: false });
    if (this.state.active !== null) this.grid.focus(this.state.active);
  }

  render({ file }, { active, hovered, open, total, problem, note }) {
    const show = state.value.look.show ?? "id";
    const cache = this.cacheOf(file);
    const known = this.knownOf(file);
    const at = hovered ?? active;
    return html`<div class="chips">
      <div class="rows-tools">
        <div class="segments" role="group" aria-label="Show tokens as">${SHOWS.map(([kind, label]) => html`
          <button type="button" key=${kind} aria-pressed=${show === kind} onClick=${() => intents.setLook({ show: kind })}>${label}</button>`)}</div>
        <${GoTo} label="Go to a position, an id, a line or a chip" hint="chr7:5,500,000, id, line 12, #900" onFind=${(text) => this.find(text)} />
      </div>
      <p class="find-note" role="status">${sentence(note)}</p>
      ${problem && html`<p class="notice notice-bad" role="alert">${sentence(problem)}</p>`}
      ${total === 0 && html`<p class="note">The file has no regions.</p>`}
      <div class=${total === 0 ? "grid-none" : "chips-beside"} onFocusOut=${(event) => this.left(event)}>
        <${ChipGrid} onMount=${(grid) => (this.grid = grid)} cache=${cache} total=${total ?? 0} show=${show} known=${known} hues=${this.hues} active=${active}
          label=${`Tokens of ${shown(file.name)}`} onActive=${(chosen) => this.setState({ active: chosen, hovered: null, open: true })}
          onHover=${(pointed) => pointed !== this.state.hovered && this.setState({ hovered: pointed })} onEnter=${() => this.panel?.focus()} onTrouble=${(error) => this.setState({ problem: error.message })} />
        <${Detail} file=${file} at=${at} chip=${at === null ? null : cache.row(at)} known=${known} open=${open} onMount=${(panel) => (this.panel = panel)} onClose=${() => this.close()} />
      </div>
      <p class="chips-foot"><button type="button" class="plain" disabled=${!total || !file.result.tokens} onClick=${() => this.decode(file, cache)}>Decode the first ids back to regions</button></p>
    </div>`;
  }
}
