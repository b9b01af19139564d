// Filters and orders as values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { badgesOf, boundsOf, filterOf, nextSort, numberOf, sortOf, viewOf, without } from "../plain/filters.js";

test("only what is chosen is asked for", () => {
  assert.deepEqual(viewOf({ sort: null, filter: {} }), {});
  assert.deepEqual(viewOf({ sort: [], filter: { chrom: null, text: "", hit: false, id: [0, null] } }), { filter: { hit: false, id: [0, null] } });
  assert.deepEqual(viewOf({ sort: [["start", true]], filter: undefined }), { sort: [["start", true]] });
});

test("a press sorts up, down, not at all", () => {
  const up = nextSort([], "start", false);
  const down = nextSort(up, "start", false);
  assert.deepEqual([up, down, nextSort(down, "start", false)], [[["start", false]], [["start", true]], []]);
  assert.deepEqual(nextSort(down, "end", false), [["end", false]]);
});

test("with shift a column joins, turns and leaves in its place", () => {
  const two = nextSort([["chrom", false]], "start", true);
  assert.deepEqual(two, [["chrom", false], ["start", false]]);
  const turned = nextSort(two, "chrom", true);
  assert.deepEqual(turned, [["chrom", true], ["start", false]]);
  assert.deepEqual(nextSort(turned, "chrom", true), [["start", false]]);
});

test("numbers may be grouped; bounds may be open; faults are told", () => {
  assert.deepEqual([numberOf("5,500,000"), numberOf("  "), numberOf("0")], [5500000, null, 0]);
  for (const bad of ["1.5", "-3", "x", "1e5", "9".repeat(16)]) assert.ok(Number.isNaN(numberOf(bad)), bad);
  assert.deepEqual(boundsOf("", ""), { bounds: null, fault: null });
  assert.deepEqual(boundsOf("3", ""), { bounds: [3, null], fault: null });
  assert.deepEqual(boundsOf("3", "3"), { bounds: [3, 3], fault: null });
  assert.equal(boundsOf("4", "3").fault, "From is above to");
  assert.equal(boundsOf("4", "x").fault, "Whole numbers only");
});

test("each part has a badge that names it, in one order", () => {
  const filter = { range: [null, 5000], hit: true, chrom: ["chr1", "chr\u202e2"], regexp: "^chr1:", id: [7, 7], width: [100, null], text: null };
  assert.deepEqual(badgesOf(filter), [
    ["chrom", "chromosome chr1, chr\\u202e2"], ["hit", "with tokens"], ["regexp", "matches /^chr1:/"], ["id", "id 7"], ["width", "width from 100"], ["range", "position up to 5,000"],
  ]);
  assert.deepEqual(badgesOf(without(filter, "chrom")).length, 5);
  assert.deepEqual(badgesOf(undefined), []);
});

test("what an address holds is taken as far as it makes sense", () => {
  const odd = { chrom: 5, hit: "yes", text: {}, regexp: "", id: 7, width: true, range: [1], colour: "red", __proto__: null };
  assert.deepEqual([filterOf(odd), badgesOf(odd), viewOf({ sort: 7, filter: odd })], [{}, [], {}]);
  assert.deepEqual(filterOf({ id: [1.5, 2], width: [null, null], range: ["1", 2], chrom: [] }), {});
  assert.deepEqual(sortOf([5, null, "start", ["start"], ["start", 1], ["colour", true], ["end", true]]), [["end", true]]);
});
