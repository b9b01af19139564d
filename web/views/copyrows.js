// Copies the rows of a view as tab-separated text, as many as a clipboard takes with ease.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { TSV_HEADER, rowsToTsv } from "../plain/tsv.js";
import { count, plural, sentence } from "../plain/words.js";

const MOST = 10_000; // rows
const BLOCK = 2000; // rows asked for at a time, with all their ids
const ALL_IDS = 2 ** 20; // of a row

async function textOf(file, view, total) {
  const parts = [TSV_HEADER];
  for (let first = 0; first < total; first += BLOCK) {
    const { buffers } = await intents.ask(file.id, "rows", view, first, Math.min(BLOCK, total - first), ALL_IDS);
    parts.push(rowsToTsv(buffers, file.result.chrom_names));
  }
  return parts.join("");
}

export class CopyRows extends Component {
  state = { note: "" };

  async copy(file, view, total) {
    this.setState({ note: "Copying" });
    try {
      await intents.copy(textOf(file, view, total));
      this.setState({ note: `Copied ${plural(total, "row")}` });
    } catch (error) {
      this.setState({ note: `Not copied: ${error.message}` });
    }
  }

  render({ file, view, total }, { note }) {
    const most = Math.min(MOST, total ?? 0);
    const label = total > MOST ? `Copy the first ${count(MOST)} rows` : "Copy these rows";
    return html`<button type="button" disabled=${!most} onClick=${() => this.copy(file, view, most)}>${label}</button>
      <span class="quiet" role="status">${sentence(note)}</span>`;
  }
}
