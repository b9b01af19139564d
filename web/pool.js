// Which file runs when: a queue over the engine, the handles that are alive there, and what happens after a restart.
import { RESULT_ARRAYS } from "./protocol.js";
import { fileOf, patchFile, state, until, update } from "./state.js";

const KEPT = 4; // results that stay in the engine; the page holds the buffers of all others

export class Pool {
  /** @param {import("./engine.js").Engine} engine */
  constructor(engine) {
    this.engine = engine;
    this.lastId = 0;
    this.running = null;
    /** @type {number[]} ids of files whose handle is alive, the latest used last */
    this.alive = [];
    engine.addEventListener("restart", () => (this.alive = []));
  }

  /** Queue files in the order given; returns their ids. */
  add(sources, options = {}) {
    const entries = [...sources].map((source) => Object.freeze({
      id: ++this.lastId, name: source.name, size: source.size, source, options, state: "queued", stale: false,
      progress: null, result: null, buffers: null, error: null, generation: -1,
    }));
    update({ files: Object.freeze([...state.peek().files, ...entries]) });
    this.pump();
    return entries.map(({ id }) => id);
  }

  /** Run what is queued, one after the other, as long as there is a universe to run it on. */
  async pump() {
    while (!this.running && state.peek().universe.state === "ready") {
      const next = state.peek().files.find((file) => file.state === "queued");
      if (!next) return;
      await this.#run(next);
    }
  }

  async #run(file) {
    const abort = new AbortController();
    const run = (this.running = { id: file.id, abort, again: false });
    patchFile(file.id, { state: "reading", progress: { phase: "read", done: 0, total: file.size }, error: null });
    try {
      const progress = ({ phase, done, total, more }) => patchFile(file.id, { progress: { phase, done, total, ...more } });
      const { value, buffers } = await this.engine.call("open_file", [file.source, file.options], { progress, signal: abort.signal });
      this.#finish(fileOf(file.id), value, buffers, run.again);
    } catch (error) {
      const next = run.again ? "queued" : error.failure?.code === "cancelled" ? "cancelled" : "failed";
      patchFile(file.id, { state: next, error: next === "failed" ? error.failure ?? { message: String(error), action: [] } : null });
      if (next === "failed" && error.detail) update({ detail: error.detail });
    } finally {
      this.running = null;
    }
  }

  #finish(file, result, buffers, again) {
    if (!file || again) {
      this.engine.call("forget", [result.handle]).catch(() => {});
      if (file) patchFile(file.id, { state: "queued" });
      return;
    }
    this.#drop(file);
    patchFile(file.id, { state: "done", stale: false, result, buffers, progress: null, generation: this.engine.generation });
    this.#use(file.id);
    if (!fileOf(state.peek().selected)?.result) update({ selected: file.id });
  }

  /** A handle that is alive in the engine now; results that were put aside are loaded back from the page's buffers. */
  async handleOf(id) {
    const file = fileOf(id);
    if (!file?.result) throw new Error("this file has no result");
    if (this.alive.includes(id) && file.generation === this.engine.generation) {
      this.#use(id);
      return file.result.handle;
    }
    await until(({ universe }) => universe.state !== "loading"); // a result is read with its universe
    const arrays = RESULT_ARRAYS.map((name) => file.buffers[name]);
    const { value } = await this.engine.call("load_result", [file.result, ...arrays]);
    patchFile(id, { result: { ...file.result, handle: value.handle }, generation: this.engine.generation });
    this.#use(id);
    return value.handle;
  }

  /** Call an operation on a file's result; once more if the engine was restarted on the way. */
  async ask(id, op, ...args) {
    try {
      return await this.engine.call(op, [await this.handleOf(id), ...args]);
    } catch (error) {
      if (error.failure?.code !== "cancelled") throw error;
      return this.engine.call(op, [await this.handleOf(id), ...args]);
    }
  }

  #use(id) {
    this.alive = [...this.alive.filter((other) => other !== id), id];
    while (this.alive.length > KEPT) this.#drop(fileOf(this.alive[0]) ?? { id: this.alive[0] });
  }

  #drop({ id, result }) {
    if (!this.alive.includes(id)) return;
    this.alive = this.alive.filter((other) => other !== id);
    if (result) this.engine.call("forget", [result.handle]).catch(() => {});
  }

  /** Stop one file; what is done stays done. */
  cancel(id) {
    if (this.running?.id === id) this.running.abort.abort();
    else if (fileOf(id)?.state === "queued") patchFile(id, { state: fileOf(id).stale ? "done" : "cancelled" });
  }

  cancelAll() {
    for (const { id, state: now } of state.peek().files) if (now === "queued") this.cancel(id);
    if (this.running) this.cancel(this.running.id);
  }

  /** Run a file again, with some of its options changed. */
  retry(id, options = {}) {
    const file = fileOf(id);
    if (!file || file.state === "reading") return;
    patchFile(id, { state: "queued", stale: Boolean(file.result), error: null, options: { ...file.options, ...options } });
    this.pump();
  }

  /** Run everything again, because the universe or the rules changed; old results stay in view, marked as such. */
  rerun() {
    if (this.running) {
      this.running.again = true;
      this.running.abort.abort();
    }
    for (const { id, state: now, result } of state.peek().files) {
      if (now === "done" || now === "failed") patchFile(id, { state: "queued", stale: Boolean(result), error: null });
    }
    this.pump();
  }

  /** Take a file off the list and free what it held. */
  remove(id) {
    this.cancel(id);
    this.#drop(fileOf(id) ?? { id });
    const files = state.peek().files.filter((file) => file.id !== id);
    const selected = state.peek().selected === id ? files.findLast((file) => file.result)?.id ?? null : state.peek().selected;
    update({ files: Object.freeze(files), selected });
  }
}
