// The session in the worker: called with plain arguments, answered with copied arrays.
import { DIRECT } from "../protocol.js";

let pyodide = null;
let bridge = null;
let session = null;
let methods = {}; // of the session, one proxy each
const sessions = new Map();

/** A failure on its way to the page. */
export class Refusal extends Error {
  constructor(error, detail = "") {
    super(error.message);
    this.failure = error;
    this.detail = detail;
  }
}

/** Begin with one session, in a runtime that has all it imports. */
export function begin(runtime) {
  pyodide = runtime;
  bridge = pyodide.pyimport("genotok.bridge");
  enter(0);
}

/** Work in a session from now on; a new number makes a new one, with a universe of its own. The page stays in 0. */
export function enter(number) {
  if (!sessions.has(number)) sessions.set(number, { session: bridge.Session(), methods: {} });
  ({ session, methods } = sessions.get(number));
}

/** Free a session and all that it holds, and go back to the first. */
export function leave(number) {
  const left = sessions.get(number);
  enter(0);
  if (!left || !number) return;
  sessions.delete(number);
  for (const method of Object.values(left.methods)) method.destroy();
  left.session.destroy();
}

/** Bytes of memory that Python holds; a heap never shrinks. */
export const heapSize = () => pyodide._module.HEAPU8.byteLength;

/** Call the session; the reply's arrays are copied out of the heap, every proxy is released. */
export function call(op, ...args) {
  const kinds = DIRECT[op] ?? [];
  const crossing = args.map((arg, at) => (kinds[at] === "json" ? JSON.stringify(arg ?? {}) : arg));
  methods[op] ??= session[op];
  const reply = methods[op](...crossing);
  let arrays;
  try {
    const { arrays: names, error, detail, ...value } = JSON.parse(reply.get(0));
    if (error) throw new Refusal(error, detail);
    arrays = reply.get(1);
    const buffers = {};
    names.forEach((name, at) => (buffers[name] = copied(arrays.get(at))));
    return { value, buffers };
  } finally {
    arrays?.destroy();
    reply.destroy();
  }
}

/** The bytes of an array or of bytes; the proxy is released. */
export function copied(proxy) {
  const view = proxy.getBuffer();
  try {
    return view.data.slice();
  } finally {
    view.release();
    proxy.destroy();
  }
}

export function stage(bytes) {
  const proxy = session.staging(bytes.byteLength);
  const view = proxy.getBuffer("u8"); // asked for anew each time: the heap may have moved
  try {
    view.data.set(bytes);
  } finally {
    view.release();
    proxy.destroy();
  }
  return bytes.byteLength;
}
