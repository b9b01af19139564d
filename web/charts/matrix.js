// Every file against every other: a square of shades with the numbers written in.
import { html } from "../html.js";
import { shown } from "../plain/words.js";
import { LETTER, Picture, largest, near } from "./scale.js";

const [TOP, LEVELS] = [24, 5];

/** @typedef {{names: string[], values: ArrayLike<number>}} Square  row by row; NaN where neither file has a token */

function fit({ names }, width) {
  const label = Math.min(width * 0.36, largest(names.map((name) => shown(name, 30).length + 3)) * LETTER + 8);
  return { label, cell: Math.max(26, Math.min(48, Math.floor((width - label - 2) / names.length))) };
}

/** The place of a cell, or of all of them from the picture's corner. */
export function cellBox(square, width, row = null, column = 0) {
  const { label, cell } = fit(square, width);
  if (row === null) return { width: near(label + cell * square.names.length + 1), height: TOP + cell * square.names.length };
  return { x: label + column * cell, y: TOP + row * cell, width: cell - 1, height: cell - 1 };
}

/** The cell below a point, counted row by row, or null. */
export function cellAt(square, width, x, y) {
  const { label, cell } = fit(square, width);
  const [row, column] = [Math.floor((y - TOP) / cell), Math.floor((x - label) / cell)];
  return [row, column].every((at) => at >= 0 && at < square.names.length) ? row * square.names.length + column : null;
}

/** The cell of the two different files that are most alike, -1 where no two have tokens. */
export function mostAlike({ names, values }) {
  const pairs = names.flatMap((_, row) => names.slice(0, row).map((__, column) => row * names.length + column));
  return pairs.filter((at) => values[at] >= 0).reduce((most, at) => (most < 0 || values[at] > values[most] ? at : most), -1);
}

export function Matrix({ square, name, width }) {
  const { names, values } = square;
  const { label, cell } = fit(square, width);
  const cut = (name, at) => `${shown(name, Math.max(4, Math.floor((label - 8) / LETTER) - 4))} ${at + 1}`;
  const all = cellBox(square, width);
  const most = values[mostAlike(square)] || 1;
  const level = (value, own) => (own ? "level-own" : `level-${Math.round((LEVELS * (value || 0)) / most)}`);
  const number = (value) => (value >= 0 ? (value === 0 || value > 0.995 ? String(Math.round(value)) : value.toFixed(2).slice(1)) : "–");
  return html`<${Picture} width=${all.width} height=${all.height} name=${name} note="A square of Jaccard indices, file against file; shades run from 0 to that of the two that are most alike.">
    ${names.map((name, at) => html`<g key=${at}><text class="at-end strong" x=${near(label - 6)} y=${near(TOP + (at + 0.5) * cell + 4)}>${cut(name, at)}</text>
      <text class="at-middle" x=${near(label + (at + 0.5) * cell)} y="16">${at + 1}</text></g>`)}
    ${Array.from(values, (value, at) => {
      const [row, column] = [Math.floor(at / names.length), at % names.length];
      const { x, y, width: side } = cellBox(square, width, row, column);
      return html`<g key=${at} class=${level(value, row === column)}><rect x=${near(x)} y=${y} width=${side} height=${side} />
        <text class="at-middle" x=${near(x + side / 2)} y=${near(y + side / 2 + 4)}>${number(value)}</text></g>`;
    })}
  <//>`;
}

/** @returns {import("./twin.js").Table} */
export function matrixTable({ names, values }) {
  const head = [["File", "text"], ...names.map((name) => [name, "number"])];
  return { caption: "Jaccard index of the tokens, file against file", head, rows: names.map((name, row) => [name, ...names.map((_, column) => { const value = values[row * names.length + column]; return value >= 0 ? value : null; })]) };
}
