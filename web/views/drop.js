// Files on their way in: the whole window takes a drop, folders are walked, the pickers and samples do the same.
import { html } from "../html.js";
import { listed, MOST, namedAsRegions, sorted, walked } from "../plain/folders.js";
import { intents } from "../intents.js";
import { roomOf } from "../rooms/registry.js";
import { state, update } from "../state.js";
import { count, plural, shown } from "../plain/words.js";
import { Paste } from "./paste.js";

/** A drop on the universe's column is a universe, anywhere else it is a file to tokenize. */
const meant = (event) => (event.target.closest?.(".side") ? "universe" : "files");
const WORDS = { universe: "Drop to use as universe", files: "Drop to tokenize" };
const ASKED = 50; // dropped things that are asked, each, whether they are a folder; the browser takes up to half a millisecond for one
const KINDS = 5; // kinds of files that are named when a folder's others are left out

/** Files chosen one by one are all taken, whatever they are called; of a folder only those that may be regions. */
function takeFolder(found) {
  const { taken, leftOut } = sorted(found);
  update({ leftOut });
  if (taken.length) intents.addFiles(taken);
}

/** Parts a drop into loose files and entries that may be folders: of many things, those named as regions are not asked. */
function carried({ files, items }) {
  const things = [...items].filter(({ kind }) => kind === "file");
  const loose = things.map((_, at) => things.length > ASKED && namedAsRegions(files[at]));
  const entries = things.filter((_, at) => !loose[at]).map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return { loose: [...files].filter((_, at) => loose[at]), entries };
}

async function takeDrop(transfer, use) {
  const files = [...transfer.files];
  const { loose, entries } = carried(transfer); // before any await
  const folders = entries.some((entry) => entry.isDirectory);
  if (roomOf(state.peek().room).dna) return intents.addDna?.(folders ? (await walked(entries, loose)).files : files);
  if (use === "universe") {
    const [file] = folders ? sorted(await walked(entries, loose)).taken : files;
    if (file) intents.openUniverse(file);
  } else if (folders) takeFolder(await walked(entries, loose));
  else if (files.length) intents.addFiles(files);
}

/** Listen on the window and on the picker that index.html brings. */
export function wireDrop() {
  const veil = document.getElementById("veil");
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const show = (by) => {
    depth = by === 0 ? 0 : Math.max(0, depth + by);
    veil.hidden = depth === 0;
  };
  addEventListener("dragenter", (event) => carriesFiles(event) && show(1));
  addEventListener("dragleave", (event) => carriesFiles(event) && show(-1));
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.firstElementChild.textContent = WORDS[meant(event)];
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(0);
    takeDrop(event.dataTransfer, meant(event));
  });
  document.getElementById("picker").addEventListener("change", ({ currentTarget }) => chosen(currentTarget, intents.addFiles));
}

function chosen(input, take) {
  const files = [...input.files];
  input.value = ""; // so that the same file can be chosen again
  if (files.length) take(files);
}

/** What a folder held besides regions. */
function LeftOut({ leftOut: { hidden, stopped, kinds, files } }) {
  const named = kinds.slice(0, KINDS).map(([kind, total]) => `${count(total)} ${shown(kind)}`);
  const others = kinds.slice(KINDS).reduce((sum, [, total]) => sum + total, 0);
  const parts = [...named, others && `${count(others)} of other kinds`, hidden && `${count(hidden)} hidden`].filter(Boolean);
  return html`<div class="notice left-out" role="status">
    ${parts.length > 0 && html`<p>Left out, because ${files.length + hidden === 1 ? "it does" : "they do"} not look like regions: ${parts.join(", ")}.</p>`}
    ${stopped && html`<p>The folder holds more than ${count(MOST)} files; the rest was not read.</p>`}
    <p class="remedies">${files.length > 0 && html`<button type="button" class="remedy" onClick=${() => { update({ leftOut: null }); intents.addFiles(files); }}>
      Read ${files.length === 1 ? "it" : `these ${plural(files.length, "file")}`} anyway</button>`}
      <button type="button" onClick=${() => update({ leftOut: null })}>Dismiss</button></p>
  </div>`;
}

/** The samples, those that fit the universe first; the others bring their universe along in the same click. */
function Samples() {
  const { samples, universe, universes } = state.value;
  const assembly = universe.summary?.assembly ?? universes.find(({ id }) => id === universe.id)?.assembly ?? samples[0]?.assembly;
  const assemblies = [...new Set(samples.map((sample) => sample.assembly))].sort((one, other) => Number(other === assembly) - Number(one === assembly));
  const button = (sample) => {
    const label = `Try ${sample.name}${sample.assembly === assembly ? "" : `, switching to the ${sample.assembly} universe`}`;
    return html` <button type="button" class="plain" key=${sample.file} aria-label=${label} onClick=${() => intents.addSample(sample)}>${sample.name}</button>`;
  };
  return html`<div class="samples">${assemblies.map((name) => html`<p key=${name}>
    ${name === assembly ? "No file at hand? Try" : `or, with ${name},`}${samples.filter((sample) => sample.assembly === name).map(button)}</p>`)}</div>`;
}

/** The other ways in, beside dropping and choosing. */
export function DropMore() {
  const { leftOut } = state.value;
  return html`<${Paste}><label class="button" for="folder-picker">Choose a folder</label>
      <input id="folder-picker" class="unseen" type="file" webkitdirectory multiple aria-label="Choose a folder" onChange=${({ currentTarget }) => chosen(currentTarget, (files) => takeFolder(listed(files)))} /><//>
    <${Samples} />
    ${leftOut && html`<${LeftOut} leftOut=${leftOut} />`}`;
}
