// The engine's side: boots Python in named steps, feeds bytes, calls the session, transfers arrays.
import { DIRECT, PART, PROTOCOL, SLICE, STEP, failure } from "./protocol.js";
import { DamagedFile, Fence } from "./fence.js";

const stopped = new WeakSet();
let session = null;
let pyodide = null;
let exporting = Promise.resolve();
const methods = {};

self.onmessage = ({ data }) => answer(data); // before any await, or early requests would be lost
const fence = new Fence(new URL("./", import.meta.url));
const booted = boot();
booted.catch(() => {}); // told to whoever calls `boot`

/** A failure on its way to the page. */
class Refusal extends Error {
  constructor(error, detail = "") {
    super(error.message);
    this.failure = error;
    this.detail = detail;
  }
}

async function answer({ id, op, args, stop }) {
  if (stop) stop.onmessage = () => stopped.add(stop);
  try {
    const versions = await booted;
    const work = { boot: () => versions, ping: () => null, open_asset, open_universe, open_file, export: save }[op];
    const reply = work ? await work(...args, { id, stop }) : call(op, ...args);
    const { value, buffers } = reply?.buffers ? reply : { value: reply, buffers: {} };
    self.postMessage({ type: "result", id, value, buffers }, Object.values(buffers).map((array) => array.buffer));
  } catch (error) {
    const { failure: told, detail } = explain(error);
    self.postMessage({ type: "error", id, error: told, detail });
  }
}

function explain(error) {
  if (error instanceof Refusal) return error;
  const detail = String(error?.stack ?? error);
  if (error instanceof DamagedFile) return { failure: failure("network", error.message, "load the page again"), detail };
  if (error?.name === "NotReadableError" || error?.name === "NotFoundError") {
    return { failure: failure("OSError", "The file changed while it was being read; drop it again"), detail };
  }
  const memory = error instanceof RangeError || /out of memory|memory access/i.test(detail);
  return { failure: failure(memory ? "memory" : "engine", memory ? "The engine ran out of memory" : "The engine failed"), detail };
}

// ---------------------------------------------------------------- start

function tell(phase, done = 0, total = 0) {
  self.postMessage({ type: "progress", id: 0, phase, done, total, unit: "bytes" });
}

async function boot() {
  tell("runtime");
  const build = await fence.open();
  const engine = new URL(build.engine, fence.base).href;
  const parts = Object.keys(build.files).filter((path) => path.startsWith(build.engine) && /pyodide\.asm\.wasm|stdlib|lock|numpy|genotok/.test(path));
  fence.onprogress = throttled((done, total) => tell("runtime", done, total));
  fence.prefetch(parts, true);
  fence.prefetch([build.universes[0]?.file].filter(Boolean), false);
  const { loadPyodide } = await import(`${engine}pyodide.mjs`);
  const environment = { PYTHONHASHSEED: "0", TZ: "UTC" };
  pyodide = await loadPyodide({
    indexURL: engine, lockFileURL: `${engine}pyodide-lock.json`, packages: ["numpy", "genotok"], env: environment,
    stdout: () => {}, stderr: () => {},
  });
  if (fence.failures.length) throw fence.failures[0];
  tell("numpy", 1, 1);
  if (build.pyc) await layByteCode(build);
  tell("genotok", 1, 1);
  const bridge = pyodide.pyimport("genotok.bridge");
  session = bridge.Session();
  bridge.destroy();
  const { value } = call("hello");
  if (value.protocol !== PROTOCOL) throw new Error(`the bridge speaks protocol ${value.protocol}, the page ${PROTOCOL}`);
  tell("ready", 1, 1);
  return { ...value, build };
}

/** The wheel is the one that pip installs; its byte code travels beside it and is laid into its `__pycache__`. */
async function layByteCode(build) {
  const archive = await (await self.fetch(new URL(build.pyc, fence.base).href)).arrayBuffer();
  pyodide.unpackArchive(archive, "zip", { extractDir: `/lib/python${build.python}/site-packages` });
}

// ---------------------------------------------------------------- calls

/** Call the session; the reply's arrays are copied out of the heap, every proxy is released. */
function call(op, ...args) {
  const kinds = DIRECT[op] ?? [];
  const crossing = args.map((arg, at) => (kinds[at] === "json" ? JSON.stringify(arg ?? {}) : arg));
  methods[op] ??= session[op]; // one proxy a method, kept as long as the session
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

function copied(proxy) {
  const view = proxy.getBuffer();
  try {
    return view.data.slice();
  } finally {
    view.release();
    proxy.destroy();
  }
}

function stage(bytes) {
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

// ---------------------------------------------------------------- files

/** Let waiting messages in; throws if the page asked to stop. */
async function turn(stop) {
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(0);
  });
  if (stop && stopped.has(stop)) throw new Refusal(failure("cancelled", "cancelled"));
}

/** Read a file slice by slice and hand it on in steps short enough to stop between. */
async function pour(file, stop, take) {
  let step = 0;
  for (let at = 0; at < file.size; at += SLICE) {
    const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
    step ||= bytes[0] === 0x1f && bytes[1] === 0x8b ? STEP.gzip : STEP.plain;
    for (let from = 0; from < bytes.length; from += step) {
      await turn(stop);
      take(bytes.subarray(from, from + step), Math.min(at + from + step, file.size));
    }
  }
}

async function streamed(kind, file, options, { id, stop }) {
  const { value: { handle } } = call(`open_${kind}`, file.name, file.size, JSON.stringify(options ?? {}));
  const report = throttled((phase, done, more) => {
    self.postMessage({ type: "progress", id, phase, done, total: file.size, unit: "bytes", more });
  });
  try {
    await pour(file, stop, (bytes, done) => {
      const { value } = call("feed", handle, stage(bytes));
      report("read", done, value);
    });
    await turn(stop);
    self.postMessage({ type: "progress", id, phase: "summarise", done: file.size, total: file.size, unit: "bytes" });
    return call(`close_${kind}`, handle);
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

const open_universe = (file, options, context) => streamed("universe", file, options, context);
const open_file = (file, options, context) => streamed("file", file, options, context);

async function open_asset(path, name) {
  const bytes = new Uint8Array(await (await self.fetch(new URL(path, fence.base).href)).arrayBuffer());
  return call("open_asset", stage(bytes), name);
}

// ---------------------------------------------------------------- outputs

/** One output at a time: the session has one writer. */
function save(...args) {
  const run = exporting.then(() => write(...args));
  exporting = run.catch(() => {});
  return run;
}

async function write(handles, format, options, sources, { stop }) {
  const { value } = call("begin_export", JSON.stringify(handles), format, JSON.stringify(options));
  const parts = [];
  const drain = async () => {
    for (;;) {
      await turn(stop);
      const { value: { done }, buffers: { part } } = call("next_part", PART);
      if (part.length) parts.push(part);
      if (done || !part.length) return done;
    }
  };
  try {
    for (const handle of value.needs_input) await refeed(handle, sources[handle], stop, drain);
    while (!(await drain()));
    return { name: value.name, blob: new Blob(parts, { type: value.mime }) };
  } finally {
    call("end_export");
  }
}

/** Some formats repeat the input's own lines, which nobody kept: the file is read once more. */
async function refeed(handle, file, stop, drain) {
  const blocks = [];
  for (let at = 0; at < file.size; at += SLICE) blocks.push(at);
  for (const at of blocks) {
    call("feed_export", handle, stage(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer())));
    await drain();
  }
  call("feed_export", handle, -1);
  await drain();
}

/** At most ten calls a second; the last state is not owed to anyone, results follow. */
function throttled(call_) {
  let last = -Infinity;
  return (...args) => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    call_(...args);
  };
}
