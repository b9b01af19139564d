// The engine's side of the page: replies out of order, progress, cancel, restart, crash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Engine } from "../engine.js";
import { failure } from "../protocol.js";
import { take, whole } from "../worker/arrivals.js";

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
    for (const { ports } of workers) ports.forEach((port) => port.close?.());
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

test("a large array goes ahead of its request in pieces, of which none is large", async () => {
  const { engine, worker, reply, close } = bench();
  const large = new Int32Array(5 * 2 ** 20).map((_, at) => at % 1009);
  const small = Uint8Array.of(1, 2);
  const call = engine.call("load_result", [{ rows: 3 }, large, small]);
  const asked = () => worker().sent.find(({ op }) => op === "load_result");
  while (!asked()) await new Promise((resolve) => setTimeout(resolve, 1));
  const sent = worker().sent.filter(({ op }) => op !== "boot");
  assert.deepEqual(sent.map(({ op, piece }) => [op, piece?.byteLength]), [...Array(5).fill(["piece", 4 * 2 ** 20]), ["load_result", undefined]]);
  sent.slice(0, -1).forEach(take);
  assert.deepEqual(whole(asked().args), [{ rows: 3 }, large, small]);
  assert.deepEqual(whole(asked().args)[1], { ahead: `${asked().id}.1` }); // it is taken once
  reply(asked().id, "here");
  assert.equal((await call).value, "here");
  close();
});

test("a worker that is replaced hears no request whose pieces went to the old one", async () => {
  const { engine, workers, close } = bench();
  const call = engine.call("load_result", [new Float64Array(2 ** 20)]);
  engine.restart();
  await assert.rejects(call, (error) => error.failure.code === "cancelled");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(workers.map(({ sent }) => sent.map(({ op }) => op)), [["boot", "piece"], ["boot"]]);
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
  assert.ok(performance.now() - began >= 170);
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

test("a worker that was replaced is not heard any more", async () => {
  const { engine, workers, close } = bench();
  engine.boot.catch(() => {});
  engine.restart();
  engine.boot.catch(() => {});
  workers[0].onerror({ message: "late" });
  workers[0].onmessage({ data: { id: 0, phase: "ready" } });
  assert.deepEqual([workers.length, engine.lastBoot], [2, null]);
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

test("a closed engine answers nothing more", async () => {
  const { engine, workers, close } = bench();
  engine.boot.catch(() => {});
  const call = engine.call("rows");
  engine.close();
  await assert.rejects(call, /restarted/);
  assert.deepEqual([workers.length, workers[0].ended], [1, true]);
  close();
});

test("an idle worker that gives no sign of life for 10 s is replaced, a busy one is left alone", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  document.hidden = false;
  const workers = [];
  const make = () => {
    workers.push({ sent: [], terminate() {}, postMessage({ id, op }) { this.sent.push({ id, op }); } });
    return workers.at(-1);
  };
  const engine = new Engine(new URL("file:///worker.js"), make);
  engine.boot.catch(() => {});
  const reply = () => {
    workers.at(-1).onmessage({ data: { type: "result", id: workers.at(-1).sent.at(-1).id, value: null, buffers: {} } });
    return new Promise(setImmediate);
  };
  context.mock.timers.tick(30_000);
  assert.deepEqual(workers[0].sent.map(({ op }) => op), ["boot"]); // starting is work
  await reply();
  context.mock.timers.tick(10_000);
  assert.equal(workers[0].sent.at(-1).op, "ping");
  await reply();
  context.mock.timers.tick(10_000);
  assert.equal(workers.length, 1);
  context.mock.timers.tick(10_000); // the second ping stays without an answer
  assert.equal(workers.length, 2);
  engine.boot.catch(() => {});
  engine.close();
  document.hidden = true;
});
