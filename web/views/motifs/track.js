// How many motifs lie over each base, along the whole sequence; a place on it brings the letters there into sight.
import { useLayoutEffect, useRef, useState } from "../../vendor/preact-hooks.js";
import { Twin } from "../../charts/twin.js";
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { count } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Walker } from "../walker.js";

const HIGH = 72; // px
const MOST = 1200; // stretches in the picture
const LISTED = 120; // in the table

export function Track({ one }) {
  const place = useRef(null);
  const [wide, setWide] = useState(0);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(([{ contentRect }]) => setWide(Math.floor(contentRect.width)));
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const most = Math.min(MOST, Math.max(1, wide));
  const { answer } = useAnswer(() => (wide ? desk.look("cover", most) : null), [wide]);
  const top = answer ? answer.buffers.peaks.reduce((highest, each) => Math.max(highest, each), 0) : 0;
  const mean = one.bases ? answer?.buffers.means.reduce((sum, each) => sum + each, 0) / (answer?.buffers.means.length || 1) : 0;
  const finding = answer ? `Up to ${count(top)} motifs lie over a base, ${mean.toFixed(1)} on average.` : "Counting motifs over each base";
  return html`<figure class="motif-track" aria-label="Coverage">
    <figcaption><h3>${finding}</h3></figcaption>
    <div class="motif-track-place" ref=${place}>${answer && wide > 0 && html`<${Drawn} one=${one} answer=${answer} wide=${wide} top=${top} name=${finding} />`}</div>
    <p class="plot-tools"><button type="button" class="plain" aria-expanded=${open} aria-label="Show as table: Coverage" onClick=${() => setOpen(!open)}>Show as table</button></p>
    ${open && html`<${Numbers} one=${one} />`}
  </figure>`;
}

/** Fewer stretches than the picture has: so many rows are drawn at once. */
function Numbers({ one }) {
  const { answer } = useAnswer(() => desk.look("cover", LISTED), []);
  return html`<div class="twin-frame" tabindex="0" role="region" aria-label="Coverage in numbers">${answer && html`<${Twin} table=${tableOf(answer, one)} />`}</div>`;
}

function tableOf({ value: { width }, buffers: { starts, means, peaks } }, one) {
  const rows = Array.from(starts, (start, at) => [start, Math.min(start + width, one.bases), means[at], peaks[at]]);
  return { caption: "Motif-strands over the bases of each stretch", head: /** @type {any} */ ([["Start", "count"], ["End", "count"], ["Mean", "number"], ["Most", "count"]]), rows };
}

function Drawn({ one, answer, wide, top, name }) {
  const [at, setAt] = useState(null);
  const { starts, means, peaks } = answer.buffers;
  const { width } = answer.value;
  const last = starts.length - 1;
  const x = (stretch) => (wide * starts[stretch]) / one.bases;
  const step = (wide * width) / one.bases;
  const outline = (values) => `M0 ${HIGH}${Array.from(values, (value, stretch) => `L${(x(stretch) + step / 2).toFixed(1)} ${(HIGH - (HIGH * value) / Math.max(top, 1)).toFixed(1)}`).join("")}L${wide} ${HIGH}Z`;
  const shift = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 20, ArrowDown: -20, Home: -Infinity, End: Infinity };
  const bound = (stretch) => Math.max(0, Math.min(last, stretch));
  const jump = (stretch) => stretch !== null && desk.jumpTo(starts[stretch]);
  const stretchAt = (left) => bound(Math.floor((left / wide) * one.bases / width));
  const words = at === null ? "no place yet; arrow keys walk" : `bases ${count(starts[at])} to ${count(Math.min(starts[at] + width, one.bases))}: ${means[at].toFixed(1)} motifs over a base, at most ${count(peaks[at])}`;
  const walk = (key) => {
    const to = at === null && Number.isFinite(shift[key]) ? 0 : bound((at ?? 0) + shift[key]);
    setAt(to);
    jump(to);
  };
  return html`<svg class="motif-track-picture" width=${wide} height=${HIGH + 1} viewBox=${`0 0 ${wide} ${HIGH + 1}`} role="img" aria-label=${name}>
      <path class="track-peaks" d=${outline(peaks)} /><path class="track-means" d=${outline(means)} /></svg>
    <${Walker} label="Places along the sequence" most=${last + 1} at=${at} words=${words} box=${at === null ? null : { x: x(at), y: 0, width: Math.max(2, step), height: HIGH }} size=${{ width: wide, height: HIGH }}
      onKey=${walk} onPoint=${(left) => setAt(stretchAt(left))} onAct=${(point) => jump(point ? stretchAt(point[0]) : at)} />
    <p class="readout">${at === null ? html`<span class="quiet">Dark the mean, light the most of each ${count(width)} bases. Point at a place, or walk with the arrow keys; a click brings its letters into sight.</span>` : words}</p>`;
}
