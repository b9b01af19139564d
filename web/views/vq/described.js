// What a token stands for: the code of each level with its logo, how often it is met, and its relatives.
import { html } from "../../html.js";
import { capital, levelName, logosOf, metWords } from "../../plain/vqwords.js";
import { count, shown } from "../../plain/words.js";
import { desk } from "../../codes.js";
import { Logo } from "../dna/logo.js";

/** A code by name, which leads to what it stands for. */
const Name = ({ level, code, levels, onCode }) => html`<button type="button" class="plain vq-code" onClick=${() => onCode(`v${level}:${code}`)}>${levels > 1 ? `${levelName(level, levels)} ` : ""}${count(code)}</button>`;

function Relatives({ one, levels, onCode }) {
  const { level, code, parents, children, n_children: total, reverse } = one;
  const name = (n, each) => html`<${Name} key=${`${n}:${each}`} level=${n} code=${each} levels=${levels} onCode=${onCode} />`;
  return html`${parents.length > 0 && html`<p class="vq-kin">Within ${parents.map(([n, each]) => name(n, each))}</p>`}
    ${total > 0 && html`<p class="vq-kin">Holds ${children.map((each) => name(levels, each))}${total > children.length && html` and ${count(total - children.length)} more`}</p>`}
    ${reverse !== null && html`<p class="vq-kin">On the other strand ${reverse === code ? "the same code" : name(level, reverse)}</p>`}`;
}

/** @param {{answer: {value: any, buffers: any}, onCode: (text: string) => void, bare?: boolean}} props  `bare` leaves out which token it is */
export function Described({ answer: { value, buffers }, onCode, bare = false }) {
  const levels = desk.value.result.model.levels.length;
  const logos = logosOf(value, buffers);
  return html`<div class="dna-told">${!bare && html`<p>${value.id !== null && html`<code>${count(value.id)}</code> `}<span class="dna-text">${shown(value.text, 80)}</span></p>`}
    ${!value.levels.length && html`<p class="quiet">A token of its own kind: it stands for no bases.</p>`}
    <ol class="dna-list">${value.levels.map((one, at) => html`<li key=${one.level}>
      <p><span class=${`dna-key dna-hue-${one.hue}`} aria-hidden="true"></span><b>${capital(levelName(one.level, levels))} ${count(one.code)}</b> <span class="dna-text">${one.consensus}</span></p>
      ${one.columns > 0 && html`<${Logo} counts=${logos[at]} name=${`${levelName(one.level, levels)} ${count(one.code)}`} />`}
      <p class="quiet">${capital(metWords(one))}.${one.columns > 0 && !one.learnt && " The logo is of the letters it is met over here, and three on either side."}</p>
      <${Relatives} one=${one} levels=${levels} onCode=${onCode} /></li>`)}
      ${value.joint && html`<li key="joint"><p><b>All levels together</b> <span class="dna-text">${value.joint.consensus}</span></p>
        ${value.joint.columns > 0 && html`<${Logo} counts=${logos.at(-1)} name="all levels together" />`}
        <p class="quiet">${value.joint.here === 1 ? "Once" : `${count(value.joint.here)} times`} on this sequence. The logo is what the network decodes this token to, by itself.</p></li>`}</ol></div>`;
}
