// Two of a kind against each other: bars on the same lines, or outlines on one axis.
import { html } from "../html.js";
import { count, shown } from "../plain/words.js";
import { AxisBelow, LETTER, Lines, Picture, bases, decades, largest, linear, logarithmic, near, sum, ticks } from "./scale.js";

const [LINE, HEAD, TOP, TALL, BOTTOM, MOST] = [18, 22, 30, 150, 40, 30];

/** @typedef {{names: string[], a: ArrayLike<number>, b: ArrayLike<number>}} Sides  one number a side for each name */

/** A's bars run to the left and B's to the right of the names, to one scale. */
export function SideBars({ sides, name, width }) {
  const order = sides.names.map((_, at) => at).filter((at) => sides.a[at] || sides.b[at]).slice(0, MOST);
  const names = order.map((at) => shown(sides.names[at], 10));
  const label = largest(names.map((name) => name.length)) * LETTER + 16;
  const most = largest(order.map((at) => Math.max(sides.a[at], sides.b[at]))) || 1;
  const number = count(most).length * LETTER + 8;
  const reach = linear([0, most], [0, (width - label) / 2 - number]);
  const [left, right] = [(width - label) / 2, (width + label) / 2];
  const bars = (values, way, from) => order.map((at, line) => (values[at] ? `M${near(from)} ${HEAD + line * LINE + 3}h${near(way * Math.max(0.5, reach(values[at])))}v${LINE - 6}H${near(from)}z` : "")).join("");
  const text = (x, line, words, shape) => html`<text class=${shape} x=${near(x)} y=${HEAD + line * LINE + 13}>${words}</text>`;
  return html`<${Picture} width=${width} height=${HEAD + order.length * LINE + 4} name=${name} note="Regions by chromosome: bars of A to the left, of B to the right, to one scale.">
    <text class="at-end" x=${near(left)} y="12">regions of A</text><text x=${near(right)} y="12">regions of B</text>
    <path class="fill-ink" d=${bars(sides.a, -1, left)} /><path class="fill-hit" d=${bars(sides.b, 1, right)} />
    ${order.map((at, line) => html`<g key=${at}>${text(width / 2, line, names[line], "at-middle strong")}
      ${text(left - reach(sides.a[at]) - 5, line, count(sides.a[at]), "at-end")}${text(right + reach(sides.b[at]) + 5, line, count(sides.b[at]), "")}</g>`)}
  <//>`;
}

/** @typedef {{edges: ArrayLike<number>, a: ArrayLike<number>, b: ArrayLike<number>}} Widths  class i is [edges[i], edges[i + 1]) in bp */

/** Shares of the regions by width, so that a large and a small universe can be held together. */
export function SideSteps({ widths, name, width }) {
  const { edges, a, b } = widths;
  const share = (counts) => { const total = sum(Array.from(counts)) || 1; return Array.from(counts, (value) => value / total); };
  const [first, second] = [share(a), share(b)];
  const most = Math.max(0.01, largest([...first, ...second]));
  const [left, right] = [5 * LETTER + 8, width - 8];
  const low = Math.max(edges[0], 1 / 3);
  const [x, y] = [logarithmic([low, edges[edges.length - 1]], [left, right]), linear([0, most], [TOP + TALL, TOP])];
  const steps = (shares) => `M${near(left)} ${TOP + TALL}${shares.map((value, at) => `V${near(y(value))}H${near(x(edges[at + 1]))}`).join("")}V${TOP + TALL}`;
  const named = (shares, side, shape) => {
    const at = shares.indexOf(largest(shares));
    return html`<text class=${`at-middle ${shape}`} x=${near((x(Math.max(edges[at], low)) + x(edges[at + 1])) / 2)} y=${near(y(shares[at]) - 5)}>${side}</text>`;
  };
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name} note="Two outlines on a logarithmic axis of width: the share of the regions of A and of B in each class.">
    <${Lines} scale=${y} values=${ticks(0, most, 4)} format=${(value) => `${Number((100 * value).toPrecision(3))} %`} left=${left - 6} from=${left} to=${right} unit="share of the regions" />
    <path class="step-b" d=${steps(second)} /><path class="step-a" d=${steps(first)} />
    ${named(second, "B", "ink-hit halo")}${named(first, "A", "strong halo")}
    <${AxisBelow} scale=${x} values=${decades(Math.max(1, edges[0]), edges[edges.length - 1])} format=${bases} y=${TOP + TALL} from=${left} to=${right} label="width of the region" />
  <//>`;
}

/** @returns {import("./twin.js").Table} */
export const sidesTable = ({ names, a, b }) => ({ caption: "Regions by chromosome", head: [["Chromosome", "text"], ["Regions of A", "count"], ["Regions of B", "count"]], rows: names.map((name, at) => [name, a[at], b[at]]) });
/** @returns {import("./twin.js").Table} */
export const stepsTable = ({ edges, a, b }) => ({
  caption: "Regions by width", head: [["From (bp)", "count"], ["Below (bp)", "count"], ["Regions of A", "count"], ["Regions of B", "count"]],
  rows: Array.from(a, (value, at) => [edges[at], edges[at + 1], value, b[at]]),
});
