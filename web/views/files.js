// One row per file: what it is, how far it got, what came of it, and the remedy when it failed.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { bytes, count, percent, plural, sentence, shown } from "../words.js";
import { Remedies } from "./problem.js";

const AT_ONCE = 40; // rows that are mounted in one frame

const FAULTS = ["reversed", "negative", "out_of_range", "unreadable"]; // skipped by rule; blanks and comments are no loss
const skippedOf = ({ skipped }) => FAULTS.reduce((sum, reason) => sum + (skipped[reason] ?? 0), 0);

function Standing({ file, boot, universe }) {
  const { progress, result } = file;
  if (file.state === "queued") {
    const waits = boot.phase !== "ready" ? "waits for the engine" : universe.state === "loading" ? "waits for the universe" : "waiting";
    return html`<span class="file-state">${waits}</span>`;
  }
  if (file.state === "reading") {
    const at = progress.phase === "read" ? percent(progress.done, progress.total) : "summing up";
    return html`<span class="file-state">reading, ${at}</span>
      <progress aria-label=${`Reading ${shown(file.name)}`} max=${progress.total || 1} value=${progress.done} />`;
  }
  if (file.state === "cancelled") {
    return html`<span class="file-state">${progress?.total ? `cancelled after ${percent(progress.done, progress.total)}` : "cancelled"}</span>`;
  }
  if (file.state === "failed") return html`<span class="file-state file-bad">failed</span>`;
  const skipped = skippedOf(result.load);
  return html`<span class="file-state">${plural(result.tokens, "token")}</span>
    <span class="file-facts">${plural(result.rows, "region")}, ${percent(result.hit, result.rows)} hit</span>
    ${skipped > 0 && html`<span class="badge">${count(skipped)} skipped</span>`}
    ${Object.keys(result.renamed ?? {}).length > 0 && html`<span class="badge badge-calm">renamed</span>`}`;
}

/** A row is drawn again only when something of it changed: lists of hundreds of files stay cheap. */
class Row extends Component {
  shouldComponentUpdate(next) {
    const { file, selected, boot, universe } = this.props;
    const waits = next.file.state === "queued";
    return next.file !== file || next.selected !== selected || (waits && (next.boot !== boot || next.universe !== universe));
  }

  render({ file, selected, boot, universe }) {
    const name = shown(file.name);
    const button = (label, onClick) => html`<button type="button" class="plain" key=${label} onClick=${onClick}>${label}<span class="unseen"> ${name}</span></button>`;
    const stop = file.state === "reading" || file.state === "queued";
    return html`<li class=${`file file-${file.state}${selected ? " file-chosen" : ""}${file.stale ? " file-stale" : ""}`}>
      <button type="button" class="file-name" disabled=${!file.result} aria-current=${selected ? "true" : null}
        onClick=${() => intents.select(file.id)}>${name}</button>
      <span class="file-size">${bytes(file.size)}</span>
      <span class="file-standing"><${Standing} file=${file} boot=${boot} universe=${universe} /></span>
      <span class="file-do">
        ${stop && button("Cancel", () => intents.cancel(file.id))}
        ${file.state === "cancelled" && button("Retry", () => intents.retry(file.id))}
        ${file.state === "done" && button("Use as universe", () => intents.useAsUniverse(file.id))}
        ${!stop && button("Remove", () => intents.remove(file.id))}
      </span>
      ${file.error && html`<div class="file-error" role="alert"><p>${sentence(file.error.message)}</p>
        <${Remedies} error=${file.error} onChoose=${(options) => intents.retry(file.id, options)} /></div>`}
    </li>`;
  }
}

function Totals({ files }) {
  const busy = files.filter(({ state: now }) => now === "queued" || now === "reading").length;
  const failed = files.filter(({ state: now }) => now === "failed").length;
  if (files.length < 2) return null;
  const words = [`${files.length - busy} of ${plural(files.length, "file")} through`, failed && `${failed} failed`].filter(Boolean).join(", ");
  return html`<p class="totals"><span>${words}</span>
    ${busy > 1 ? html`<button type="button" class="plain" onClick=${intents.cancelAll}>Cancel all</button>`
      : html`<button type="button" class="plain" onClick=${intents.removeAll}>Remove all</button>`}</p>`;
}

/** Long lists are mounted a few rows a frame, so that a drop of hundreds never holds up the page. */
export class Files extends Component {
  state = { limit: AT_ONCE };

  componentDidUpdate() {
    const { length } = state.peek().files;
    if (length < this.state.limit - AT_ONCE) this.setState({ limit: Math.max(AT_ONCE, length) });
    else if (length > this.state.limit) requestAnimationFrame(() => this.setState({ limit: this.state.limit + AT_ONCE }));
  }

  render(_, { limit }) {
    const { files, selected, boot, universe } = state.value;
    if (!files.length) return null;
    return html`<${Totals} files=${files} /><ul class="file-list" aria-label="Files">${files.slice(0, limit).map((file) => html`
      <${Row} key=${file.id} file=${file} selected=${file.id === selected} boot=${boot} universe=${universe} />`)}</ul>`;
  }
}
