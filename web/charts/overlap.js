// Two sets as two bars on one axis: their lengths are their sizes, and where both lie is what they share.
import { html } from "../html.js";
import { count } from "../plain/words.js";
import { LETTER, Picture, near } from "./scale.js";

/**
 * @typedef {{a: {name: string, size: number}, b: {name: string, size: number}, shared: number, unit: string, write?: (value: number) => string}} Sets
 * `unit` names what is counted, `write` says how much of it
 */

/** @param {{sets: Sets, name: string, width: number}} props */
export function Overlap({ sets, name, width }) {
  const { a, b, shared, unit, write = count } = sets;
  const scale = (width - 2) / Math.max(1, a.size + b.size - shared);
  const [from, to, end] = [(a.size - shared) * scale, a.size * scale, (a.size + b.size - shared) * scale];
  const box = (start, stop, y) => (stop > start ? `M${near(start + 1)} ${y}H${near(stop + 1)}v20H${near(start + 1)}z` : "");
  const inside = (value, words, start, stop, y, shape = "") => {
    const text = [`${write(value)} ${words}`, write(value)].find((each) => each.length * LETTER < stop - start - 8);
    return text && html`<text class=${`at-middle ${shape}`} x=${near((start + stop) / 2 + 1)} y=${y}>${text}</text>`;
  };
  const far = from > width / 2; // B's name has more room to the left of its end
  return html`<${Picture} width=${width} height=${112} name=${name} note=${`Two bars to one scale, the ${unit} of A above those of B; they overlap where both have the same.`}>
    <text class="strong" x="1" y="13">A: ${a.name}</text><text class=${far ? "strong at-end" : "strong"} x=${near((far ? end : from) + 1)} y="106">B: ${b.name}</text>
    <path class="open-soft" d=${box(0, from, 20) + box(to, end, 72)} />
    <path class="fill-hit" d=${box(from, to, 20) + box(from, to, 72)} />
    <path class="ties" d=${shared ? `M${near(from + 1)} 42V70M${near(to + 1)} 42V70` : ""} />
    ${inside(a.size - shared, "only in A", 0, from, 34)}${inside(b.size - shared, "only in B", to, end, 86)}
    ${inside(shared, "in both", from, to, 60, "ink-hit")}
  <//>`;
}
