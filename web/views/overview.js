// Where on the genome the universe, the tokens and the misses lie; every bin can be walked to and looked into.
import { useMemo, useState } from "../vendor/preact-hooks.js";
import { Genome, binAt, boxOf, genomeTable, layOut, walk } from "../charts/genome.js";
import { genomeFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { count, plural, region, sentence } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { assemblyOf, useBands } from "./bands.js";
import { Plot } from "./plot.js";
import { Walker } from "./walker.js";

/** The bins of an overview and their chromosomes; sizes come from the bands, else from the bins. */
export const gridOf = ({ value, buffers }, bands) => ({
  names: value.chrom_names, first: buffers.first_bin, width: value.bin_width, sizes: value.chrom_names.map((name) => bands?.get(name)?.size ?? null),
});

function lanesOf({ regions, tokens, misses }) {
  return [
    { name: "Universe regions", values: regions, shape: "fill-soft", tall: 8, key: (full) => `universe regions, full height ${count(full)} a bin` },
    { name: "Tokens", values: tokens, shape: "fill-hit", tall: 17, key: (full) => `tokens, ${count(full)}` },
    { name: "Regions without a token", values: misses, shape: "fill-miss", tall: 14, down: true, key: (full) => `regions without a token, ${count(full)}` },
  ];
}

/** The name of the band in the middle of a bin, where it is known. */
function bandOf({ chrom, from, to }, bands) {
  const found = bands?.get(chrom)?.bands.find(([end]) => end > (from + to) / 2);
  return found?.[2] ? ` (${found[2]})` : "";
}

/** What lies in a bin, in words. */
const wordsOf = (box, bands, lanes, bin) => `${region(box.chrom, box.from, box.to)}${bandOf(box, bands)}: ${lanes.map(({ name, values }) => `${count(values[bin])} ${name[0].toLowerCase()}${name.slice(1)}`).join(", ")}`;

/** The bin that the table is filtered by, if it is. */
function chosenBin({ names, first, width }) {
  const { chrom, range } = state.peek().look.filter;
  const code = range ? names.indexOf(chrom) : -1;
  const bin = code < 0 ? null : first[code] + Math.floor(range[0] / width);
  return bin !== null && bin < first[code + 1] ? bin : null;
}

/** The place that was walked to; only this is drawn anew while the pointer moves. */
export function Bins({ layout, lanes, bands, label, start = null, onAct = null }) {
  const [bin, setBin] = useState(start);
  const box = bin === null ? null : boxOf(layout, bin);
  const act = (point) => {
    const at = point ? binAt(layout, ...point) : bin;
    if (at !== null) onAct(boxOf(layout, at));
  };
  const words = box ? wordsOf(box, bands, lanes, bin) : "";
  return html`<${Walker} label=${label} most=${layout.grid.first[layout.grid.names.length]} at=${bin} words=${words || "no bin yet; arrow keys walk"} box=${box} size=${layout}
      onKey=${(key) => setBin((at) => (at === null ? layout.rows[0].bins[0] : walk(layout, at, key)))} onPoint=${(x, y) => setBin((at) => binAt(layout, x, y) ?? at)} onAct=${onAct && act} />
    <p class="readout">${words ? html`${words} ${onAct && html`<button type="button" class="plain" onClick=${() => onAct(box)}>Show its regions</button>`}`
      : html`<span class="quiet">Point at a bin, or walk with the arrow keys${onAct && "; a click or Enter shows its regions in the table"}.</span>`}</p>`;
}

export function Overview({ file }) {
  const { answer, failure } = useAnswer(() => intents.ask(file.id, "overview", state.peek().look.bins), [file.id, file.buffers]);
  const bands = useBands(assemblyOf(file.result));
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  if (!answer) return html`<p class="quiet" role="status">Counting tokens along the genome</p>`;
  return html`<${Drawn} file=${file} answer=${answer} bands=${bands} />`;
}

function Drawn({ file, answer, bands }) {
  const { elsewhere, bin_width: wide } = answer.value;
  const { regions, tokens } = answer.buffers;
  const [grid, lanes] = useMemo(() => [gridOf(answer, bands), lanesOf(answer.buffers)], [answer, bands]);
  const [finding, left] = useMemo(() => {
    const layout = layOut(grid, lanes, 1000);
    return [genomeFinding(layout, regions, tokens), grid.names.length - layout.rows.length];
  }, [grid, lanes]);
  const look = ({ chrom, from, to }) => intents.setLook({ kind: "table", filter: { chrom, range: [from, to] } });
  const note = html`<p class="note">Bins of ${count(wide)} bases, each token where the middle of its region lies. A cap marks a bin that goes beyond full height.
    ${elsewhere > 0 && ` ${plural(elsewhere, "region")} without a token on chromosomes that the universe does not have.`}
    ${left > 0 && ` The ${plural(left, "shortest chromosome is", "shortest chromosomes are")} in the table only.`}</p>`;
  const draw = (width, name) => html`<${Genome} layout=${layOut(grid, lanes, width)} lanes=${lanes} bands=${bands} name=${name}
    note="One bar for each chromosome with its bands; above it the universe regions and the tokens, below it the regions without a token." />`;
  return html`<${Plot} files=${[file]} name="Genome overview" finding=${finding} table=${() => genomeTable(grid, lanes)} draw=${draw} note=${note} wide=${true}>
    ${(width) => width > 0 && html`<${Bins} layout=${layOut(grid, lanes, width)} lanes=${lanes} bands=${bands} label="Bins of the genome" start=${chosenBin(grid)} onAct=${look} />`}
  <//>`;
}
