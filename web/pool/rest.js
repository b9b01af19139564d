// Starts the engine anew when it holds much memory: a heap of WebAssembly never shrinks by itself.
import { putQuestion, state, subscribe } from "../state.js";
import { bytes } from "../plain/words.js";

const MUCH = 1.5e9; // bytes about which the user is asked
const [IDLE, IDLE_ROW] = [6e7, 60]; // bytes that an engine without files may hold, and for each region of the universe
const PAUSE = 3000; // ms without files

export class Rest {
  /** @param {import("../engine.js").Engine} engine */
  constructor(engine, pause = PAUSE) {
    this.engine = engine;
    this.pause = pause;
    this.asked = -1; // the worker about which the user was asked
    this.generation = -1; // the worker whose least is known
    this.least = 0; // bytes that a worker holds which has a universe and has done nothing yet
    /** @type {any} a number; under Node an object, which would keep the process */
    this.timer = null;
    subscribe(() => this.#begun());
  }

  /** A new worker has its universe: asked before anything else, it tells the least that it will hold. */
  #begun() {
    const { generation } = this.engine;
    if (this.generation === generation || state.peek().universe.state !== "ready") return;
    this.generation = generation;
    this.#heap().then((heap) => (this.least = heap));
  }

  /** Look at an idle worker; the user is asked once about each. */
  async look() {
    const { generation } = this.engine;
    if (this.asked === generation || state.peek().question) return;
    const heap = await this.#heap();
    if (heap <= MUCH || generation !== this.engine.generation || this.asked === generation || state.peek().question) return;
    this.asked = generation;
    const text = `The engine holds ${bytes(heap)} of memory, which only a new start gives back. Files and results stay.`;
    putQuestion({ text, yes: ["Start it anew", () => this.engine.restart()], no: ["Not now", () => {}] });
  }

  /** The list is empty: as long as it stays so, an engine that is not at work gives back by itself what it grew by. */
  emptied() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#giveBack(), this.pause);
    this.timer.unref?.();
  }

  async #giveBack() {
    const heap = await this.#heap();
    const { files, universe } = state.peek();
    if (files.length) return;
    const idle = universe.state === "ready" && !this.engine.pending.size && !this.engine.needed;
    if (idle && heap > Math.max(IDLE + IDLE_ROW * universe.summary.n, 1.2 * this.least)) this.engine.restart();
    this.emptied();
  }

  #heap() {
    return this.engine.call("ping").then(({ value }) => value?.heap ?? 0, () => 0);
  }
}
