// Files on their way in: the whole window takes a drop, folders are walked, the picker and samples do the same.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";

const MOST = 20_000; // files of one drop; a directory walk stops there

/** Every file under a dropped entry; hidden ones are skipped. */
async function walk(entry, found) {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return;
    for (const child of entries) await walk(child, found);
  }
}

async function dropped(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean); // before any await
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** A drop on the universe's column is a universe, anywhere else it is a file to tokenize. */
const meant = (event) => (event.target.closest?.(".side") ? "universe" : "files");
const WORDS = { universe: "Drop to use as universe", files: "Drop to tokenize" };

/** Listen on the window and on the picker that index.html brings. */
export function wireDrop() {
  const veil = document.getElementById("veil");
  const picker = document.getElementById("picker");
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
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(0);
    const use = meant(event);
    const files = await dropped(event.dataTransfer);
    if (use === "universe" && files.length) intents.openUniverse(files[0]);
    else if (files.length) intents.addFiles(files);
  });
  picker.addEventListener("change", () => {
    const files = [...picker.files];
    picker.value = ""; // so that the same file can be chosen again
    if (files.length) intents.addFiles(files);
  });
}

/** Samples that fit the universe's assembly. */
export function DropMore() {
  const { samples, universe, universes } = state.value;
  const assembly = universe.summary?.assembly ?? universes.find(({ id }) => id === universe.id)?.assembly ?? null;
  const fitting = samples.filter((sample) => !assembly || sample.assembly === assembly);
  if (!fitting.length) return null;
  return html`<span>No file at hand?</span> ${fitting.map((sample) => html`
    <button type="button" class="plain" key=${sample.file} onClick=${() => intents.addSample(sample)}>Try ${sample.name}</button>`)}`;
}
