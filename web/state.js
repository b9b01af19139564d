// The one frozen state of the page; views read it, only `update` and `patchFile` replace it.
import { signal } from "./vendor/signals.js";

/** @typedef {import("./types.d.ts").Entry} Entry */
/** @typedef {import("./types.d.ts").Question} Question */
/** @typedef {import("./types.d.ts").State} State */

/** @type {State} */
export const START = Object.freeze({
  room: "intervals",
  boot: Object.freeze({ phase: "runtime", done: 0, total: 0, error: null, versions: null }),
  /** what can be chosen: the page's own universes, then opened files */
  universes: Object.freeze([]),
  samples: Object.freeze([]),
  /** the chosen one: {id, state: "loading"|"ready"|"failed", summary, error, progress} */
  universe: Object.freeze({ id: null, state: "loading", summary: null, error: null, progress: null }),
  /** whether the user said which universe to use */
  universeChosen: false,
  settings: Object.freeze({}),
  /** settings that are no session's but go along with each file */
  fileSettings: Object.freeze({}),
  files: Object.freeze([]),
  selected: null,
  /** ids of the files that are ticked, for saving and comparing */
  picked: Object.freeze([]),
  /** how the chosen result is looked at; the address keeps it */
  look: Object.freeze({ kind: "tokens", sort: null, filter: Object.freeze({}), plain: false, show: "id", bins: 1200 }),
  /** what was typed or pasted to be decoded */
  decode: "",
  /** the result that was computed when the page was built, shown until there is a live one */
  sample: null,
  /** something to agree to before it is done: {text, yes, no}, labels and what they do */
  question: null,
  /** whether the next visit needs a network: state "off"|"ready"|"failed"|"update"; all null|{done, total}|"kept" */
  offline: Object.freeze({ state: "off", all: null, error: null }),
  /** the address of the last visit's settings, while nothing else was chosen */
  lastVisit: null,
  /** something to know that has no place of its own: a sentence, or null */
  notice: null,
  /** the text that the form for pasting begins with, or null while it is closed */
  paste: null,
  /** what a folder held that was not taken: {hidden, stopped, kinds: [[kind, count]], files: File[]} or null */
  leftOut: null,
  /** the universe that a link asks for and this browser does not have: {digest, name} or null */
  wanted: null,
  /** two ids of universes to look at side by side, or null */
  universesCompared: null,
  theme: "system",
  saving: null,
  /** workers that run */
  engines: 1,
  /** requests that left this tab, of page and workers */
  requests: 0,
  /** universes that this browser keeps: {digest, name, n, assembly, bytes} */
  saved: Object.freeze([]),
  detail: "",
  /** build.json */
  build: null,
});

export const state = signal(START);

/** Replace some fields: `update({selected: 3})`. */
export function update(/** @type {Partial<State>} */ patch) {
  state.value = Object.freeze({ ...state.peek(), ...patch });
}

/** Put a question to the user; either answer takes it away, then does its work. */
export function putQuestion(/** @type {Question} */ { text, yes, no }) {
  /** @returns {Question["yes"]} */
  const closing = ([label, work]) => [label, () => (update({ question: null }), work())];
  update({ question: Object.freeze({ text, yes: closing(yes), no: closing(no) }) });
}

/** Replace some fields of one file; unknown ids (removed meanwhile) change nothing. */
export function patchFile(/** @type {number} */ id, /** @type {Partial<Entry>} */ patch) {
  const files = state.peek().files.map((file) => (file.id === id ? Object.freeze({ ...file, ...patch }) : file));
  update({ files: Object.freeze(files) });
}

export const fileOf = (id) => state.peek().files.find((file) => file.id === id) ?? null;

/** Resolves once `holds(state)` is true. */
export function until(holds) {
  return new Promise((resolve) => {
    const stop = state.subscribe((now) => holds(now) && queueMicrotask(() => (stop(), resolve())));
  });
}

/** Call `listener` now and after every change; returns how to stop. */
export const subscribe = (listener) => state.subscribe(listener);
