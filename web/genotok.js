// The JavaScript module: the page's engine behind promises, for other pages and for Node. Types: genotok.d.ts.
import { Engine } from "./engine.js";
import { asFile, underNode } from "./genotok/given.js";
import { GenotokError } from "./genotok/mistakes.js";
import { RESULT_ARRAYS } from "./protocol.js";
import { Sessions } from "./genotok/sessions.js";
import { Vocabulary } from "./genotok/vocabulary.js";

export { GenotokError };

/**
 * @typedef {import("./genotok.d.ts").OpenOptions} OpenOptions
 * @typedef {import("./genotok.d.ts").UniverseOptions} UniverseOptions
 * @typedef {import("./genotok.d.ts").EncodeOptions} EncodeOptions
 * @typedef {import("./genotok.d.ts").Encoding} Encoding
 * @typedef {import("./genotok.d.ts").Source} Source
 * @typedef {import("./genotok.d.ts").Watch} Watch
 * @typedef {import("./genotok.d.ts").Ids} Ids
 */

const TEXTS = 2 ** 20; // texts that are looked up in one go
/** The session's words for the module's: camelCase here, as in Python there. */
const SETTINGS = { unmatched: "unmatched", invalid: "invalid", sort: "sort", engine: "engine", specialTokens: "special_tokens" };
const READING = { invalid: "invalid", rename: "rename" };
const ENCODING = { unmatched: "unmatched", invalid: "invalid", sort: "sort", rename: "rename", allowEmpty: "allow_empty" };
const SHARED = ["name", "signal", "progress"];

/**
 * Start an engine. It works in a worker; several tokenizers share it. Close it when done.
 * @param {OpenOptions} [options] @returns {Promise<Genotok>}
 */
export async function open({ signal, progress } = {}) {
  if (signal?.aborted) throw GenotokError.cancelled(signal.reason);
  const spawn = underNode ? (await import("./genotok/node.js")).spawn : undefined;
  const engine = new Engine(new URL("./worker.js", import.meta.url), spawn);
  if (progress) engine.addEventListener("boot", (/** @type {any} */ { detail: { phase, done, total } }) => progress({ phase, done, total }));
  const sessions = new Sessions(engine);
  const bare = sessions.create(async () => {}); // no universe: only waits for the start
  try {
    const { value } = await sessions.alone(bare, (call) => call("boot"), { signal });
    return new Genotok(sessions, value);
  } catch (error) {
    sessions.close();
    throw error;
  }
}

/** A running engine. */
class Genotok {
  #sessions;

  /** @param {Sessions} sessions @param {any} said what the engine said of itself */
  constructor(sessions, { versions, build }) {
    this.#sessions = sessions;
    this.versions = Object.freeze({ ...versions });
    this.assets = Object.freeze(build.universes.map(({ id, name, assembly, n, digest, licence, source, file }) =>
      Object.freeze({ id, name, assembly, size: n, digest, licence, source, file })));
  }

  /**
   * Open a universe: the regions that are the vocabulary, in their order.
   * @param {Source | {asset: string}} source @param {UniverseOptions} [options] @returns {Promise<Tokenizer>}
   */
  async universe(source, options = {}) {
    const settings = JSON.stringify(chosen(options, SETTINGS, READING));
    const reading = chosen(options, READING, SETTINGS);
    const asset = this.#assetOf(source);
    const file = asset ? null : await asFile(source, options.name);
    const bring = async (call) => {
      await call("configure", JSON.parse(settings));
      return asset ? call("open_asset", asset.file, asset.name) : call("open_universe", file, reading);
    };
    const session = this.#sessions.create(bring);
    let summary = null;
    session.open = async (call) => ({ value: summary } = await bring(call));
    try {
      const texts = await this.#sessions.alone(session, async (call) => (await call("texts", Object.values(summary.special_ids))).value.texts, options);
      return new Tokenizer(this.#sessions, session, summary, texts);
    } catch (error) {
      this.#sessions.leave(session);
      throw error;
    }
  }

  #assetOf(source) {
    if (typeof source?.asset !== "string") return null;
    const asset = this.assets.find(({ id }) => id === source.asset);
    if (asset) return asset;
    throw new GenotokError(`there is no asset ${JSON.stringify(source.asset)}`, { hint: `one of ${this.assets.map(({ id }) => id).join(", ")}` });
  }

  /** End the engine and all its tokenizers. */
  close() {
    this.#sessions.close();
  }
}

/** A universe with its settings; what it gives is the same as everywhere else in genotok. */
class Tokenizer {
  #sessions;
  #session;
  #vocabulary = null;
  #closed = false;

  /** @param {Sessions} sessions @param {import("./genotok/sessions.js").Session} session @param {any} summary @param {string[]} specialTexts */
  constructor(sessions, session, summary, specialTexts) {
    this.#sessions = sessions;
    this.#session = session;
    this.name = summary.name;
    this.size = summary.n;
    this.digest = summary.digest;
    this.assembly = summary.assembly;
    this.vocabSize = summary.vocab_size;
    this.report = Object.freeze(summary.report);
    this.warnings = Object.freeze(summary.warnings);
    const roles = Object.keys(summary.special_ids);
    /** @type {import("./genotok.d.ts").Tokenizer["specials"]} */
    this.specials = Object.freeze({
      ids: Object.freeze({ ...summary.special_ids }),
      texts: /** @type {any} */ (Object.freeze(Object.fromEntries(roles.map((role, at) => [role, specialTexts[at]])))),
    });
  }

  #alone(work, watch) {
    if (this.#closed) return Promise.reject(GenotokError.closed("tokenizer"));
    return this.#sessions.alone(this.#session, work, watch);
  }

  /**
   * Give the ids of the universe's regions that each region overlaps.
   * @param {Source} source @param {EncodeOptions} [options] @returns {Promise<Encoding>}
   */
  async encode(source, options = {}) {
    const wanted = chosen(options, ENCODING);
    const file = await asFile(source, options.name);
    const { value, buffers } = await this.#alone(async (call) => {
      const reply = await call("open_file", file, wanted);
      await call("forget", reply.value.handle);
      return reply;
    }, options);
    const { handle: _, chrom_names: chroms, ...report } = value;
    const [ids, offsets, codes, starts, ends, lines] = RESULT_ARRAYS.map((name) => buffers[name]);
    return { ids, offsets, report, regions: { chroms, codes, starts: unsigned(starts), ends: unsigned(ends), lines } };
  }

  /**
   * Give the tokens of each region as text.
   * @param {Source} source @param {EncodeOptions} [options] @returns {Promise<string[][]>}
   */
  async tokenize(source, options = {}) {
    const { ids, offsets } = await this.encode(source, options);
    const texts = await this.decode(ids, options);
    return Array.from({ length: offsets.length - 1 }, (_, row) => texts.slice(offsets[row], offsets[row + 1]));
  }

  /** Give the text of each id. @param {Ids} ids @param {Watch} [watch] @returns {Promise<string[]>} */
  async decode(ids, watch = {}) {
    const vocabulary = await this.#known(watch);
    return Array.from(ids, (id) => vocabulary.textOf(Number(id)));
  }

  /** Give the region of each id as [chrom, start, end], null for a special token. @param {Ids} ids @param {Watch} [watch] @returns {Promise<([chrom: string, start: number, end: number] | null)[]>} */
  async regions(ids, watch = {}) {
    const vocabulary = await this.#known(watch);
    return Array.from(ids, (id) => vocabulary.regionOf(Number(id)));
  }

  /** The tokens as columns, fetched when they are first asked for. @returns {Promise<Vocabulary>} */
  async #known(watch) {
    if (this.#closed) throw GenotokError.closed("tokenizer");
    if (!this.#vocabulary) {
      const { value, buffers } = await this.#alone((call) => call("universe_arrays"), watch);
      this.#vocabulary = new Vocabulary(value.meta, buffers, this.specials);
    }
    return this.#vocabulary;
  }

  /** Give the id of each token text. @param {Iterable<string>} texts @param {Watch} [watch] @returns {Promise<Int32Array>} */
  async idsOf(texts, watch = {}) {
    const listed = Array.from(texts, String);
    const parts = [];
    for (let at = 0; at < listed.length; at += TEXTS) {
      const { value, buffers } = await this.#alone((call) => call("decode", JSON.stringify(listed.slice(at, at + TEXTS))), watch);
      if (value.unknown_total) {
        const [[, , first]] = value.unknown;
        throw new GenotokError(`${first} is not in the vocabulary of ${this.name}`, { code: "VocabularyError", hint: `it has ${this.vocabSize} tokens` });
      }
      parts.push(buffers.ids);
    }
    return joined(parts);
  }

  /** Give every token with its id, in the order of the ids. Made at the first call. @returns {Promise<Map<string, number>>} */
  async vocab() {
    const vocabulary = await this.#known({});
    return vocabulary.map;
  }

  /**
   * Write the tokens as `genotok tokenize` does, with the same bytes.
   * @param {Source} source @param {import("./genotok.d.ts").Format} format @param {EncodeOptions & {rows?: boolean}} [options] @returns {Promise<File>}
   */
  async save(source, format, { rows, ...options } = {}) {
    const wanted = chosen(options, ENCODING);
    const file = await asFile(source, options.name);
    const { name, blob } = await this.#alone(async (call) => {
      const { value: { handle } } = await call("open_file", file, wanted);
      try {
        return (await call("export", [handle], format, rows ? { rows } : {}, { [handle]: file })).value;
      } finally {
        await call("forget", handle).catch(() => {}); // after a cancel the engine may be a new one
      }
    }, options);
    return new File([blob], name, { type: blob.type });
  }

  /** Free what this tokenizer holds; the others go on. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#sessions.leave(this.#session);
  }
}

const unsigned = (array) => new Uint32Array(array.buffer, array.byteOffset, array.length);

function joined(arrays) {
  const whole = new Int32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((at, array) => (whole.set(array, at), at + array.length), 0);
  return whole;
}

/** The options that were given, under the session's names; a name that nobody knows is refused. */
function chosen(options, names, others = {}) {
  const unknown = Object.keys(options).filter((name) => !(name in names || name in others || SHARED.includes(name)));
  if (unknown.length) throw new GenotokError(`unknown option ${unknown.join(", ")}`, { hint: `known: ${Object.keys({ ...names, ...others }).join(", ")}` });
  return Object.fromEntries(Object.entries(names).filter(([name]) => options[name] !== undefined).map(([name, theirs]) => [theirs, options[name]]));
}
