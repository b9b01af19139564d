// Promises over one worker: call, progress, cancel, restart. With worker.js the only file that posts messages.
import { EngineError, failure, SHARED } from "./protocol.js";

const PATIENCE = 180; // ms that a cancelled call may take before the worker is replaced
const PIECE = 4 * 2 ** 20; // bytes of an array that are copied in one go: more would hold up the page
const HEARTBEAT = 10_000; // ms between signs of life while idle, and the time that one may take

/** A worker made from a blob inherits this page's content policy, whatever the host's headers say. */
function spawn(url, name = "genotok") {
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" }));
  const worker = new Worker(script, { type: "module", name });
  worker.addEventListener("message", () => URL.revokeObjectURL(script), { once: true });
  return worker;
}

/** A maker of workers that wait for a runtime which the page compiles, once for all of them. @param {Promise<WebAssembly.Module|null>} runtime */
export const sharing = (runtime) => (url) => {
  const worker = spawn(url, SHARED);
  runtime.then((module) => worker.postMessage({ op: "runtime", args: [module] }));
  return worker;
};

export class Engine extends EventTarget {
  /** @param {URL} url of worker.js @param {(url: URL) => Worker} make */
  constructor(url, make = (place) => spawn(place)) {
    super();
    this.url = url;
    this.make = make;
    this.generation = 0; // handles of an older generation died with their worker
    this.lastId = 0;
    this.failures = 0;
    /** @type {Map<number, {resolve: Function, reject: Function, progress?: Function}>} */
    this.pending = new Map();
    this.lastBoot = null;
    this.needed = false; // whether the worker holds what only it has, so that it is not replaced to save memory
    this.#begin();
    /** @type {any} a number; under Node an object, which would keep the process */
    this.heart = setInterval(() => this.#beat(), HEARTBEAT);
    this.heart.unref?.();
  }

  /**
   * Ask the worker; requests sent before it is ready wait there in order.
   * @param {string} op one of protocol.js
   * @param {any[]} args
   * @param {{progress?: (p: object) => void, signal?: AbortSignal}} options
   * @returns {Promise<{value: any, buffers: Object<string, any>}>}
   */
  call(op, args = [], { progress, signal } = {}) {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const stop = signal ? this.#stopper(id, signal) : null;
      const settled = (settle) => (result) => {
        stop?.port1.close();
        settle(result);
      };
      this.pending.set(id, { resolve: settled(resolve), reject: settled(reject), progress });
      this.#send({ id, op, args, stop: stop?.port2 }, stop ? [stop.port2] : []);
    });
  }

  /** Post a request; its large arrays go ahead of it in pieces. */
  #send(request, ports) {
    if (request.args.some(isLarge)) this.#sendAhead(request).then((sent) => sent && this.worker.postMessage(sent, ports));
    else this.worker.postMessage(request, ports);
  }

  /** The request with names in the place of large arrays; null if the worker was replaced meanwhile. */
  async #sendAhead(request) {
    const { worker } = this;
    const args = [...request.args];
    for (const [place, array] of args.entries()) {
      if (!isLarge(array)) continue;
      const [key, length, step] = [`${request.id}.${place}`, array.length, PIECE / array.BYTES_PER_ELEMENT];
      for (let at = 0; at < length; at += step) {
        const piece = array.slice(at, at + step);
        worker.postMessage({ op: "piece", key, length, at, piece }, [piece.buffer]);
        await new Promise((resolve) => setTimeout(resolve));
        if (worker !== this.worker) return null;
      }
      args[place] = { ahead: key };
    }
    return { ...request, args };
  }

  /** Replace the worker; every call under way fails with `error`. */
  restart(error = cancelled()) {
    this.worker.terminate();
    const lost = [...this.pending.values()];
    this.pending.clear();
    this.generation += 1;
    this.#begin();
    this.dispatchEvent(new Event("restart"));
    for (const { reject } of lost) reject(error);
  }

  /** End the worker for good. */
  close() {
    clearInterval(this.heart);
    this.worker.terminate();
    for (const { reject } of this.pending.values()) reject(lost());
    this.pending.clear();
  }

  #begin() {
    const worker = this.make(this.url);
    const mine = () => worker === this.worker; // one that was replaced may still have something to say
    worker.onmessage = ({ data }) => mine() && this.#receive(data);
    worker.onerror = ({ message }) => mine() && this.#crash(message || "the engine's worker could not start");
    this.worker = worker;
    this.boot = this.call("boot");
    this.boot.then(() => (this.failures = 0), () => {});
  }

  /** A channel that tells the worker to stop a call; a worker that does not hear is replaced. */
  #stopper(id, signal) {
    const channel = new MessageChannel();
    const onAbort = () => {
      channel.port1.postMessage("stop");
      setTimeout(() => this.pending.has(id) && this.restart(), PATIENCE);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return channel;
  }

  #receive(message) {
    if (message.id === 0) {
      this.lastBoot = message;
      return this.dispatchEvent(new CustomEvent("boot", { detail: message }));
    }
    const call = this.pending.get(message.id);
    if (!call) return undefined;
    if (message.type === "progress") return call.progress?.(message);
    this.pending.delete(message.id);
    if (message.type === "result") return call.resolve({ value: message.value, buffers: message.buffers });
    call.reject(new EngineError(message.error, message.detail));
    return message.error.code === "memory" ? this.restart(lost()) : undefined; // a heap never shrinks
  }

  #crash(reason) {
    this.failures += 1;
    const error = new EngineError(failure("engine", `The engine stopped: ${reason}`), reason);
    if (this.failures < 2) return this.restart(error);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
    return this.dispatchEvent(new CustomEvent("boot", { detail: { phase: "failed", error: error.failure, detail: reason } }));
  }

  #beat() {
    if (this.pending.size || globalThis.document?.hidden) return;
    const asked = this.generation;
    const timer = setTimeout(() => asked === this.generation && this.#crash("no sign of life for 10 s"), HEARTBEAT);
    this.call("ping").then(() => clearTimeout(timer), () => clearTimeout(timer));
  }
}

const isLarge = (arg) => ArrayBuffer.isView(arg) && arg.byteLength > PIECE;
const cancelled = () => new EngineError(failure("cancelled", "cancelled"));
const lost = () => new EngineError(failure("cancelled", "the engine was restarted")); // asked again, it may answer
