// Saving: the formats of the command line with the same bytes, and the line that makes them there.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { sentence } from "../words.js";

const FORMATS = [
  ["gtok", ".gtok", "ids alone, binary, as gtars writes them"],
  ["jsonl", ".jsonl", "one line of ids per file, for a training set"],
  ["tsv", ".tsv", "one line per region, with its ids"],
  ["bed", ".bed", "your lines with ids and regions added"],
  ["npz", ".npz", "NumPy arrays: ids and offsets"],
];
const TOGETHER = [
  ["jsonl", ".jsonl", "one line of ids per file", {}],
  ["npz", ".npz", "NumPy arrays: ids, offsets and names", {}],
  ["zip", ".gtok in a .zip", "one .gtok per file and a manifest, as the command line writes a folder", { format: "gtok" }],
];

class Recipe extends Component {
  componentDidUpdate(before) {
    if (before.file.result !== this.props.file.result) this.setState({ recipe: null });
  }

  async show(event) {
    if (event.currentTarget.open) this.setState({ recipe: await intents.recipe(this.props.file.id, "jsonl") });
  }

  render(_, { recipe }) {
    const line = (title, text) => html`<div class="recipe"><h3>${title}</h3><pre tabindex="0">${text}</pre>
      <button type="button" class="plain" onClick=${() => intents.copy(text)}>Copy<span class="unseen"> ${title}</span></button></div>`;
    return html`<details class="report" onToggle=${(event) => this.show(event)}><summary>The same bytes in a terminal or in Python</summary>
      ${recipe ? html`${line("Terminal", recipe.cli)}${line("Python", recipe.python)}` : html`<p class="quiet">One moment</p>`}</details>`;
  }
}

export function Export({ file, files }) {
  const { saving } = state.value;
  const all = files.map(({ id }) => id);
  const button = ([format, label, says, options], ids, extra = "") => html`<button type="button" class="save" key=${format} title=${says}
    disabled=${file.stale || Boolean(saving?.format)} onClick=${() => intents.save(ids, format, options)}>${label}<span class="unseen">${extra}</span></button>`;
  return html`<div class="saves" role="group" aria-label="Save the tokens">
      <p><span>Save tokens as</span>${FORMATS.map((format) => button(format, [file.id]))}</p>
      ${files.length > 1 && html`<p><span>All ${files.length} files as</span>${TOGETHER.map((format) => button(format, all, " of all files"))}</p>`}
    </div>
    ${saving?.error && html`<p class="notice notice-bad" role="alert">Not saved: ${sentence(saving.error.message)}</p>`}
    <${Recipe} file=${file} />`;
}
