// Files through the session: in steps that can be stopped, out in parts that are not held.
import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";
import { Gathered } from "../worker/gathered.js";

// streams.js gets its session from here instead of from Pyodide
const FAKE = "export const call = (...args) => globalThis.session.call(...args); export const stage = (bytes) => globalThis.session.stage(bytes);";
const HOOK = `export const resolve = (name, context, next) => name === "./python.js"
  ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(FAKE)}`)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
const { openFile, save, saveInto, streamFile } = await import("../worker/streams.js");

const MIB = 2 ** 20;

/** Copies what it is fed, doubles it as output, and can be slow or fail. */
class Session {
  fed = [];
  calls = [];
  output = [];

  stage(bytes) {
    this.staged = bytes.slice();
    return bytes.length;
  }

  call(op, ...args) {
    this.calls.push(op);
    if (op === "feed") {
      this.slow?.(args[1]);
      this.fed.push(this.staged);
      this.output.push(this.staged, this.staged);
      return { value: { lines: this.fed.length }, buffers: {} };
    }
    if (op === "take_stream") {
      const part = this.output.shift() ?? new Uint8Array(0);
      return { value: { more: this.output.length > 0 }, buffers: { part } };
    }
    if (op === "close_stream") this.output.push(Uint8Array.of(7));
    if (op === "end_stream") return { value: { name: "x.gtok", mime: "x/y" }, buffers: { head: Uint8Array.of(1, 2, 3) } };
    return { value: { handle: 1, streamed: true }, buffers: {} };
  }
}

function start(changes = {}) {
  globalThis.session = Object.assign(new Session(), changes);
  const told = [];
  return { session: globalThis.session, told, context: { turn: async () => {}, tell: (...args) => told.push(args) } };
}

const fileOf = (bytes, name = "x.bed") => new File([bytes], name);
const numbers = (n) => Uint8Array.from({ length: n }, (_, at) => at % 251);
const join = (parts) => Buffer.concat(parts);

test("a file arrives whole and in order, whatever its size", async () => {
  for (const size of [0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1]) {
    const { session, told, context } = start();
    const bytes = numbers(size);
    await openFile(fileOf(bytes), {}, context);
    assert.ok(join(session.fed).equals(bytes));
    assert.deepEqual(told.at(-1), ["summarise", size, size]);
    assert.deepEqual([session.calls[0], session.calls.at(-1)], ["open_file", "close_file"]);
  }
});

test("a file goes by its path where that is told, else by its name", async () => {
  const names = [];
  for (const options of [{ name: "in/x.bed", sort: true }, { sort: true }, undefined]) {
    const { context } = start({
      call(op, ...args) {
        if (op === "open_file") names.push([args[0], args[2]]);
        return Session.prototype.call.call(this, op, ...args);
      },
    });
    await openFile(fileOf(numbers(3)), options, context);
  }
  assert.deepEqual(names, [["in/x.bed", '{"sort":true}'], ["x.bed", '{"sort":true}'], ["x.bed", "{}"]]);
});

test("steps become shorter while they take long, and longer again", async (context) => {
  let clock = 0;
  context.mock.method(performance, "now", () => clock);
  const { session, context: worker } = start({ slow: (n) => (clock += n >= MIB ? 101 : 39) });
  await openFile(fileOf(numbers(4 * MIB)), {}, worker);
  assert.deepEqual(session.fed.slice(0, 4).map(({ length }) => length), [MIB, MIB / 2, MIB, MIB / 2]);
});

test("compressed files go in smaller steps", async () => {
  const { session, context } = start();
  await openFile(fileOf(join([Uint8Array.of(0x1f, 0x8b), numbers(MIB)])), {}, context);
  assert.ok(Math.max(...session.fed.map(({ length }) => length)) <= 2 ** 18);
});

test("a stop between two steps ends the reading and forgets it", async () => {
  const { session, context } = start();
  let turns = 0;
  context.turn = async () => {
    turns += 1;
    if (turns === 3) throw new Error("stopped");
  };
  await assert.rejects(openFile(fileOf(numbers(9 * MIB)), {}, context), /stopped/);
  assert.deepEqual([session.calls.at(-1), session.fed.length], ["forget", 2]);
});

test("a file that became shorter is not taken for whole", async () => {
  const { session, context } = start();
  const file = fileOf(numbers(100));
  file.slice = () => new Blob([numbers(60)]);
  await assert.rejects(openFile(file, {}, context), { name: "NotReadableError" });
  assert.equal(session.calls.at(-1), "forget");
});

test("an output is written while its file is read", async () => {
  const { session, context } = start();
  const bytes = numbers(3 * MIB);
  const { words, name, mime, blob } = await streamFile(fileOf(bytes), "gtok", {}, context);
  assert.deepEqual([words.streamed, name, mime, blob.type], [true, "x.gtok", "x/y", "x/y"]);
  const wanted = join([Uint8Array.of(1, 2, 3), ...session.fed.flatMap((part) => [part, part]), Uint8Array.of(7)]);
  assert.ok(Buffer.from(await blob.arrayBuffer()).equals(wanted));
  assert.ok(session.calls.indexOf("take_stream") < session.calls.lastIndexOf("feed"), "output is taken between the feeds");
  assert.equal(session.output.length, 0);
});

test("an output whose file fails is forgotten", async () => {
  const { session, context } = start({ slow: () => { throw new Error("line 7"); } });
  await assert.rejects(streamFile(fileOf(numbers(10)), "tsv", {}, context), /line 7/);
  assert.equal(session.calls.at(-1), "forget");
});

test("gathered parts are held no further than a piece", async () => {
  const gathered = new Gathered(10);
  for (let at = 0; at < 7; at += 1) {
    gathered.add(Uint8Array.of(at, at, at, at));
    assert.ok(gathered.held < 10);
  }
  gathered.add(new Uint8Array(0));
  assert.equal(gathered.pieces.length, 2);
  const bytes = new Uint8Array(await gathered.blob(Uint8Array.of(9), "a/b").arrayBuffer());
  assert.deepEqual([...bytes], [9, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6]);
});

test("one output at a time, and a failed one stops nobody", async () => {
  const order = [];
  const { context } = start({
    call(op, ...args) {
      order.push(op);
      if (op === "begin_export" && args[1] === "bad") throw new Error("no such format");
      if (op === "next_part") return { value: { done: true }, buffers: { part: Uint8Array.of(5) } };
      return { value: { name: "a", mime: "b", needs_input: [] }, buffers: {} };
    },
  });
  const [first, bad, last] = await Promise.allSettled([save([1], "tsv", {}, {}, context), save([1], "bad", {}, {}, context), save([1], "tsv", {}, {}, context)]);
  assert.deepEqual([first.status, bad.status, last.status], ["fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual(order, ["begin_export", "next_part", "end_export", "begin_export", "begin_export", "next_part", "end_export"]);
});

/** A file handle as browsers give it, that notes what is done with it. */
function fileHandle() {
  const done = [];
  const stream = { write: async (part) => done.push([...part]), close: async () => done.push("closed"), abort: async () => done.push("aborted") };
  return { done, handle: { createWritable: async () => stream } };
}

test("an output can go straight into a file, part by part", async () => {
  const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  const call = (op) => (op === "next_part" ? { value: { done: parts.length === 1, bytes: 3 }, buffers: { part: parts.shift() } } : { value: { name: "a.tsv", mime: "b", needs_input: [] }, buffers: {} });
  const { told, context } = start({ call });
  const { done, handle } = fileHandle();
  assert.deepEqual(await saveInto(handle, [1], "tsv", {}, {}, context), { name: "a.tsv", bytes: 3 });
  assert.deepEqual(done, [[1, 2], [3], "closed"]);
  assert.deepEqual(told.at(-1), ["write", 3, 3]);
});

test("an output that fails or is stopped leaves the file as it was", async () => {
  const call = (op) => {
    if (op === "next_part") throw new Error("stopped");
    return { value: { name: "a.tsv", mime: "b", needs_input: [] }, buffers: {} };
  };
  const { context } = start({ call });
  const { done, handle } = fileHandle();
  await assert.rejects(saveInto(handle, [1], "tsv", {}, {}, context), /stopped/);
  assert.deepEqual(done, ["aborted"]);
});
