// Pictures drawn from numbers: golden files hold every coordinate, the rest says what they mean.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { ChromBars, chromTable } from "../charts/bars.js";
import { Genome, binAt, boxOf, genomeTable, layOut, walk } from "../charts/genome.js";
import { RatePoints, WidthBars, interval, unrated, widthTable } from "../charts/histogram.js";
import { Matrix, cellAt, cellBox, matrixTable } from "../charts/matrix.js";
import { Overlap } from "../charts/overlap.js";
import { RankCurve, rankTable } from "../charts/rankfreq.js";
import { bases, decades, linear, logarithmic, short, ticks } from "../charts/scale.js";
import { SideBars, SideSteps, sidesTable, stepsTable } from "../charts/sides.js";
import { Twin, csvOf } from "../charts/twin.js";
import { chromFinding, genomeFinding, matrixFinding, overlapFinding, rankFinding, rateFinding, sidesFinding, stepsFinding, widthFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { chain, reordered } from "../charts/seriation.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<"]/g, (sign) => ESCAPES[sign]);

/** A vnode as markup, one element a line; components are called. */
function written(node) {
  if (node === null || node === undefined || typeof node === "boolean") return "";
  if (Array.isArray(node)) return node.map(written).join("");
  if (typeof node !== "object") return escaped(node);
  const { type, props: { children, ...props } } = node;
  if (typeof type === "function") return written(type({ ...props, children }));
  const given = Object.entries(props).filter(([name, value]) => !["key", "ref"].includes(name) && value !== null && value !== undefined && value !== false);
  return `\n<${type}${given.map(([name, value]) => ` ${name}="${escaped(value)}"`).join("")}>${written(children)}</${type}>`;
}

const marks = (markup) => markup.match(/<(path|rect|text|circle|line)\b/g)?.length ?? 0;

/** Compare with the golden file; GENOTOK_GOLDEN names a folder to write it to instead. */
function golden(name, vnode) {
  const markup = `${written(vnode).trim()}\n`;
  assert.ok(!/NaN|Infinity|undefined/.test(markup), `${name}: a number that is none`);
  assert.ok(marks(markup) <= 2000, `${name}: ${marks(markup)} marks`);
  const path = new URL(`./golden/${name}.svg`, import.meta.url);
  const folder = process.env.GENOTOK_GOLDEN;
  if (folder) writeFileSync(`${folder}/${name}.svg`, markup);
  else assert.equal(markup, readFileSync(path, "utf8"));
  return markup;
}

const chroms = [
  { name: "chr1", regions: 40, hits: 20, tokens: 25, size: 200e6 }, { name: "chr2", regions: 30, hits: 3, tokens: 3, size: 100e6 },
  { name: "chr19", regions: 10, hits: 9, tokens: 22, size: 50e6 }, { name: "chrUn_1", regions: 2, hits: 0, tokens: 0, size: null },
];
const widths = { edges: [0, 1, 10, 100, 1000], regions: [2, 40, 100, 60], hits: [0, 4, 50, 45] };
const curve = { ranks: [1, 2, 4, 9, 20], frequencies: [900, 400, 230, 80, 41], zipf: { slope: -1.03, intercept: 2.95 } };
const grid = { names: ["chr1", "chr2"], first: Int32Array.of(0, 4, 6), width: 100, sizes: [350, 150] };
const lanes = [
  { name: "Tokens", values: Int32Array.of(0, 4, 0, 1, 2, 0), shape: "fill-hit", tall: 16, key: (full) => `tokens, ${full}` },
  { name: "Misses", values: Int32Array.of(9, 0, 0, 0, 0, 3), shape: "fill-miss", tall: 10, down: true, key: (full) => `misses, ${full}` },
];
const bands = new Map([["chr1", { size: 350, bands: [[100, "gneg"], [150, "acen"], [200, "acen"], [350, "gpos50"]] }]]);
const square = { names: ["a.bed", "b.bed", "c.bed"], values: [1, 0.25, 0.5, 0.25, 1, 0, 0.5, 0, 1] };

test("ticks are round, inside, and as many as asked for", () => {
  assert.deepEqual(ticks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(0, 3, 5, 1), [0, 1, 2, 3]);
  assert.deepEqual(ticks(0.1, 0.75, 4), [0.2, 0.4, 0.6]);
  assert.deepEqual(ticks(5, 5), [5]);
  assert.deepEqual(decades(1, 12000), [1, 10, 100, 1000, 10000]);
  assert.deepEqual(decades(68, 600), [100, 200, 500]);
  assert.deepEqual(decades(250, 300), [260, 280, 300]);
  for (const [low, high] of [[1, 3], [3, 4], [1, 1e9], [199, 201]]) {
    const found = decades(low, high);
    assert.ok(found.length > 1 && found.every((value, at) => value >= low && value <= high && (!at || value > found[at - 1])), `${low} to ${high}: ${found}`);
  }
});

test("scales map ends to ends, by ratio where they are logarithmic", () => {
  assert.deepEqual([0, 5, 10].map(linear([0, 10], [100, 0])), [100, 50, 0]);
  assert.equal(linear([3, 3], [7, 9])(3), 7);
  assert.equal(Math.round(logarithmic([1, 10000], [0, 400])(100)), 200);
});

test("numbers are short where room is", () => {
  assert.deepEqual([0, 9999, 12000, 2.5e6].map(short), ["0", "10,000", "12k", "2.5M"]);
  assert.deepEqual([270, 2500, 3e6].map(bases), ["270 bp", "2.5 kb", "3 Mb"]);
});

test("tokens by chromosome: per base where sizes are known, else the hit rate", () => {
  assert.match(golden("bars", html`<${ChromBars} name="name" chroms=${chroms} width=${400} />`), /tokens per Mb/);
  assert.equal(chromFinding(chroms), "chr1 holds 50.0 % of the tokens; chr19 is densest per base");
  const unsized = chroms.map((chrom) => ({ ...chrom, size: null }));
  assert.match(golden("bars-unsized", html`<${ChromBars} name="name" chroms=${unsized} width=${288} />`), /regions that hit/);
  assert.equal(chromFinding(unsized), "chr1 holds 50.0 % of the tokens; chr19 hits most often");
  assert.equal(chromFinding(chroms.slice(0, 1)), "chr1 holds 100 % of the tokens");
  assert.equal(chromFinding([]), "No chromosome holds a token");
  assert.deepEqual(chromTable(chroms).rows[2], ["chr19", 10, 9, 22, 50e6, 0.44]);
});

test("hundreds of chromosomes become thirty lines and a sum", () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ name: `scaffold_${at}`, regions: 1, hits: 1, tokens: 2, size: null }));
  const markup = written(html`<${ChromBars} name="name" chroms=${many} width=${600} />`);
  assert.match(markup, /940 on 470 others/);
  assert.ok(marks(markup) < 200);
});

test("widths: hits below misses, both are counted", () => {
  const markup = golden("widths", html`<${WidthBars} name="name" widths=${widths} width=${400} />`);
  assert.match(markup, />99 hit</);
  assert.match(markup, />103 missed</);
  assert.equal(widthFinding(widths), "Half of the regions are narrower than about 100 bp");
  assert.equal(widthFinding({ edges: [270, 271], regions: [7], hits: [1] }), "All regions are 270 bp wide");
  assert.equal(widthFinding({ edges: [10, 20, 40], regions: [9, 1], hits: [1, 0] }), "Most regions (90.0 %) are 10 to 19 bp wide");
  assert.deepEqual(widthTable(widths).rows[1], [1, 10, 40, 4, 36, 0.1]);
});

test("the hit rate is compared only as far as the regions bear it out", () => {
  golden("rates", html`<${RatePoints} name="name" widths=${widths} width=${400} />`);
  assert.equal(rateFinding(widths), "Wide regions hit more often: 9.5 % below 10 bp, 75.0 % from 100 bp");
  assert.match(rateFinding({ edges: [1, 10, 100, 1000], regions: [40, 50, 40], hits: [20, 30, 21] }), /^The hit rate hardly depends on width/);
  assert.match(rateFinding({ edges: [1, 10, 100, 1000], regions: [40, 50, 40], hits: [38, 30, 2] }), /^Narrow regions hit more often/);
  assert.equal(rateFinding({ edges: [1, 10], regions: [40], hits: [10] }), "25.0 % of the regions hit");
  assert.deepEqual([unrated(widths), unrated({ edges: [1, 10], regions: [3], hits: [1] })], [1, 0]); // of no class with ten, all are drawn
  const [low, high] = interval(8, 10);
  assert.deepEqual([low.toFixed(3), high.toFixed(3)], ["0.490", "0.943"]); // Wilson's interval of 8 in 10 as tabulated
  assert.deepEqual(interval(0, 5)[0], 0);
});

test("rank and frequency with the fitted line", () => {
  assert.match(golden("ranks", html`<${RankCurve} name="name" curve=${curve} width=${400} />`), /slope −1\.03/);
  assert.equal(rankFinding(curve), "The commonest token occurs 900 times; frequency falls as rank to the power −1.03 (Zipf: −1)");
  assert.equal(rankFinding({ ranks: [1, 2], frequencies: [1, 1], zipf: null }), "No token occurs twice");
  assert.equal(rankFinding({ ranks: [], frequencies: [], zipf: null }), "There are no tokens to rank");
  assert.deepEqual(rankTable(curve).rows.at(-1), [20, 41]);
});

test("pictures of nothing are still pictures", () => {
  const nothing = { edges: [0, 1], regions: [0], hits: [0] };
  const empty = { ranks: [], frequencies: [], zipf: null };
  const drawn = [html`<${WidthBars} name="name" widths=${nothing} width=${300} />`, html`<${RatePoints} name="name" widths=${nothing} width=${300} />`,
    html`<${RankCurve} name="name" curve=${empty} width=${300} />`, html`<${ChromBars} name="name" chroms=${[]} width=${300} />`];
  const one = { edges: [270, 271], regions: [4], hits: [3] }; // one width: a bar among empty room, not a wall
  const [, start, wide] = written(html`<${WidthBars} name="name" widths=${one} width=${300} />`).match(/fill-hit" d="M([\d.]+) [\d.]+V[\d.]+h([\d.]+)/).map(Number);
  assert.ok(start > 100 && wide < 20);
  for (const vnode of drawn) assert.ok(!/NaN|Infinity|undefined/.test(written(vnode)), written(vnode));
});

test("the genome to one scale, a cap on what goes beyond full height", () => {
  const layout = layOut(grid, lanes, 400);
  golden("genome", html`<${Genome} layout=${layout} lanes=${lanes} bands=${bands} name="name" note="note" />`);
  assert.equal(genomeFinding(layout, Int32Array.of(1, 1, 1, 1, 1, 0), lanes[0].values), "Tokens lie in 3 of the 5 bins that hold universe regions; most, 4, on chr1 from 0.0 to 0.0 Mb");
  assert.deepEqual(genomeTable(grid, lanes).rows, [["chr1", 5, 9], ["chr2", 2, 3]]);
  const bins = 200;
  const one = { names: ["chr1"], first: Int32Array.of(0, bins), width: 10, sizes: [null] };
  const lane = { ...lanes[0], values: Int32Array.from({ length: bins }, (_, at) => (at === 7 ? 1000 : 5)) };
  const markup = written(html`<${Genome} layout=${layOut(one, [lane], 600)} lanes=${[lane]} bands=${null} name="" note="" />`);
  assert.match(markup, /tokens, 5/);
  assert.match(markup, /v-1\.5H[\d.]+v1\.5z/);
});

test("a genome of 24 chromosomes and 1,200 bins is a few paths in two columns", () => {
  const names = Array.from({ length: 24 }, (_, at) => `chr${at + 1}`);
  const whole = { names, first: Int32Array.from({ length: 25 }, (_, at) => at * 50), width: 1e6, sizes: names.map(() => null) };
  const busy = lanes.map((lane) => ({ ...lane, values: Int32Array.from({ length: 1200 }, (_, at) => at % 7) }));
  const layout = layOut(whole, busy, 900);
  assert.ok(marks(written(html`<${Genome} layout=${layout} lanes=${busy} bands=${null} name="" note="" />`)) < 40);
  assert.equal(new Set(layout.rows.map(({ x }) => x)).size, 2);
  assert.equal(new Set(layOut(whole, busy, 288).rows.map(({ x }) => x)).size, 1);
  assert.ok(layout.rows.every(({ x, wide }) => x + wide <= 900));
});

test("every bin is found where it is drawn, and keys lead through all of them", () => {
  const layout = layOut(grid, lanes, 400);
  for (let bin = 0; bin < 6; bin += 1) {
    const { x, y, width } = boxOf(layout, bin);
    assert.equal(binAt(layout, x + width / 2, y + 5), bin);
  }
  assert.deepEqual(boxOf(layout, 3).to, 350); // the chromosome ends inside its last bin
  assert.equal(binAt(layout, 399, layout.rows[1].y + 3), null);
  let path = [0];
  while (path.length < 6) path.push(walk(layout, path.at(-1), "ArrowRight"));
  assert.deepEqual(path, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([walk(layout, 5, "ArrowRight"), walk(layout, 4, "ArrowLeft"), walk(layout, 0, "ArrowLeft")], [5, 3, 0]);
  assert.deepEqual([walk(layout, 3, "ArrowDown"), walk(layout, 5, "ArrowUp"), walk(layout, 1, "Home"), walk(layout, 1, "End")], [5, 1, 0, 3]);
});

test("two sets overlap as far as they share", () => {
  const sets = { a: { name: "a.bed", size: 300 }, b: { name: "b.bed", size: 200 }, shared: 100, unit: "tokens" };
  golden("overlap", html`<${Overlap} name="name" sets=${sets} width=${402} />`);
  assert.equal(overlapFinding(sets), "100 tokens are in both: 33.3 % of A's, 50.0 % of B's, 25.0 % of all");
  assert.equal(overlapFinding({ ...sets, shared: 0 }), "The two share no tokens");
  assert.match(overlapFinding({ ...sets, unit: "bases", write: bases }), /^100 bp are in both/);
  for (const shared of [0, 200]) assert.ok(!/NaN/.test(written(html`<${Overlap} name="name" sets=${{ ...sets, shared }} width=${300} />`)));
});

test("the matrix carries its numbers", () => {
  const markup = golden("matrix", html`<${Matrix} name="name" square=${square} width=${400} />`);
  assert.match(markup, />\.25</);
  assert.equal(matrixFinding(square), "Most alike of 3 files: a.bed and c.bed, Jaccard 0.50");
  assert.deepEqual(matrixTable(square).rows[2], ["c.bed", 0.5, 0, 1]);
  const bare = { names: ["a", "b"], values: [NaN, NaN, NaN, NaN] };
  assert.ok(!/NaN/.test(written(html`<${Matrix} name="name" square=${bare} width=${300} />`)));
  assert.equal(matrixFinding(bare), "No file has a token");
  assert.deepEqual(matrixTable(bare).rows[0], ["a", null, null]);
  for (let cell = 0; cell < 9; cell += 1) {
    const { x, y, width, height } = cellBox(square, 400, Math.floor(cell / 3), cell % 3);
    assert.equal(cellAt(square, 400, x + width / 2, y + height / 2), cell);
  }
  assert.equal(cellAt(square, 400, 3, 60), null);
});

test("files that are alike stand together", () => {
  assert.deepEqual(chain(square), [1, 0, 2]); // a and c are most alike, b is liker a
  const turned = reordered(square, [1, 0, 2]);
  assert.deepEqual([turned.names, turned.values], [["b.bed", "a.bed", "c.bed"], [1, 0.25, 0, 0.25, 1, 0.5, 0, 0.5, 1]]);
  assert.deepEqual(chain({ names: ["a", "b", "c"], values: Array(9).fill(NaN) }), [0, 1, 2]);
});

test("two of a kind against each other", () => {
  const sides = { names: ["chr1", "chr2", "chrY"], a: [900, 100, 0], b: [450, 0, 30] };
  golden("side-bars", html`<${SideBars} name="name" sides=${sides} width=${400} />`);
  assert.equal(sidesFinding(sides), "1 chromosome is in A only (chr2); 1 chromosome is in B only (chrY)");
  assert.equal(sidesFinding({ ...sides, b: [1, 2, 0] }), "Both have regions on the same 2 chromosomes");
  const steps = { edges: [0, 10, 100, 1000], a: [5, 80, 15], b: [0, 10, 190] };
  golden("side-steps", html`<${SideSteps} widths=${steps} name="name" width=${400} />`);
  assert.equal(stepsFinding(401, 500), "A has the narrower regions: the median is 401 bp, of B 500 bp");
  assert.equal(stepsFinding(7, 7), "The median region of either is 7 bp wide");
  assert.deepEqual([sidesTable(sides).rows[2], stepsTable(steps).rows[0]], [["chrY", 0, 30], [0, 10, 5, 0]]);
});

test("names are data, in pictures, tables and CSV", () => {
  const odd = [{ name: "\u202e<b>,\"", regions: 1, hits: 1, tokens: 1, size: null }];
  assert.match(written(html`<${ChromBars} name="name" chroms=${odd} width=${500} />`), /\\u202e&lt;b>/);
  const table = chromTable(odd);
  assert.match(written(html`<${Twin} table=${table} />`), /<th scope="row">\\u202e&lt;b>/);
  assert.equal(csvOf(table).split("\r\n")[1], '"\u202e<b>,""",1,1,1,,');
});

test("a table of thousands shows its first rows and says so", () => {
  const table = { caption: "c", head: [["n", "count"]], rows: Array.from({ length: 1200 }, (_, at) => [at]) };
  const markup = written(html`<${Twin} table=${table} />`);
  assert.match(markup, /the first 500 of 1,200 rows/);
  assert.equal(csvOf(table).split("\r\n").length, 1202);
});
