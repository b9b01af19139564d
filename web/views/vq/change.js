// One base changed: which tokens change, from which codes to which.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { change, desk, undo } from "../../codes.js";
import { LETTERS } from "../../plain/dnawords.js";
import { capital, changeFinding, levelName } from "../../plain/vqwords.js";
import { count, sentence } from "../../plain/words.js";
import { useAnswer } from "../asked.js";

const LISTED = 60; // tokens in the table

export function Change({ one }) {
  const { base, change: made } = desk.value;
  const [typed, setTyped] = useState(null);
  const [problem, setProblem] = useState(null);
  const place = typed ?? made?.position ?? base ?? 0;
  const { answer } = useAnswer(() => desk.look("window", place, place + 1), [place]);
  const now = answer?.value.first === place ? LETTERS[answer.buffers.letters[0]] : null;
  const put = (letter) => change(place, letter).then(() => (setTyped(null), setProblem(null), desk.jumpTo(place)), (error) => setProblem(error.message));
  const type = ({ currentTarget: { value } }) => {
    const wanted = Number(value.replaceAll(",", ""));
    if (value.trim() && Number.isInteger(wanted) && wanted >= 0 && wanted < one.bases) return setProblem(null), setTyped(wanted);
    return setProblem(`There is no base ${value.trim() || "without a number"}: they run from 0 to ${count(one.bases - 1)}.`);
  };
  return html`<section class="vq-change" aria-labelledby="vq-change-title"><h3 id="vq-change-title">Change a base</h3>
    <p class="dna-learn"><label>Base <input type="text" inputmode="numeric" size="9" value=${place} aria-invalid=${Boolean(problem)} onChange=${type} /></label>
      <span role="group" aria-label=${`Change base ${count(place)}${now ? `, now ${now}` : ""}`}>${[..."ACGT"].map((letter) => html`<button type="button" key=${letter} disabled=${letter === now} aria-label=${`to ${letter}`} onClick=${() => put(letter)}>${letter}</button>`)}</span>
      ${made && html`<button type="button" onClick=${undo}>Take it back</button>`}
      <span class="quiet">${now ? `It is ${now}. ` : ""}The base that is chosen above, or any other, counted from 0.</span></p>
    ${problem && html`<p class="note note-warn" role="alert">${sentence(problem)}</p>`}
    ${made && html`<${Changed} one=${one} made=${made} />`}</section>`;
}

function Changed({ one, made: { value, buffers: { tokens, starts, ends, old, new: after, hues } } }) {
  const levels = value.levels.length;
  const rows = Array.from(tokens.subarray(0, LISTED), (token, at) => ({ token, at }));
  const cell = (level, at) => {
    const [before, then] = [old[level * tokens.length + at], after[level * tokens.length + at]];
    const name = (code) => (code < 0 ? "unknown" : count(code));
    return html`<td key=${level}>${before === then ? html`<span class="quiet">${name(before)}, the same</span>` : html`${name(before)} → <span class=${`dna-key dna-hue-${hues[level * tokens.length + at]}`} aria-hidden="true"></span>${name(then)}`}</td>`;
  };
  return html`<p class="plot-finding" role="status">${changeFinding(value, tokens.length, one.tokens)}.</p>
    ${rows.length > 0 && html`<div class="twin-frame" tabindex="0" role="region" aria-label="Tokens that change"><table class="twin"><thead><tr><th scope="col">Token</th><th scope="col">Bases</th>${value.levels.map((_, level) => html`<th scope="col" key=${level}>${capital(levelName(level + 1, levels))}</th>`)}</tr></thead>
      <tbody>${rows.map(({ token, at }) => html`<tr key=${token}><th scope="row">${count(token + 1)}</th><td>${count(starts[at])}-${count(ends[at])}</td>${value.levels.map((_, level) => cell(level, at))}</tr>`)}</tbody></table></div>
      ${tokens.length > LISTED && html`<p class="quiet">and ${count(tokens.length - LISTED)} more.</p>`}`}`;
}
