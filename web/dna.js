// What a room that works on DNA keeps: its own frozen state, long work that can be stopped, and saved tokenizers for it.
import { engine } from "./start.js";
import { hand } from "./outputs.js";
import { intents } from "./intents.js";
import { pathOf } from "./plain/folders.js";
import { modelIn } from "./plain/dnawords.js";
import { plural } from "./plain/words.js";
import { failure } from "./protocol.js";
import { state } from "./state.js";
import { signal } from "./vendor/signals.js";
import { say } from "./views/speech.js";

/**
 * @typedef {{name: string, file?: File, text?: string}} Source
 * @typedef {{phase: string, done: number, total: number}} Progress
 * @typedef {{key: string, name: string, files: File[], told: any}} Model  a saved tokenizer; its files go to any new worker
 * @typedef {{
 *   phase: "empty"|"working"|"learning"|"done"|"failed"|"cancelled", source: Source|null, progress: Progress|null, handle: number, made: number, result: any,
 *   error: import("./protocol.js").Failure|null, number: number, saving: string|null, saveError: string|null, model: Model|null, opening: string|null,
 *   modelError: import("./protocol.js").Failure|null, [own: string]: any}} Desk  `made` counts results, so that views ask anew; `number` is that of the sequence looked at
 */

/** @type {Desk} */
const BARE = Object.freeze({
  phase: "empty", source: null, progress: null, handle: 0, made: 0, result: null, error: null, number: 0, saving: null, saveError: null, model: null,
  opening: null, modelError: null,
});

/** @type {Map<string, DnaDesk>} by the ids of rooms */
const desks = new Map();

export class DnaDesk {
  #stopping = new AbortController();
  #opened = 0;
  #shower = (/** @type {number} */ _base) => {};

  /**
   * @param {{id: string, prefix: string, arrays: string}} room  the prefix of its operations, and the file beside tokenizer_config.json of its tokenizers
   * @param {{start: object, fresh: object, kept: string[], options: (now: Desk) => object, said: (result: any) => string, restore?: (result: any) => void}} rules  what else there is
   *   at first, and anew for each sequence; fields that outlive a sequence; options of a run; words about what came of it; what a new worker is to learn again
   */
  constructor({ id, prefix, arrays }, rules) {
    this.prefix = prefix;
    this.arrays = arrays;
    this.rules = rules;
    this.start = /** @type {Desk} */ (Object.freeze({ ...BARE, ...rules.fresh, ...rules.start }));
    this.state = signal(this.start);
    desks.set(id, this);
    engine.addEventListener("restart", () => this.#startOver());
  }

  get value() {
    return this.state.value;
  }

  peek() {
    return this.state.peek();
  }

  set(/** @type {Partial<Desk>} */ patch) {
    this.state.value = Object.freeze({ ...this.peek(), ...patch });
    engine.needed = [...desks.values()].some((desk) => desk.peek().handle > 0);
  }

  /** Ask about the result: `op(handle, ...args)`. */
  ask(op, ...args) {
    return engine.call(`${this.prefix}_${op}`, [this.peek().handle, ...args]);
  }

  /** Ask about the sequence that is looked at: `op(handle, number, ...args)`. */
  look(op, ...args) {
    return this.ask(op, this.peek().number, ...args);
  }

  /** Do long work that can be stopped; whatever was under way is stopped first. */
  async work(phase, patch, run) {
    this.#stopping.abort();
    const { signal: stop } = (this.#stopping = new AbortController());
    this.set({ ...patch, phase, progress: null, error: null, saveError: null });
    const progress = ({ phase: step, done, total }) => !stop.aborted && this.set({ progress: Object.freeze({ phase: step, done, total }) });
    try {
      const { value } = await run({ signal: stop, progress });
      if (stop !== this.#stopping.signal) return false;
      this.set({ phase: "done", progress: null, ...value, made: this.peek().made + 1 });
      return true;
    } catch (error) {
      if (stop !== this.#stopping.signal) return false; // something newer has begun
      const why = error.failure ?? failure("engine", String(error));
      this.set(why.code === "cancelled" ? { phase: "cancelled", progress: null } : { phase: "failed", progress: null, error: why });
      return false;
    }
  }

  #free() {
    const { handle } = this.peek();
    if (handle) engine.call("forget", [handle]).catch(() => {}); // it may have gone with its worker
  }

  /** Work on a sequence. @param {Source} source */
  async run(source) {
    this.#free();
    const { model } = this.peek();
    const options = model ? { model: { key: model.key, name: model.name, files: model.files } } : this.rules.options(this.peek());
    const fresh = { ...this.rules.fresh, source: Object.freeze(source), handle: 0, result: null, number: 0, modelError: null };
    if (await this.work("working", fresh, (way) => engine.call(`${this.prefix}_run`, [source, options], way))) say(this.rules.said(this.peek().result));
  }

  /** Learn from the sequences themselves. */
  async learn(options, words) {
    const { handle } = this.peek();
    if (await this.work("learning", {}, (way) => engine.call(`${this.prefix}_learn`, [handle, options], way))) say(words(this.peek().result));
    else if (this.peek().phase === "failed" && this.peek().handle) this.set({ phase: "done" }); // what was there still is; the words of the failure too
  }

  cancel() {
    this.#stopping.abort();
  }

  again() {
    const { source } = this.peek();
    return source && this.run(source);
  }

  /** Forget the sequence and all that was found on it. */
  clear() {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#free();
    const now = this.peek();
    this.set({ ...this.start, model: now.model, ...Object.fromEntries(this.rules.kept.map((name) => [name, now[name]])) });
  }

  chooseSequence(number) {
    this.set({ ...this.rules.fresh, number });
  }

  /** Take what was dropped or chosen: a saved tokenizer, or DNA. */
  take(files) {
    const model = modelIn(files, this.arrays, pathOf);
    if (model) this.openModel(model);
    else if (files.length) this.run({ name: files[0].name, file: files[0] });
  }

  /** Take a saved tokenizer into use; the sequence that is there is worked on by it. */
  async openModel({ name, files }) {
    const key = `${(this.#opened += 1)}`;
    const current = () => String(this.#opened) === key;
    this.set({ opening: name, modelError: null });
    try {
      const { value: { handle, ...told } } = await engine.call(`${this.prefix}_model`, [{ key, name, files }]);
      if (!current()) return;
      this.set({ opening: null, model: Object.freeze({ key, name, files, told: Object.freeze(told) }) });
      say(`${name} opened: ${plural(told.vocab_size, "token")}`);
      this.again();
    } catch (error) {
      if (current()) this.set({ opening: null, modelError: error.failure ?? failure("engine", String(error)) });
    }
  }

  closeModel() {
    this.#opened += 1;
    this.set({ model: null, opening: null, modelError: null });
    this.again();
  }

  /** The view of letters says how it brings a base into sight. @param {(base: number) => void} show */
  onJump(show) {
    this.#shower = show;
  }

  jumpTo(base) {
    this.#shower(base);
  }

  recipeOf(format) {
    return this.ask("recipe", format);
  }

  /** The bytes of a file that the session makes. */
  async fileOf(format) {
    return (await this.ask("export", format)).value;
  }

  async save(format) {
    this.set({ saving: format, saveError: null });
    try {
      const { name, blob } = await this.fileOf(format);
      hand(blob, name);
      say(`Saved ${name}`);
      this.set({ saving: null });
    } catch (error) {
      this.set({ saving: null, saveError: error.message });
    }
  }

  #startOver() {
    const { phase, result, source } = this.peek();
    if (!result || !source) return;
    if (phase === "done" || phase === "learning") this.run(source).then(() => this.rules.restore?.(result)); // a new worker knows nothing
    else this.set({ handle: 0, result: null });
  }
}

intents.addDna = (files) => desks.get(state.peek().room)?.take(files);
