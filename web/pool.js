// Which file runs when: a queue over a few workers; what is done stays done, whatever happens to the rest.
import { Crew } from "./pool/crew.js";
import { failure } from "./protocol.js";
import { Rest } from "./pool/rest.js";
import { Results } from "./pool/results.js";
import { fileOf, patchFile, putQuestion, state, update } from "./state.js";
import { pathOf } from "./plain/folders.js";
import { count, plural } from "./plain/words.js";

const PASTED = "pasted.bed";
const LONG = 2000; // ms of work that is not done again without a question
const AT_ONCE = 20; // files that are queued in one go
const TRIES = 2; // times that a file is put back into the queue because its worker went
const HELD = Object.freeze({ row: 20, token: 4 }); // bytes that the page holds of a result

/** Bytes of results that a machine may hold. */
export const budgetOf = ({ deviceMemory: memory = 8 }) => (memory <= 4 ? 1e9 : 2e9);

/** @typedef {{id: number, member: import("./pool/crew.js").Member, abort: AbortController, again: boolean, generation: number, began: number}} Run */

export class Pool {
  /**
   * @param {import("./engine.js").Engine} engine the first worker
   * @param {{workers?: number|null, budget?: number|null, hire?: () => import("./engine.js").Engine, idle?: number, deliver?: (blob: Blob, name: string) => void}} options
   *   `budget`: bytes of results; `deliver` takes an output that was written while its file was read
   */
  constructor(engine, { workers, budget, hire, idle, deliver = () => {} } = {}) {
    this.engine = engine;
    this.crew = new Crew(engine, { size: workers ?? undefined, hire, idle, onready: () => this.pump() });
    this.results = new Results(engine);
    this.rest = new Rest(engine);
    this.rest.emptied();
    this.limit = budget ?? budgetOf(navigator);
    this.deliver = deliver;
    this.lastId = 0;
    /** @type {Promise<number[]>|null} files that are being queued */
    this.adding = null;
    /** @type {Map<number, Run>} by the file's id */
    this.running = new Map();
    // what can be asked of results
    this.ask = this.results.ask.bind(this.results);
    this.ask2 = this.results.ask2.bind(this.results);
    this.askMany = this.results.askMany.bind(this.results);
    this.holding = this.results.holding.bind(this.results);
    this.handleOf = this.results.handleOf.bind(this.results);
  }

  /** Queue files in the order given, behind those that are still being queued; resolves with their ids. */
  add(sources, options = {}) {
    const adding = this.#addTo(this.adding, sources, options).finally(() => this.adding === adding && (this.adding = null));
    this.adding = adding;
    return adding;
  }

  /** Some at a time, for their sizes are asked of the disk. */
  async #addTo(before, sources, options) {
    if (before) await before.catch(() => {}); // whatever became of them
    const ids = [];
    for (let at = 0; at < sources.length; at += AT_ONCE) {
      if (at) await new Promise((resolve) => setTimeout(resolve));
      ids.push(...this.#queue(sources.slice(at, at + AT_ONCE).map((source) => this.#entry(source, null, options))));
    }
    return ids;
  }

  /** Queue pasted lines; the text is kept, so that it can be run again. */
  addText(text, options = {}) {
    return this.#queue([this.#entry(new File([text], PASTED), text, options)]);
  }

  #entry(source, text, options) {
    return Object.freeze({
      id: ++this.lastId, name: pathOf(source), size: source.size, source, text, options, state: "queued", stale: false, progress: null,
      result: null, buffers: null, streamed: null, error: null, generation: -1, same: null, took: null, lost: 0,
    });
  }

  #queue(entries) {
    update({ files: Object.freeze([...state.peek().files, ...entries]) });
    this.pump();
    return entries.map(({ id }) => id);
  }

  /** Give every free worker the next file, as long as there is a universe to run it on. */
  pump() {
    while (state.peek().universe.state === "ready") {
      const waiting = state.peek().files.filter((file) => file.state === "queued");
      if (!waiting.length && !this.running.size) this.rest.look();
      if (!waiting.length) return;
      const member = this.crew.take({ files: waiting.length, bytes: waiting.reduce((sum, { size }) => sum + size, 0) });
      if (!member) return;
      this.#run(waiting[0], member).finally(() => {
        this.crew.release(member);
        this.pump();
      });
    }
  }

  async #run(file, member) {
    const { id } = file;
    const run = { id, member, abort: new AbortController(), again: false, generation: member.engine.generation, began: performance.now() };
    this.running.set(id, run);
    patchFile(id, { state: "reading", progress: { phase: "read", done: 0, total: file.size }, error: null });
    try {
      await this.crew.prepare(member).catch((error) => this.#helpless(run, error));
      run.generation = member.engine.generation;
      const reply = await this.#work(file, run);
      this.#finish(run, reply, file.options.stream);
    } catch (error) {
      this.#fail(run, error);
    } finally {
      this.running.delete(id);
    }
  }

  /** A helper that can't be made ready costs nothing but itself: the file goes back into the queue. */
  #helpless(run, error) {
    const moved = run.again || state.peek().universe.state !== "ready";
    if (!moved) this.crew.giveUp(run.member);
    run.again ||= !run.abort.signal.aborted;
    throw error;
  }

  #work(file, { member: { engine }, abort: { signal } }) {
    const progress = ({ phase, done, total, more }) => patchFile(file.id, { progress: { phase, done, total, ...more } });
    const { stream, ...own } = file.options;
    const options = { ...state.peek().fileSettings, ...own };
    const named = { ...options, name: file.name };
    if (stream) return engine.call("stream_file", [file.source, stream, named], { progress, signal });
    if (file.text !== null) return engine.call("encode_text", [file.text, options], { signal });
    return engine.call("open_file", [file.source, { ...named, budget: this.budget() }], { progress, signal });
  }

  /** Bytes that one more result may take. */
  budget() {
    const held = state.peek().files.reduce((sum, { result }) => sum + (result ? HELD.row * result.rows + HELD.token * result.tokens : 0), 0);
    return Math.max(0, this.limit - held);
  }

  #finish(run, { value, buffers }, stream) {
    const { id, member } = run;
    const words = stream ? value.words : value;
    const digest = state.peek().universe.summary?.digest ?? words.universe.digest;
    run.again ||= words.universe.digest !== digest; // the universe changed under it
    const wanted = fileOf(id) !== null && !run.again && !run.abort.signal.aborted;
    const first = member === this.crew.first;
    if (!stream && !(first && wanted)) member.engine.call("forget", [value.handle]).catch(() => {});
    if (!wanted) return patchFile(id, { state: run.again ? "queued" : "cancelled" });
    this.results.drop(id);
    const { stream: _, ...options } = fileOf(id).options;
    const kept = stream
      ? { result: null, buffers: null, streamed: { ...words, saved: value.name, bytes: value.blob.size }, options }
      : { result: value, buffers, streamed: null, generation: first ? member.engine.generation : -1 };
    patchFile(id, { state: "done", stale: false, progress: null, took: performance.now() - run.began, lost: 0, ...kept });
    this.#markTwins(fileOf(id).size, words.crc32);
    if (stream) return this.deliver(value.blob, value.name);
    if (first) this.results.use(id);
    return fileOf(state.peek().selected)?.result ? undefined : update({ selected: id });
  }

  #fail({ id, member, again, abort, generation }, error) {
    const told = error.failure ?? failure("engine", String(error));
    const stopped = told.code === "cancelled";
    if (stopped && abort.signal.aborted && !again) return patchFile(id, { state: "cancelled" });
    if (again) return patchFile(id, { state: "queued" });
    const { lost } = fileOf(id) ?? { lost: TRIES };
    if (stopped && lost < TRIES) return patchFile(id, { state: "queued", lost: lost + 1 }); // others' work cost it the worker
    const gone = stopped || (told.code === "engine" && member.engine.generation !== generation);
    patchFile(id, { state: "failed", lost: 0, error: gone ? { ...told, code: "memory" } : told });
    return error.detail ? update({ detail: error.detail }) : undefined;
  }

  /** Files of one size and check sum are the same as the first of them. */
  #markTwins(size, crc32) {
    const twins = state.peek().files.filter((file) => file.size === size && (file.result ?? file.streamed)?.crc32 === crc32);
    for (const { id, same } of twins) {
      const first = id === twins[0].id ? null : twins[0].id;
      if (same !== first) patchFile(id, { same: first });
    }
  }

  /** Stop one file; what is done stays done. */
  cancel(id) {
    const run = this.running.get(id);
    const file = fileOf(id);
    if (run) {
      run.again = false;
      run.abort.abort();
    } else if (file?.state === "queued") {
      patchFile(id, { state: file.stale ? "done" : "cancelled" });
    }
  }

  cancelAll() {
    for (const { id, state: now } of state.peek().files) if (now === "queued" || now === "reading") this.cancel(id);
  }

  /** Run a file again, with some of its options changed; the option `stream` writes its tokens straight into a file. */
  retry(id, options = {}) {
    const file = fileOf(id);
    if (!file || file.state === "reading") return;
    patchFile(id, { state: "queued", stale: Boolean(file.result), error: null, options: { ...file.options, ...options } });
    this.pump();
  }

  /** Tokenize a file straight into a download: nothing of it is held, however large it is. */
  streamTo(id, format) {
    this.retry(id, { stream: format });
  }

  /** Run everything again, because the universe or the rules changed; old results stay in view, marked as such. */
  rerun() {
    for (const run of this.running.values()) {
      run.again = true;
      run.abort.abort();
    }
    for (const { id, state: now, result, streamed, options: { stream, ...options } } of state.peek().files) {
      if (streamed) patchFile(id, { stale: true });
      else if (now === "done" || now === "failed") patchFile(id, { state: "queued", stale: Boolean(result), error: null, options });
    }
    this.pump();
  }

  /** Do what runs everything again: at once if that is quick, else after a question. */
  consider(what, act) {
    const files = state.peek().files.filter(({ took, streamed }) => took && !streamed);
    const wait = files.reduce((sum, { took }) => sum + took, 0) / this.crew.size;
    if (wait < LONG) return act();
    const text = `${what} tokenizes ${plural(files.length, "file")} again, about ${count(Math.round(wait / 1000))} s.`;
    return putQuestion({ text, yes: ["Do it", act], no: ["Leave it as it is", () => {}] });
  }

  /** Take a file off the list and free what it held. */
  remove(id) {
    this.cancel(id);
    this.results.drop(id);
    const { files: before, selected, picked } = state.peek();
    const files = before.filter((file) => file.id !== id);
    const next = selected === id ? files.findLast((file) => file.result)?.id ?? null : selected;
    update({ files: Object.freeze(files), selected: next, picked: Object.freeze(picked.filter((each) => each !== id)) });
    if (!files.length) this.rest.emptied();
    for (const { same, size, result, streamed } of files) if (same === id) this.#markTwins(size, (result ?? streamed).crc32);
  }
}
