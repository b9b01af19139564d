// The same bytes elsewhere: the line for the terminal and the snippet of Python that make what is about to be saved.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { sentence, shown } from "../plain/words.js";
import { useAnswer } from "./asked.js";

export function Words({ title, text }) {
  return html`<div class="recipe"><div class="recipe-head"><h3>${title}</h3>
    <button type="button" class="plain" disabled=${!text} onClick=${() => intents.copy(text)}>Copy<span class="unseen"> ${title}</span></button></div>
    <pre tabindex="0" aria-label=${title}>${text ?? "…"}</pre></div>`;
}

export function Recipe({ ids, results, plan }) {
  const about = [plan.format, JSON.stringify(plan.options), ids.join(), ...results.slice(0, 1).map(({ buffers }) => buffers)];
  const untold = plan.fault || plan.format === "universe";
  const { answer, failure } = useAnswer(() => (untold ? null : intents.askMany(ids, "recipe_of", plan.format, plan.options)), about);
  if (plan.format === "universe") return html`<p class="quiet">The lines for the terminal and for Python, beside the other formats, read this file.</p>`;
  if (untold || failure) return failure && html`<p class="note">${shown(failure.message)}</p>`;
  const { cli, python, universe, notes = [] } = answer?.value ?? {};
  const own = state.value.universes.find(({ id }) => id === state.value.universe.id)?.kind === "own";
  return html`<div class="recipes"><p class="quiet">The same bytes elsewhere${universe && html`, with the universe in <code>${shown(universe.name)}</code> (SHA-256 of its rows <code>${universe.digest.slice(0, 8)}</code>)`}${plan.format === "report" && !own && " (but for what a report says of the universe's own file)"}:</p>
    <${Words} title="Terminal" text=${cli} /><${Words} title="Python" text=${python} />
    ${notes.map((note) => html`<p class="note" key=${note}>${sentence(note)}</p>`)}</div>`;
}
