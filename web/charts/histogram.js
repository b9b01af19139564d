// Regions by width in classes of equal ratio: how many hit, how many missed, and at which rate.
import { html } from "../html.js";
import { count, percent, plural } from "../plain/words.js";
import { AxisBelow, Lines, LETTER, Picture, bases, decades, largest, linear, logarithmic, near, short, sum, ticks } from "./scale.js";

const [TOP, BOTTOM, TALL] = [30, 40, 150];
const LEAST = 10; // regions that a point needs

/** @typedef {{edges: ArrayLike<number>, regions: ArrayLike<number>, hits: ArrayLike<number>}} Widths  class i is [edges[i], edges[i + 1]) in bp */

/** The classes as a list; one that starts at 0 is drawn as if it started at a third of a base. */
export const classes = ({ edges, regions, hits }) => Array.from(regions, (total, at) => ({
  low: edges[at], high: edges[at + 1], from: Math.max(edges[at], 1 / 3), regions: total, hits: hits[at],
}));

/** Where widths lie between `left` and `right`, and which are named there; never less than from one to its threefold. */
function across(all, left, right) {
  const [low, high] = [all[0].from, all.at(-1).high];
  const room = Math.max(1, Math.sqrt((3 * low) / high));
  return { x: logarithmic([low / room, high * room], [left, right]), named: decades(Math.max(1, low / room), high * room) };
}

/** The classes that a rate is drawn for: those of ten regions and more, or all if there is none. */
function rated(widths) {
  const held = classes(widths).filter(({ regions }) => regions);
  const enough = held.filter(({ regions }) => regions >= LEAST);
  return enough.length ? { drawn: enough, left: held.length - enough.length } : { drawn: held, left: 0 };
}

/** How many classes are too small to be drawn. */
export const unrated = (widths) => rated(widths).left;

/** Hits solid from the base line, misses open on top of them. */
export function WidthBars({ widths, name, width }) {
  const all = classes(widths);
  const most = largest(all.map(({ regions }) => regions)) || 1;
  const lines = ticks(0, most, 4, 1);
  const left = largest(lines.map((value) => short(value).length)) * LETTER + 8;
  const { x, named } = across(all, left, width - 8);
  const y = linear([0, most], [TOP + TALL, TOP]);
  const box = ({ from, high }, low, top) => {
    const [start, wide] = [x(from) + 0.5, Math.max(2, x(high) - x(from) - 1)];
    return top > low ? `M${near(start)} ${near(y(low))}V${near(y(top))}h${near(wide)}V${near(y(low))}z` : "";
  };
  const [hits, regions] = [sum(all.map((each) => each.hits)), sum(all.map((each) => each.regions))];
  const missed = `${count(regions - hits)} missed`; // named above the bars, where no bar can be in the way
  const before = width - 8 - missed.length * LETTER - 26;
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name}
      note=${`A histogram of ${plural(regions, "region")} by width on a logarithmic axis; hits are stacked below misses.`}>
    <${Lines} scale=${y} values=${lines} format=${short} left=${left - 6} from=${left} to=${width - 8} unit="regions" />
    <path class="fill-hit" d=${`${all.map((each) => box(each, 0, each.hits)).join("")}M${near(before - (count(hits).length + 3) * LETTER - 13)} 3h9v9h-9z`} />
    <path class="open-miss" d=${`${all.map((each) => box(each, each.hits, each.regions)).join("")}M${near(before + 12)} 3h9v9h-9z`} />
    <text class="at-end ink-hit" x=${near(before)} y="12">${count(hits)} hit</text><text class="at-end ink-miss" x=${width - 8} y="12">${missed}</text>
    <${AxisBelow} scale=${x} values=${named} format=${bases} y=${TOP + TALL} from=${left} to=${width - 8} label="width of the region" />
  <//>`;
}

/** Wilson's interval of 95 % for a share: honest also for few regions. */
export function interval(hits, total) {
  const z = 1.96;
  const share = hits / total;
  const centre = (share + (z * z) / (2 * total)) / (1 + (z * z) / total);
  const reach = (z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))) / (1 + (z * z) / total);
  return [Math.max(0, centre - reach), Math.min(1, centre + reach)];
}

/** A point for each class with its interval; the line is the rate of the whole file. */
export function RatePoints({ widths, name, width }) {
  const every = classes(widths);
  const all = rated(widths).drawn;
  const [regions, hits] = [sum(every.map((each) => each.regions)), sum(every.map((each) => each.hits))];
  const [left, right] = [5 * LETTER + 8, width - 7 * LETTER];
  const top = Math.max(0.1, largest(all.map((each) => interval(each.hits, each.regions)[1])), regions ? hits / regions : 0);
  const { x, named } = across(every, left, right);
  const y = linear([0, top], [TOP + TALL, TOP]);
  const at = ({ from, high }) => near((x(from) + x(high)) / 2);
  const mean = regions ? near(y(hits / regions)) : null;
  return html`<${Picture} width=${width} height=${TOP + TALL + BOTTOM} name=${name}
      note="The share of regions with a token, for each class of width, of ten or more, with intervals of 95 %; a line marks the whole file.">
    <${Lines} scale=${y} values=${ticks(0, top, 5)} format=${(value) => `${Number((100 * value).toPrecision(3))} %`} left=${left - 6} from=${left} to=${right} unit="regions that hit" />
    ${mean !== null && html`<path class="mean" d=${`M${near(left)} ${mean}H${near(right)}`} />
      <text class="strong" x=${near(right) + 5} y=${mean - 2}>all</text><text class="strong" x=${near(right) + 5} y=${mean + 11}>${percent(hits, regions)}</text>`}
    <path class="reach" d=${all.map((each) => { const [low, high] = interval(each.hits, each.regions); return `M${at(each)} ${near(y(low))}V${near(y(high))}`; }).join("")} />
    <path class="dots" d=${all.map((each) => `M${at(each)} ${near(y(each.hits / each.regions))}h0`).join("")} />
    <${AxisBelow} scale=${x} values=${named} format=${bases} y=${TOP + TALL} from=${left} to=${right} label="width of the region" />
  <//>`;
}

/** @returns {import("./twin.js").Table} */
export function widthTable(widths) {
  return {
    caption: "Regions by width",
    head: [["From (bp)", "count"], ["Below (bp)", "count"], ["Regions", "count"], ["Hit", "count"], ["Missed", "count"], ["Share that hit", "share"]],
    rows: classes(widths).map(({ low, high, regions, hits }) => [low, high, regions, hits, regions - hits, regions ? hits / regions : null]),
  };
}
