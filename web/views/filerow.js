// One row of the list of files: what it is, how far it got, what came of it, and the remedy when it failed.
import { Component } from "../vendor/preact.js";
import { parted } from "../plain/folders.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { bytes, count, percent, share, shown } from "../plain/words.js";
import { Failure } from "./failure.js";

const FAULTS = ["reversed", "negative", "out_of_range", "unreadable"]; // skipped by rule; blanks and comments are no loss
export const skippedOf = ({ skipped }) => FAULTS.reduce((sum, reason) => sum + (skipped[reason] ?? 0), 0);

/** How far a file got, in words. */
function standing({ state: now, progress, streamed }, boot, universe) {
  if (now === "queued") {
    if (boot.phase !== "ready") return boot.total && boot.phase === "runtime" ? `queued, engine at ${share(boot.done, boot.total)}` : "queued, engine starting";
    return universe.state === "loading" ? "queued, universe opening" : "queued";
  }
  if (now === "reading") return progress?.phase === "read" ? `reading ${share(progress.done, progress.total)}` : "summing up";
  if (now === "cancelled") return progress?.total ? `cancelled after ${share(progress.done, progress.total)}` : "cancelled";
  return now === "done" && streamed ? "saved" : now;
}

/** Small facts under a name: where it came from, what was done to it. */
function Marks({ file, twin }) {
  const marks = [
    twin && [`same content as #${twin}`, "badge"],
    Object.keys(file.result?.renamed ?? {}).length > 0 && ["renamed", "badge badge-calm"],
    file.streamed && [`written to ${shown(file.streamed.saved)}`, "badge badge-calm"],
    file.stale && ["made with other settings", "badge"],
  ].filter(Boolean);
  return marks.map(([text, look]) => html` <span class=${look} key=${text}>${text}</span>`);
}

function Figures({ result }) {
  const skipped = result ? skippedOf(result.load) : 0;
  const cell = (name, unit, text) => html`<td role="cell" key=${name} class=${`file-figure file-${name}`}>${result && html`${text}<span class="file-unit"> ${unit}</span>`}</td>`;
  return html`${cell("rows", result?.rows === 1 ? "region" : "regions", result && count(result.rows))}
    <td role="cell" class=${skipped > 0 ? "file-figure file-skipped" : "file-figure file-skipped file-none"}>${skipped > 0 ? html`<span class="badge">${count(skipped)} skipped</span>` : result && html`<span class="file-zero">0</span>`}</td>
    ${cell("hit", "hit", result && percent(result.hit, result.rows))}
    ${cell("tokens", result?.tokens === 1 ? "token" : "tokens", result && count(result.tokens))}
    ${cell("distinct", "distinct", result && count(result.distinct))}`;
}

/** A row is drawn again only when something of it changed: lists of hundreds of files stay cheap. */
export class FileRow extends Component {
  shouldComponentUpdate(next) {
    const { file, number, twin, selected, picked, boot, universe } = this.props;
    const waits = next.file.state === "queued";
    return next.file !== file || next.number !== number || next.twin !== twin || next.selected !== selected || next.picked !== picked || (waits && (next.boot !== boot || next.universe !== universe));
  }

  render({ file, number, twin, selected, picked, boot, universe }) {
    const name = shown(file.name);
    const [folder, base] = parted(file.name).map((part) => shown(part));
    const button = (label, onClick) => html`<button type="button" class="plain" key=${label} onClick=${onClick}>${label}<span class="unseen"> ${name}</span></button>`;
    const { progress } = file;
    const stop = file.state === "reading" || file.state === "queued";
    return html`<tbody role="rowgroup" class=${`file file-is-${file.state}${selected ? " file-chosen" : ""}${file.stale ? " file-stale" : ""}`}>
      <tr role="row" class="file-row">
        <td role="cell" class="file-tick"><input type="checkbox" class="tick" aria-label=${`Tick ${name}`} checked=${picked} onChange=${() => intents.pick(file.id, !picked)} /></td>
        <th role="rowheader" scope="row" class="file-name"><span class="file-number" title=${`File ${number}`}>${number}</span>
          <span class="file-called">${folder && html`<span class="file-folder">${folder}</span>`}${file.result && !file.streamed
            ? html`<button type="button" class="file-open" aria-current=${selected ? "true" : null} onClick=${() => intents.select(file.id)}>${base}</button>`
            : html`<span>${base}</span>`}<${Marks} file=${file} twin=${twin} /></span></th>
        <td role="cell" class="file-figure file-size">${bytes(file.size)}</td>
        <td role="cell" class="file-state"><span class=${file.state === "failed" ? "file-bad" : ""}>${standing(file, boot, universe)}</span>
          ${file.state === "reading" && html`<progress aria-label=${`Reading ${name}`} max=${progress?.total || 1} value=${progress?.done ?? 0} />`}</td>
        <${Figures} result=${file.result ?? file.streamed} />
        <td role="cell" class="file-do">
          ${stop && button("Cancel", () => intents.cancel(file.id))}
          ${file.state === "cancelled" && button("Retry", () => intents.retry(file.id))}
          ${!stop && button("Remove", () => intents.remove(file.id))}
        </td>
      </tr>
      ${file.error && html`<tr role="row"><td role="cell" class="file-error"><${Failure} file=${file} /></td></tr>`}
    </tbody>`;
  }
}
