// The one definition of what the page and the worker say to each other; both import it, nothing else knows it.

/** Version of this protocol; the bridge answers `hello` with its own, and the two must be equal. */
export const PROTOCOL = 1;

/**
 * @typedef {{code: string, message: string, where: string|null, line: number|null, hint: string|null,
 *            action: {label: string, options: object}[]}} Failure  what went wrong, ready to be shown
 * @typedef {{id: number, op: string, args: any[], stop?: MessagePort}} Request  page to worker
 * @typedef {{op: "piece", key: string, length: number, at: number, piece: ArrayBufferView}} Piece  page to worker, not answered: part of a
 *            large array, ahead of the request whose argument is `{ahead: key}` in its place
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
  open_stream: ["plain", "plain", "plain", "json"],
  take_stream: ["plain", "plain"],
  close_stream: ["plain"],
  end_stream: ["plain"],
  forget: ["plain"],
  summary: ["plain", "plain"],
  overview: ["plain", "plain"],
  rows: ["plain", "json", "plain", "plain"],
  tokens: ["plain", "plain", "plain"],
  find: ["plain", "json", "plain"],
  texts: ["json"],
  compare: ["plain", "plain"],
  compared_rows: ["plain", "json", "plain", "plain"],
  compare_many: ["json"],
  lay_universe: ["json", "array", "array", "array"],
  compare_universes: ["plain", "plain", "plain"],
  decode: ["plain"],
  recipe: ["plain", "plain", "json"],
  recipe_of: ["json", "plain", "json"],
  motif_text: ["plain", "plain"],
  motif_fit: ["plain", "json", "plain"],
  motif_legend: ["plain", "plain"],
  motif_window: ["plain", "plain", "plain", "plain"],
  motif_cover: ["plain", "plain", "plain"],
  motif_rows: ["plain", "plain", "plain", "plain"],
  motif_locate: ["plain", "plain", "plain"],
  motif_bin: ["plain", "plain", "plain"],
  motif_logos: ["plain", "json"],
  motif_recipe: ["plain", "plain"],
  motif_token: ["plain", "plain"],
  motif_member: ["plain", "plain"],
  motif_ranks: ["plain"],
  motif_likeness: ["plain"],
  vq_text: ["plain", "plain"],
  vq_fit: ["plain", "json", "plain"],
  vq_legend: ["plain", "plain"],
  vq_window: ["plain", "plain", "plain", "plain"],
  vq_rows: ["plain", "plain", "plain", "plain"],
  vq_wrong: ["plain", "plain", "plain"],
  vq_token: ["plain", "plain", "plain"],
  vq_describe: ["plain", "plain", "plain"],
  vq_usage: ["plain", "plain", "plain", "plain", "plain"],
  vq_mutate: ["plain", "plain", "plain", "plain"],
  vq_compare: ["plain", "plain", "plain", "plain"],
  vq_cuts: ["plain", "plain", "plain", "plain"],
  vq_recipe: ["plain", "plain"],
});

/** Operations that the worker composes of several steps: files are streamed, assets fetched, exports gathered. */
export const COMPOSED = Object.freeze({
  boot: "(): the versions, once the engine is ready",
  ping: "(): {heap, requests}; proves that the worker is awake, and says how many bytes it holds and how often it asked the network",
  enter: "(number): work in another session from now on, with a universe of its own; genotok.js has one a tokenizer",
  leave: "(number): free a session",
  open_asset: "(path): fetch one of the page's own universes and open it",
  open_universe: "(file, options): stream a universe file",
  open_file: "(file, options): stream a BED file into tokens; the option `name` is its path, where more than its name is known",
  stream_file: "(file, format, options): as open_file, but tokenize a file straight into an output: {words, name, mime, blob}",
  lay_asset: "(path, name): fetch one of the page's own universes and lay it beside the one in use",
  load_packages: "(names): fetch and lay Python packages that build.json lists under `packages`",
  export: "(handles, format, options, sources): an output as {name, blob}; sources are the inputs by handle",
  motif_model: "({key, name, files}): a saved motif tokenizer, of its two files or a zip; options of motif_run may name it as `model`",
  motif_run: "({name, file or text}, options): DNA into bins of motifs, step by step: {handle, result}",
  motif_learn: "(handle, options): clusters and tokens of a result's own sequences: {result}",
  motif_export: "(handle, format): all bins of a result as {name, blob}",
  vq_model: "({key, name, files}): a saved tokenizer of learned codes, of its two files or a zip; options of vq_run may name it as `model`",
  vq_run: "({name, file or text}, options): DNA into learned codes, step by step: {handle, result}",
  vq_learn: "(handle, options): codes of a result's own sequences: {result}",
  vq_export: "(handle, format): all tokens of a result as {name, blob}",
  export_into: "(target, handles, format, options, sources): the same, streamed into a file handle: {name, bytes}",
});

/** Name of a worker that is sent a compiled runtime, by the request `runtime`, which is not answered. */
export const SHARED = "genotok on a shared runtime";

/** Arrays of a file's result, in the order in which `load_result` takes them back. */
export const RESULT_ARRAYS = Object.freeze(["ids", "offsets", "codes", "starts", "ends", "lines"]);

/** Bytes read from a file at a time. */
export const SLICE = 8 * 2 ** 20;

/** Bytes fed between two looks at the stop port; they double after a step of less than `short` ms, and halve after one of more than `long`. */
export const STEP = Object.freeze({
  plain: Object.freeze({ first: 2 ** 20, least: 2 ** 17, most: 2 ** 21 }),
  gzip: Object.freeze({ first: 2 ** 17, least: 2 ** 14, most: 2 ** 18 }),
  short: 40,
  long: 100,
});

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

/** A file of the page that no one could be asked for: it is fetched when it is first used. */
export const unreached = (name) => failure("network", `Not here yet: ${name}, which needs the network once.`);

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
