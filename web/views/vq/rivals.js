// The same bases cut by others: DNABERT-2's byte pairs and words of letters, in figures and side by side.
import { useLayoutEffect, useRef, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk } from "../../codes.js";
import { columnsOf } from "../../plain/dnawords.js";
import { cutRows, cutsOf, levelName } from "../../plain/vqwords.js";
import { count, sentence } from "../../plain/words.js";
import { useAnswer } from "../asked.js";

export function Rivals({ one }) {
  const { change, result: { model } } = desk.value;
  const asked = change ? [change.position, change.letter] : [-1, ""];
  const { answer, failure } = useAnswer(() => desk.look("compare", ...asked), asked);
  if (failure) return html`<p class="note">${sentence(failure.message)}</p>`;
  return html`<section class="vq-rivals" aria-labelledby="vq-rivals-title"><h3 id="vq-rivals-title">The same bases by others</h3>
    <${Pieces} one=${one} />
    ${answer ? html`<${Measures} rows=${answer.value.rows} one=${one} model=${model} changed=${Boolean(change) && answer.value.rows[0].lost !== null} />` : html`<p class="quiet" role="status">Cutting the sequence by byte pairs</p>`}</section>`;
}

function Measures({ rows, one, model, changed }) {
  const levels = model.levels.length;
  const name = ({ name: other, level }) => (level === null ? other : `${model.name}${level ? `, ${levelName(level, levels)}` : ""}`);
  const head = ["Tokens", "Bases of one", "Different ones", "Of", "Bits of one", "Bits a base", ...(changed ? ["Lost by the change"] : [])];
  return html`<div class="twin-frame" tabindex="0" role="region" aria-label="Tokenizers in numbers"><table class="twin">
      <thead><tr><th scope="col">Tokenizer</th>${head.map((each) => html`<th scope="col" key=${each}>${each}</th>`)}</tr></thead>
      <tbody>${rows.map((row, at) => html`<tr key=${at} class=${row.level === null ? null : "vq-own"}><th scope="row">${name(row)}</th><td>${count(row.tokens)}</td><td>${row.tokens ? (one.bases / row.tokens).toFixed(2) : "–"}</td>
        <td>${count(row.distinct)}</td><td>${count(row.size)}</td><td>${row.bits.toFixed(2)}</td><td>${row.bits_per_base.toFixed(2)}</td>${changed && html`<td>${row.lost === null ? "–" : count(row.lost)}</td>`}</tr>`)}</tbody></table></div>
    <p class="note">Bits are the entropy of each tokenizer's tokens on this sequence alone. DNA needs 2 a base: more is said several times over, less leaves something out${one.bases < 100_000 ? ", or the sequence is too short to tell" : ""}.</p>`;
}

/** Some bases around the chosen one, cut by each. */
function Pieces({ one }) {
  const place = useRef(null);
  const probe = useRef(null);
  const [columns, setColumns] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setColumns(columnsOf(place.current.clientWidth - 4, probe.current.getBoundingClientRect().width / 100));
    const watcher = new ResizeObserver(measure);
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const { base, made } = desk.value;
  const first = Math.max(0, Math.min(one.bases - columns, Math.floor(((base ?? 0) - columns / 2) / 10) * 10));
  const { answer } = useAnswer(() => (columns ? Promise.all([desk.look("cuts", first, first + columns), desk.look("window", first, first + columns)]) : null), [columns, first, made]);
  return html`<div class="vq-pieces" ref=${place}><span class="dna-probe" aria-hidden="true" ref=${probe}>${"A".repeat(100)}</span>
    ${answer && html`<${Drawn} cuts=${answer[0]} own=${answer[1]} />`}</div>`;
}

function Drawn({ cuts, own }) {
  const { first, last } = own.value;
  const { letters, starts, ends, codes, hues } = own.buffers;
  const { name, levels } = desk.value.result.model;
  const finest = (levels.length - 1) * starts.length;
  const mine = cutsOf(letters, first, starts, ends, codes.subarray(finest)).map((piece, at) => ({ ...piece, hue: hues[finest + at] }));
  const rows = [{ name: `${name}, what each token stands for`, pieces: mine, indent: Math.max(0, (starts[0] ?? first) - first) }, ...cutRows(cuts.value, cuts.buffers)];
  return html`<p class="quiet">Bases ${count(first)} to ${count(last)}, around the one that is chosen.</p>
    ${rows.map(({ name: title, pieces, indent = 0 }) => html`<figure class="vq-row" key=${title}><figcaption>${title}</figcaption>
      <p class="vq-cuts" role="img" aria-label=${`${title}: ${pieces.map(({ text }) => text).join(" ")}`}>${" ".repeat(indent)}${pieces.map(({ text, hue = -1 }, at) => html`<span key=${at} class=${hue < 0 ? `vq-cut vq-cut-${at % 2}` : `vq-cut dna-hue-${hue}`}>${text}</span>`)}</p></figure>`)}`;
}
