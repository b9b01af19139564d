// Two universes side by side: what they cover, what they share, and what the chosen file becomes under either.
import { useEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { Overlap } from "../charts/overlap.js";
import { bases } from "../charts/scale.js";
import { SideBars, SideSteps, sidesTable, stepsTable } from "../charts/sides.js";
import { overlapFinding, sidesFinding, stepsFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state, update } from "../state.js";
import { count, percent, sentence, shown, shownPath } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { Plot } from "./plot.js";

/** Both lie on the engine's desk only while they are compared; 0 is the one in use. */
async function compareUniverses(pair, file) {
  const laid = [];
  try {
    for (const { id } of pair) laid.push(await intents.layUniverse(id));
    const result = file?.result && !file.stale && file.id ? await intents.handleOf(file.id) : 0;
    return await intents.call("compare_universes", ...laid, result);
  } finally {
    for (const handle of laid.filter(Boolean)) intents.call("forget", handle).catch(() => {});
  }
}

/** The figures of both in one table; the last rows speak of the chosen file. */
function Facts({ value: { a, b, same, touched_a: touchedA, touched_b: touchedB, result } }) {
  const row = (label, write, one = a, other = b) => [label, write(one), write(other)];
  const rows = [
    row("Regions", ({ n }) => count(n)), row("Bases covered", ({ bases: total }) => bases(total)), row("Median width", ({ median_width: width }) => `${count(width)} bp`),
    row("Assembly", ({ assembly }) => assembly ?? "unknown"),
    ["Overlap the other", percent(touchedA, a.n), percent(touchedB, b.n)], ["Identical rows", count(same), count(same)],
  ];
  const of = (key) => (side) => count(side[key]);
  const file = result && [["Regions that hit", percent(result.a.hit, result.regions), percent(result.b.hit, result.regions)],
    row("Tokens", of("tokens"), result.a, result.b), row("Distinct ids", of("distinct"), result.a, result.b)];
  const lines = (all) => all.map(([label, one, other]) => html`<tr key=${label}><th scope="row">${label}</th><td class="number">${one}</td><td class="number">${other}</td></tr>`);
  return html`<table class="twin"><caption>The two universes in figures</caption>
    <thead><tr><td></td>${[["A", a], ["B", b]].map(([side, { name, digest }]) => html`<th key=${side} scope="col" class="number">${side}: ${shown(name, 40)} <code>${digest.slice(0, 8)}</code></th>`)}</tr></thead>
    <tbody>${lines(rows)}</tbody>
    ${file && html`<tbody><tr><th colspan="3" scope="rowgroup" class="twin-group">${shownPath(result.name, 60)}</th></tr>${lines(file)}</tbody>`}</table>`;
}

function Found({ answer: { value, buffers }, pair }) {
  const { a, b } = value;
  const sets = { a: { name: shown(a.name, 40), size: a.bases }, b: { name: shown(b.name, 40), size: b.bases }, shared: value.shared_bases, unit: "bases", write: bases };
  const sides = { names: value.chrom_names, a: buffers.chrom_rows_a, b: buffers.chrom_rows_b };
  const widths = { edges: buffers.width_edges, a: buffers.widths_a, b: buffers.widths_b };
  const files = pair.map(({ name, digest }) => ({ name, result: { universe: { name, digest } } }));
  const table = () => ({ caption: "Bases of the two", head: [["Part", "text"], ["Bases", "count"]], rows: [["A", a.bases], ["B", b.bases], ["In both", value.shared_bases]] });
  return html`<div class="comparison"><${Facts} value=${value} />
    ${a.assembly && b.assembly && a.assembly !== b.assembly && html`<p class="note note-warn">The two belong to different assemblies, ${a.assembly} and ${b.assembly}: equal positions are not the same places.</p>`}
    <${Plot} files=${files} name="Bases in common" finding=${`${overlapFinding(sets)} (Jaccard ${(value.jaccard_bases ?? 0).toFixed(3)})`} table=${table} draw=${(width, name) => html`<${Overlap} name=${name} sets=${sets} width=${width} />`} />
    <div class="plots">
      <${Plot} files=${files} name="Regions per chromosome of both" finding=${sidesFinding(sides)} table=${() => sidesTable(sides)} draw=${(width, name) => html`<${SideBars} name=${name} sides=${sides} width=${width} />`} />
      <${Plot} files=${files} name="Widths of both" finding=${stepsFinding(a.median_width, b.median_width)} table=${() => stepsTable(widths)} draw=${(width, name) => html`<${SideSteps} widths=${widths} name=${name} width=${width} />`} />
    </div></div>`;
}

function Pair({ pair, file }) {
  const { answer, failure } = useAnswer(() => compareUniverses(pair, file), [pair[0].digest, pair[1].digest, file?.buffers, state.value.universe.summary?.digest]);
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  return answer ? html`<${Found} answer=${answer} pair=${pair} />` : html`<p class="quiet" role="status">Comparing the universes</p>`;
}

export function UniversesCompare() {
  const { universes, universe, universesCompared, files, selected } = state.value;
  const [open, setOpen] = useState(false);
  const place = useRef(null);
  const own = useRef(false); // chosen here, or asked for from elsewhere on the page: then this comes into sight
  useEffect(() => {
    if (universesCompared && !own.current) {
      setOpen(true);
      place.current?.querySelector("summary").focus();
    }
    own.current = false;
  }, [universesCompared]);
  if (universes.length < 2 || universe.state !== "ready") return null;
  const known = (id) => universes.find((each) => each.id === id);
  const a = known(universesCompared?.[0]) ?? known(universe.id) ?? universes[0];
  const b = [known(universesCompared?.[1]), ...universes].find((each) => each && each !== a);
  const choose = (ids) => {
    own.current = true;
    update({ universesCompared: Object.freeze(ids) });
  };
  const side = (label, entry, onChoose) => html`<label class="compare-side"><span>${label}</span>
    <select value=${entry.id} onChange=${(event) => onChoose(event.currentTarget.value)}>
      ${universes.map((each) => html`<option key=${each.id} value=${each.id} selected=${each === entry}>${shown(each.name, 60)}${each.assembly ? `, ${each.assembly}` : ""}</option>`)}</select></label>`;
  return html`<details class="universes-compare part" ref=${place} open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><h2>Compare universes</h2><span class="quiet">what two of them share, and what your file becomes with each</span></summary>
    ${open && html`<div class="compare-sides">${side("A", a, (id) => choose(id === b.id ? [b.id, a.id] : [id, b.id]))}${side("B", b, (id) => choose(id === a.id ? [b.id, a.id] : [a.id, id]))}</div>
      <${Pair} pair=${[a, b]} file=${files.find(({ id }) => id === selected) ?? null} />`}
  </details>`;
}
