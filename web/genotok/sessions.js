// Several tokenizers over one engine: each has a session with a universe of its own, and each piece of work has the engine to itself.
import { GenotokError } from "./mistakes.js";

/**
 * @typedef {(op: string, ...args: any[]) => Promise<{value: any, buffers: Object<string, any>}>} Call
 * @typedef {import("../genotok.d.ts").Watch} Watch
 * @typedef {{number: number, generation: number, open: (call: Call) => Promise<any>}} Session  `open` brings its universe in (again)
 */

export class Sessions {
  /** @param {import("../engine.js").Engine} engine */
  constructor(engine) {
    this.engine = engine;
    this.closed = false;
    this.last = 0;
    /** @type {Promise<any>} the last piece of work */
    this.queue = Promise.resolve();
  }

  /** @param {(call: Call) => Promise<any>} open @returns {Session} */
  create(open) {
    this.last += 1;
    return { number: this.last, generation: -1, open };
  }

  /**
   * Do some work in a session once all earlier work is done. An engine that had to be restarted meanwhile gets the universe again.
   * @template T
   * @param {Session} session @param {(call: Call) => Promise<T>} work @param {Watch} [watch]
   * @returns {Promise<T>}
   */
  alone(session, work, { progress, signal } = {}) {
    const run = this.queue.then(async () => {
      if (signal?.aborted) throw GenotokError.cancelled(signal.reason);
      if (this.closed) throw GenotokError.closed("genotok");
      await this.engine.boot;
      const call = (op, ...args) => this.engine.call(op, args, { progress, signal });
      await this.engine.call("enter", [session.number]);
      if (session.generation !== this.engine.generation) {
        await session.open(call);
        session.generation = this.engine.generation;
      }
      return work(call);
    });
    this.queue = run.catch(() => {});
    return given(run, signal);
  }

  /** Free what a session holds. @param {Session} session */
  leave(session) {
    const run = this.queue.then(() => (this.closed ? null : this.engine.call("leave", [session.number])));
    this.queue = run.catch(() => {});
  }

  close() {
    this.closed = true;
    this.engine.close();
  }
}

/** The outcome of a run, or at once the news that its caller wants it no more; every failure is a GenotokError. */
function given(run, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(GenotokError.cancelled(signal.reason));
    signal?.addEventListener("abort", stop, { once: true });
    const over = () => signal?.removeEventListener("abort", stop);
    run.then(resolve, (error) => reject(GenotokError.of(error, signal))).finally(over);
  });
}
