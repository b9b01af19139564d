// Which universe is in force: the page's own ones, opened files, kept ones, and how to get back to it after a restart.
import { EngineError, failure } from "./protocol.js";
import { state, update } from "./state.js";
import { Store } from "./store.js";
import { shown } from "./plain/words.js";

const PATIENCE = 500; // ms that the start waits for the list of kept universes
const TRIES = 2; // times that a universe is asked for again because its worker went
const CLOSED = "Kept universes are closed: another tab runs a newer version of this page. Load this one again to use them.";

/**
 * @typedef {{id: string, kind: "asset"|"own"|"saved", name: string, n: number, digest: string, assembly: string|null, licence: string|null,
 *   file?: string, kept?: {meta: any, codes: Int32Array, starts: Int32Array, ends: Int32Array}|null}} Universe
 *   own ones have their arrays at hand (`kept`), saved ones have them in this browser
 */

const idOf = (digest) => `own:${digest}`; // files of one name may differ, and one file may be opened by different rules

/** @returns {Universe} */
const savedEntry = ({ digest, name, n, assembly }) => Object.freeze({ id: idOf(digest), kind: "saved", name, n, digest, assembly, licence: null, kept: null });

export class Universes {
  /**
   * @param {import("./engine.js").Engine} engine
   * @param {(changed: boolean) => void} onchange called when a universe is in force
   * @param {Store} store
   */
  constructor(engine, onchange, store = new Store()) {
    this.engine = engine;
    this.onchange = onchange;
    this.store = store;
    /** @type {{id: string, work: Function, attempt: import("./types.d.ts").InForce["attempt"], lost: number}|null} */
    this.opening = null; // what is on its way
    /** @type {import("./types.d.ts").InForce|null} */
    this.last = null; // the universe that was in force last, to fall back to
    engine.addEventListener("restart", () => this.#restore());
    store.addEventListener("closed", () => update({ notice: CLOSED }));
  }

  /** Offer the page's own universes and the kept ones; the one that `wanted` finds among them is opened, else the first. */
  async offer(assets, wanted = (/** @type {readonly Universe[]} */ _offered) => null) {
    update({ universes: Object.freeze(assets.map((asset) => Object.freeze({ ...asset, kind: "asset" }))) });
    const listed = this.#list();
    await Promise.race([listed, new Promise((resolve) => setTimeout(resolve, PATIENCE))]); // the engine takes longer to start
    const { universes } = state.peek();
    const first = wanted(universes) ?? universes[0];
    if (first) this.choose(first.id);
  }

  async #list() {
    const saved = await this.store.list().catch(() => []); // asked to keep one, the page will say why it can't
    update({ saved: Object.freeze(saved) });
    for (const kept of saved) this.#put(savedEntry(kept));
  }

  /** Read anew what is kept, for other tabs keep and forget, too; the one in force stays at hand. */
  async lookAgain() {
    const saved = await this.store.list().catch(() => null);
    if (!saved) return;
    const { universes } = state.peek();
    const gone = universes.filter(({ kind, digest }) => kind === "saved" && !saved.some((each) => each.digest === digest));
    const kept = gone.some(({ id }) => id === this.last?.id) ? await this.#arrays().catch(() => null) : null;
    for (const entry of gone) {
      if (kept?.meta.digest === entry.digest) this.#put(Object.freeze({ ...entry, kind: "own", kept }));
      else this.#unlist(entry.id, entry.digest);
    }
    update({ saved: Object.freeze(saved) });
    for (const each of saved) if (!this.byDigest(each.digest)) this.#put(savedEntry(each));
  }

  /** The universe in force as `set_universe` takes it. */
  async #arrays() {
    const { value: { meta }, buffers: { codes, starts, ends } } = await this.engine.call("universe_arrays");
    return Object.freeze({ meta, codes, starts, ends });
  }

  /** Put a universe into the list, in place of the one that has its id. */
  #put(entry) {
    const { universes } = state.peek();
    const known = universes.some(({ id }) => id === entry.id);
    update({ universes: Object.freeze(known ? universes.map((each) => (each.id === entry.id ? entry : each)) : [...universes, entry]) });
  }

  /** The universe of a digest, or null. */
  byDigest(digest) {
    return state.peek().universes.find((each) => each.digest === digest) ?? null;
  }

  choose(id) {
    const entry = state.peek().universes.find((each) => each.id === id);
    if (!entry) return undefined;
    return this.#open(id, async () => {
      if (entry.kind === "asset") return { id, summary: (await this.engine.call("open_asset", [entry.file, entry.name])).value };
      const { meta, codes, starts, ends } = entry.kept ?? await this.#kept(entry);
      return { id, summary: (await this.engine.call("set_universe", [meta, codes, starts, ends])).value };
    }, { id });
  }

  /** Lay a listed universe beside the one in use and give its handle; 0 for the one in use itself. */
  async lay(id) {
    const entry = state.peek().universes.find((each) => each.id === id);
    if (entry.digest === this.last?.summary.digest) return 0;
    if (entry.kind === "asset") return (await this.engine.call("lay_asset", [entry.file, entry.name])).value.handle;
    const { meta, codes, starts, ends } = entry.kept ?? await this.#kept(entry);
    return (await this.engine.call("lay_universe", [meta, codes, starts, ends])).value.handle;
  }

  async #kept({ id, name, digest }) {
    const kept = await this.store.universe(digest);
    if (kept) return kept;
    this.#unlist(id, digest);
    throw new EngineError(failure("storage", `${shown(name)} is no longer kept in this browser; open its file again`));
  }

  /** Open the user's own file as universe; on failure the former universe stays in force. */
  openFile(file, options = {}) {
    return this.#open(`file:${file.name}`, async (progress) => {
      const { value: summary } = await this.engine.call("open_universe", [file, options], { progress });
      const kept = await this.#arrays();
      const { n, digest, assembly } = summary;
      if (kept.meta.digest !== digest) throw new EngineError(failure("cancelled", "another universe was chosen meanwhile"));
      const id = idOf(digest);
      this.#put(Object.freeze({ id, kind: "own", name: file.name, n, digest, assembly, licence: null, kept }));
      return { id, summary };
    }, { file, options });
  }

  /** Keep an opened universe in this browser; if it can't be kept, that is said and nothing else changes. */
  async keep(id) {
    const { name, n, digest, assembly, kept } = state.peek().universes.find((each) => each.id === id) ?? {};
    if (!kept) return;
    const bytes = kept.codes.byteLength + kept.starts.byteLength + kept.ends.byteLength;
    const words = Object.freeze({ digest, name, n, assembly, bytes });
    try {
      await this.store.keep(words, kept);
      update({ saved: Object.freeze([...state.peek().saved.filter((each) => each.digest !== digest), words]) });
    } catch (error) {
      update({ notice: `Not kept: ${error.message}` });
    }
  }

  /** Forget a kept universe; the one in force stays at hand until the page is left. */
  async forget(digest) {
    const entry = this.byDigest(digest);
    try {
      const kept = entry && !entry.kept && entry.id === this.last?.id ? await this.store.universe(digest) : entry?.kept;
      await this.store.forget(digest);
      if (entry?.kind === "saved" && kept) this.#put(Object.freeze({ ...entry, kind: "own", kept: Object.freeze(kept) }));
      this.#unlist(entry?.kind === "saved" && !kept ? entry.id : null, digest);
    } catch (error) {
      update({ notice: `Not forgotten: ${error.message}` });
    }
  }

  /** Take an opened universe off the list. */
  remove(id) {
    this.#unlist(id, null);
  }

  /** Forget everything that this browser keeps for the page. */
  async forgetAll() {
    for (const { digest } of state.peek().saved) await this.forget(digest);
    await this.store.forgetAll().catch((error) => update({ notice: `Not forgotten: ${error.message}` }));
  }

  #unlist(id, digest) {
    const { universes, saved } = state.peek();
    update({ universes: Object.freeze(universes.filter((each) => each.id !== id)), saved: Object.freeze(saved.filter((each) => each.digest !== digest)) });
  }

  async #open(id, work, attempt = null, lost = 0) {
    const opening = { id, work, attempt, lost };
    this.opening = opening;
    const mine = () => this.opening === opening;
    update({ universe: { id, state: "loading", summary: null, error: null, progress: null, attempt: null } });
    try {
      const { id: found, summary } = await work((progress) => mine() && update({ universe: { ...state.peek().universe, progress } }));
      if (!mine()) return;
      this.opening = null;
      const changed = this.last?.summary.digest !== summary.digest;
      this.last = { id: found, state: "ready", summary, error: null, progress: null, attempt: null };
      performance.mark("universe"); // read by tests/benchmarks/starts.py
      update({ universe: this.last });
      this.onchange(changed);
    } catch (error) {
      if (mine()) this.#refuse(error.failure ?? failure("engine", String(error)), attempt);
    }
  }

  #refuse(error, attempt) {
    if (error.code === "cancelled") return; // the engine was restarted; #restore takes over
    this.opening = null;
    if (this.last) update({ universe: { ...this.last, error, attempt } });
    else update({ universe: { ...state.peek().universe, state: "failed", error, attempt } });
    if (this.last) this.onchange(false);
  }

  /** A new worker knows nothing: what was on its way is asked for again, else what was in force. */
  #restore() {
    const { opening } = this;
    if (opening && opening.lost < TRIES) return this.#open(opening.id, opening.work, opening.attempt, opening.lost + 1);
    if (opening) update({ notice: `${shown(this.#nameOf(opening))} was not opened: the engine stopped each time it was asked for.` });
    const { universes } = state.peek();
    const entry = universes.find(({ id }) => id === this.last?.id) ?? universes[0];
    return entry && this.choose(entry.id);
  }

  #nameOf({ id, attempt }) {
    return attempt?.file?.name ?? state.peek().universes.find((each) => each.id === id)?.name ?? "The universe";
  }
}
