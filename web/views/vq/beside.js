// The letters with their codes, and beside them what the chosen token stands for.
import { html } from "../../html.js";
import { chooseBase, desk, lookUp } from "../../codes.js";
import { tokenAt, tokenWords } from "../../plain/vqwords.js";
import { count, plural, shown } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Described } from "./described.js";
import { Strip } from "./strip.js";

export function Beside({ one }) {
  const { base, change, result } = desk.value;
  const token = tokenAt(base, one, result.model.stride);
  const { answer } = useAnswer(() => (token === null ? null : desk.look("token", token)), [token]);
  const told = token !== null && answer?.value ? answer : null;
  const words = token === null ? "no token yet; arrow keys walk" : told?.value.token === token ? tokenWords(told.value, one.tokens) : `token ${count(token + 1)}`;
  return html`<div class="dna-beside">
    <${Strip} desk=${desk} one=${one} model=${result.model} label="Tokens of the sequence" most=${one.tokens} at=${token} words=${words} change=${change} onBase=${chooseBase} />
    <${Card} one=${one} answer=${told} /></div>`;
}

function Card({ one, answer }) {
  if (!answer) return html`<section class="dna-card" aria-label="Chosen token"><p class="quiet">Point at a base, or walk with the arrow keys: what its token stands for is told here.</p></section>`;
  const { token, start, end, ids, text, unknown } = answer.value;
  return html`<section class="dna-card" aria-label="Chosen token">
    <h3>Token ${count(token + 1)}<span>${shown(one.name, 40)}:${count(start)}-${count(end)}, ${plural(end - start, "base")}</span></h3>
    <dl><div><dt>${ids.length > 1 ? "Ids" : "Id"}</dt><dd><code>${ids.map(count).join(", ")}</code> <span class="dna-text">${shown(text, 80)}</span></dd></div></dl>
    ${unknown ? html`<p class="quiet">It would have to tell of a base that is not known.</p>` : html`<${Described} answer=${answer} onCode=${lookUp} bare=${true} />`}
  </section>`;
}
