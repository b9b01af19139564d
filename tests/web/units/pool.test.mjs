// The queue: order, cancel, rerun, helpers, and results that outlive the engine's memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedLimits, crewSize } from "../pool/crew.js";
import { Pool, budgetOf } from "../pool.js";
import { EngineError, failure } from "../protocol.js";
import { Rest } from "../pool/rest.js";
import { state, update } from "../state.js";

const stop = (code = "cancelled") => new EngineError(failure(code, code));

/** An engine that tokenizes at once, or, while `hold` is set, when told to. */
class Desk extends EventTarget {
  generation = 0;
  handles = 0;
  alive = new Set();
  calls = [];
  pending = new Map();
  options = [];
  hold = false;
  digest = "u";
  boot = Promise.resolve();
  ended = false;
  waiting = [];

  async call(op, args, { signal } = {}) {
    this.calls.push(op);
    if (op === "forget") return this.alive.delete(args[0]);
    if (op === "universe_arrays") return { value: { meta: { digest: this.digest } }, buffers: { codes: 1, starts: 2, ends: 3 } };
    if (op === "set_universe") return void (this.digest = args[0].digest);
    if (op === "configure") return {};
    if (op === "ping") return { value: { heap: this.heap ?? 0 }, buffers: {} };
    if (op === "compare") return { value: args.map((handle) => this.alive.has(handle)), buffers: {} };
    if (op === "compare_many") return { value: args[0].map((handle) => this.alive.has(handle)), buffers: {} };
    if (signal?.aborted) throw stop();
    if (["open_file", "encode_text", "stream_file"].includes(op)) {
      this.options.push(args.at(-1));
      if (this.hold) await new Promise((resolve, reject) => {
        this.waiting.push({ resolve, reject });
        signal.addEventListener("abort", () => reject(stop()));
      });
    }
    const name = op === "encode_text" ? "pasted.bed" : args[0].name;
    if (name.startsWith("bad")) throw stop("BedError");
    const universe = { digest: this.digest };
    const words = { name, crc32: name.charCodeAt(0), rows: 10, tokens: 5, universe };
    if (op === "stream_file") return { value: { words, name: `${name}.${args[1]}`, mime: "x/y", blob: new Blob(["tokens"]) }, buffers: {} };
    const handle = ++this.handles;
    this.alive.add(handle);
    return { value: { handle, ...words }, buffers: { ids: new Int32Array(1) } };
  }

  close() {
    this.ended = true;
  }

  /** The worker is gone, and with it what it held. */
  die(error = stop()) {
    this.generation += 1;
    this.alive.clear();
    this.dispatchEvent(new Event("restart"));
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  release() {
    this.hold = false;
    for (const { resolve } of this.waiting.splice(0)) resolve();
  }
}

const READY = Object.freeze({ state: "ready", summary: { digest: "u", name: "U" } });

function start(options = {}) {
  const engine = new Desk();
  const hired = [];
  const hire = () => {
    hired.push(Object.assign(new Desk(), { digest: null }));
    return hired.at(-1);
  };
  update({ files: Object.freeze([]), selected: null, question: null, engines: 1, settings: {}, universe: READY });
  return { engine, hired, pool: new Pool(engine, { workers: 1, budget: 2e9, idle: 100, hire, ...options }) };
}

const files = (...names) => names.map((name) => ({ name, size: 1 }));
const many = (n, size = 1) => Array.from({ length: n }, (_, at) => ({ name: `f${at}`, size }));
const states = () => state.peek().files.map(({ state: now }) => now);
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("files run in order, one failure stops nobody", async () => {
  const { pool } = start();
  await pool.add(files("a", "bad", "c"));
  await settle();
  assert.deepEqual(states(), ["done", "failed", "done"]);
  assert.equal(state.peek().selected, state.peek().files[0].id);
});

test("many files are queued in order, not all at one go", async () => {
  const { pool } = start();
  const adding = pool.add(many(120));
  assert.equal(state.peek().files.length, 20);
  const ids = await adding;
  assert.deepEqual(state.peek().files.map(({ id, name }) => [id, name]), ids.map((id, at) => [id, `f${at}`]));
  await settle();
  assert.deepEqual(new Set(states()), new Set(["done"]));
});

test("files that come while others are being queued stand behind them", async () => {
  const { pool } = start();
  const added = await Promise.all([pool.add(many(50)), pool.add(files("late")), pool.add(files("last"))]);
  assert.deepEqual(state.peek().files.map(({ id }) => id), added.flat());
  assert.deepEqual(state.peek().files.slice(-2).map(({ name }) => name), ["late", "last"]);
  await settle();
});

test("nothing runs before there is a universe", async () => {
  const { engine, pool } = start();
  update({ universe: { state: "loading", summary: null } });
  await pool.add(files("a"));
  await settle();
  assert.deepEqual([states(), engine.calls.includes("open_file")], [["queued"], false]);
  update({ universe: READY });
  pool.pump();
  await settle();
  assert.deepEqual(states(), ["done"]);
});

test("a cancelled file stops, the next one runs", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  const [first] = await pool.add(files("a", "b"));
  await settle();
  engine.hold = false;
  pool.cancel(first);
  await settle();
  assert.deepEqual(states(), ["cancelled", "done"]);
});

test("cancelling all leaves what is done", async () => {
  const { engine, pool } = start();
  await pool.add(files("a"));
  await settle();
  engine.hold = true;
  await pool.add(files("b", "c"));
  await settle();
  pool.cancelAll();
  await settle();
  assert.deepEqual(states(), ["done", "cancelled", "cancelled"]);
});

test("another universe runs everything again and keeps old results in view", async () => {
  const { pool } = start();
  await pool.add(files("a", "b"));
  await settle();
  update({ universe: { state: "loading", summary: null } });
  pool.rerun();
  assert.deepEqual(state.peek().files.map(({ state: now, stale, result }) => [now, stale, Boolean(result)]), [["queued", true, true], ["queued", true, true]]);
  update({ universe: READY });
  pool.pump();
  await settle();
  assert.deepEqual(state.peek().files.map(({ state: now, stale }) => [now, stale]), [["done", false], ["done", false]]);
});

test("a file under way when the rules change runs again, unless it is cancelled", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  const [id] = await pool.add(files("a"));
  await settle();
  pool.rerun();
  await settle();
  assert.deepEqual([states(), engine.calls.filter((op) => op === "open_file").length], [["reading"], 2]);
  pool.rerun();
  pool.cancel(id);
  await settle();
  assert.deepEqual(states(), ["cancelled"]);
});

test("a result of a universe that is no longer in force is not kept", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  await pool.add(files("a"));
  await settle();
  update({ universe: { state: "ready", summary: { digest: "v", name: "V" } } });
  engine.digest = "u"; // what this file began with
  const [first] = engine.waiting.splice(0);
  engine.hold = false;
  first.resolve();
  queueMicrotask(() => (engine.digest = "v"));
  await settle();
  assert.equal(state.peek().files[0].result.universe.digest, "v");
});

test("a rerun does not take the chosen file out of view", async () => {
  const { pool } = start();
  const [, second] = await pool.add(files("a", "b"));
  await settle();
  update({ selected: second });
  pool.rerun();
  await settle();
  assert.equal(state.peek().selected, second);
});

test("quick work is done again at once, slow work after a question", async () => {
  const { pool } = start();
  await pool.add(files("a", "b"));
  await settle();
  let done = 0;
  pool.consider("Another universe", () => (done += 1));
  assert.deepEqual([done, state.peek().question], [1, null]);
  update({ files: Object.freeze(state.peek().files.map((file) => Object.freeze({ ...file, took: 1700 }))) });
  pool.consider("Another universe", () => (done += 1));
  assert.equal(state.peek().question.text, "Another universe tokenizes 2 files again, about 3 s.");
  state.peek().question.no[1]();
  assert.deepEqual([done, state.peek().question], [1, null]);
  pool.consider("Another universe", () => (done += 1));
  state.peek().question.yes[1]();
  assert.deepEqual([done, state.peek().question], [2, null]);
});

test("few results stay in the engine, the others come back from the page", async () => {
  const { engine, pool } = start();
  const ids = await pool.add(files("a", "b", "c", "d", "e", "f"));
  await settle();
  assert.equal(engine.alive.size, 4);
  const handle = await pool.handleOf(ids[0]);
  assert.ok(engine.calls.includes("load_result"));
  assert.ok(engine.alive.has(handle));
  assert.equal(engine.alive.size, 4);
});

test("many results live together while they are asked together", async () => {
  const { engine, pool } = start();
  const ids = await pool.add(many(20));
  await settle();
  assert.deepEqual((await pool.askMany(ids, "compare_many")).value, Array(20).fill(true));
  assert.deepEqual((await pool.ask2(ids[0], ids[19], "compare")).value, [true, true]);
  assert.equal(engine.alive.size, 4);
});

test("two askers bring a result back once", async () => {
  const { engine, pool } = start();
  const ids = await pool.add(many(6));
  await settle();
  const [one, two] = await Promise.all([pool.handleOf(ids[0]), pool.handleOf(ids[0])]);
  assert.equal(one, two);
  assert.equal(engine.calls.filter((op) => op === "load_result").length, 1);
});

test("after a restart every handle is made anew", async () => {
  const { engine, pool } = start();
  const [id] = await pool.add(files("a"));
  await settle();
  engine.die();
  assert.ok(engine.alive.has(await pool.handleOf(id)));
});

test("a question that a restart cut off is asked again, another failure is told", async () => {
  const { engine, pool } = start();
  const [id] = await pool.add(files("a"));
  await settle();
  const { call } = engine;
  let asked = 0;
  engine.call = async function (op, ...rest) {
    if (op !== "summary") return call.call(this, op, ...rest);
    asked += 1;
    if (asked === 1) this.die();
    if (asked < 3) throw stop(asked === 1 ? "cancelled" : "InputError");
    return { value: "summary", buffers: {} };
  };
  await assert.rejects(pool.ask(id, "summary"), /InputError/);
  assert.equal((await pool.ask(id, "summary")).value, "summary");
});

test("a file whose worker was lost through others waits again, but not for ever", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  await pool.add(files("a"));
  for (let times = 0; times < 2; times += 1) {
    await settle();
    engine.die();
  }
  await settle();
  assert.deepEqual(states(), ["reading"]);
  engine.die();
  await settle();
  assert.deepEqual([states(), state.peek().files[0].error.code], [["failed"], "memory"]);
});

test("a file that costs the worker fails, the rest goes on", async () => {
  const { engine, pool } = start();
  const [id] = await pool.add(files("a"));
  await settle();
  engine.hold = true;
  await pool.add(files("b", "c"));
  await settle();
  const crash = stop("engine");
  engine.hold = false;
  engine.die(crash);
  await settle();
  assert.deepEqual([states(), state.peek().files[1].error.code], [["done", "failed", "done"], "memory"]);
  assert.ok(engine.alive.has(await pool.handleOf(id)));
});

test("a removed file frees what it held", async () => {
  const { engine, pool } = start();
  const [id] = await pool.add(files("a"));
  await settle();
  pool.remove(id);
  assert.deepEqual([state.peek().files, state.peek().selected, engine.alive.size], [[], null, 0]);
});

test("a file that is removed while it is read leaves nothing behind", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  const [id] = await pool.add(files("a"));
  await settle();
  pool.remove(id);
  await settle();
  assert.deepEqual([state.peek().files, engine.alive.size, pool.running.size], [[], 0, 0]);
});

test("pasted text is a file that can be run again", async () => {
  const { engine, pool } = start();
  const [id] = pool.addText("chr1\t1\t2\n");
  await settle();
  const { name, size, text, state: now } = state.peek().files[0];
  assert.deepEqual([name, size, text, now], ["pasted.bed", 9, "chr1\t1\t2\n", "done"]);
  pool.retry(id, { rename: { 1: "chr1" } });
  await settle();
  assert.deepEqual(engine.options, [{}, { rename: { 1: "chr1" } }]);
});

test("equal content is marked by the first file that has it", async () => {
  const { pool } = start();
  const [first, second, third] = await pool.add(files("xa", "xb", "xc"));
  await settle();
  const same = () => state.peek().files.map(({ same: twin }) => twin);
  assert.deepEqual(same(), [null, first, first]);
  pool.remove(first);
  assert.deepEqual(same(), [null, second]);
  assert.deepEqual(state.peek().files.map(({ id }) => id), [second, third]);
});

test("tokens can go straight into a file, once", async () => {
  const delivered = [];
  const { engine, pool } = start({ deliver: (blob, name) => delivered.push([name, blob.size]) });
  const [id] = await pool.add(files("a"));
  await settle();
  pool.streamTo(id, "gtok");
  await settle();
  const { result, streamed, state: now, options } = state.peek().files[0];
  assert.deepEqual([result, streamed.saved, streamed.tokens, now, options], [null, "a.gtok", 5, "done", {}]);
  assert.deepEqual([delivered, engine.alive.size], [[["a.gtok", 6]], 0]);
  pool.rerun();
  await settle();
  assert.deepEqual([delivered.length, state.peek().files[0].stale], [1, true]);
});

test("what one more result may take shrinks with what is held", async () => {
  const { pool } = start({ budget: 1e9 });
  assert.equal(pool.budget(), 1e9);
  await pool.add(files("a", "b"));
  await settle();
  assert.equal(pool.budget(), 1e9 - 2 * (20 * 10 + 4 * 5));
});

test("an idle engine that holds much may be started anew, which is asked once", async () => {
  const { engine, pool } = start();
  engine.heap = 1.4e9;
  await pool.add(files("a"));
  await settle();
  assert.equal(state.peek().question, null);
  engine.heap = 1.6e9;
  engine.restart = engine.die;
  const [id] = await pool.add(files("b"));
  await settle();
  assert.match(state.peek().question.text, /^The engine holds 1600 MB of memory/);
  state.peek().question.no[1]();
  await pool.add(files("c"));
  await settle();
  assert.equal(state.peek().question, null);
  engine.die(); // another worker
  await pool.add(files("d"));
  await settle();
  state.peek().question.yes[1]();
  assert.deepEqual([state.peek().question, engine.generation], [null, 2]);
  assert.ok(engine.alive.has(await pool.handleOf(id)));
});

test("an engine whose list stays empty gives back what it grew by", async () => {
  const { engine } = start();
  const rest = new Rest(engine, 1);
  const restarts = async (heap) => {
    const { generation } = engine;
    engine.heap = heap;
    rest.emptied();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return engine.generation - generation;
  };
  let kept = 5e7;
  engine.restart = () => {
    engine.die();
    engine.heap = kept;
    for (const phase of ["loading", "ready"]) update({ universe: { state: phase, summary: { n: 1e6 } } });
  };
  update({ universe: { state: "ready", summary: { n: 1e6 } } });
  assert.deepEqual([await restarts(1.1e8), await restarts(1.3e8)], [0, 1]);
  engine.pending.set(1, {});
  assert.equal(await restarts(1.3e8), 0); // something is being worked on: later, then
  engine.pending.clear();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(engine.generation, 2);
  kept = 2e8; // a start that holds as much is not repeated
  assert.deepEqual([await restarts(2.1e8), await restarts(2.3e8), await restarts(2.5e8)], [1, 0, 1]);
  update({ files: Object.freeze([Object.freeze({ id: 1, state: "done" })]) });
  assert.equal(await restarts(9e8), 0); // a file has come meanwhile
});

test("a machine has as many workers as it can feed", () => {
  const sizes = [{ hardwareConcurrency: 2 }, { hardwareConcurrency: 4 }, { hardwareConcurrency: 64 }, { hardwareConcurrency: 8, deviceMemory: 2 }, {}];
  assert.deepEqual(sizes.map(crewSize), [1, 3, 4, 1, 1]);
  assert.deepEqual(["?workers=2", "?workers=9", "?workers=0", "?workers=2x", "", "?a=1&workers=8"].map((search) => askedLimits(search).workers), [2, null, null, null, null, 8]);
  assert.deepEqual(["?budget=500", "?budget=4001", "?budget=0.5", ""].map((search) => askedLimits(search).budget), [5e8, null, null, null]);
  assert.deepEqual([{ deviceMemory: 4 }, { deviceMemory: 8 }, {}].map(budgetOf), [1e9, 2e9, 2e9]);
});

test("a short queue brings no helper, a long or a heavy one does", async () => {
  const { hired, pool } = start({ workers: 3 });
  await pool.add(many(8));
  await settle();
  assert.equal(hired.length, 0);
  await pool.add(many(9));
  await settle();
  assert.deepEqual([hired.length, state.peek().engines], [2, 3]);
  const heavy = start({ workers: 2 });
  await heavy.pool.add(many(2, 17e6));
  await settle();
  assert.equal(heavy.hired.length, 1);
});

test("helpers get the universe and the settings once, and keep nothing", async () => {
  const { engine, hired, pool } = start({ workers: 2 });
  engine.hold = true; // the first one is slow
  await pool.add(many(30));
  await settle();
  const [helper] = hired;
  assert.deepEqual(helper.calls.slice(0, 4), ["set_universe", "configure", "open_file", "forget"]);
  assert.equal(helper.calls.filter((op) => op === "set_universe").length, 1);
  assert.deepEqual([helper.alive.size, states().filter((now) => now === "done").length], [0, 29]);
  engine.release();
  await settle();
  assert.deepEqual(new Set(states()), new Set(["done"]));
  assert.ok(engine.alive.has(await pool.handleOf(state.peek().files[5].id)));
});

test("idle helpers are let go", async () => {
  const { hired, pool } = start({ workers: 2, idle: 20 });
  await pool.add(many(12));
  await settle();
  assert.equal(state.peek().engines, 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([hired[0].ended, state.peek().engines], [true, 1]);
});

test("a helper that can't start or learn costs nothing but itself", async () => {
  const { engine, pool } = start({ workers: 3, hire: () => Object.assign(new Desk(), { boot: Promise.reject(stop("network")) }) });
  await pool.add(many(12));
  await settle();
  assert.deepEqual([new Set(states()), pool.crew.size], [new Set(["done"]), 1]);
  const dull = start({ workers: 2, hire: () => Object.assign(new Desk(), { call: () => Promise.reject(stop("UniverseError")) }) });
  dull.engine.hold = true;
  await dull.pool.add(many(12));
  await settle();
  dull.engine.release();
  await settle();
  assert.deepEqual([new Set(states()), dull.pool.crew.size, engine.ended], [new Set(["done"]), 1, false]);
});

test("the order of the results is the order of the files, whoever made them", async () => {
  const { engine, pool } = start({ workers: 4 });
  engine.hold = true;
  await pool.add(many(40));
  await settle();
  engine.release();
  await settle();
  assert.deepEqual(state.peek().files.map(({ result }) => result.name), many(40).map(({ name }) => name));
});
