// The one frozen state of the page; views read it, only `update` and `patchFile` replace it.
import { signal } from "./vendor/signals.js";

/**
 * @typedef {{id: number, name: string, size: number, source: File, options: object, state: "queued"|"reading"|"done"|"failed"|"cancelled",
 *   progress: object|null, result: object|null, buffers: object|null, error: object|null, generation: number}} Entry
 */
const START = Object.freeze({
  room: "intervals",
  boot: Object.freeze({ phase: "runtime", done: 0, total: 0, error: null, versions: null }),
  /** @type {object[]} what can be chosen: the page's own universes, then opened files */
  universes: Object.freeze([]),
  samples: Object.freeze([]),
  /** the chosen one: {id, state: "loading"|"ready"|"failed", summary, error, progress} */
  universe: Object.freeze({ id: null, state: "loading", summary: null, error: null, progress: null }),
  settings: Object.freeze({}),
  /** @type {Entry[]} */
  files: Object.freeze([]),
  selected: null,
  saving: null,
  detail: "",
});

export const state = signal(START);

/** Replace some fields: `update({selected: 3})`. */
export function update(patch) {
  state.value = Object.freeze({ ...state.peek(), ...patch });
}

/** Replace some fields of one file; unknown ids (removed meanwhile) change nothing. */
export function patchFile(id, patch) {
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
