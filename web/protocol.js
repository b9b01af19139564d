// The one definition of what the page and the worker say to each other; both import it, nothing else knows it.

/** Version of this protocol; the bridge answers `hello` with its own, and the two must be equal. */
export const PROTOCOL = 1;

/**
 * @typedef {{code: string, message: string, where: string|null, line: number|null, hint: string|null,
 *            action: {label: string, options: object}[]}} Failure  what went wrong, ready to be shown
 * @typedef {{id: number, op: string, args: any[], stop?: MessagePort}} Request  page to worker
 * @typedef {{type: "result", id: number, value: any, buffers: Object<string, ArrayBufferView>}} Result
 * @typedef {{type: "error", id: number, error: Failure, detail: string}} ErrorReply
 * @typedef {{type: "progress", id: number, phase: string, done: number, total: number, unit: string, more?: object}} Progress
 */

/**
 * Operations that the worker hands to the Python session as they are, with the kind of each argument:
 * `json` is any plain value and crosses as JSON text, `array` is a typed array, `plain` a number or string.
 */
export const DIRECT = Object.freeze({
  hello: [],
  configure: ["json"],
  universe_arrays: [],
  set_universe: ["json", "array", "array", "array"],
  classes: ["json"],
  encode_text: ["plain", "json"],
  load_result: ["json", "array", "array", "array", "array", "array", "array"],
  forget: ["plain"],
  summary: ["plain", "plain"],
  overview: ["plain", "plain"],
  rows: ["plain", "json", "plain", "plain"],
  tokens: ["plain", "plain", "plain"],
  find: ["plain", "json", "plain"],
  texts: ["json"],
  recipe: ["plain", "plain"],
});

/** Operations that the worker composes of several steps: files are streamed, assets fetched, exports gathered. */
export const COMPOSED = Object.freeze({
  boot: "(): the versions, once the engine is ready",
  ping: "(): nothing; proves that the worker is awake",
  open_asset: "(path): fetch one of the page's own universes and open it",
  open_universe: "(file, options): stream a universe file",
  open_file: "(file, options): stream a BED file into tokens",
  export: "(handles, format, options, sources): the bytes of an output as a Blob; sources are the inputs by handle",
});

/** Arrays of a file's result, in the order in which `load_result` takes them back. */
export const RESULT_ARRAYS = Object.freeze(["ids", "offsets", "codes", "starts", "ends", "lines"]);

/** Phases of the start, in order; `id` 0 carries their progress. */
export const BOOT_PHASES = Object.freeze(["runtime", "numpy", "genotok", "ready"]);

/** Bytes read from a file at a time, and bytes fed between two looks at the stop port. */
export const SLICE = 8 * 2 ** 20;
export const STEP = Object.freeze({ plain: 2 * 2 ** 20, gzip: 2 ** 18 });

/** Bytes of output that cross in one part. */
export const PART = 8 * 2 ** 20;

/**
 * @param {string} code  a Python class name, or memory, cancelled, network, engine
 * @param {string} message
 * @returns {Failure}
 */
export function failure(code, message, hint = null) {
  return { code, message, where: null, line: null, hint, action: [] };
}

/** An error that carries a Failure; `engine.call` rejects with it. */
export class EngineError extends Error {
  /** @param {Failure} error @param {string} detail  for the About box */
  constructor(error, detail = "") {
    super(error.message);
    this.name = "EngineError";
    this.failure = error;
    this.detail = detail;
  }
}
