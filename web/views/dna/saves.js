// Saving what came of DNA, and the lines that make the same file elsewhere.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { sentence } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Words } from "../recipe.js";

/**
 * @param {{desk: import("../../dna.js").DnaDesk, formats: readonly any[][], verb: string, what: string, unready?: (format: any[]) => string|null}} props
 *   formats are [id, label, says, ..]; `unready` tells what has to be done before one can be saved
 */
export function Saves({ desk, formats, verb, what, unready = () => null }) {
  const { made, saving, saveError, result } = desk.value;
  const [format, setFormat] = useState(formats[0][0]);
  const early = unready(formats.find(([id]) => id === format));
  const fault = early ?? (format === "gtok" && result.sequences.length > 1 ? "A .gtok file holds one sequence" : null);
  return html`<section class="saves" aria-labelledby="dna-save-title"><h2 id="dna-save-title">Save</h2>
    <fieldset class="formats"><legend class="unseen">Format</legend>${formats.map((each) => html`
      <label class=${each[0] === format ? "format format-chosen" : "format"} key=${each[0]}><input type="radio" name="dna-format" value=${each[0]} checked=${each[0] === format} onChange=${() => setFormat(each[0])} />
        <span class="format-label">${each[1]}</span><span class="format-says">${each[2]}${unready(each) && "; needs tokens"}</span></label>`)}</fieldset>
    <p class="save-line"><button type="button" class="remedy" disabled=${Boolean(fault)} aria-disabled=${Boolean(saving)} aria-describedby="dna-save-says" onClick=${() => saving || desk.save(format)}>${verb}</button>
      <span class="quiet" id="dna-save-says" role="status">${fault ?? (saving ? "Writing" : what)}</span></p>
    ${saveError && html`<p class="notice notice-bad" role="alert">Not saved: ${sentence(saveError)}</p>`}
    ${!fault && html`<${Elsewhere} key=${`${format}${made}`} desk=${desk} format=${format} />`}
  </section>`;
}

function Elsewhere({ desk, format }) {
  const { answer } = useAnswer(() => desk.recipeOf(format), []);
  const { cli, python, notes = [] } = answer?.value ?? {};
  return html`<div class="recipes"><p class="quiet">The same bytes elsewhere:</p>
    ${cli !== null && html`<${Words} title="Terminal" text=${cli} />`}<${Words} title="Python" text=${python} />
    ${notes.map((note) => html`<p class="note" key=${note}>${sentence(note)}</p>`)}</div>`;
}
