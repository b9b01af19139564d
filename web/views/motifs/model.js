// A saved tokenizer: opened from its folder, its files or a zip, said what it is, closed again.
import { html } from "../../html.js";
import { closeModel, desk, openModel } from "../../motifs.js";
import { modelIn } from "../../plain/motifwords.js";
import { advice, count, plural, shown } from "../../plain/words.js";

const rule = ({ pvalue, relative }) => (pvalue === null ? `a relative score of ${relative} or more` : `p ≤ ${pvalue}`);

function chosen({ currentTarget }) {
  const files = [...currentTarget.files];
  currentTarget.value = "";
  if (files.length) openModel(modelIn(files) ?? { name: files[0].name, files: files.slice(0, 1) });
}

export function Model() {
  const { model, opening, modelError, phase } = desk.value;
  const busy = phase === "working" || phase === "learning";
  return html`<section class="motif-model" aria-labelledby="motif-model-title"><h2 id="motif-model-title">Tokens of a saved tokenizer</h2>
    ${model ? html`<p><b>${shown(model.name, 80)}</b>: ${count(model.told.motifs)} motifs, hits from ${rule(model.told)}; ${plural(model.told.clusters, "cluster")}, ${count(model.told.vocab_size)} ids,
        learnt from ${plural(model.told.contigs, "sequence")} of ${count(model.told.bases)} bases. ${model.told.credit && html`<span class="quiet">${shown(model.told.credit, 300)}.</span>`}</p>
      <p><button type="button" disabled=${busy} onClick=${closeModel}>Close<span class="unseen"> ${shown(model.name, 80)}</span></button></p>`
    : html`<p class="quiet">Drop a folder that <code>genotok motif fit</code> wrote, or a zip of it: bins are cut, and ids given, by its rules.</p>`}
    <p class="motif-file"><input id="motif-model-file" class="unseen" type="file" multiple disabled=${busy} aria-label="Choose a saved tokenizer" onChange=${chosen} /><label class="button" for="motif-model-file">Choose ${model ? "another" : "its files"}</label></p>
    ${opening && html`<p class="quiet" role="status">Opening ${shown(opening, 80)}</p>`}
    ${modelError && html`<p class="notice notice-bad" role="alert">${advice(modelError)}</p>`}
  </section>`;
}
