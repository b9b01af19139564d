// What became of every line of a file: kept, skipped and why, hit or not; nothing is dropped in silence.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state, update } from "../state.js";
import { bytes, count, lines, percent, plural, renaming, sentence, shown } from "../plain/words.js";

const REASONS = {
  blank: "blank lines", comment: "comments", track: "track lines", browser: "browser lines", header: "header line", duplicate: "repeated rows",
  reversed: "end before start", negative: "negative coordinate", out_of_range: "coordinate out of range", unreadable: "not a region",
};
const COMPRESSION = { none: "plain text", gzip: "gzip", bgzf: "bgzip" };
const FEW = 0.05; // unknown names below this share of the rows are listed without alarm
const LISTED = 12; // unknown names above the report; all of them are in it
const MOST = 1000; // names in the report; the saved one has any number
const LARGE = 100_000; // regions of a file that may well have been meant as the universe

/** Hits and misses as one bar; the words beside it say the same. */
function Share({ result }) {
  const { hit, rows } = result;
  const width = rows ? (100 * hit) / rows : 0;
  return html`<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="share-miss" width="100" height="6" /><rect class="share-hit" width=${width} height="6" /></svg>`;
}

export function Figures({ result }) {
  const { summary } = state.value.universe;
  const size = summary?.digest === result.universe.digest ? summary.n : null;
  const figure = (value, label, note) => html`<div class="figure"><dd>${value}</dd><dt>${label}</dt>${note && html`<dd class="figure-note">${note}</dd>`}</div>`;
  return html`<dl class="figures">
    ${figure(count(result.rows), "regions", `of ${plural(result.load.lines, "line")}`)}
    ${figure(percent(result.hit, result.rows), "hit the universe", plural(result.hit, "region"))}
    ${figure(count(result.tokens), "tokens", result.flat_unk ? "saved as one unknown token" : null)}
    ${figure(count(result.distinct), "distinct ids", size && `of ${count(size)} in the universe`)}
  </dl><${Share} result=${result} />`;
}

/** Names that the universe does not know with their rows, the most frequent first. */
function unknownOf({ encode: { unknown_chroms: rows } }) {
  if (!ordered.has(rows)) ordered.set(rows, Object.entries(rows).sort(([, some], [, others]) => others - some));
  return ordered.get(rows);
}
const ordered = new WeakMap(); // assemblies of a hundred thousand scaffolds are sorted once

/** ([["chrUn", 9], ["chrM", 2]], 1) -> "chrUn (9) and 1 more" */
function naming(unknown, most) {
  const listed = unknown.slice(0, most).map(([name, rows]) => `${shown(name)} (${count(rows)})`).join(", ");
  return unknown.length > most ? `${listed} and ${count(unknown.length - most)} more` : listed;
}

/** Names that the universe does not know, and the mapping that would help. */
function Names({ id, result }) {
  const unknown = unknownOf(result);
  const applied = Object.keys(result.renamed ?? {}).length;
  const undo = html`<button type="button" class="plain" onClick=${() => intents.retry(id, { rename: {} })}>Undo</button>`;
  const proposal = Object.keys(result.renames ?? {}).length > 0;
  return html`
    ${applied > 0 && html`<p class="note">Chromosomes renamed for this file: ${renaming(result.renamed)}. ${undo}</p>`}
    ${proposal && html`<div class="notice notice-warn"><p>${result.hit ? "Some chromosome names do not match the universe." : "No chromosome name matches the universe."}${" "}
      Use ${renaming(result.renames)}?</p>
      <p class="remedies"><button type="button" class="remedy" onClick=${() => intents.retry(id, { rename: result.renames })}>Rename and run again</button></p></div>`}
    ${unknown.length > 0 && !proposal && html`<p class=${result.unknown_rows > FEW * result.rows ? "note note-warn" : "note"}>
      ${plural(result.unknown_rows, "region")} on ${plural(unknown.length, "chromosome")} that the universe does not have:${" "}
      ${naming(unknown, LISTED)}.${unknown.length > LISTED && " The report lists all."}</p>`}`;
}

function Suspicion({ beyond }) {
  if (!beyond) return null;
  const fits = beyond.fits.length ? `; ${beyond.fits.join(" or ")} fits` : "";
  const other = state.value.universes.find(({ assembly }) => beyond.fits.includes(assembly));
  return html`<div class="notice notice-warn"><p>${plural(beyond.rows, "end lies", "ends lie")} beyond the chromosomes of ${beyond.assembly}${fits}.</p>
    ${other && html`<p class="remedies"><button type="button" class="remedy" onClick=${() => intents.chooseUniverse(other.id)}>Use ${shown(other.name)}, ${other.assembly}</button></p>`}</div>`;
}

/** One large file and no universe chosen: maybe the file is the universe. */
function Offer({ id, result }) {
  const { files, universeChosen } = state.value;
  if (universeChosen || files.length > 1 || result.rows < LARGE || id === 0) return null;
  return html`<div class="notice" role="status"><p>Is this your universe? It was tokenized with the page's own one.</p>
    <p class="remedies"><button type="button" class="remedy" onClick=${() => intents.useAsUniverse(id)}>Use it as universe</button>
      <button type="button" onClick=${() => update({ universeChosen: true })}>No, these are regions</button></p></div>`;
}

function Skipped({ load }) {
  const reasons = Object.entries(load.skipped).filter(([, total]) => total > 0);
  if (!reasons.length) return html`<p class="note">Every line was kept.</p>`;
  return html`<table class="reasons"><caption>Lines that are not in the result</caption>
    <thead><tr><th scope="col">Why</th><th scope="col" class="number">Lines</th><th scope="col">Where</th></tr></thead>
    <tbody>${reasons.map(([reason, total]) => html`<tr key=${reason}><th scope="row">${REASONS[reason] ?? reason}</th>
      <td class="number">${count(total)}</td><td>${lines(load.examples[reason] ?? [], total)}</td></tr>`)}</tbody></table>`;
}

function Facts({ load }) {
  const [least, most] = load.columns ?? [null, null];
  const columns = least === null ? null : least === most ? `${least}` : `${least} to ${most}`;
  const facts = [
    ["File", `${bytes(load.bytes)}, ${COMPRESSION[load.compression] ?? load.compression}`], ["Columns", columns],
    ["Order", load.sorted ? "sorted" : "not sorted"], ["Chromosomes", count(Object.keys(load.chroms).length)],
    ["Zero length", load.zero_length ? plural(load.zero_length, "region") : null], ["Repeated", load.duplicates ? plural(load.duplicates, "region") : null],
  ].filter(([, value]) => value !== null);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${load.notes.map((text) => html`<p class="note" key=${text}>${sentence(text)}</p>`)}`;
}

/** All unknown names, where the few above the report are not all. */
function Unknown({ result }) {
  const unknown = unknownOf(result);
  if (unknown.length <= LISTED) return null;
  return html`<p class="note">Chromosomes that the universe does not have, with their regions: ${naming(unknown, MOST)}.</p>`;
}

export function Report({ id, result }) {
  const misses = result.rows - result.hit;
  return html`<${Offer} id=${id} result=${result} /><${Names} id=${id} result=${result} /><${Suspicion} beyond=${result.beyond} />
    ${(result.warnings ?? []).map((text) => html`<p class="note note-warn" key=${text}>${sentence(text)}</p>`)}
    ${result.rows > 0 && result.hit === 0 && html`<p class="note note-warn">No region overlaps the universe, so the whole file is the unknown token.</p>`}
    <details class="report" open=${misses > 0 && result.load.lines !== result.rows}>
      <summary>Report: ${plural(result.load.lines - result.rows, "line")} skipped, ${plural(misses, "region")} without a hit</summary>
      <${Skipped} load=${result.load} /><${Facts} load=${result.load} /><${Unknown} result=${result} />
      ${id !== 0 && html`<button type="button" class="plain" onClick=${() => intents.useAsUniverse(id)}>Use as universe<span class="unseen"> ${shown(result.name)}</span></button>`}
    </details>`;
}
