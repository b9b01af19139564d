// A saved tokenizer: opened from its folder, its files or a zip, said what it is, closed again.
import { html } from "../../html.js";
import { modelIn } from "../../plain/dnawords.js";
import { advice, shown } from "../../plain/words.js";

/** @param {{desk: import("../../dna.js").DnaDesk, title: string, command: string, says: string, told: (told: any) => any}} props  `told` says what an open one is */
export function Model({ desk, title, command, says, told }) {
  const { model, opening, modelError, phase } = desk.value;
  const busy = phase === "working" || phase === "learning";
  const chosen = ({ currentTarget }) => {
    const files = [...currentTarget.files];
    currentTarget.value = "";
    if (files.length) desk.openModel(modelIn(files, desk.arrays) ?? { name: files[0].name, files: files.slice(0, 1) });
  };
  return html`<section class="dna-model" aria-labelledby="dna-model-title"><h2 id="dna-model-title">${title}</h2>
    ${model ? html`<p><b>${shown(model.name, 80)}</b>: ${told(model.told)}</p>
      <p><button type="button" disabled=${busy} onClick=${() => desk.closeModel()}>Close<span class="unseen"> ${shown(model.name, 80)}</span></button></p>`
    : html`<p class="quiet">Drop a folder that <code>${command}</code> wrote, or a zip of it: ${says}</p>`}
    <p class="dna-file"><input id="dna-model-file" class="unseen" type="file" multiple disabled=${busy} aria-label="Choose a saved tokenizer" onChange=${chosen} /><label class="button" for="dna-model-file">Choose ${model ? "another" : "its files"}</label></p>
    ${opening && html`<p class="quiet" role="status">Opening ${shown(opening, 80)}</p>`}
    ${modelError && html`<p class="notice notice-bad" role="alert">${advice(modelError)}</p>`}
  </section>`;
}
