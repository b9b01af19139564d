// Results on their way to the user's disk: the worker gathers the bytes or streams them, the browser saves them.
import { EngineError, failure } from "./protocol.js";
import { fileOf, state, update } from "./state.js";

const LARGE = 1e9; // bytes above which an output goes straight into a file, never into memory

let stopping = null; // of the output under way

/** @typedef {{target?: FileSystemFileHandle|null, signal?: AbortSignal, progress?: (p: {done: number}) => void}} Way */

/** Have the worker make an output: {name, blob}, or {name, bytes} once it was streamed into `target`. */
export async function gather(engine, pool, ids, format, options = {}, /** @type {Way} */ { target = null, ...calling } = {}) {
  const kind = options.format ?? format;
  const { packages = [] } = state.peek().boot.versions?.formats?.find(({ id }) => id === kind) ?? {};
  if (packages.length) await engine.call("load_packages", [packages], calling);
  const { value } = await pool.holding(ids, (handles) => {
    const sources = Object.fromEntries(ids.map((id, at) => [handles[at], fileOf(id).source]));
    const asked = [handles, format, options, sources];
    return target ? engine.call("export_into", [target, ...asked], calling) : engine.call("export", asked, calling);
  });
  return value;
}

/** A file of the user's choice to stream into, where the browser has such a thing. */
async function targetOf(name) {
  if (!("showSaveFilePicker" in window)) {
    throw new EngineError(failure("memory", "This is too large for this browser to hold; the line for the terminal below makes the same file"));
  }
  return window.showSaveFilePicker({ suggestedName: name });
}

/** Save the results of some files in one format; resolves with the file's name, or null. */
export async function save(engine, pool, ids, format, options = {}, { name = "", bytes = 0 } = {}) {
  const { signal } = (stopping = new AbortController()); // another one may begin meanwhile
  const tell = (patch) => update({ saving: Object.freeze({ format, done: 0, total: bytes, error: null, ...patch }) });
  tell();
  try {
    const target = bytes > LARGE ? await targetOf(name) : null;
    const made = await gather(engine, pool, ids, format, options, { target, signal, progress: ({ done }) => tell({ done }) });
    if (made.blob) hand(made.blob, name || made.name);
    tell({ format: null });
    return name || made.name;
  } catch (error) {
    const stopped = signal.aborted || error.name === "AbortError";
    tell({ format: null, error: stopped ? null : error.failure ?? failure("engine", String(error)) });
    return null;
  }
}

export const cancelSave = () => stopping?.abort();

export function hand(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it while it saves
}

/** Copy a text, or the promise of one: some browsers only let a press copy what it names at once. */
export async function copy(text) {
  if (typeof text === "string" || typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(await text);
  const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
