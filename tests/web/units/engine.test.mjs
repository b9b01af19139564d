// The engine's side of the page: replies out of order, progress, cancel, restart, crash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Engine } from "../engine.js";
import { failure } from "../protocol.js";

globalThis.document = { hidden: true }; // no heartbeat from a tab that nobody sees

/** A worker that does nothing by itself; the test answers for it. */
function bench() {
  const workers = [];
  const make = () => {
    const worker = { sent: [], ports: [], ended: false, terminate() { this.ended = true; } };
    worker.postMessage = (message, transfer) => {
      worker.sent.push(message);
      worker.ports.push(...transfer);
    };
    workers.push(worker);
    return worker;
  };
  const engine = new Engine(new URL("file:///worker.js"), make);
  clearInterval(engine.heart);
  const worker = () => workers.at(-1);
  const reply = (id, value) => worker().onmessage({ data: { type: "result", id, value, buffers: {} } });
  const last = () => worker().sent.at(-1).id;
  const close = () => {
    for (const { ports } of workers) ports.forEach((port) => port.close());
    engine.boot.catch(() => {});
  };
  return { engine, workers, worker, reply, last, close };
}

test("replies find their calls in any order", async () => {
  const { engine, reply, last, close } = bench();
  const first = engine.call("ping");
  const one = last();
  const second = engine.call("ping");
  reply(last(), "second");
  reply(one, "first");
  assert.deepEqual([(await first).value, (await second).value], ["first", "second"]);
  close();
});

test("progress reaches its call and nobody else", async () => {
  const { engine, worker, reply, last, close } = bench();
  const seen = [];
  const call = engine.call("open_file", [], { progress: ({ done }) => seen.push(done) });
  worker().onmessage({ data: { type: "progress", id: last(), phase: "read", done: 5 } });
  worker().onmessage({ data: { type: "progress", id: 999, phase: "read", done: 7 } });
  reply(last(), "done");
  await call;
  assert.deepEqual(seen, [5]);
  close();
});

test("an error carries its words", async () => {
  const { engine, worker, last, close } = bench();
  const call = engine.call("rows");
  worker().onmessage({ data: { type: "error", id: last(), error: failure("BedError", "x.bed:7: no"), detail: "trace" } });
  await assert.rejects(call, (error) => error.failure.code === "BedError" && error.message === "x.bed:7: no" && error.detail === "trace");
  close();
});

test("a cancelled call that does not answer costs the worker", async () => {
  const { engine, workers, close } = bench();
  engine.boot.catch(() => {});
  const abort = new AbortController();
  const call = engine.call("open_file", [], { signal: abort.signal });
  let restarted = 0;
  engine.addEventListener("restart", () => (restarted += 1));
  const began = performance.now();
  abort.abort();
  await assert.rejects(call, (error) => error.failure.code === "cancelled");
  assert.ok(performance.now() - began >= 190);
  assert.deepEqual([restarted, workers.length, workers[0].ended, engine.generation], [1, 2, true, 1]);
  close();
});

test("a cancelled call that answers in time keeps the worker", async () => {
  const { engine, workers, worker, last, close } = bench();
  const abort = new AbortController();
  const call = engine.call("open_file", [], { signal: abort.signal });
  abort.abort();
  worker().onmessage({ data: { type: "error", id: last(), error: failure("cancelled", "cancelled") } });
  await assert.rejects(call, /cancelled/);
  await new Promise((resolve) => setTimeout(resolve, 260));
  assert.equal(workers.length, 1);
  close();
});

test("a call with an aborted signal is never sent", async () => {
  const { engine, worker, close } = bench();
  const before = worker().sent.length;
  await assert.rejects(engine.call("open_file", [], { signal: AbortSignal.abort() }), /cancelled/);
  assert.equal(worker().sent.length, before);
  close();
});

test("a crash restarts once, a second one without a start between is told", async () => {
  const { engine, workers, worker, close } = bench();
  const told = [];
  engine.addEventListener("boot", ({ detail }) => told.push(detail.phase));
  const call = engine.call("rows");
  engine.boot.catch(() => {});
  worker().onerror({ message: "boom" });
  await assert.rejects(call, /The engine stopped: boom/);
  engine.boot.catch(() => {});
  worker().onerror({ message: "boom again" });
  assert.deepEqual([workers.length, told], [2, ["failed"]]);
  close();
});

test("running out of memory restarts and fails the others", async () => {
  const { engine, workers, worker, last, close } = bench();
  engine.boot.catch(() => {});
  const other = engine.call("rows");
  const call = engine.call("open_file");
  worker().onmessage({ data: { type: "error", id: last(), error: failure("memory", "no memory") } });
  await assert.rejects(call, /no memory/);
  await assert.rejects(other, /restarted/);
  assert.equal(workers.length, 2);
  close();
});
