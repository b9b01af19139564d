// The room of motifs: its own frozen state, and what its views may ask for. It comes with them, after the first screen.
import { engine } from "./start.js";
import { hand } from "./outputs.js";
import { intents } from "./intents.js";
import { modelIn } from "./plain/motifwords.js";
import { pathOf } from "./plain/folders.js";
import { plural } from "./plain/words.js";
import { failure } from "./protocol.js";
import { signal } from "./vendor/signals.js";
import { motif } from "./rooms/motif.js";
import { say } from "./views/speech.js";

/**
 * @typedef {{name: string, file?: File, text?: string}} Source
 * @typedef {{phase: string, done: number, total: number}} Progress
 * @typedef {{key: string, name: string, files: File[], told: any}} Model  a saved tokenizer; its files go to any new worker
 * @typedef {{
 *   phase: "empty"|"working"|"learning"|"done"|"failed"|"cancelled", preset: string, source: Source|null, progress: Progress|null,
 *   handle: number, made: number, result: any, error: import("./protocol.js").Failure|null, number: number, bin: number|null, saving: string|null,
 *   saveError: string|null, model: Model|null, opening: string|null, modelError: import("./protocol.js").Failure|null}} Desk  `made` counts results, so that views ask anew; `bin` is the one that was chosen
 */

/** @type {Desk} */
export const EMPTY = Object.freeze({
  phase: "empty", preset: motif.presets[0][0], source: null, progress: null, handle: 0, made: 0, result: null, error: null, number: 0, bin: null,
  saving: null, saveError: null, model: null, opening: null, modelError: null,
});
export const desk = signal(EMPTY);
function set(/** @type {Partial<Desk>} */ patch) {
  desk.value = Object.freeze({ ...desk.peek(), ...patch });
  engine.needed = desk.value.handle > 0;
}

let stopping = new AbortController();
const ask = (op, ...args) => engine.call(op, args);

/** Ask about the sequence that is looked at: `op(handle, number, ...args)`. */
export const look = (op, ...args) => ask(op, desk.peek().handle, desk.peek().number, ...args);
export const logosOf = (rows) => ask("motif_logos", desk.peek().handle, rows);
export const recipeOf = (format) => ask("motif_recipe", desk.peek().handle, format);
export const ranksOf = () => ask("motif_ranks", desk.peek().handle);
export const likenessOf = () => ask("motif_likeness", desk.peek().handle);
export const memberOf = (member) => ask("motif_member", desk.peek().handle, member);
export const tokenOf = (token) => ask("motif_token", desk.peek().handle, token);
/** The bytes of a file that the session makes. */
export const fileOf = async (format) => (await ask("motif_export", desk.peek().handle, format)).value;

/** Do long work that can be stopped; whatever was under way is stopped first. */
async function work(phase, patch, run) {
  stopping.abort();
  const { signal: stop } = (stopping = new AbortController());
  set({ ...patch, phase, progress: null, error: null, saveError: null });
  const progress = ({ phase: step, done, total }) => !stop.aborted && set({ progress: Object.freeze({ phase: step, done, total }) });
  try {
    const { value } = await run({ signal: stop, progress });
    if (stop !== stopping.signal) return false;
    set({ phase: "done", progress: null, ...value, made: desk.peek().made + 1 });
    return true;
  } catch (error) {
    if (stop !== stopping.signal) return false; // something newer has begun
    const why = error.failure ?? failure("engine", String(error));
    set(why.code === "cancelled" ? { phase: "cancelled", progress: null } : { phase: "failed", progress: null, error: why });
    return false;
  }
}

function free() {
  const { handle } = desk.peek();
  if (handle) engine.call("forget", [handle]).catch(() => {}); // it may have gone with its worker
}

/** Cut a sequence into bins. @param {Source} source */
export async function run(source) {
  free();
  const { model, preset } = desk.peek();
  const options = model ? { model: { key: model.key, name: model.name, files: model.files } } : { preset };
  const fresh = { source: Object.freeze(source), handle: 0, result: null, number: 0, bin: null, modelError: null };
  if (await work("working", fresh, (way) => engine.call("motif_run", [source, options], way))) {
    const bins = desk.peek().result.sequences.reduce((total, each) => total + each.bins, 0);
    say(`${plural(bins, "bin")} found`);
  }
}

/** Learn clusters and tokens from the sequence itself. */
export async function learn(options = {}) {
  const { handle } = desk.peek();
  if (await work("learning", {}, (way) => engine.call("motif_learn", [handle, options], way))) say(`${plural(desk.peek().result.fitted.clusters, "cluster")} and their tokens learnt`);
  else if (desk.peek().phase === "failed" && desk.peek().handle) set({ phase: "done" }); // the bins are still there; the words of the failure too
}

export const cancel = () => stopping.abort();

/** Forget the sequence and all that was found on it. */
export function clear() {
  stopping.abort();
  stopping = new AbortController();
  free();
  const { preset, model } = desk.peek();
  set({ ...EMPTY, preset, model });
}
export const again = () => desk.peek().source && run(desk.peek().source);
export const choosePreset = (preset) => {
  set({ preset });
  if (desk.peek().result) again();
};

let opened = 0;
/** Take a saved tokenizer into use: ids come from it, and the sequence that is there is cut by it. */
export async function openModel({ name, files }) {
  const key = `${(opened += 1)}`;
  const current = () => String(opened) === key;
  set({ opening: name, modelError: null });
  try {
    const { value: { handle, ...told } } = await ask("motif_model", { key, name, files });
    if (!current()) return;
    set({ opening: null, model: Object.freeze({ key, name, files, told: Object.freeze(told) }) });
    say(`${name} opened: ${plural(told.vocab_size, "token")}`);
    again();
  } catch (error) {
    if (current()) set({ opening: null, modelError: error.failure ?? failure("engine", String(error)) });
  }
}

export function closeModel() {
  opened += 1;
  set({ model: null, opening: null, modelError: null });
  again();
}

export const chooseSequence = (number) => set({ number, bin: null });
export const chooseBin = (bin) => set({ bin });

let shower = (/** @type {number} */ _base) => {};
/** The view of letters says how it brings a base into sight. @param {(base: number) => void} show */
export const onJump = (show) => void (shower = show);
export const jumpTo = (base) => shower(base);

export async function save(format) {
  set({ saving: format, saveError: null });
  try {
    const { name, blob } = await fileOf(format);
    hand(blob, name);
    say(`Saved ${name}`);
    set({ saving: null });
  } catch (error) {
    set({ saving: null, saveError: error.message });
  }
}

engine.addEventListener("restart", () => {
  const { phase, result, source } = desk.peek();
  if (!result || !source) return;
  const learnt = result.fitted && !result.model;
  if (phase === "done" || phase === "learning") run(source).then(() => learnt && learn({ min_count: result.settings.min_count })); // a new worker knows nothing
  else set({ handle: 0, result: null });
});
intents.addDna = (files) => {
  const model = modelIn(files, pathOf);
  if (model) openModel(model);
  else if (files.length) run({ name: files[0].name, file: files[0] });
};
