// Bases that do not come back from their tokens, each a way to its place.
import { html } from "../../html.js";
import { chooseBase, desk } from "../../codes.js";
import { LETTERS } from "../../plain/dnawords.js";
import { count } from "../../plain/words.js";
import { useAnswer } from "../asked.js";

const LISTED = 24;

export function Wrong({ one }) {
  const { answer } = useAnswer(() => (one.wrong ? desk.look("wrong", LISTED) : null), []);
  if (!one.wrong || !answer) return null;
  const { value: { total }, buffers: { places, letters, decoded } } = answer;
  const go = (place) => (chooseBase(place), desk.jumpTo(place));
  return html`<section class="vq-wrongs" aria-label="Bases that do not come back"><h3>Bases that come back as others</h3>
    <p class="quiet">Decoding sums up what all tokens over a base say of it, and takes the likeliest letter.</p>
    <ul>${Array.from(places, (place, at) => html`<li key=${place}><button type="button" class="plain" onClick=${() => go(place)}>${count(place)}</button> ${LETTERS[letters[at]]} as ${LETTERS[decoded[at]]}</li>`)}
      ${total > places.length && html`<li class="quiet">and ${count(total - places.length)} more</li>`}</ul></section>`;
}
