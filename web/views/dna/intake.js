// DNA on its way in: pasted, dropped, chosen, or a sample; and how far the work on it is.
import { useRef, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { intents } from "../../intents.js";
import { APP } from "../../place.js";
import { unreached } from "../../protocol.js";
import { state } from "../../state.js";
import { advice, AHEAD, command, sentence, share, shown } from "../../plain/words.js";

/** A sample of the page's own as a file. */
async function fetched({ file, name }) {
  const response = await fetch(new URL(file, APP)).catch(() => null);
  if (!response?.ok) throw new Error(`${unreached(name).message} ${AHEAD}`);
  return new File([await response.arrayBuffer()], file.split("/").at(-1));
}

function Way({ desk, phases }) {
  const { phase, progress, source, error } = desk.value;
  if (phase === "working" || phase === "learning") {
    const { phase: step, done, total } = progress ?? { phase: "", done: 0, total: 0 };
    const words = `${phases[step] ?? "Working"}${total > 1 ? `, ${share(done, total)}` : ""}`;
    return html`<div class="dna-way"><p role="status">${shown(source.name)}: ${words}</p>
      <progress aria-label=${`Work on ${shown(source.name)}`} max=${total || 1} value=${done} />
      <button type="button" onClick=${() => desk.cancel()}>Cancel</button></div>`;
  }
  if (phase === "cancelled") return html`<p class="notice" role="status">Cancelled. <button type="button" class="plain" onClick=${() => desk.again()}>Begin again</button></p>`;
  if (!error) return null;
  const line = command(error.hint, source.name);
  return html`<div class="notice notice-bad" role="alert"><p>${advice(error)}</p>
    ${line && html`<p class="command"><code>${line}</code><button type="button" class="plain" onClick=${() => intents.copy(line)}>Copy<span class="unseen"> the command</span></button></p>`}</div>`;
}

/**
 * @param {{desk: import("../../dna.js").DnaDesk, room: {samples: readonly string[]}, verb: string, help: any, phases: Object<string, string>, children: any}} props
 *   `verb` stands on the button, `help` below the field, `children` beside it
 */
export function Intake({ desk, room, verb, help, phases, children }) {
  const text = useRef(null);
  const [problem, setProblem] = useState(null);
  const samples = room.samples.map((id) => state.value.build?.sequences.find((each) => each.id === id)).filter(Boolean);
  const begin = (event) => {
    event.preventDefault();
    const { value } = text.current;
    setProblem(value.trim() ? null : "There is no sequence yet: paste DNA, or FASTA.");
    if (value.trim()) desk.run({ name: "the pasted sequence", text: value });
  };
  const chosen = ({ currentTarget }) => {
    const [file] = currentTarget.files;
    currentTarget.value = "";
    if (file) desk.run({ name: file.name, file });
  };
  const tried = (sample) => fetched(sample).then((file) => (setProblem(null), desk.run({ name: file.name, file })), (error) => setProblem(error.message));
  const { phase } = desk.value;
  return html`<div class="dna-intake">
    <form class="dna-form" onSubmit=${begin}>
      <label for="dna-text">DNA, or FASTA</label>
      <textarea id="dna-text" ref=${text} rows="4" spellcheck=${false} autocomplete="off" autocapitalize="off" wrap="soft" aria-describedby="dna-help" aria-invalid=${Boolean(problem)}></textarea>
      <p class="quiet" id="dna-help">${help} Drop a FASTA file anywhere, plain or gzip. Nothing leaves this tab.</p>
      ${problem && html`<p class="note note-warn" role="alert">${sentence(problem)}</p>`}
      <p class="dna-ways"><button type="submit" class="remedy" disabled=${phase === "working"}>${verb}</button>
        <span class="dna-file"><input id="dna-file" class="unseen" type="file" aria-label="Choose a FASTA file" onChange=${chosen} /><label class="button" for="dna-file">Choose a FASTA file</label></span>
        ${phase !== "empty" && html`<button type="button" onClick=${() => { text.current.value = ""; setProblem(null); desk.clear(); text.current.focus(); }}>Clear</button>`}
        ${samples.map((sample) => html`<button type="button" class="plain" key=${sample.id} aria-label=${`Try ${sample.name}`} onClick=${() => tried(sample)}>Try ${sample.name}</button>`)}</p>
      ${samples.map((sample) => html`<p class="quiet" key=${sample.id}>${sample.name}, ${sample.assembly}: ${sample.source}, ${sample.licence}.</p>`)}
    </form>
    <div class="dna-rules">${children}</div>
    <${Way} desk=${desk} phases=${phases} />
  </div>`;
}

/** Choices that hold for the next run, one of them at a time. @param {{desk: any, legend: string, name: string, choices: readonly string[][], chosen: string, onChoose: (id: string) => void}} props */
export function Presets({ desk, legend, name, choices, chosen, onChoose }) {
  const { phase, model } = desk.value;
  if (model) return null; // it has rules of its own
  return html`<fieldset class="dna-presets"><legend>${legend}</legend>${choices.map(([id, label, says]) => html`
    <label key=${id}><input type="radio" name=${name} value=${id} checked=${id === chosen} disabled=${phase === "working" || phase === "learning"} onChange=${() => onChoose(id)} />
      <span><b>${label}</b> <span class="quiet">${says}</span></span></label>`)}</fieldset>`;
}
