// Small parts of what is shown of DNA: which sequence, its figures, what was met in reading it, a token to look up.
import { useEffect, useRef, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { count, plural, sentence, shown } from "../../plain/words.js";

/** @param {{desk: import("../../dna.js").DnaDesk}} props */
export function Choice({ desk }) {
  const { result: { sequences }, number } = desk.value;
  if (sequences.length < 2) return null;
  return html`<p class="dna-choice"><label for="dna-sequence">Sequence</label> <select id="dna-sequence" value=${number} onChange=${({ currentTarget }) => desk.chooseSequence(Number(currentTarget.value))}>
    ${sequences.map((each, at) => html`<option key=${at} value=${at}>${shown(each.name, 60)}, ${count(each.bases)} bp</option>`)}</select></p>`;
}

/** @param {{facts: any[][]}} props  name, value, and more below it */
export const Facts = ({ facts }) => html`<dl class="dna-figures">${facts.map(([name, value, more]) => html`<div key=${name}><dt>${name}</dt><dd>${value}${more && html`<span>${more}</span>`}</dd></div>`)}</dl>`;

/** @param {{result: any, without: string}} props  what unknown letters do not have */
export function Notes({ result, without }) {
  const { lower, unknown } = result.letters;
  const letters = Object.entries(unknown).map(([letter, total]) => `${count(total)} ${letter}`);
  const told = [...result.notes, lower && `${plural(lower, "base")} in lower case, read as upper case`, letters.length && `Not known, so without ${without}: ${letters.join(", ")}`].filter(Boolean);
  return html`${told.map((each) => html`<p class="note" key=${each}>${sentence(each)}.</p>`)}`;
}

/**
 * What is looked up is drawn; `given` asks for something in the user's place.
 * @param {{label: string, hint: string, ask: (text: string) => Promise<any>, draw: (answer: any) => any, given?: {text: string}|null}} props
 */
export function Lookup({ label, hint, ask, draw, given = null }) {
  const field = useRef(null);
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const find = (text) => ask(text.replaceAll(",", "")).then((answer) => (setFound(answer), setProblem(null)), (error) => (setFound(null), setProblem(error.message)));
  const asked = (event) => {
    event.preventDefault();
    const text = wanted.trim();
    return text ? find(text) : setProblem(hint);
  };
  useEffect(() => {
    if (!given) return;
    setWanted(given.text);
    find(given.text);
    field.current.focus();
  }, [given]);
  return html`<section class="dna-lookup" aria-label="Look up a token"><form onSubmit=${asked}>
      <label for="dna-token">${label}</label>
      <input id="dna-token" ref=${field} type="text" autocomplete="off" spellcheck=${false} value=${wanted} onInput=${({ currentTarget }) => setWanted(currentTarget.value)} aria-invalid=${Boolean(problem)} />
      <button type="submit">Describe</button></form>
    ${problem && html`<p class="note note-warn" role="alert">${sentence(problem)}</p>`}
    ${found && draw(found)}</section>`;
}
