// The engine's side of the messages: each request is answered once, told of on the way, and stopped when asked.
import * as arrivals from "./worker/arrivals.js";
import { boot } from "./worker/boot.js";
import { DamagedFile, Fence, UnreachedFile } from "./worker/fence.js";
import { Openings } from "./worker/openings.js";
import { loadPackages } from "./worker/packages.js";
import { failure, SHARED } from "./protocol.js";
import { operationsOf } from "./worker/dna.js";
import { Refusal, call, enter, heapSize, leave } from "./worker/python.js";
import * as streams from "./worker/streams.js";

const stopped = new WeakSet();

let give;
const given = self.name === SHARED ? new Promise((resolve) => (give = resolve)) : null;
self.onmessage = ({ data }) => { // before any await, or early requests would be lost
  if (data.op === "runtime") give(data.args[0]);
  else if (data.op === "piece") arrivals.take(data);
  else answer(data);
};
const fence = new Fence(new URL("./", import.meta.url));
const booted = boot(fence, seldom((phase, done, total) => tell(0, phase, done, total)), given);
/** What no start needs, as soon as a universe is open or a second has gone by, so that the first file need not wait for it. */
const prepare = (after) => booted.then(({ layRest }) => setTimeout(() => layRest().then(() => call("prepare")).catch(() => {}), after), () => {}); // failures are told to whoever needs what failed
prepare(1000);

/** Operations that need no module but those that a start imports; all others wait until the rest has come. */
const early = new Set(["boot", "ping", "hello", "configure", "enter", "open_asset"]);
let waiting = false; // then whatever comes later waits as well: the order of requests stays

const openings = new Openings();

/**
 * Operations that are more than one call of the session; all others go to it as they are.
 * @satisfies {Record<keyof typeof import("./protocol.js").COMPOSED, Function>}
 */
const composed = {
  boot: async () => (await booted).words,
  ping: () => ({ heap: heapSize(), requests: performance.getEntriesByType("resource").filter(({ name }) => /^https?:/.test(name)).length }),
  enter: (number) => enter(number),
  leave: (number) => leave(number),
  open_asset: (...args) => streams.openAsset(fence, ...args),
  lay_asset: (...args) => streams.layAsset(fence, ...args),
  open_universe: streams.openUniverse,
  open_file: streams.openFile,
  stream_file: streams.streamFile,
  export: streams.save,
  load_packages: async (names, context) => loadPackages(fence, await booted, names, context),
  export_into: streams.saveInto,
  ...named("motif"),
  ...named("vq"),
};

/** @template {string} P @param {P} prefix @returns {Record<`${P}_${"run"|"model"|"learn"|"export"}`, Function>} */
function named(prefix) {
  return /** @type {any} */ (Object.fromEntries(Object.entries(operationsOf(prefix)).map(([name, work]) => [`${prefix}_${name}`, work])));
}

async function answer({ id, op, args: sent, stop }) {
  const args = arrivals.whole(sent);
  if (stop) stop.onmessage = () => stopped.add(stop);
  openings.hear(id, op);
  try {
    const { layRest, layWheel } = await booted;
    waiting ||= !early.has(op);
    if (waiting) await layRest();
    if (/^(motif|vq)_/.test(op)) await layWheel();
    await openings.turn(op);
    const reply = composed[op] ? await composed[op](...args, contextOf(id, op, stop)) : call(op, ...args);
    openings.done(id, op, true);
    const { value, buffers } = reply?.buffers ? reply : { value: reply, buffers: {} };
    self.postMessage({ type: "result", id, value, buffers }, Object.values(buffers).map((array) => array.buffer));
    if (op === "open_asset") prepare(0);
  } catch (error) {
    openings.done(id, op, false);
    const { failure: told, detail } = explain(error);
    self.postMessage({ type: "error", id, error: told, detail });
  }
}

/** What long work needs of the messages: `tell` its progress, take a `turn` that lets others in and throws when stopped or overtaken. */
function contextOf(id, op, stop) {
  const inVain = () => (stop && stopped.has(stop)) || openings.overtaken(id, op);
  return { tell: seldom((...progress) => tell(id, ...progress)), turn: () => turn(inVain) };
}

async function turn(inVain) {
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(0);
  });
  if (inVain()) throw new Refusal(failure("cancelled", "cancelled"));
}

function tell(id, phase, done = 0, total = 0, more = undefined) {
  self.postMessage({ type: "progress", id, phase, done, total, unit: "bytes", more });
}

/** At most ten messages a second of one phase; a new phase is told at once. */
function seldom(send) {
  let last = -Infinity;
  let before = null;
  return (phase, ...rest) => {
    if (phase === before && performance.now() - last < 100) return;
    last = performance.now();
    before = phase;
    send(phase, ...rest);
  };
}

function explain(error) {
  if (error instanceof Refusal) return error;
  const detail = String(error?.stack ?? error);
  if (error instanceof DamagedFile) return { failure: failure("network", error.message, error instanceof UnreachedFile ? null : "load the page again"), detail };
  if (error?.name === "NotReadableError" || error?.name === "NotFoundError") {
    return { failure: failure("OSError", "The file changed while it was being read; drop it again"), detail };
  }
  if (error?.name === "CompileError") return { failure: failure("engine", "The browser does not compile the engine", "load the page again, or with another browser"), detail };
  const memory = error instanceof RangeError || /out of memory|memory access/i.test(detail);
  return { failure: failure(memory ? "memory" : "engine", memory ? "The engine ran out of memory" : "The engine failed"), detail };
}
