// Places: numbers of chips and rows, and names that are written otherwise in the file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beyond, numberIn, withName } from "../plain/places.js";

test("a chip is asked for by its number", () => {
  assert.deepEqual(["#1", " # 1,200 ", "#0", "1200", "chr1#2", "#x"].map(numberIn), [1, 1200, 0, null, null, null]);
});

test("numbers begin at one and end with the last", () => {
  assert.deepEqual([beyond(1, 1200, "chip"), beyond(1200, 1200, "chip")], [null, null]);
  assert.deepEqual([0, 1201].map((number) => beyond(number, 1200, "row")), Array(2).fill("there are 1,200 rows, from #1 to #1,200"));
  assert.deepEqual([beyond(2, 1, "chip"), beyond(1, 0, "chip")], ["there is one chip, #1", "there are no chips"]);
});

test("a name of other letters or without chr is told as the file writes it", () => {
  const names = ["chr1", "chrX", "2", "GL000:1"];
  for (const [text, meant] of [["CHR1:5", "chr1"], ["x:1-9", "chrX"], ["chr2", "2"], ["gl000:1:77", "GL000:1"]]) {
    assert.equal(withName("no row", text, names), `no row; this file says ${meant}`);
  }
  for (const text of ["chr1:9", "chr3:5", "nothing", ":5", ""]) assert.equal(withName("no row", text, names), "no row");
});
