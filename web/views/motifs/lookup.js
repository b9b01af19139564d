// A token looked up by its id or its text: how often it was met, where first, and the clusters of its set.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { tokenOf } from "../../motifs.js";
import { count, plural, sentence, shown } from "../../plain/words.js";
import { Member } from "./member.js";

const LISTED = 12; // clusters of one set

function Told({ token: { id, text, count: met, example, members, total } }) {
  return html`<div class="motif-told"><p><code>${count(id)}</code> <span class="motif-text">${shown(text, 200)}</span><span class="quiet">, ${plural(met, "bin")} when it was learnt${example && `; first at ${shown(example[0], 60)}:${count(example[1])}-${count(example[2])}`}</span></p>
    ${members.length ? members.slice(0, LISTED).map((each) => html`<${Member} key=${each.member} one=${each} />`) : html`<p class="quiet">No cluster: a token of its own kind.</p>`}
    ${total > LISTED && html`<p class="quiet">and ${plural(total - LISTED, "more cluster")}.</p>`}</div>`;
}

export function Lookup({ most }) {
  const [wanted, setWanted] = useState("");
  const [token, setToken] = useState(null);
  const [problem, setProblem] = useState(null);
  const ask = (event) => {
    event.preventDefault();
    const text = wanted.trim();
    if (!text) return setProblem(`Type an id from 0 to ${count(most - 1)}, or a text as c3&c7.`);
    tokenOf(text.replaceAll(",", "")).then(({ value }) => (setToken(value), setProblem(null)), (error) => (setToken(null), setProblem(error.message)));
  };
  return html`<section class="motif-lookup" aria-label="Look up a token"><form onSubmit=${ask}>
      <label for="motif-token">Token, by id or text</label>
      <input id="motif-token" type="text" autocomplete="off" spellcheck=${false} value=${wanted} onInput=${({ currentTarget }) => setWanted(currentTarget.value)} aria-invalid=${Boolean(problem)} />
      <button type="submit">Describe</button></form>
    ${problem && html`<p class="note note-warn" role="alert">${sentence(problem)}</p>`}
    ${token && html`<${Told} key=${token.id} token=${token} />`}</section>`;
}
