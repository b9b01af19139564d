// How often the token of each rank occurs, on two logarithmic axes, with the line that Zipf's law would follow.
import { html } from "../html.js";
import { plural } from "../plain/words.js";
import { AxisBelow, LETTER, Lines, Picture, decades, largest, logarithmic, near, short } from "./scale.js";

const [TOP, BOTTOM, TALL] = [30, 40, 190];

/** @typedef {{ranks: ArrayLike<number>, frequencies: ArrayLike<number>, zipf: {slope: number, intercept: number}|null}} Curve */

export const signed = (value) => value.toFixed(2).replace("-", "−");

export function RankCurve({ curve, name, width }) {
  const { ranks, frequencies, zipf } = curve;
  const [last, most] = [Math.max(10, ranks[ranks.length - 1] ?? 10), Math.max(3, frequencies[0] ?? 3)];
  const values = decades(1, most);
  const left = largest(values.map((value) => short(value).length)) * LETTER + 8;
  const [x, y] = [logarithmic([1, last], [left + 4, width - 14]), logarithmic([1, most], [TOP + TALL, TOP])];
  const points = Array.from(ranks, (rank, at) => `M${near(x(rank))} ${near(y(frequencies[at]))}h0`);
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name}
      note=${`Frequency against rank for ${plural(ranks.length, "rank")}, both axes logarithmic${zipf ? `; the fitted line has slope ${signed(zipf.slope)}` : ""}.`}>
    <${Lines} scale=${y} values=${values} format=${short} left=${left - 6} from=${left} to=${width - 8} unit="occurrences of the token" />
    ${zipf && html`<${Fit} zipf=${zipf} x=${x} y=${y} last=${ranks[ranks.length - 1]} most=${most} />`}
    <path class="dots" d=${points.join("")} />
    <${AxisBelow} scale=${x} values=${decades(1, last)} format=${short} y=${TOP + TALL} from=${left} to=${width - 8} label="rank of the token" />
  <//>`;
}

/** The fitted line as far as it lies in the picture; its slope stands in the corner that falling points leave free. */
function Fit({ zipf: { slope, intercept }, x, y, last, most }) {
  const value = (rank) => 10 ** (intercept + slope * Math.log10(rank));
  const rankAt = (frequency) => 10 ** ((Math.log10(frequency) - intercept) / slope);
  const from = slope < 0 && value(1) > most ? rankAt(most) : 1;
  const to = slope < 0 && value(last) < 1 ? rankAt(1) : last;
  return html`<path class="mean" d=${`M${near(x(from))} ${near(y(value(from)))}L${near(x(to))} ${near(y(value(to)))}`} />
    <text class="strong at-end halo" x=${near(x(last))} y=${TOP + 16}>fitted line: slope ${signed(slope)}</text>`;
}

/** @returns {import("./twin.js").Table} */
export function rankTable({ ranks, frequencies }) {
  return {
    caption: "Occurrences by rank, at log-spaced ranks",
    head: [["Rank", "count"], ["Occurrences", "count"]],
    rows: Array.from(ranks, (rank, at) => [rank, frequencies[at]]),
  };
}
