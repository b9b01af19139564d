// Promises over one worker: call, progress, cancel, restart. With worker.js the only file that posts messages.
import { EngineError, failure } from "./protocol.js";

const PATIENCE = 200; // ms that a cancelled call may take before the worker is replaced
const HEARTBEAT = 10_000; // ms between signs of life while idle, and the time that one may take

/** A worker made from a blob inherits this page's content policy, whatever the host's headers say. */
function spawn(url) {
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" }));
  const worker = new Worker(script, { type: "module", name: "genotok" });
  worker.addEventListener("message", () => URL.revokeObjectURL(script), { once: true });
  return worker;
}

export class Engine extends EventTarget {
  /** @param {URL} url of worker.js @param {(url: URL) => Worker} make */
  constructor(url, make = spawn) {
    super();
    this.url = url;
    this.make = make;
    this.generation = 0; // handles of an older generation died with their worker
    this.lastId = 0;
    this.failures = 0;
    /** @type {Map<number, {resolve: Function, reject: Function, progress?: Function, op: string}>} */
    this.pending = new Map();
    this.lastBoot = null;
    this.#begin();
    this.heart = setInterval(() => this.#beat(), HEARTBEAT);
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
      const request = { id, op, args };
      const transfer = [];
      if (signal) transfer.push(this.#stopper(request, signal));
      this.pending.set(id, { resolve, reject, progress, op });
      this.worker.postMessage(request, transfer);
    });
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

  #begin() {
    this.worker = this.make(this.url);
    this.worker.onmessage = ({ data }) => this.#receive(data);
    this.worker.onerror = (event) => this.#crash(event.message || "the engine's worker could not start");
    this.boot = this.call("boot");
    this.boot.then(() => (this.failures = 0), () => {});
  }

  #stopper(request, signal) {
    const { port1, port2 } = new MessageChannel();
    request.stop = port2;
    const onAbort = () => {
      port1.postMessage("stop");
      setTimeout(() => this.pending.has(request.id) && this.restart(), PATIENCE);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return port2;
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
    return message.error.code === "memory" ? this.restart(lost()) : undefined;
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
    if (this.pending.size || document.hidden) return;
    const asked = this.generation;
    const timer = setTimeout(() => asked === this.generation && this.#crash("no sign of life for 10 s"), HEARTBEAT);
    this.call("ping").then(() => clearTimeout(timer), () => clearTimeout(timer));
  }
}

const cancelled = () => new EngineError(failure("cancelled", "cancelled"));
const lost = () => new EngineError(failure("engine", "the engine was restarted"));
