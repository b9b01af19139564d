// A codebook of the sequence's own, learnt here: what `genotok vq train` makes of the same file.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk, learn } from "../../codes.js";
import { count } from "../../plain/words.js";

const CODES = [16, 64, 256, 512];
const STRIDES = [[1, "for every base"], [4, "for every 4 bases"]];

export function Learn() {
  const { phase, result } = desk.value;
  const [codes, setCodes] = useState(64);
  const [stride, setStride] = useState(4);
  const busy = phase === "working" || phase === "learning";
  const chosen = (set) => ({ currentTarget: { value } }) => set(Number(value));
  return html`<section class="dna-learnt" tabindex="-1" aria-labelledby="vq-learn-title"><h3 id="vq-learn-title">Learn codes from this sequence</h3>
    <p class="dna-learn"><label>Codes <select value=${codes} onChange=${chosen(setCodes)}>${CODES.map((each) => html`<option key=${each} value=${each}>${count(each)}</option>`)}</select></label>
      <label>A token <select value=${stride} onChange=${chosen(setStride)}>${STRIDES.map(([each, words]) => html`<option key=${each} value=${each}>${words}</option>`)}</select></label>
      <button type="button" disabled=${busy} onClick=${() => learn({ codes, stride })}>Learn codes</button>
      ${result.model.learnt && html`<button type="button" disabled=${busy} onClick=${() => desk.again()}>Back to ${desk.value.model?.name ?? desk.value.choice}</button>`}
      <span class="quiet">Groups all windows of 8 bases by weighted k-means, so that bases in the middle count most; 16 windows for each code are the least.</span></p></section>`;
}
