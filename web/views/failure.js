// Why a file failed, and what can be done: a button that runs it again otherwise, or a command to copy.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { update } from "../state.js";
import { advice, command } from "../plain/words.js";
import { FORMS } from "./paste.js";
import { Remedies } from "./problem.js";

/** Failures that another try may mend as it is. */
const PASSING = ["OSError", "memory", "engine", "network"];

export function Failure({ file }) {
  const { error } = file;
  const pasted = typeof file.text === "string";
  const line = command(error.hint, file.name);
  const choose = (options) => (options.stream ? intents.streamTo(file.id, options.stream) : intents.retry(file.id, options));
  return html`<div role="alert"><p>${advice(error)}</p>
    ${line && html`<p class="command"><code>${line}</code><button type="button" class="plain" onClick=${() => intents.copy(line)}>Copy<span class="unseen"> the command</span></button></p>`}
    ${pasted && html`<p class="file-forms">${FORMS}</p>`}
    <${Remedies} error=${error} onChoose=${choose}>
      ${pasted && html`<button type="button" class="remedy" onClick=${() => update({ paste: file.text })}>Mend the text</button>`}
      ${PASSING.includes(error.code) && html`<button type="button" class="remedy" onClick=${() => intents.retry(file.id)}>Try again</button>`}
    <//></div>`;
}
