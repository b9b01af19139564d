// What stands at each place as a logo: every column as high as it tells, its letters as high as they are likely, the likeliest on top.
import { html } from "../../html.js";
import { columnsOfLogo, consensus, LETTERS } from "../../plain/dnawords.js";

const WIDE = 14; // px of a column
const HIGH = 44; // px of two bits
// outlines in a box of 10 x 10, so that letters stretch without a font
const SHAPES = [
  "M0 10L4 0H6L10 10H7.8L7 7.6H3L2.2 10ZM3.6 5.8H6.4L5 1.9Z",
  "M10 3.4H7.8C7.5 2.3 6.5 1.8 5.3 1.8C3.4 1.8 2.3 3 2.3 5C2.3 7 3.4 8.2 5.3 8.2C6.5 8.2 7.5 7.7 7.8 6.6H10C9.6 8.7 7.8 10 5.2 10C2 10 0 8 0 5C0 2 2 0 5.2 0C7.8 0 9.6 1.3 10 3.4Z",
  "M10 4.6V9.8H8.3L8.1 8.8C7.3 9.6 6.3 10 5 10C2 10 0 8 0 5C0 2 2 0 5.2 0C7.8 0 9.6 1.2 10 3.2H7.7C7.4 2.3 6.5 1.8 5.2 1.8C3.4 1.8 2.3 3 2.3 5C2.3 7 3.4 8.2 5.2 8.2C6.6 8.2 7.6 7.5 7.8 6.3H5.2V4.6Z",
  "M0 0H10V1.9H6.1V10H3.9V1.9H0Z",
];

/** @param {{counts: Float32Array, strand?: string, name: string}} props */
export function Logo({ counts, strand = "+", name }) {
  const columns = columnsOfLogo(counts, strand);
  const words = `Logo of ${name}${strand === "-" ? " on the other strand" : ""}: ${consensus(columns)}`;
  const stacks = columns.map(({ shares, bits }, at) => {
    let y = HIGH;
    return shares.map((share, letter) => ({ share, letter })).filter(({ share }) => share > 0.01).sort((one, other) => one.share - other.share).map(({ share, letter }) => {
      const tall = (share * bits * HIGH) / 2;
      y -= tall;
      return tall > 0.4 && html`<path key=${`${at}${letter}`} class=${`logo-${LETTERS[letter]}`} d=${SHAPES[letter]} transform=${`translate(${at * WIDE + 1} ${y.toFixed(2)}) scale(${((WIDE - 2) / 10).toFixed(2)} ${(tall / 10).toFixed(3)})`} />`;
    });
  });
  return html`<svg class="dna-logo" role="img" aria-label=${words} viewBox=${`0 0 ${columns.length * WIDE} ${HIGH + 1}`} width=${columns.length * WIDE} height=${HIGH + 1}>
    <path class="logo-base" d=${`M0 ${HIGH + 0.5}H${columns.length * WIDE}`} />${stacks}</svg>`;
}
