// Several tokenizers over one engine: order, re-opening after a restart, cancelling, closing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GenotokError } from "../genotok/mistakes.js";
import { EngineError, failure } from "../protocol.js";
import { Sessions } from "../genotok/sessions.js";

/** An engine that notes what it is asked and answers after a turn. */
class Bench {
  generation = 0;
  boot = Promise.resolve();
  asked = [];
  closed = false;

  async call(op, args = [], watch = undefined) {
    this.asked.push([op, ...args].join(" "));
    this.watch = watch;
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (op === "fail") throw new EngineError(failure("BedError", "x.bed:7: no", "do"), "trace");
    return { value: op, buffers: {} };
  }

  close() {
    this.closed = true;
  }
}

function desk() {
  const engine = new Bench();
  const sessions = new Sessions(engine);
  const session = (name) => sessions.create((call) => call("open", name));
  return { engine, sessions, session };
}

test("work is done in the order of its asking, each in its own session, opened once", async () => {
  const { engine, sessions, session } = desk();
  const [a, b] = [session("a"), session("b")];
  const work = (word) => async (call) => {
    await call(word, 1);
    return (await call(word, 2)).value;
  };
  const answers = await Promise.all([sessions.alone(a, work("x")), sessions.alone(b, work("y")), sessions.alone(a, work("z"))]);
  assert.deepEqual(answers, ["x", "y", "z"]);
  assert.deepEqual(engine.asked, ["enter 1", "open a", "x 1", "x 2", "enter 2", "open b", "y 1", "y 2", "enter 1", "z 1", "z 2"]);
});

test("after a restart a session gets its universe again, when it is next asked", async () => {
  const { engine, sessions, session } = desk();
  const a = session("a");
  await sessions.alone(a, (call) => call("x"));
  engine.generation += 1;
  await sessions.alone(a, (call) => call("y"));
  assert.deepEqual(engine.asked, ["enter 1", "open a", "x", "enter 1", "open a", "y"]);
});

test("a failure is told as a GenotokError and leaves the queue in order", async () => {
  const { sessions, session } = desk();
  const a = session("a");
  const failed = sessions.alone(a, (call) => call("fail"));
  const next = sessions.alone(a, (call) => call("x"));
  await assert.rejects(failed, (error) => error instanceof GenotokError && error.code === "BedError" && error.hint === "do" && error.detail === "trace");
  assert.equal((await next).value, "x");
});

test("who no longer wants an answer is not kept waiting, and what has not begun never does", async () => {
  const { engine, sessions, session } = desk();
  const a = session("a");
  let begin, finish;
  const begun = new Promise((resolve) => (begin = resolve));
  const long = sessions.alone(a, () => new Promise((resolve) => begin((finish = resolve))));
  const abort = new AbortController();
  const waiting = sessions.alone(a, (call) => call("never"), { signal: abort.signal });
  abort.abort("enough");
  await assert.rejects(waiting, (error) => error.code === "cancelled" && error.cause === "enough");
  await begun;
  finish("long");
  assert.equal(await long, "long");
  await sessions.alone(a, (call) => call("last"));
  assert.deepEqual(engine.asked.filter((asked) => !asked.startsWith("enter")), ["open a", "last"]);
});

test("a session that is left is freed after its work; a closed desk refuses", async () => {
  const { engine, sessions, session } = desk();
  const a = session("a");
  const work = sessions.alone(a, (call) => call("x"));
  sessions.leave(a);
  await work;
  await sessions.queue;
  assert.equal(engine.asked.at(-1), "leave 1");
  sessions.close();
  assert.ok(engine.closed);
  await assert.rejects(sessions.alone(a, (call) => call("x")), { code: "closed" });
});

test("an engine that cannot start is told to everyone who asks", async () => {
  const { engine, sessions, session } = desk();
  engine.boot = Promise.reject(new EngineError(failure("network", "numpy is missing", "load the page again")));
  await assert.rejects(sessions.alone(session("a"), (call) => call("x")), { code: "network", message: "numpy is missing; load the page again" });
});
