// Numbers and names as the page writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, count, lines, percent, plural, region, renaming, sentence, shown } from "../words.js";

test("numbers are grouped and counted", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.deepEqual([plural(1, "row"), plural(0, "row"), plural(2, "end lies", "ends lie")], ["1 row", "0 rows", "2 ends lie"]);
  assert.deepEqual([bytes(999), bytes(1500), bytes(412_000), bytes(4_812_233), bytes(106e6)], ["999 B", "1.5 kB", "412 kB", "4.8 MB", "106 MB"]);
});

test("a share that is not all or nothing never reads so", () => {
  assert.deepEqual([percent(0, 5), percent(5, 5), percent(1, 1e6), percent(999_999, 1e6), percent(1, 0)], ["0 %", "100 %", "0.1 %", "99.9 %", "0 %"]);
});

test("signs that hide or reorder are shown, long names are cut", () => {
  assert.equal(shown("a\u202eb\u0000c\ufeff"), "a\\u202eb\\u0000c\\ufeff");
  assert.equal(shown("chré 1\ud83e\uddec"), "chré 1\ud83e\uddec");
  assert.equal(shown("x".repeat(500)).length, 201);
  assert.equal(sentence("x".repeat(500)).length, 500);
});

test("places, lines and renamings read as sentences do", () => {
  assert.equal(region("chr7", 5500000, -1), "chr7:5,500,000-4,294,967,295");
  assert.deepEqual([lines([7], 1), lines([7, 9], 2), lines([1, 2, 3, 4, 1005], 12)], ["line 7", "lines 7, 9", "lines 1, 2, 3, 4, 1,005, …"]);
  assert.equal(renaming({ 1: "chr1", MT: "chrM" }), "1 → chr1, MT → chrM");
  assert.equal(renaming(Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [n, `chr${n}`]))), "1 → chr1, 2 → chr2, 3 → chr3, 4 → chr4 and 2 more names");
});
