// What the colours of codes mean: codes that are alike have one colour, and here is what stands under each.
import { html } from "../../html.js";
import { desk } from "../../codes.js";
import { hueWords } from "../../plain/vqwords.js";
import { percent } from "../../plain/words.js";
import { useAnswer } from "../asked.js";

export function Legend({ one }) {
  const { answer } = useAnswer(() => desk.look("legend"), []);
  if (!answer) return null;
  const { value: { levels, hues }, buffers: { tokens, shares } } = answer;
  const fine = (levels - 1) * hues; // the finest level's
  const counts = tokens.subarray(fine, fine + hues);
  const total = counts.reduce((sum, each) => sum + each, 0);
  return html`<figure class="dna-legend" aria-label="Colours of codes"><figcaption>Codes whose vectors point the same way have the same colour, in all levels.
      Below each, the bases that stand under it ${levels > 1 ? "at the finest level " : ""}here. ${levels > 1 && "Coarse codes stand above fine ones. "}
      ${one.told !== null && "The row below them is what they turn back into: a dot is the same base."}</figcaption>
    <ul>${Array.from(counts, (each, hue) => html`<li key=${hue}><span class=${`dna-key dna-hue-${hue + 1}`} aria-hidden="true"></span>${hueWords(shares.subarray(4 * (fine + hue), 4 * (fine + hue + 1))) || "none"} <span class="quiet">${percent(each, total)}</span></li>`)}</ul></figure>`;
}
