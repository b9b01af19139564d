// Saving bins and tokens, and the lines that make the same file elsewhere.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk, recipeOf, save } from "../../motifs.js";
import { motif } from "../../rooms/motif.js";
import { sentence } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Words } from "../recipe.js";

export function MotifSaves({ result }) {
  const { made, saving, saveError } = desk.value;
  const [format, setFormat] = useState("bed");
  const needs = (fitted) => fitted && !result.fitted;
  const [, , , fitted] = motif.formats.find(([id]) => id === format);
  const one = format === "gtok" && result.sequences.length > 1;
  const fault = needs(fitted) ? "Learn tokens first" : one ? "A .gtok file holds one sequence" : null;
  return html`<section class="saves" aria-labelledby="motif-save-title"><h2 id="motif-save-title">Save</h2>
    <fieldset class="formats"><legend class="unseen">Format of bins</legend>${motif.formats.map(([id, label, says, wants]) => html`
      <label class=${id === format ? "format format-chosen" : "format"} key=${id}><input type="radio" name="motif-format" value=${id} checked=${id === format} onChange=${() => setFormat(id)} />
        <span class="format-label">${label}</span><span class="format-says">${says}${needs(wants) && "; needs tokens"}</span></label>`)}</fieldset>
    <p class="save-line"><button type="button" class="remedy" disabled=${Boolean(fault)} aria-disabled=${Boolean(saving)} aria-describedby="motif-save-says" onClick=${() => saving || save(format)}>Save bins</button>
      <span class="quiet" id="motif-save-says" role="status">${fault ?? (saving ? "Writing" : "all sequences, all bins")}</span></p>
    ${saveError && html`<p class="notice notice-bad" role="alert">Not saved: ${sentence(saveError)}</p>`}
    ${!fault && html`<${Elsewhere} key=${`${format}${made}`} format=${format} />`}
  </section>`;
}

function Elsewhere({ format }) {
  const { answer } = useAnswer(() => recipeOf(format), []);
  const { cli, python, notes = [] } = answer?.value ?? {};
  return html`<div class="recipes"><p class="quiet">The same bytes elsewhere:</p>
    ${cli !== null && html`<${Words} title="Terminal" text=${cli} />`}<${Words} title="Python" text=${python} />
    ${notes.map((note) => html`<p class="note" key=${note}>${sentence(note)}</p>`)}</div>`;
}
