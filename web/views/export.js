// Saving: of which files, in which format, under which name; the same bytes as the command line's.
import { Component } from "../vendor/preact.js";
import { FORMATS, formatOf, nameOf, planOf, sizeOf, weightOf } from "../plain/exports.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { bytes, count, sentence } from "../plain/words.js";
import { Recipe } from "./recipe.js";

/** The results that a choice means, in the order of the list. */
function meant(what, file, files, picked) {
  if (what === "all") return files;
  return what === "picked" ? files.filter(({ id }) => picked.includes(id)) : [file];
}

function Progress({ saving }) {
  if (!saving?.format) return null;
  return html`<span class="save-progress" role="status">${bytes(saving.done)} written <progress aria-label="Saving" max=${saving.total || 1} value=${Math.min(saving.done, saving.total)} />
    <button type="button" class="plain" onClick=${intents.cancelSave}>Cancel</button></span>`;
}

export class Export extends Component {
  state = { what: "one", format: "gtok", packed: false, rows: false, name: null };

  formats(chosen) {
    const { boot, build } = state.value;
    const known = boot.versions && new Map(boot.versions.formats.map((each) => [each.id, each]));
    const weight = (id) => weightOf(known?.get(id)?.packages ?? [], build);
    return html`<fieldset class="formats"><legend class="unseen">Format</legend>${FORMATS.filter(({ id }) => !known || known.has(id)).map(({ id, label, says }) => html`
      <label class=${id === chosen ? "format format-chosen" : "format"} key=${id}><input type="radio" name="format" value=${id} checked=${id === chosen}
        onChange=${() => this.setState({ format: id, name: null })} /><span class="format-label">${label}</span><span class="format-says">${says}${weight(id) > 0 && `; fetches ${bytes(weight(id))} from this site, once`}</span></label>`)}</fieldset>`;
  }

  what(chosen, files, picked) {
    const choices = [["one", "This file", 1], ["picked", "Ticked files", picked], ["all", "All files", files.length]];
    if (files.length < 2) return null;
    return html`<div class="segments" role="group" aria-label="Save tokens of">${choices.map(([id, label, total]) => html`
      <button type="button" key=${id} aria-pressed=${chosen === id} onClick=${() => this.setState({ what: id, name: null })}>${label}${id !== "one" && html` <span>${count(total)}</span>`}</button>`)}</div>`;
  }

  choices({ alone = false, rows: hasRows = false, whole = false }, total) {
    const { packed, rows } = this.state;
    const tick = (label, checked, onChange, disabled = false) => html`<label class="filter-check"><input type="checkbox" checked=${checked} disabled=${disabled} onChange=${onChange} /> ${label}</label>`;
    return html`${total > 1 && !whole && tick(alone ? "One file each in a .zip with a manifest; a .gtok file holds one document" : "One file each in a .zip with a manifest", packed || alone,
      ({ currentTarget }) => this.setState({ packed: currentTarget.checked, name: null }), alone)}
      ${hasRows && tick("Keep which ids belong to which region", rows, ({ currentTarget }) => this.setState({ rows: currentTarget.checked }))}`;
  }

  render({ file, files }, { what, format, name }) {
    const { picked, saving, universe } = state.value;
    const chosen = files.length > 1 ? what : "one";
    const sample = file.state === "sample";
    const results = sample ? [] : meant(chosen, file, files, picked);
    const ids = results.map(({ id }) => id);
    const plan = planOf(this.state, ids.length);
    const fault = sample ? "This is the sample: run it here, or drop a file of yours" : file.stale && chosen === "one" ? "The tokens are being computed again" : plan.fault;
    const words = results.map(({ result }) => result);
    const size = universe.summary?.n ?? 0;
    const about = sizeOf(plan, words, size, universe.summary?.chrom_names.length);
    const called = name ?? (words.length || !fault ? nameOf(plan, results.map((each) => each.name), universe.summary?.name ?? "universe") : "");
    const press = () => saving?.format || intents.save(ids, plan.format, plan.options, { name: called, bytes: about });
    return html`<section class="saves" id="save" aria-labelledby="save-title">
      <h2 id="save-title"><i>4</i>Save</h2>
      ${this.what(chosen, files, files.filter(({ id }) => picked.includes(id)).length)}
      ${this.formats(format)}
      <div class="save-choices">${this.choices(formatOf(format), ids.length)}</div>
      <form class="save-line" onSubmit=${(event) => (event.preventDefault(), press())}>
        <label for="save-name">File name</label>
        <input id="save-name" type="text" autocomplete="off" spellcheck=${false} value=${called} disabled=${Boolean(fault)} onInput=${({ currentTarget }) => this.setState({ name: currentTarget.value || null })} />
        <button type="submit" class="remedy" disabled=${Boolean(fault)} aria-disabled=${Boolean(saving?.format)} aria-describedby="save-says">Save</button>
        <span class="quiet" id="save-says">${fault ?? `about ${bytes(Math.round(about))}`}</span>
        <${Progress} saving=${saving} />
      </form>
      ${saving?.error && html`<p class="notice notice-bad" role="alert">Not saved: ${sentence(saving.error.message)}</p>`}
      ${!sample && html`<${Recipe} ids=${ids} results=${results} plan=${plan} />`}
    </section>`;
  }
}
