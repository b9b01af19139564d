// Rows by blocks: what is at hand, what is asked for, what is let go.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RowCache } from "../pool/rowcache.js";

/** A result whose row `n` starts at 10 n and has n % 3 tokens. */
function source(total) {
  const asked = [];
  const ask = async (first, count) => {
    asked.push(first);
    const numbers = Array.from({ length: Math.max(0, Math.min(count, total - first)) }, (_, at) => first + at);
    const counts = numbers.map((row) => row % 3);
    const offsets = [0];
    for (const tokens of counts) offsets.push(offsets.at(-1) + tokens);
    const ids = numbers.flatMap((row) => Array(row % 3).fill(row));
    const array = (values) => Int32Array.from(values);
    return {
      value: { total },
      buffers: {
        rows: array(numbers), lines: array(numbers.map((row) => row + 1)), codes: array(numbers.map(() => 0)), starts: array(numbers.map((row) => row * 10)),
        ends: array(numbers.map(() => -1)), counts: array(counts), ids: array(ids), id_offsets: array(offsets),
        id_codes: array(ids), id_starts: array(ids), id_ends: array(ids),
      },
    };
  };
  return { ask, asked };
}

test("the first block tells the size and is asked once", async () => {
  const { ask, asked } = source(1000);
  const cache = new RowCache(ask);
  assert.deepEqual([await cache.size(), await cache.size(), asked], [1000, 1000, [0]]);
});

test("rows come with their tokens and unsigned coordinates", async () => {
  const cache = new RowCache(source(1000).ask);
  await cache.missing(510, 515);
  const row = cache.row(512);
  assert.deepEqual([row.row, row.line, row.start, row.end, row.ids], [512, 513, 5120, 4294967295, [512, 512]]);
  assert.equal(cache.row(900), null);
});

test("what is at hand needs no waiting, the next block is asked ahead", async () => {
  const { ask, asked } = source(1000);
  const cache = new RowCache(ask);
  await cache.missing(0, 20);
  assert.equal(cache.missing(0, 20), null);
  assert.deepEqual(asked, [0, 256]);
});

test("a failed block is asked again", async () => {
  const { ask } = source(10);
  let broken = true;
  const cache = new RowCache((...args) => (broken ? Promise.reject(new Error("gone")) : ask(...args)));
  await assert.rejects(cache.size(), /gone/);
  broken = false;
  assert.equal(await cache.size(), 10);
});

test("blocks long unused are let go", async () => {
  const cache = new RowCache(source(1e6).ask);
  for (let at = 0; at < 100; at += 1) await cache.missing(at * 256, at * 256 + 1);
  assert.equal(cache.blocks.size, 64);
  assert.equal(cache.row(0), null);
  assert.equal(cache.row(99 * 256).row, 99 * 256);
});

test("who scrolls fast asks for no more than a few blocks at a time", async () => {
  const { ask, asked } = source(1e6);
  const cache = new RowCache(ask);
  const waits = Array.from({ length: 50 }, (_, at) => cache.missing(at * 5000, at * 5000 + 1));
  assert.equal(asked.length, 4);
  await Promise.all(waits);
  assert.equal(cache.row(49 * 5000), null);
  await cache.missing(49 * 5000, 49 * 5000 + 1);
  assert.equal(cache.row(49 * 5000).row, 49 * 5000);
});

test("blocks may be of another size and of other things", async () => {
  const asked = [];
  const ask = async (first, count) => (asked.push([first, count]), { value: { total: 700, tag: "x" }, buffers: first });
  const cache = new RowCache(ask, (buffers, { tag }) => [`${tag}${buffers}`], 300);
  assert.equal(await cache.size(), 700);
  await cache.missing(600, 601);
  assert.deepEqual([cache.row(0), cache.row(600), asked], ["x0", "x600", [[0, 300], [600, 300]]]);
});
