// Texts of ids: where unknown words stand, what is copied.
import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf, placesOf, tableOf, tokenAt } from "../plain/decoding.js";

const buffers = { ids: Int32Array.of(5, 289061, 7), codes: Int32Array.of(1, -1, 0), starts: Int32Array.of(10, 0, -2), ends: Int32Array.of(20, 0, -1) };

test("the text is cut at its unknown words and loses nothing", () => {
  const text = "5 pear\n7 chrQ:1-2";
  const pieces = piecesOf(text, [[2, 6, "pear"], [9, 17, "chrQ:1-2"]]);
  assert.deepEqual(pieces, [["5 ", true], ["pear", false], ["\n7 ", true], ["chrQ:1-2", false]]);
  assert.equal(pieces.map(([piece]) => piece).join(""), text);
  assert.deepEqual(piecesOf("", []), []);
  assert.equal(piecesOf("1 ".repeat(20_000), []), null);
});

test("places are told by line and column, far ones by character", () => {
  assert.deepEqual(placesOf("a\n\n b c\nd", [[0, 1], [4, 5], [6, 7], [8, 9]]), ["line 1, column 1", "line 3, column 2", "line 3, column 4", "line 4, column 1"]);
  assert.deepEqual(placesOf(`${"\n".repeat(10)}x`.padEnd(2e6), [[10, 11], [1_500_000, 1_500_001]]), ["line 11, column 1", "character 1500001"]);
});

test("a table has a line a token, special tokens without a region, as many as wanted", () => {
  assert.deepEqual(tokenAt(buffers, 2), { id: 7, code: 0, start: 4294967294, end: 4294967295 });
  assert.equal(tableOf(buffers, ["chr1", "chr2"], 9), "id\tchrom\tstart\tend\n5\tchr2\t10\t20\n289061\t\t\t\n7\tchr1\t4294967294\t4294967295\n");
  assert.equal(tableOf(buffers, ["chr1", "chr2"], 1).split("\n").length, 3);
});
