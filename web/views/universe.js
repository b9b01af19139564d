// Choosing the universe: the page's own ones, those kept in this browser, or a file of the user's.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state, update } from "../state.js";
import { AHEAD, advice, bytes, count, percent, plural, sentence, shown } from "../plain/words.js";
import { Remedies } from "./problem.js";

const digest8 = (digest) => (digest ? digest.slice(0, 8) : "");

/** Keeping and forgetting are for the user's own universes; the page's own ones come with it. */
function Keeping({ entry, chosen, kept }) {
  const name = html`<span class="unseen"> ${shown(entry.name)}</span>`;
  if (kept) {
    return html`<span class="choice-do">Kept in this browser (${bytes(kept.bytes)})${" "}
      <button type="button" class="plain" onClick=${() => intents.forgetUniverse(entry.digest)}>Forget${name}</button></span>`;
  }
  if (entry.kind === "asset") return null;
  return html`<span class="choice-do"><button type="button" class="plain" onClick=${() => intents.keepUniverse(entry.id)}>Keep in this browser${name}</button>
    ${!chosen && html`<button type="button" class="plain" onClick=${() => intents.removeUniverse(entry.id)}>Remove${name}</button>`}</span>`;
}

function Choice({ entry, chosen, kept, against }) {
  const facts = [entry.assembly, plural(entry.n, "region")].filter(Boolean).join(", ");
  return html`<div class="choice">
    <label><input type="radio" name="universe" checked=${chosen} onChange=${() => intents.chooseUniverse(entry.id)} />
      <span class="choice-name">${shown(entry.name)}</span>
      <span class="choice-facts">${facts}</span>
      <span class="choice-facts"><code title=${`SHA-256 ${entry.digest}`}>${digest8(entry.digest)}</code>${entry.licence && html` · ${entry.licence}`}</span></label>
    <${Keeping} entry=${entry} chosen=${chosen} kept=${kept} />
    ${!chosen && against && html`<span class="choice-do"><button type="button" class="plain" onClick=${() => intents.compareUniverses(against.id, entry.id)}>Compare
      <span class="unseen"> ${shown(entry.name)}</span> with the chosen one</button></span>`}
  </div>`;
}

function Standing({ universe }) {
  if (universe.state === "loading") {
    const { progress } = universe;
    return html`<p class="quiet universe-standing">${progress ? `Reading, ${percent(progress.done, progress.total)}` : "Opening"}</p>`;
  }
  if (!universe.summary) return null;
  const { widths, chrom_names: names, vocab_size: size, warnings = [] } = universe.summary;
  return html`<dl class="facts">
      <div><dt>Vocabulary</dt><dd>${count(size)} ids</dd></div>
      <div><dt>Chromosomes</dt><dd>${count(names.length)}</dd></div>
      <div><dt>Width, median</dt><dd>${count(widths.median)} bp</dd></div>
    </dl>
    <button type="button" class="plain save-universe" onClick=${() => intents.save([], "universe")}>Save as BED</button>
    ${warnings.map((text) => html`<p class="note" key=${text}>${sentence(text)}</p>`)}`;
}

function Refused({ universe, boot }) {
  const { error, attempt } = universe;
  if (!error || boot.phase === "failed") return null; // the page's own notice says it
  const again = (options) => (attempt.file ? intents.openUniverse(attempt.file, { ...attempt.options, ...options }) : intents.chooseUniverse(attempt.id));
  const skips = attempt?.file && error.action?.some(({ options }) => options.invalid === "skip");
  return html`<div class="notice notice-bad" role="alert">
    <p>${advice(error)}</p>
    ${attempt && error.code === "network" && html`<p>${AHEAD}</p>`}
    ${skips && html`<p>Skipping a line moves the ids of all regions behind it.</p>`}
    <${Remedies} error=${attempt?.file ? error : { action: [] }} onChoose=${again}>
      ${attempt && error.code === "network" && html`<button type="button" class="remedy" onClick=${() => again({})}>Retry</button>`}
      <button type="button" class="remedy" onClick=${intents.dismissUniverseError}>Dismiss</button>
    <//>
  </div>`;
}

/** A link can name a universe that this browser has never seen. */
function Wanted({ wanted }) {
  return html`<div class="notice notice-warn" role="status">
    <p>This link was made with the universe ${shown(wanted.name)}${wanted.digest && html` (<code title=${wanted.digest}>${digest8(wanted.digest)}</code>)`}, which is not here. Open its file to see the same tokens.</p>
    <p class="remedies"><button type="button" onClick=${() => update({ wanted: null })}>Go on with another one</button></p>
  </div>`;
}

export function Universe() {
  const { boot, universe, universes, saved, wanted } = state.value;
  const open = ({ currentTarget }) => {
    const [file] = currentTarget.files;
    currentTarget.value = ""; // so that the same file can be chosen again
    if (file) intents.openUniverse(file);
  };
  const chosen = universes.find(({ id }) => id === universe.id);
  const keptOf = (entry) => saved.find(({ digest }) => digest === entry.digest);
  return html`${wanted && html`<${Wanted} wanted=${wanted} />`}
    <fieldset class="choices"><legend class="unseen">Universe</legend>
      ${universes.map((entry) => html`<${Choice} key=${entry.id} entry=${entry} chosen=${entry === chosen} kept=${keptOf(entry)} against=${chosen} />`)}
    </fieldset>
    <div class="open-own"><label class="button" for="universe-file">Open a universe file</label>
      <input id="universe-file" class="unseen" type="file" aria-label="Open a universe file" onChange=${open} />
      <span class="quiet">or drop one here</span></div>
    <${Standing} universe=${universe} />
    <${Refused} universe=${universe} boot=${boot} />`;
}
