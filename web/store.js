// What this browser keeps between visits: universes by digest, and small settings. Everything works without it.
import { EngineError, failure } from "./protocol.js";

const NAME = "genotok";
const VERSION = 1;
const TABLES = Object.freeze({ words: "universes", arrays: "arrays", settings: "settings" }); // lists need no arrays

const refused = (message) => new EngineError(failure("storage", message));

/** The result of a request. */
const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Resolves once a transaction has reached the disk. */
const through = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve(undefined);
  transaction.onabort = () => reject(transaction.error);
});

/** @typedef {{digest: string, name: string, n: number, assembly: string|null, bytes: number}} Kept  a universe, but for its arrays */

export class Store extends EventTarget {
  /** @param {() => IDBFactory} factory asked late, for some browsers throw @param {StorageManager|undefined} room tells how much the browser allows */
  constructor(factory = () => globalThis.indexedDB, room = globalThis.navigator?.storage) {
    super();
    this.factory = factory;
    this.room = room;
    /** @type {Promise<IDBDatabase>|null} */
    this.opening = null;
  }

  /** The universes that are kept, by name. @returns {Promise<Kept[]>} */
  async list() {
    const found = await this.#do([TABLES.words], "readonly", ({ words }) => answer(words.getAll()));
    return found.map(({ meta, ...kept }) => Object.freeze(kept)).sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Everything of one universe as `set_universe` takes it: {meta, codes, starts, ends}, or null. */
  async universe(digest) {
    const [kept, arrays] = await this.#do([TABLES.words, TABLES.arrays], "readonly", (tables) => Promise.all([answer(tables.words.get(digest)), answer(tables.arrays.get(digest))]));
    return kept && arrays ? { meta: kept.meta, codes: arrays.codes, starts: arrays.starts, ends: arrays.ends } : null;
  }

  /** Keep a universe; an EngineError says how much room there is if it is too little. */
  async keep(/** @type {Kept} */ kept, { meta, codes, starts, ends }) {
    await this.#do([TABLES.words, TABLES.arrays], "readwrite", (tables) => {
      tables.words.put({ ...kept, meta });
      tables.arrays.put({ digest: kept.digest, codes, starts, ends });
    });
  }

  async forget(digest) {
    await this.#do([TABLES.words, TABLES.arrays], "readwrite", ({ words, arrays }) => {
      words.delete(digest);
      arrays.delete(digest);
    });
  }

  async forgetAll() {
    await this.#do(Object.values(TABLES), "readwrite", (tables) => Object.values(tables).forEach((table) => table.clear()));
  }

  /** A setting by name, or undefined. */
  read(name) {
    return this.#do([TABLES.settings], "readonly", async ({ settings }) => (await answer(settings.get(name)))?.value);
  }

  write(name, value) {
    return this.#do([TABLES.settings], "readwrite", ({ settings }) => void settings.put({ name, value }));
  }

  async #do(tables, mode, work) {
    try {
      const database = await (this.opening ??= this.#open());
      const transaction = database.transaction(tables, mode);
      const done = through(transaction);
      done.catch(() => {}); // awaited below
      const named = Object.fromEntries(Object.entries(TABLES).filter(([, table]) => tables.includes(table)).map(([key, table]) => [key, transaction.objectStore(table)]));
      const value = await work(named);
      await done;
      return value;
    } catch (error) {
      throw error instanceof EngineError ? error : await this.#explained(error);
    }
  }

  async #explained(error) {
    if (error?.name !== "QuotaExceededError") return refused(`this browser keeps nothing here (${error?.name})`);
    const { quota = 0 } = (await this.room?.estimate?.().catch(() => null)) ?? {};
    return refused(quota ? `this browser allows ${Math.max(1, Math.round(quota / 1e6))} MB` : "this browser has no more room");
  }

  #open() {
    const opening = new Promise((resolve, reject) => {
      const request = this.factory().open(NAME, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(TABLES.words, { keyPath: "digest" });
        request.result.createObjectStore(TABLES.arrays, { keyPath: "digest" });
        request.result.createObjectStore(TABLES.settings, { keyPath: "name" });
      };
      request.onblocked = () => reject(refused("another tab holds an older version of this page; close it"));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(this.#watched(request.result));
    });
    opening.catch(() => (this.opening = null)); // asked again, it may open
    return opening;
  }

  /** A newer version of the page may want to change the tables: it is let through, and `closed` is told. */
  #watched(database) {
    const end = () => {
      database.close();
      this.opening = Promise.reject(refused("another tab runs a newer version of this page; load this one again"));
      this.opening.catch(() => {});
      this.dispatchEvent(new Event("closed"));
    };
    database.onversionchange = end;
    database.onclose = () => (this.opening = null); // the browser let it go; it is opened anew when needed
    return database;
  }
}
