// What came of a sequence: figures, its letters with their codes, one token at a time, changes, rivals, rows, and ways to save.
import { html } from "../../html.js";
import { desk, lookUp } from "../../codes.js";
import { count, shown } from "../../plain/words.js";
import { codeFacts } from "../../plain/vqwords.js";
import { vq } from "../../rooms/vq.js";
import { Choice, Facts, Lookup, Notes } from "../dna/parts.js";
import { Saves } from "../dna/saves.js";
import { Beside } from "./beside.js";
import { Change } from "./change.js";
import { Described } from "./described.js";
import { Learn } from "./learn.js";
import { Legend } from "./legend.js";
import { Rivals } from "./rivals.js";
import { CodeRows } from "./rows.js";
import { Usage } from "./usage.js";
import { Wrong } from "./wrong.js";

function Origin({ model }) {
  if (model.learnt) return html`<p class="quiet">${count(model.levels[0])} codes, learnt from this very sequence: good to look at, not for a model. A codebook for work comes from genomes, in the terminal.</p>`;
  const known = model.corpus.reduce((total, [, bases]) => total + bases, 0);
  return html`<p class="quiet">Codes of ${shown(model.name, 80)}${known > 0 && html`, learnt from ${count(model.corpus.length)} genomes of ${count(known)} known bases`}.
    ${model.used_bits && ` There a token takes ${model.used_bits.toFixed(2)} bits.`}</p>`;
}

export function Result() {
  const { result, number, made, wanted } = desk.value;
  const one = result.sequences[number];
  const key = `${made}-${number}`;
  const example = result.model.levels.length > 1 ? "v1:5" : "v5";
  return html`<div class="dna-result vq-result">
    <h2>${shown(one.name, 80)}</h2>
    <${Choice} desk=${desk} />
    <${Facts} facts=${codeFacts(one, result.model)} />
    <${Origin} model=${result.model} />
    <${Notes} result=${result} without="codes" />
    ${one.tokens > 0 && html`<${Legend} key=${`g${key}`} one=${one} />
      <${Beside} key=${`b${key}`} one=${one} />
      <${Wrong} key=${`w${key}`} one=${one} />
      <${Change} key=${`c${key}`} one=${one} />
      <${Rivals} key=${`o${key}`} one=${one} />
      <${Lookup} key=${`k${made}`} label="Token or code" hint=${`Type an id from 0 to ${count(result.model.vocab_size - 1)}, a text, or a code as ${example}.`}
        ask=${(text) => desk.look("describe", text)} draw=${(answer) => html`<${Described} key=${answer.value.text} answer=${answer} onCode=${lookUp} />`} given=${wanted} />
      <${Usage} key=${`u${key}`} one=${one} />
      <${CodeRows} key=${`r${key}`} one=${one} />`}
    <${Learn} />
    <${Saves} desk=${desk} formats=${vq.formats} verb="Save tokens" what="all sequences, all tokens" />
  </div>`;
}
