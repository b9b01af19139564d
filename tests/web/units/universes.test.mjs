// Which universe is in force: offered, opened, kept, forgotten, refused, restored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError, failure } from "../protocol.js";
import { state, update } from "../state.js";
import { Universes } from "../universes.js";

const array = (...values) => Int32Array.from(values);
const stop = (code) => new EngineError(failure(code, code));

/** An engine whose universes have their content as digest. */
class Desk extends EventTarget {
  calls = [];
  inUse = null;

  async call(op, args = []) {
    this.calls.push([op, args[0]?.name ?? args[0]?.digest ?? args[0]]);
    if (op === "universe_arrays") return { value: { meta: { digest: this.inUse } }, buffers: { codes: array(0), starts: array(1), ends: array(2) } };
    if (op === "open_universe" && args[0].content === "bad") throw stop("BedError");
    this.inUse = { open_asset: args[1], set_universe: args[0]?.digest, open_universe: args[0]?.content }[op];
    return { value: { name: "name", n: 1, digest: this.inUse, assembly: "hg38" }, buffers: {} };
  }
}

/** A browser that keeps what it is given while `room` lasts. */
class Shelf extends EventTarget {
  kept = new Map();
  room = true;

  async list() {
    return [...this.kept.values()].map(({ words }) => words);
  }

  async universe(digest) {
    return this.kept.get(digest)?.content ?? null;
  }

  async keep(words, content) {
    if (!this.room) throw new EngineError(failure("storage", "this browser allows 12 MB"));
    this.kept.set(words.digest, { words, content });
  }

  async forget(digest) {
    this.kept.delete(digest);
  }

  async forgetAll() {
    this.kept.clear();
  }
}

const ASSETS = [{ id: "hg38", file: "a", name: "HG38", digest: "HG38", n: 1 }, { id: "hg19", file: "b", name: "HG19", digest: "HG19", n: 1 }];

async function start({ store = new Shelf(), wanted } = {}) {
  update({ universes: Object.freeze([]), saved: Object.freeze([]), notice: null, universe: { id: null, state: "loading", summary: null } });
  const engine = new Desk();
  const changes = [];
  const universes = new Universes(engine, (changed) => changes.push(changed), store);
  await universes.offer(ASSETS, wanted);
  await settle();
  return { engine, store, changes, universes };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const file = (name, content) => ({ name, content });
const listed = () => state.peek().universes.map(({ id, kind }) => `${kind} ${id}`);
const inForce = () => [state.peek().universe.id, state.peek().universe.state, state.peek().universe.summary?.digest];

test("the first of the page's own universes comes into force, or the one that is wanted", async () => {
  await start();
  assert.deepEqual(inForce(), ["hg38", "ready", "HG38"]);
  await start({ wanted: (offered) => offered.find(({ digest }) => digest === "HG19") });
  assert.deepEqual(inForce(), ["hg19", "ready", "HG19"]);
});

test("files of one name are told apart by their content", async () => {
  const { changes, universes } = await start();
  await universes.openFile(file("u.bed", "one"));
  await universes.openFile(file("u.bed", "two"));
  await universes.openFile(file("other.bed", "two"));
  assert.deepEqual(listed(), ["asset hg38", "asset hg19", "own own:one", "own own:two"]);
  assert.deepEqual([inForce(), changes], [["own:two", "ready", "two"], [true, true, true, false]]);
  assert.equal(universes.byDigest("one").name, "u.bed");
  assert.equal(universes.byDigest("three"), null);
});

test("a refused file leaves the former universe in force and can be tried again", async () => {
  const { universes } = await start();
  const bad = file("u.bed", "bad");
  await universes.openFile(bad, { invalid: "error" });
  const { error, attempt } = state.peek().universe;
  assert.deepEqual([inForce(), error.code, attempt], [["hg38", "ready", "HG38"], "BedError", { file: bad, options: { invalid: "error" } }]);
});

test("a kept universe is offered at the next visit and opened from there", async () => {
  const { store, universes } = await start();
  await universes.openFile(file("u.bed", "one"));
  await universes.keep("own:one");
  assert.deepEqual(state.peek().saved, [{ digest: "one", name: "u.bed", n: 1, assembly: "hg38", bytes: 12 }]);
  const next = await start({ store });
  assert.deepEqual(listed(), ["asset hg38", "asset hg19", "saved own:one"]);
  await next.universes.choose("own:one");
  assert.deepEqual([inForce(), next.engine.calls.at(-1)], [["own:one", "ready", "one"], ["set_universe", "one"]]);
});

test("too little room is said and costs nothing", async () => {
  const { store, universes } = await start();
  store.room = false;
  await universes.openFile(file("u.bed", "one"));
  await universes.keep("own:one");
  assert.deepEqual([state.peek().notice, state.peek().saved, inForce()[0]], ["Not kept: this browser allows 12 MB", [], "own:one"]);
});

test("a forgotten universe leaves the list, unless it is in force or at hand", async () => {
  const { store, universes } = await start();
  for (const content of ["one", "two"]) {
    await universes.openFile(file("u.bed", content));
    await universes.keep(`own:${content}`);
  }
  const next = await start({ store });
  await next.universes.choose("own:one");
  await next.universes.forget("one");
  await next.universes.forget("two");
  assert.deepEqual([listed(), state.peek().saved, store.kept.size], [["asset hg38", "asset hg19", "own own:one"], [], 0]);
  next.engine.dispatchEvent(new Event("restart"));
  await settle();
  assert.deepEqual(inForce(), ["own:one", "ready", "one"]);
});

test("what is on its way when the worker goes is asked for again, but not without end", async () => {
  const { engine, universes } = await start();
  const call = engine.call.bind(engine);
  let losses = 2;
  engine.call = (op, ...rest) => {
    if (op !== "open_universe" || losses-- <= 0) return call(op, ...rest);
    engine.dispatchEvent(new Event("restart")); // as Engine does: first the event, then the refusals
    return Promise.reject(stop("cancelled"));
  };
  await universes.openFile(file("u.bed", "one"));
  await settle();
  assert.deepEqual([...inForce(), state.peek().notice], ["own:one", "ready", "one", null]);
  losses = Infinity;
  await universes.openFile(file("v.bed", "two"));
  await settle();
  assert.deepEqual([...inForce(), state.peek().notice], ["own:one", "ready", "one", "v.bed was not opened: the engine stopped each time it was asked for."]);
});

test("everything can be forgotten at once", async () => {
  const { store, universes } = await start();
  await universes.openFile(file("u.bed", "one"));
  await universes.keep("own:one");
  await universes.forgetAll();
  assert.deepEqual([state.peek().saved, store.kept.size, listed().at(-1)], [[], 0, "own own:one"]);
});

test("a universe that another tab forgot is refused with words", async () => {
  const { store, universes } = await start();
  await universes.openFile(file("u.bed", "one"));
  await universes.keep("own:one");
  const next = await start({ store });
  store.kept.clear();
  await next.universes.choose("own:one");
  assert.match(state.peek().universe.error.message, /u\.bed is no longer kept in this browser; open its file again/);
  assert.deepEqual([inForce()[0], listed(), state.peek().saved], ["hg38", ["asset hg38", "asset hg19"], []]);
});

test("what another tab keeps and forgets is seen when one looks again; the universe in force stays", async () => {
  const { store, universes } = await start();
  for (const content of ["one", "two"]) {
    await universes.openFile(file("u.bed", content));
    await universes.keep(`own:${content}`);
  }
  const other = await start({ store });
  await other.universes.choose("own:one");
  store.kept.clear();
  store.kept.set("three", { words: { digest: "three", name: "v.bed", n: 1, assembly: null, bytes: 12 } });
  await other.universes.lookAgain();
  assert.deepEqual(state.peek().saved.map(({ digest }) => digest), ["three"]);
  assert.deepEqual([listed(), inForce()], [["asset hg38", "asset hg19", "own own:one", "saved own:three"], ["own:one", "ready", "one"]]);
  other.engine.dispatchEvent(new Event("restart"));
  await settle();
  assert.deepEqual(inForce(), ["own:one", "ready", "one"]);
  store.list = () => Promise.reject(stop("storage"));
  await other.universes.lookAgain();
  assert.equal(state.peek().saved.length, 1, "a list that cannot be read says nothing");
});

test("a browser that keeps nothing, or answers late, does not hold up the start", async () => {
  const broken = Object.assign(new Shelf(), { list: () => Promise.reject(stop("storage")) });
  await start({ store: broken });
  assert.deepEqual(inForce(), ["hg38", "ready", "HG38"]);
  const late = Object.assign(new Shelf(), { list: () => new Promise(() => {}) });
  await start({ store: late });
  assert.deepEqual(inForce(), ["hg38", "ready", "HG38"]);
});

test("a closed store is said", async () => {
  const { store } = await start();
  store.dispatchEvent(new Event("closed"));
  assert.match(state.peek().notice, /newer version of this page/);
});

test("the last of several quick choices wins", async () => {
  const { universes } = await start();
  await Promise.all([universes.openFile(file("u.bed", "one")), universes.choose("hg19"), universes.choose("hg38")]);
  assert.deepEqual([inForce(), listed()], [["hg38", "ready", "HG38"], ["asset hg38", "asset hg19"]], "no mixture of two is listed");
});
