// Up to twenty results in a square of Jaccard indices; any cell opens its two files.
import { useState } from "../vendor/preact-hooks.js";
import { Matrix, cellAt, cellBox, matrixTable } from "../charts/matrix.js";
import { matrixFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { chain, reordered } from "../charts/seriation.js";
import { count, sentence, shown } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { Plot } from "./plot.js";
import { Walker } from "./walker.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };

function Cells({ square, shared, files, width, onPair }) {
  const [at, setAt] = useState(null);
  const size = files.length;
  const [row, column] = at === null ? [0, 0] : [Math.floor(at / size), at % size];
  const within = (value) => Math.max(0, Math.min(size - 1, value));
  const moved = (key) => setAt((now) => (now === null ? 1 : within(Math.floor(now / size) + MOVES[key][0]) * size + within((now % size) + MOVES[key][1])));
  const open = (point) => {
    const cell = point ? cellAt(square, width, ...point) : at;
    const [one, other] = [Math.floor(cell / size), cell % size];
    if (cell !== null && one !== other) onPair([files[one].id, files[other].id]);
  };
  const name = (which) => shown(square.names[which], 60);
  const words = at === null ? "" : row === column ? `${name(row)}: ${count(shared[at])} distinct tokens`
    : `${name(row)} and ${name(column)}: Jaccard ${square.values[at] >= 0 ? square.values[at].toFixed(3) : "undefined"}, ${count(shared[at])} tokens shared`;
  return html`<${Walker} label="Pairs of files" most=${size * size} at=${at} words=${words || "no pair yet; arrow keys walk"} box=${at === null ? null : cellBox(square, width, row, column)}
      size=${cellBox(square, width)} onKey=${moved} onPoint=${(x, y) => setAt((now) => cellAt(square, width, x, y) ?? now)} onAct=${open} />
    <p class="readout">${words ? html`${words} ${row !== column && html`<button type="button" class="plain" onClick=${() => open(null)}>Compare the two</button>`}`
      : html`<span class="quiet">Point at a pair, or walk with the arrow keys; a click or Enter compares the two.</span>`}</p>`;
}

export function Likeness({ files, onPair }) {
  const { answer, failure } = useAnswer(() => intents.askMany(files.map(({ id }) => id), "compare_many"), files.map(({ buffers }) => buffers));
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  if (answer?.value.names.length !== files.length) return html`<p class="quiet" role="status">Comparing ${count(files.length)} files</p>`;
  const found = { names: answer.value.names, values: answer.buffers.jaccard };
  const order = chain(found);
  const square = reordered(found, order);
  const shared = reordered({ names: found.names, values: answer.buffers.shared }, order).values;
  const ordered = order.map((at) => files[at]);
  return html`<${Plot} files=${ordered} name="Jaccard index of every pair" finding=${matrixFinding(square)} table=${() => matrixTable(square)} note=${html`<p class="note">Files that are alike stand together.</p>`}
      draw=${(width, name) => html`<${Matrix} name=${name} square=${square} width=${width} />`}>
    ${(width) => width > 0 && html`<${Cells} square=${square} shared=${shared} files=${ordered} width=${width} onPair=${onPair} />`}
  <//>`;
}
