// The queue: order, cancel, rerun, and results that outlive the engine's memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pool } from "../pool.js";
import { EngineError, failure } from "../protocol.js";
import { state, update } from "../state.js";

/** An engine that tokenizes at once, or when told to. */
class Desk extends EventTarget {
  generation = 0;
  handles = 0;
  alive = new Set();
  calls = [];
  hold = null;

  async call(op, args, { signal } = {}) {
    this.calls.push(op);
    if (op === "forget") return this.alive.delete(args[0]);
    if (op === "open_file" && this.hold) {
      await new Promise((resolve, reject) => {
        this.hold = resolve;
        signal.addEventListener("abort", () => reject(new EngineError(failure("cancelled", "cancelled"))));
      });
    }
    if (op === "open_file" && args[0].name.startsWith("bad")) throw new EngineError(failure("BedError", "bad"));
    const handle = ++this.handles;
    this.alive.add(handle);
    return { value: { handle, name: args[0].name }, buffers: { ids: new Int32Array(1) } };
  }
}

function start() {
  const engine = new Desk();
  update({ files: Object.freeze([]), selected: null, universe: { state: "ready", summary: { digest: "u" } } });
  return { engine, pool: new Pool(engine) };
}

const files = (...names) => names.map((name) => ({ name, size: 1 }));
const states = () => state.peek().files.map(({ state: now }) => now);
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("files run in order, one failure stops nobody", async () => {
  const { pool } = start();
  pool.add(files("a", "bad", "c"));
  await settle();
  assert.deepEqual(states(), ["done", "failed", "done"]);
  assert.equal(state.peek().selected, state.peek().files[0].id);
});

test("nothing runs before there is a universe", async () => {
  const { engine, pool } = start();
  update({ universe: { state: "loading", summary: null } });
  pool.add(files("a"));
  await settle();
  assert.deepEqual([states(), engine.calls], [["queued"], []]);
  update({ universe: { state: "ready", summary: {} } });
  await pool.pump();
  assert.deepEqual(states(), ["done"]);
});

test("a cancelled file stops, the next one runs", async () => {
  const { engine, pool } = start();
  engine.hold = true;
  const [first] = pool.add(files("a", "b"));
  await settle();
  engine.hold = null;
  pool.cancel(first);
  await settle();
  assert.deepEqual(states(), ["cancelled", "done"]);
});

test("another universe runs everything again and keeps old results in view", async () => {
  const { pool } = start();
  pool.add(files("a", "b"));
  await settle();
  update({ universe: { state: "loading", summary: null } });
  pool.rerun();
  assert.deepEqual(state.peek().files.map(({ state: now, stale, result }) => [now, stale, Boolean(result)]), [["queued", true, true], ["queued", true, true]]);
  update({ universe: { state: "ready", summary: {} } });
  await pool.pump();
  assert.deepEqual(state.peek().files.map(({ state: now, stale }) => [now, stale]), [["done", false], ["done", false]]);
});

test("a rerun does not take the chosen file out of view", async () => {
  const { pool } = start();
  const [, second] = pool.add(files("a", "b"));
  await settle();
  update({ selected: second });
  pool.rerun();
  await settle();
  assert.equal(state.peek().selected, second);
});

test("few results stay in the engine, the others come back from the page", async () => {
  const { engine, pool } = start();
  const ids = pool.add(files("a", "b", "c", "d", "e", "f"));
  await settle();
  assert.equal(engine.alive.size, 4);
  const handle = await pool.handleOf(ids[0]);
  assert.ok(engine.calls.includes("load_result"));
  assert.ok(engine.alive.has(handle));
  assert.equal(engine.alive.size, 4);
});

test("after a restart every handle is made anew", async () => {
  const { engine, pool } = start();
  const [id] = pool.add(files("a"));
  await settle();
  engine.generation += 1;
  engine.alive.clear();
  engine.dispatchEvent(new Event("restart"));
  assert.ok(engine.alive.has(await pool.handleOf(id)));
});

test("a removed file frees what it held", async () => {
  const { engine, pool } = start();
  const [id] = pool.add(files("a"));
  await settle();
  pool.remove(id);
  assert.deepEqual([state.peek().files, state.peek().selected, engine.alive.size], [[], null, 0]);
});
