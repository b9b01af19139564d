// Choosing the universe: the page's own ones, or a file of the user's.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { count, percent, plural, sentence, shown } from "../words.js";
import { Remedies } from "./problem.js";

const digest8 = (digest) => (digest ? digest.slice(0, 8) : "");

function Choice({ entry, chosen }) {
  const facts = [entry.assembly, plural(entry.n, "region")].filter(Boolean).join(", ");
  return html`<label class="choice">
    <input type="radio" name="universe" checked=${chosen} onChange=${() => intents.chooseUniverse(entry.id)} />
    <span class="choice-name">${shown(entry.name)}</span>
    <span class="choice-facts">${facts} <code title=${`SHA-256 ${entry.digest}`}>${digest8(entry.digest)}</code></span>
    ${entry.licence && html`<span class="choice-facts">${entry.licence}</span>`}
  </label>`;
}

function Standing({ universe }) {
  if (universe.state === "loading") {
    const { progress } = universe;
    return html`<p class="quiet">${progress ? `Reading, ${percent(progress.done, progress.total)}` : "Opening"}</p>`;
  }
  if (!universe.summary) return null;
  const { widths, chrom_names: names, vocab_size: size, warnings = [] } = universe.summary;
  return html`<dl class="facts">
      <div><dt>Vocabulary</dt><dd>${count(size)} ids</dd></div>
      <div><dt>Chromosomes</dt><dd>${count(names.length)}</dd></div>
      <div><dt>Width, median</dt><dd>${count(widths.median)} bp</dd></div>
    </dl>
    <button type="button" class="plain save-universe" onClick=${() => intents.save([], "universe")}>Save as BED</button>
    ${warnings.map((text) => html`<p class="note" key=${text}>${text}</p>`)}`;
}

function Refused({ universe, boot }) {
  const { error, attempt } = universe;
  if (!error || boot.phase === "failed") return null; // the page's own notice says it
  const again = (options) => intents.openUniverse(attempt.file, { ...attempt.options, ...options });
  return html`<div class="notice notice-bad" role="alert">
    <p>${sentence(error.message)}</p>
    <${Remedies} error=${attempt ? error : { action: [] }} onChoose=${again}>
      <button type="button" class="remedy" onClick=${intents.dismissUniverseError}>Dismiss</button>
    <//>
  </div>`;
}

export function Universe() {
  const { boot, universe, universes } = state.value;
  const open = ({ currentTarget }) => {
    const [file] = currentTarget.files;
    currentTarget.value = ""; // so that the same file can be chosen again
    if (file) intents.openUniverse(file);
  };
  return html`<fieldset class="choices"><legend class="unseen">Universe</legend>
      ${universes.map((entry) => html`<${Choice} key=${entry.id} entry=${entry} chosen=${entry.id === universe.id} />`)}
    </fieldset>
    <div class="open-own"><label class="button" for="universe-file">Open a universe file</label>
      <input id="universe-file" class="unseen" type="file" aria-label="Open a universe file" onChange=${open} />
      <span class="quiet">or drop one here</span></div>
    <${Standing} universe=${universe} />
    <${Refused} universe=${universe} boot=${boot} />`;
}
