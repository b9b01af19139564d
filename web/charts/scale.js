// Numbers to places on a picture: scales, ticks on round numbers, and the axes drawn from them.
import { html } from "../html.js";
import { count } from "../plain/words.js";

const STEPS = [1, 2, 5, 10];
export const LETTER = 6.7; // px that a letter of the pictures' 12 px type takes on average

/** Places are kept to a tenth of a pixel: finer is invisible and fattens the saved file. */
export const near = (value) => Math.round(value * 10) / 10;
export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const largest = (values) => values.reduce((most, value) => Math.max(most, value), 0);

/** A function value -> place, straight from [low, high] to [from, to]. */
export function linear([low, high], [from, to]) {
  const unit = high > low ? (to - from) / (high - low) : 0;
  return (value) => from + (value - low) * unit;
}

/** The same by ratio; values are above 0. */
export function logarithmic([low, high], range) {
  const inner = linear([Math.log10(low), Math.log10(high)], range);
  return (value) => inner(Math.log10(value));
}

/** Round numbers in [low, high], 1, 2 or 5 times a power of ten apart: about `wanted`, never closer than `least`. */
export function ticks(low, high, wanted = 5, least = 0) {
  const raw = Math.max((high - low) / wanted, least);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw) + 1e-9);
  const step = STEPS.find((digit) => digit * power >= raw * 0.999) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** Powers of ten in [low, high]; also 2 and 5 times them where they are few, plain ticks where even those are. */
export function decades(low, high) {
  const from = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - from + 1 }, (_, at) => 10 ** (from + at));
  const within = (values) => values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  if (within(powers).length > 2) return within(powers);
  const finer = within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  return finer.length > 2 ? finer : ticks(low, high, 4, 1);
}

/** 1200 -> "1,200"; 45000 -> "45k"; 2500000 -> "2.5M" */
export function short(value) {
  if (value < 10_000) return count(Number(value.toPrecision(3)));
  return value < 1e6 ? `${Number((value / 1e3).toPrecision(3))}k` : `${Number((value / 1e6).toPrecision(3))}M`;
}

/** 270 -> "270 bp"; 2500 -> "2.5 kb"; 3e6 -> "3 Mb" */
export function bases(value) {
  if (value < 1000) return `${count(value)} bp`;
  return value < 1e6 ? `${Number((value / 1e3).toPrecision(3))} kb` : `${Number((value / 1e6).toPrecision(3))} Mb`;
}

/** Labels under a line from `from` to `to` at height `y`; of labels that would touch, the later one is left out. */
export function AxisBelow({ scale, values, format, y, from, to, label }) {
  let free = -Infinity;
  const half = (value) => (format(value).length * LETTER) / 2;
  const middle = (value) => Math.max(half(value), Math.min(scale(value), to + 8 - half(value))); // labels stay inside the picture
  const kept = values.filter((value) => {
    if (middle(value) - half(value) < free) return false;
    free = middle(value) + half(value) + 8;
    return true;
  });
  return html`<g class="axis"><path d=${`M${near(from)} ${y + 0.5}H${near(to)}${kept.map((value) => `M${near(scale(value))} ${y + 0.5}v4`).join("")}`} />
    ${kept.map((value) => html`<text key=${value} class="at-middle" x=${near(middle(value))} y=${y + 17}>${format(value)}</text>`)}
    ${label && html`<text class="axis-label at-end" x=${near(to)} y=${y + 34}>${label}</text>`}</g>`;
}

/** Hairlines across the picture, each named at its left end; the unit stands above them. */
export function Lines({ scale, values, format, left, from, to, unit }) {
  return html`<g class="lines"><path d=${values.filter((value) => value).map((value) => `M${near(from)} ${Math.round(scale(value)) + 0.5}H${near(to)}`).join("")} />
    ${values.map((value) => html`<text key=${value} class="at-end" x=${near(left)} y=${Math.round(scale(value)) + 4}>${format(value)}</text>`)}
    <text class="axis-label" x="0" y="12">${unit}</text></g>`;
}

/** A picture with a name for those who hear it; `note` says what is drawn. */
export function Picture({ width, height, name, note, children }) {
  return html`<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height} role="img" aria-label=${name}>
    <desc>${note}</desc>${children}</svg>`;
}
