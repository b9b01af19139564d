// Windows of bins as lines, and the outline of coverage: what is drawn is what was answered.
import assert from "node:assert/strict";
import test from "node:test";
import { coverPath, curvesOf, firstRows, likenessFinding, linesOf, ranksFinding } from "../plain/motifwords.js";

const WINDOW = {
  letters: Uint8Array.from({ length: 25 }, (_, at) => at % 5), cover: Int32Array.from({ length: 25 }, (_, at) => at), edges: Int32Array.of(95, 103, 118, 130),
  hues: Uint8Array.of(1, 0, 9), gaps: Uint8Array.of(0, 1, 0), leads: Int32Array.of(7, -1, 3),
};
const SAID = { first: 100, bin: 4, texts: { 7: "c7", 3: "MA1+" } };

test("every base of a window stands in one piece of one line", () => {
  const lines = linesOf(WINDOW, SAID, 10);
  assert.deepEqual(lines.map(({ first, letters }) => [first, letters]), [[100, "ACGTNACGTN"], [110, "ACGTNACGTN"], [120, "ACGTN"]]);
  for (const { letters, pieces } of lines) {
    assert.equal(pieces.map(({ from, to }) => letters.slice(from, to)).join(""), letters);
  }
  assert.deepEqual(lines.map(({ pieces }) => pieces.map(({ bin, from, to, begins }) => [bin, from, to, begins])), [
    [[4, 0, 3, false], [5, 3, 10, true]], [[5, 0, 8, false], [6, 8, 10, true]], [[6, 0, 5, false]],
  ]);
  assert.deepEqual(lines[0].pieces.map(({ hue, gap, lead }) => [hue, gap, lead]), [[1, false, "c7"], [0, true, null]]);
  assert.deepEqual([...lines[2].cover], [20, 21, 22, 23, 24]);
});

test("coverage is a step curve from the base line and back", () => {
  assert.equal(coverPath(Int32Array.of(0, 5, 10), 10, 2, 20), "M0 20V20H2V10H4V0H6V20Z");
  assert.equal(coverPath(Int32Array.of(0), 0, 2, 20), "M0 20V20H2V20Z");
});

test("a motif on both strands is drawn once", () => {
  assert.deepEqual(firstRows([{ row: 3 }, { row: 3 }, { row: 1 }, { row: 2 }], 2), [3, 1]);
});

test("curves are taken apart, and named without their corpus", () => {
  const value = { curves: [{ name: "a, b.fa, sets of clusters", points: 2, records: [] }, { name: "a, b.fa: 6-mers, separate", points: 1, records: [] }, { name: "a, b.fa, drawn letters (seed 0): 6-mers, separate", points: 1, records: [] }] };
  const curves = curvesOf(value, { ranks: Int32Array.of(1, 2, 1, 1), frequencies: Int32Array.of(9, 4, 7, 6) });
  assert.deepEqual(curves.map(({ name }) => name), ["sets of clusters", "6-mers, separate", "drawn letters (seed 0): 6-mers, separate"]);
  assert.deepEqual(curves.map(({ frequencies }) => [...frequencies]), [[9, 4], [7], [6]]);
});

test("findings tell figures only beside what they are compared with", () => {
  const records = (r, kept, types) => [{ records: [{ types: 1200, r, min_count: 1, max_count: null }, { types, r: kept, min_count: 10, max_count: 900 }] }];
  assert.equal(ranksFinding(records(-0.512, -0.984, 40)), "Rank and frequency of 1,200 sets correlate with r −0.51; −0.98 over the 40 met 10 times or more");
  assert.match(ranksFinding(records(-0.5, null, 1)), /too few are met 10 times for another$/);
  assert.equal(likenessFinding([{ mean: 0.61, gain: -0.0104 }, { mean: 0.6204 }]), "Bins spell motifs with 0.610 on average, random cuts of the same lengths with 0.620: bins 0.010 less");
  assert.doesNotMatch(likenessFinding([{ mean: 0.61, gain: null }, { mean: 0.62 }]), /bins \d/);
});
