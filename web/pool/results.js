// Results that can be asked: a few live in the first worker, all others lie in the page's buffers and come back when needed.
import { EngineError, RESULT_ARRAYS, failure } from "../protocol.js";
import { answerOf } from "./sample.js";
import { fileOf, patchFile, state, until } from "../state.js";

const KEPT = 4; // results that stay in the worker while nobody asks

export class Results {
  /** @param {import("../engine.js").Engine} engine */
  constructor(engine) {
    this.engine = engine;
    /** @type {number[]} ids of files whose handle is alive, the latest used last */
    this.alive = [];
    /** @type {Map<number, number>} ids that must stay alive, and how many ask for it */
    this.held = new Map();
    /** @type {Map<number, Promise<number>>} results on their way back into the worker */
    this.coming = new Map();
    engine.addEventListener("restart", () => {
      this.alive = [];
      this.coming.clear();
    });
  }

  /** Call an operation on a file's result: `op(handle, ...args)`; 0 is the result that was made with the page. */
  async ask(id, op, ...args) {
    return id === 0 ? answerOf(state.peek().sample, op, args) : this.holding([id], ([handle]) => this.engine.call(op, [handle, ...args]));
  }

  /** `op(handle, handle, ...args)` on two results. */
  ask2(first, second, op, ...args) {
    return this.holding([first, second], (handles) => this.engine.call(op, [...handles, ...args]));
  }

  /** `op([handle, ..], ...args)` on many results. */
  askMany(ids, op, ...args) {
    return this.holding(ids, (handles) => this.engine.call(op, [handles, ...args]));
  }

  /**
   * Bring results to life one after the other and work with their handles; once more if the worker was replaced on the way.
   * @template T
   * @param {number[]} ids @param {(handles: number[]) => Promise<T>} work @returns {Promise<T>}
   */
  async holding(ids, work) {
    const { generation } = this.engine;
    const attempt = async () => {
      const handles = [];
      for (const id of ids) handles.push(await this.handleOf(id));
      return work(handles);
    };
    for (const id of ids) this.held.set(id, (this.held.get(id) ?? 0) + 1);
    try {
      return await attempt().catch((error) => {
        if (this.engine.generation === generation) throw error;
        return attempt();
      });
    } finally {
      for (const id of ids) this.#letGo(id);
      this.#trim();
    }
  }

  /** A handle that is alive in the worker now; `holding` keeps it so. */
  async handleOf(id) {
    const file = fileOf(id);
    if (!file?.result) throw new EngineError(failure("InputError", "This file has no result"));
    if (this.alive.includes(id) && file.generation === this.engine.generation) {
      this.use(id);
      return file.result.handle;
    }
    if (!this.coming.has(id)) {
      const coming = this.#load(id).finally(() => this.coming.get(id) === coming && this.coming.delete(id));
      this.coming.set(id, coming);
    }
    return this.coming.get(id);
  }

  async #load(id) {
    await until(({ universe }) => universe.state !== "loading"); // a result is read with its universe
    const { result, buffers } = fileOf(id) ?? {};
    if (!result) throw new EngineError(failure("InputError", "This file has no result"));
    const { generation } = this.engine;
    const { value } = await this.engine.call("load_result", [result, ...RESULT_ARRAYS.map((name) => buffers[name])]);
    if (fileOf(id)?.buffers !== buffers) { // run again or removed meanwhile
      this.#forget(value.handle);
      return this.handleOf(id);
    }
    patchFile(id, { result: { ...result, handle: value.handle }, generation });
    this.use(id);
    return value.handle;
  }

  /** Note that a result's handle is alive and was used last. */
  use(id) {
    this.alive = [...this.alive.filter((other) => other !== id), id];
    this.#trim();
  }

  /** Put a result aside: its handle dies, its buffers stay. */
  drop(id) {
    if (!this.alive.includes(id)) return;
    this.alive = this.alive.filter((other) => other !== id);
    const { result } = fileOf(id) ?? {};
    if (result) this.#forget(result.handle);
  }

  #trim() {
    const idle = this.alive.filter((id) => !this.held.has(id));
    for (const id of idle.slice(0, Math.max(0, this.alive.length - KEPT))) this.drop(id);
  }

  #letGo(id) {
    const left = this.held.get(id) - 1;
    if (left) this.held.set(id, left);
    else this.held.delete(id);
  }

  #forget(handle) {
    this.engine.call("forget", [handle]).catch(() => {});
  }
}
