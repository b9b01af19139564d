// Several curves in one picture, named by numbers: frequency over rank, and how many motifs are spelt how well.
import { html } from "../html.js";
import { plural } from "../plain/words.js";
import { AxisBelow, LETTER, Lines, Picture, decades, largest, linear, logarithmic, near, short, ticks } from "./scale.js";

const [TOP, BOTTOM, TALL] = [30, 40, 230];
const KINDS = ["step-a", "step-b", "reach", "ties", "mean"]; // of lines, beside their numbers

/** Names in the upper right corner, which falling curves leave free. */
const Names = ({ names, right }) => names.map((name, at) => html`<text key=${at} class="strong at-end halo" x=${right} y=${TOP + 12 + 16 * at}>${name} ${at + 1}</text>`);

const through = (points) => points.map(([x, y], at) => `${at ? "L" : "M"}${near(x)} ${near(y)}`).join("");

/** @param {{curves: {name: string, ranks: ArrayLike<number>, frequencies: ArrayLike<number>}[], name: string, width: number}} props */
export function RankCurves({ curves, name, width }) {
  const last = Math.max(10, largest(curves.map(({ ranks }) => ranks[ranks.length - 1] ?? 1)));
  const most = Math.max(3, largest(curves.map(({ frequencies }) => frequencies[0] ?? 1)));
  const values = decades(1, most);
  const left = largest(values.map((value) => short(value).length)) * LETTER + 8;
  const [x, y] = [logarithmic([1, last], [left + 4, width - 22]), logarithmic([1, most], [TOP + TALL, TOP])];
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name} note=${`Frequency against rank of ${plural(curves.length, "kind")} of words, both axes logarithmic.`}>
    <${Lines} scale=${y} values=${values} format=${short} left=${left - 6} from=${left} to=${width - 8} unit="occurrences of the word" />
    ${curves.map(({ ranks, frequencies }, at) => html`<path key=${at} class=${KINDS[at % KINDS.length]} d=${through(Array.from(ranks, (rank, place) => [x(rank), y(frequencies[place])]))} />
      ${ranks.length > 0 && html`<text class="strong halo" x=${near(x(ranks[ranks.length - 1]) + 3 + 7 * (at % 2))} y=${near(y(frequencies[ranks.length - 1])) - 4}>${at + 1}</text>`}`)}
    <${Names} names=${curves.map((each) => each.name)} right=${near(width - 12)} />
    <${AxisBelow} scale=${x} values=${decades(1, last)} format=${short} y=${TOP + TALL} from=${left} to=${width - 8} label="rank of the word" />
  <//>`;
}

/** Shares of motifs that score at least so much. @param {{rows: {name: string, scores: Float32Array}[], name: string, width: number}} props */
export function LikenessCurves({ rows, name, width }) {
  const sorted = rows.map(({ scores }) => Float32Array.from(scores).sort());
  const least = Math.floor(10 * Math.min(0.7, ...sorted.map((scores) => scores[0] ?? 0.7))) / 10;
  const values = [0, 0.25, 0.5, 0.75, 1];
  const format = (value) => `${100 * value} %`;
  const left = 6 * LETTER;
  const [x, y] = [linear([least, 1], [left + 4, width - 22]), linear([0, 1], [TOP + TALL, TOP])];
  const stairs = (scores) => Array.from(scores, (score, at) => [x(score), y(1 - at / scores.length)]);
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name} note="Share of motifs whose best word is at least so like them.">
    <${Lines} scale=${y} values=${values} format=${format} left=${left - 6} from=${left} to=${width - 8} unit="share of motifs" />
    ${sorted.map((scores, at) => html`<path key=${at} class=${KINDS[at % KINDS.length]} d=${through(stairs(scores))} />
      <text class="strong halo" x=${near(x(scores[scores.length >> 1]) + 4)} y=${near(y(0.5)) - 5 - 14 * at}>${at + 1}</text>`)}
    <${Names} names=${rows.map((each) => each.name)} right=${near(width - 12)} />
    <${AxisBelow} scale=${x} values=${ticks(least, 1)} format=${String} y=${TOP + TALL} from=${left} to=${width - 8} label="likeness of the best word" />
  <//>`;
}
