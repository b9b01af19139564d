// DNA on its way in: pasted, dropped, chosen, or a piece of a real chromosome; and how far the work on it is.
import { useRef, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { intents } from "../../intents.js";
import { cancel, clear, again, choosePreset, desk, run } from "../../motifs.js";
import { APP } from "../../place.js";
import { unreached } from "../../protocol.js";
import { motif } from "../../rooms/motif.js";
import { Model } from "./model.js";
import { state } from "../../state.js";
import { advice, AHEAD, command, count, sentence, share, shown } from "../../plain/words.js";

const PHASES = { read: "Reading", motifs: "Making ready the motifs", scan: "Searching both strands", bins: "Cutting bins", ids: "Scoring how motifs depend on each other", vocabulary: "Counting sets", tokens: "Naming bins" };

/** A sample of the page's own as a file. */
async function fetched({ file, name }) {
  const response = await fetch(new URL(file, APP)).catch(() => null);
  if (!response?.ok) throw new Error(`${unreached(name).message} ${AHEAD}`);
  return new File([await response.arrayBuffer()], file.split("/").at(-1));
}

function Presets() {
  const { preset, phase, model } = desk.value;
  if (model) return null; // it has rules of its own
  return html`<fieldset class="motif-presets"><legend>Which hits count</legend>${motif.presets.map(([id, label, says]) => html`
    <label key=${id}><input type="radio" name="motif-preset" value=${id} checked=${id === preset} disabled=${phase === "working" || phase === "learning"} onChange=${() => choosePreset(id)} />
      <span><b>${label}</b> <span class="quiet">${says}</span></span></label>`)}</fieldset>`;
}

function Way() {
  const { phase, progress, source, error } = desk.value;
  if (phase === "working" || phase === "learning") {
    const { phase: step, done, total } = progress ?? { phase: "motifs", done: 0, total: 0 };
    const words = `${PHASES[step] ?? "Working"}${total > 1 ? `, ${share(done, total)}` : ""}`;
    return html`<div class="motif-way"><p role="status">${shown(source.name)}: ${words}</p>
      <progress aria-label=${`Work on ${shown(source.name)}`} max=${total || 1} value=${done} />
      <button type="button" onClick=${cancel}>Cancel</button></div>`;
  }
  if (phase === "cancelled") return html`<p class="notice" role="status">Cancelled. <button type="button" class="plain" onClick=${again}>Begin again</button></p>`;
  if (!error) return null;
  const line = command(error.hint, source.name);
  return html`<div class="notice notice-bad" role="alert"><p>${advice(error)}</p>
    ${line && html`<p class="command"><code>${line}</code><button type="button" class="plain" onClick=${() => intents.copy(line)}>Copy<span class="unseen"> the command</span></button></p>`}</div>`;
}

export function Intake() {
  const text = useRef(null);
  const [problem, setProblem] = useState(null);
  const samples = state.value.build?.sequences ?? [];
  const begin = (event) => {
    event.preventDefault();
    const { value } = text.current;
    setProblem(value.trim() ? null : "There is no sequence yet: paste DNA, or FASTA.");
    if (value.trim()) run({ name: "the pasted sequence", text: value });
  };
  const chosen = ({ currentTarget }) => {
    const [file] = currentTarget.files;
    currentTarget.value = "";
    if (file) run({ name: file.name, file });
  };
  const tried = (sample) => fetched(sample).then((file) => (setProblem(null), run({ name: file.name, file })), (error) => setProblem(error.message));
  const { phase } = desk.value;
  return html`<div class="motif-intake">
    <form class="motif-form" onSubmit=${begin}>
      <label for="motif-text">DNA, or FASTA</label>
      <textarea id="motif-text" ref=${text} rows="4" spellcheck=${false} autocomplete="off" autocapitalize="off" wrap="soft" aria-describedby="motif-help" aria-invalid=${Boolean(problem)}></textarea>
      <p class="quiet" id="motif-help">Letters A, C, G, T, of either case; N and other ambiguous letters take no motif. Up to ${count(motif.most)} bases.
        Drop a FASTA file anywhere, plain or gzip. Nothing leaves this tab.</p>
      ${problem && html`<p class="note note-warn" role="alert">${sentence(problem)}</p>`}
      <p class="motif-ways"><button type="submit" class="remedy" disabled=${phase === "working"}>Find motifs</button>
        <span class="motif-file"><input id="motif-file" class="unseen" type="file" aria-label="Choose a FASTA file" onChange=${chosen} /><label class="button" for="motif-file">Choose a FASTA file</label></span>
        ${phase !== "empty" && html`<button type="button" onClick=${() => { text.current.value = ""; setProblem(null); clear(); text.current.focus(); }}>Clear</button>`}
        ${samples.map((sample) => html`<button type="button" class="plain" key=${sample.id} aria-label=${`Try ${sample.name}`} onClick=${() => tried(sample)}>Try ${sample.name}</button>`)}</p>
      ${samples.map((sample) => html`<p class="quiet" key=${sample.id}>${sample.name}, ${sample.assembly}: ${sample.source}, ${sample.licence}.</p>`)}
    </form>
    <div class="motif-rules"><${Presets} /><${Model} /></div>
    <${Way} />
  </div>`;
}
