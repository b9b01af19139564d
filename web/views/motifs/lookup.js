// A token looked up by its id or its text: how often it was met, where first, and the clusters of its set.
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { count, plural, shown } from "../../plain/words.js";
import { Lookup } from "../dna/parts.js";
import { Member } from "./member.js";

const LISTED = 12; // clusters of one set

const told = ({ value: { id, text, count: met, example, members, total } }) => html`<div class="dna-told" key=${id}><p><code>${count(id)}</code> <span class="dna-text">${shown(text, 200)}</span><span class="quiet">, ${plural(met, "bin")} when it was learnt${example && `; first at ${shown(example[0], 60)}:${count(example[1])}-${count(example[2])}`}</span></p>
    ${members.length ? members.slice(0, LISTED).map((each) => html`<${Member} key=${each.member} one=${each} />`) : html`<p class="quiet">No cluster: a token of its own kind.</p>`}
    ${total > LISTED && html`<p class="quiet">and ${plural(total - LISTED, "more cluster")}.</p>`}</div>`;

export const TokenLookup = ({ most }) => html`<${Lookup} label="Token, by id or text" hint=${`Type an id from 0 to ${count(most - 1)}, or a text as c3&c7.`} ask=${(text) => desk.ask("token", text)} draw=${told} />`;
