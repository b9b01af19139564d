// The genome as one bar per chromosome with tracks above and below it, all to one scale; and which bin is where.
import { html } from "../html.js";
import { shown } from "../plain/words.js";
import { LETTER, Picture, largest, near, sum } from "./scale.js";

const [BAND, CAP, GAP, GUTTER, KEY] = [7, 3, 7, 28, 18]; // px: ideogram, room for caps, between chromosomes, between columns, a line of the key
const MOST = 40; // chromosomes drawn, the longest ones
const SHADES = { gpos25: "band-1", gpos50: "band-2", gpos75: "band-3", gpos100: "band-4", gvar: "band-2", stalk: "band-1" };

/**
 * @typedef {{names: string[], first: ArrayLike<number>, width: number, sizes: (number|null)[]}} Grid  chromosome c has the bins first[c] to first[c + 1] of `width` bp
 * @typedef {{name: string, values: ArrayLike<number>, shape: string, tall: number, down?: boolean, full?: number, key: (full: number) => string}} Lane  one value a bin
 */

/** Where everything lies: long genomes in two columns where there is room, each chromosome on a line of its own. */
export function layOut(grid, lanes, width) {
  const lengths = grid.names.map((_, code) => grid.sizes[code] || (grid.first[code + 1] - grid.first[code]) * grid.width);
  const least = lengths.toSorted((a, b) => b - a)[MOST - 1] ?? 0;
  const kept = [...lengths.keys()].filter((code) => lengths[code] >= least).slice(0, MOST).map((code) => ({
    name: shown(grid.names[code], 8), code, bins: [grid.first[code], grid.first[code + 1]], length: lengths[code],
  }));
  const [upper, lower] = [lanes.filter(({ down }) => !down), lanes.filter(({ down }) => down)].map((part) => sum(part.map(({ tall }) => tall + CAP)));
  const step = upper + BAND + lower + GAP;
  const columns = width >= 620 && kept.length > 6 ? 2 : 1;
  const lines = Math.ceil(kept.length / columns);
  const label = largest(kept.map(({ name }) => name.length)) * LETTER + 8;
  const parts = Array.from({ length: columns }, (_, at) => kept.slice(at * lines, (at + 1) * lines));
  const longest = parts.map((part) => largest(part.map(({ length }) => length)));
  const unit = (width - columns * label - (columns - 1) * GUTTER - 2) / sum(longest);
  const keyLines = width < 620 ? lanes.length : 1;
  const top = keyLines * KEY + 6;
  const rows = parts.flatMap((part, column) => part.map((row, line) => ({
    ...row, x: label + (column ? longest[0] * unit + GUTTER + label : 0), y: top + line * step, wide: row.length * unit,
  })));
  return { grid, rows, unit, label, upper, step, width, keyLines, height: top + lines * step, tall: upper + BAND + lower };
}

const binWide = ({ grid, unit }) => grid.width * unit;

/** The bin below a point of the picture, or null. */
export function binAt(layout, x, y) {
  const row = layout.rows.find((each) => x >= each.x && x < each.x + each.wide && y >= each.y - GAP / 2 && y < each.y + layout.tall + GAP / 2);
  return row ? Math.min(row.bins[1] - 1, row.bins[0] + Math.floor((x - row.x) / binWide(layout))) : null;
}

const rowOf = ({ rows }, bin) => rows.find(({ bins }) => bin >= bins[0] && bin < bins[1]);

/** What a bin covers, in px and in bases. */
export function boxOf(layout, bin) {
  const row = rowOf(layout, bin);
  if (!row) return null;
  const at = bin - row.bins[0];
  const [from, to] = [at * layout.grid.width, Math.min((at + 1) * layout.grid.width, Math.max(row.length, at * layout.grid.width + 1))];
  return { chrom: layout.grid.names[row.code], from, to, x: row.x + from * layout.unit, y: row.y, width: Math.max(1, (to - from) * layout.unit), height: layout.tall };
}

/** The bin that an arrow key leads to: along the chromosome and on to the next, or to the same place on the next one. */
export function walk(layout, bin, key) {
  const row = rowOf(layout, bin) ?? layout.rows[0];
  const line = layout.rows.indexOf(row);
  const other = (by) => layout.rows[Math.max(0, Math.min(layout.rows.length - 1, line + by))];
  const within = ({ bins }, place) => Math.max(bins[0], Math.min(bins[1] - 1, bins[0] + place));
  if (key === "Home") return row.bins[0];
  if (key === "End") return row.bins[1] - 1;
  if (key === "ArrowUp" || key === "ArrowDown") return within(other(key === "ArrowUp" ? -1 : 1), bin - row.bins[0]);
  if (key === "ArrowRight") return bin + 1 < row.bins[1] ? bin + 1 : within(other(1), line + 1 < layout.rows.length ? 0 : Infinity);
  if (key === "ArrowLeft") return bin > row.bins[0] ? bin - 1 : within(other(-1), line ? Infinity : 0);
  return bin;
}

/** The value of full height: 99 of 100 bins that hold anything hold no more, so that one crowd does not flatten the rest. */
export function fullHeight({ rows }, values) {
  const held = rows.flatMap(({ bins }) => Array.prototype.slice.call(values, ...bins).filter((value) => value > 0)).sort((a, b) => a - b);
  return held[Math.ceil(0.99 * held.length) - 1] ?? 1;
}

/** One stepped outline a chromosome; a bin above full height carries a cap. */
function track(layout, lane, full, base) {
  const up = lane.down ? 1 : -1;
  return layout.rows.map(({ x, y, bins, wide }) => {
    const [floor, step] = [near(y + base), binWide(layout)];
    const end = (bin) => near(x + Math.min(wide, (bin - bins[0] + 1) * step));
    let [path, caps] = [`M${near(x)} ${floor}`, ""];
    for (let bin = bins[0]; bin < bins[1]; bin += 1) {
      path += `V${near(floor + up * lane.tall * Math.min(1, lane.values[bin] / full))}H${end(bin)}`;
      if (lane.values[bin] > full) caps += `M${end(bin - 1)} ${near(floor + up * (lane.tall + 1))}v${1.5 * up}H${end(bin)}v${-1.5 * up}z`;
    }
    return `${path}V${floor}z${caps}`;
  }).join("");
}

function Bands({ layout, bands }) {
  const paths = {};
  for (const { x, y, code, wide } of layout.rows) {
    const [top, found] = [near(y + layout.upper), bands?.get(layout.grid.names[code])?.bands ?? []];
    paths.outline = `${paths.outline ?? ""}M${near(x)} ${top + 0.5}h${near(wide)}v${BAND - 1}h${-near(wide)}z`;
    found.forEach(([end, stain], at) => {
      const [from, to] = [near(x + (at ? found[at - 1][0] : 0) * layout.unit), near(x + end * layout.unit)];
      const inward = found[at + 1]?.[1] === "acen"; // the centromere: two wedges that meet
      const wedge = `M${inward ? from : to} ${top}v${BAND}L${inward ? to : from} ${top + BAND / 2}z`;
      const shade = stain === "acen" ? "band-4" : SHADES[stain];
      if (shade) paths[shade] = (paths[shade] ?? "") + (stain === "acen" ? wedge : `M${from} ${top}H${to}v${BAND}H${from}z`);
    });
  }
  return html`<g>${Object.entries(paths).map(([shade, path]) => html`<path key=${shade} class=${shade === "outline" ? "band-outline" : `band ${shade}`} d=${path} />`)}</g>`;
}

/** @param {{layout: object, lanes: Lane[], bands: Map<string, {size: number, bands: [number, string, string][]}>|null, name: string, note: string}} props */
export function Genome({ layout, lanes, bands, name, note }) {
  const full = lanes.map((lane) => lane.full ?? fullHeight(layout, lane.values));
  let [above, below, right] = [0, layout.upper + BAND + 1, 0];
  return html`<${Picture} width=${layout.width} height=${layout.height} name=${name} note=${note}>
    ${layout.rows.map(({ name: text, x, y }) => html`<text key=${text} class="at-end strong" x=${near(x - 6)} y=${near(y + layout.upper + BAND - 0.5)}>${text}</text>`)}
    <${Bands} layout=${layout} bands=${bands} />
    ${lanes.map((lane, at) => {
      const base = lane.down ? below : (above += lane.tall + CAP) - 1;
      if (lane.down) below += lane.tall + CAP;
      const [words, line] = [lane.key(full[at]), layout.keyLines > 1 ? at : 0];
      const [x, y] = [layout.keyLines > 1 ? 0 : right, line * KEY];
      right += words.length * LETTER * 0.85 + 42;
      return html`<g key=${lane.name}><path class=${lane.shape} d=${`M${near(x)} ${y + 12}v-4h4v-6h4v8h4v2z${track(layout, lane, full[at], base)}`} />
        <text x=${near(x + 18)} y=${y + 12}>${words}</text></g>`;
    })}
  <//>`;
}

/** Sums by chromosome, one column a lane. @returns {import("./twin.js").Table} */
export function genomeTable(grid, lanes) {
  const rows = grid.names.map((name, code) => [name, ...lanes.map(({ values }) => sum(Array.from(values.subarray(grid.first[code], grid.first[code + 1]))))]);
  return { caption: "Sums by chromosome", head: [["Chromosome", "text"], ...lanes.map(({ name }) => [name, "count"])], rows };
}
