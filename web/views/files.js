// The list of files: sorted, ticked, counted, and never more work than the rows that changed.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { count, plural } from "../plain/words.js";
import { FileRow, skippedOf } from "./filerow.js";
import { afterFrame } from "./frames.js";

const AT_ONCE = 6; // rows that are mounted in one frame

/** Columns by name: label, and what they are sorted by; files without a result come last either way.
 * @type {[name: string, label: string, key: (file: import("../types.d.ts").Entry) => string|number|null|undefined][]} */
const COLUMNS = [
  ["name", "Name", (file) => file.name.toLowerCase()],
  ["size", "Size", (file) => file.size],
  ["state", "State", (file) => file.state],
  ["rows", "Regions", (file) => file.result?.rows],
  ["skipped", "Skipped", (file) => file.result && skippedOf(file.result.load)],
  ["hit", "Hit", (file) => file.result && file.result.hit / Math.max(1, file.result.rows)],
  ["tokens", "Tokens", (file) => file.result?.tokens],
  ["distinct", "Distinct", (file) => file.result?.distinct],
];

/** The files in the order of a column; ties stay as they came. */
function inOrder(files, sort) {
  if (!sort) return files;
  const [name, down] = sort;
  const key = COLUMNS.find(([column]) => column === name)[2];
  const keyed = files.map((file) => ({ file, by: key(file) ?? null }));
  keyed.sort(({ by: one }, { by: other }) => (one === null || other === null ? Number(one === null) - Number(other === null) : one === other ? 0 : (one < other ? -1 : 1) * (down ? -1 : 1)));
  return keyed.map(({ file }) => file);
}

function Totals({ files }) {
  const counted = (...names) => files.filter(({ state: now }) => names.includes(now)).length;
  const busy = counted("queued", "reading");
  const failed = counted("failed");
  const sum = (key) => files.reduce((total, { result }) => total + (result?.[key] ?? 0), 0);
  const through = files.length > 1 && `${files.length - busy} of ${plural(files.length, "file")} through${failed ? `, ${failed} failed` : ""}`;
  return html`<p class="totals">${through && html`<span>${through}</span>`}
    ${files.length > 1 && html`<span>${plural(sum("rows"), "region")}, ${plural(sum("tokens"), "token")}</span>`}
    <span class="totals-do">${busy > 1 && html`<button type="button" class="plain" onClick=${intents.cancelAll}>Cancel all</button>`}
      ${files.length > 1 && busy < 2 && html`<button type="button" class="plain" onClick=${intents.removeAll}>Remove all</button>`}</span></p>`;
}

/** Long lists are mounted a few rows a frame, so that a drop of hundreds never holds up the page. */
export class Files extends Component {
  state = { limit: 0, sort: null };
  growing = null; // the frame to come, in which more rows are mounted

  componentDidUpdate() {
    const { length } = state.peek().files;
    if (length <= this.state.limit - AT_ONCE) this.setState({ limit: length });
    else if (length > this.state.limit) this.growing ??= afterFrame(() => this.grow());
  }

  grow() {
    this.growing = null;
    this.setState({ limit: this.state.limit + AT_ONCE });
  }

  sortBy(name) {
    const [sorted, down] = this.state.sort ?? [];
    this.setState({ sort: name !== sorted ? [name, false] : down ? null : [name, true] });
  }

  header(name, label) {
    const [sorted, down] = this.state.sort ?? [];
    const order = name !== sorted ? "none" : down ? "descending" : "ascending";
    return html`<th role="columnheader" scope="col" key=${name} class=${`file-${name}`} aria-sort=${order}>
      <button type="button" class="sort" onClick=${() => this.sortBy(name)}>${label}</button></th>`;
  }

  render(_, { limit, sort }) {
    const { files, picked, selected, boot, universe } = state.value;
    if (!files.length) return null;
    const ticked = new Set(picked);
    const every = picked.length === files.length;
    const numbers = new Map(files.map(({ id }, at) => [id, at + 1]));
    return html`<${Totals} files=${files} />
      <div class="file-scroll"><table class="file-list" role="table" aria-label="Files">
        <thead role="rowgroup"><tr role="row" class="file-head">
          <th role="columnheader" scope="col" class="file-tick"><input type="checkbox" class="tick" aria-label="Tick all files" checked=${every}
            ref=${(box) => box && (box.indeterminate = picked.length > 0 && !every)} onChange=${() => intents.pickAll(!every)} /></th>
          ${COLUMNS.map(([name, label]) => this.header(name, label))}
          <th role="columnheader" scope="col" class="file-do"><span class="unseen">Actions</span></th>
        </tr></thead>
        ${inOrder(files, sort).slice(0, limit).map((file) => html`<${FileRow} key=${file.id} file=${file} number=${numbers.get(file.id)} twin=${numbers.get(file.same)} picked=${ticked.has(file.id)}
          selected=${file.id === selected} boot=${boot} universe=${universe} />`)}
      </table></div>
      ${picked.length > 0 && html`<p class="ticked" role="status">${count(picked.length)} ticked. ${picked.length === 1 ? "Tick another one to compare." : "Save or compare them below."}</p>`}`;
  }
}
