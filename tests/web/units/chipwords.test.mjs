// What chips say, which hue they have, how wide they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HUES, bases, faceOf, huesOf, lettersOf, unpackChips, walked } from "../plain/chipwords.js";

const known = { names: ["chr1", "chr10", "chr2"], size: 300_000, specials: { 289061: "unk" } };
const chip = (fields) => ({ id: 7, row: 0, code: 1, start: 5_500_000, end: 5_500_400, shared: 9, distance: 0, occurrences: 1, kind: "token", ...fields });

test("a block becomes tokens, special tokens and gaps", () => {
  const one = Int32Array.of;
  const columns = { rows: [0, 1, 2], codes: [0, 0, -1], starts: [5, 6, 0], ends: [-1, 8, 0], shared: [1, 0, 0], distances: [0, 28, -1], occurrences: [3, 1, 0] };
  const buffers = Object.fromEntries(Object.entries({ ids: [4, 10, -1], ...columns }).map(([name, values]) => [name, one.apply(Int32Array, values)]));
  const chips = unpackChips(buffers, { n_regions: 10 });
  assert.deepEqual(chips.map(({ kind }) => kind), ["token", "special", "miss"]);
  assert.deepEqual(chips[0], { id: 4, row: 0, code: 0, start: 5, end: -1, shared: 1, distance: 0, occurrences: 3, kind: "token" });
});

test("hues follow the natural order of the names and start again behind the last", () => {
  assert.deepEqual([...huesOf(["chr1", "chr10", "chr2"])], [1, 3, 2]);
  const many = Array.from({ length: 20 }, (_, at) => `chr${20 - at}`);
  const hues = huesOf(many).reverse();
  assert.deepEqual([hues[0], hues[HUES - 1], hues[HUES], hues[19]], [1, HUES, 1, 4]);
});

test("a token shows its id, its region or both, and its name holds what is seen", () => {
  const place = "chr10:5,500,000-5,500,400";
  const name = `7 ${place}`;
  assert.deepEqual(faceOf(chip(), "id", known), { words: "7", label: "chr10", name });
  assert.deepEqual(faceOf(chip(), "text", known), { words: place, label: "", name });
  assert.deepEqual(faceOf(chip(), "both", known), { words: "7", label: place, name });
});

test("without the universe's names a token is its id", () => {
  for (const show of ["id", "text"]) assert.deepEqual(faceOf(chip(), show, { ...known, names: null }), { words: "7", label: "", name: "7" });
});

test("a special token says its role", () => {
  assert.deepEqual(faceOf(chip({ id: 289061, kind: "special" }), "text", known), { words: "289061", label: "unk", name: "289061 unk, special token" });
});

test("a gap says what is nearest, or that nothing is there", () => {
  const miss = chip({ id: -1, kind: "miss", distance: 2100 });
  const near = "2.1 kb to chr10:5,500,000-5,500,400";
  assert.deepEqual(faceOf(miss, "id", known), { words: "no token", label: "2.1 kb", name: `no token ${near}` });
  assert.deepEqual(faceOf(miss, "both", known), { words: "no token", label: near, name: `no token ${near}` });
  assert.deepEqual(faceOf({ ...miss, code: -1, distance: -1 }, "text", known), { words: "no token", label: "", name: "no token" });
});

test("lengths read short", () => {
  assert.deepEqual([0, 999, 1000, 9949, 9950, 18_900, 999_499, 999_500, 5_500_000].map(bases), ["0 bp", "999 bp", "1.0 kb", "9.9 kb", "10 kb", "19 kb", "999 kb", "1.0 Mb", "5.5 Mb"]);
});

test("names of any length leave chips a bounded width", () => {
  const long = { ...known, names: ["x".repeat(500)] };
  assert.ok(lettersOf("id", known) < lettersOf("text", known) && lettersOf("text", known) < lettersOf("both", known));
  assert.ok(lettersOf("both", long) < 50);
  assert.ok(lettersOf("id", { names: null, size: 10 }) >= 11);
});

test("keys walk by one, by line, by page and to the ends; nobody falls off", () => {
  const from = (at, key) => walked(key, { from: at, columns: 7, page: 70, total: 100 });
  assert.deepEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => from(20, key)), [21, 19, 27, 13, 90, 0, 0, 99]);
  assert.deepEqual([from(99, "ArrowRight"), from(0, "ArrowLeft"), from(95, "ArrowDown"), from(3, "ArrowUp"), from(95, "PageDown")], [99, 0, null, null, 99]);
  assert.deepEqual([from(5, "a"), walked("End", { from: 0, columns: 7, page: 7, total: 0 })], [null, null]);
});
