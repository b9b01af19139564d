// What can be saved: the engine's part of a choice, names, sizes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS, formatOf, nameOf, planOf, sizeOf, weightOf } from "../plain/exports.js";

const choice = (format, more) => ({ format, packed: false, rows: false, ...more });

test("one file is saved as it is", () => {
  for (const { id } of FORMATS) assert.deepEqual(planOf(choice(id, { packed: true }), 1), { format: id, options: {}, zipped: false, fault: null });
});

test("many files go into one, or one each into a zip; a format for one document is always zipped", () => {
  assert.deepEqual(planOf(choice("jsonl"), 3), { format: "jsonl", options: {}, zipped: false, fault: null });
  assert.deepEqual(planOf(choice("jsonl", { packed: true }), 3), { format: "zip", options: { format: "jsonl" }, zipped: true, fault: null });
  assert.deepEqual(planOf(choice("gtok"), 3).options, { format: "gtok" });
  assert.equal(planOf(choice("report", { packed: true }), 3).format, "report");
});

test("rows are kept where the format can", () => {
  const kept = FORMATS.filter(({ id }) => planOf(choice(id, { rows: true }), 1).options.rows).map(({ id }) => id);
  assert.deepEqual(kept, ["jsonl", "npz", "parquet"]);
  assert.deepEqual(planOf(choice("npz", { rows: true, packed: true }), 2).options, { format: "npz", rows: true });
});

test("without files only the universe and its tokenizer can be saved", () => {
  const possible = FORMATS.filter(({ id }) => !planOf(choice(id), 0).fault).map(({ id }) => id);
  assert.deepEqual(possible, ["hf", "universe"]);
});

test("names follow the input, or the universe", () => {
  const name = (format, names, more) => nameOf(planOf(choice(format, more), names.length), names, "my set.bed.gz");
  assert.equal(name("gtok", ["run/a.bed.gz"]), "a.bed.gz.gtok");
  assert.equal(name("jsonl", ["a", "b"]), "tokens.jsonl");
  assert.equal(name("jsonl", ["a", "b"], { packed: true }), "tokens.zip");
  assert.deepEqual([name("report", ["a.bed"]), name("report", ["a", "b"])], ["a.bed.report.json", "report.json"]);
  assert.deepEqual([name("universe", []), name("hf", [])], ["my-set.bed", "my-set.zip"]);
});

test("sizes grow with what is saved", () => {
  const result = { name: "a.bed", load: { bytes: 1000, compression: "none" }, tokens: 100, flat: 100, rows: 50 };
  for (const { id } of FORMATS.filter(({ whole }) => !whole)) {
    const one = sizeOf(planOf(choice(id), 1), [result], 300_000);
    assert.ok(one > 100, id);
    assert.ok(sizeOf(planOf(choice(id), 2), [result, result], 300_000) > 1.9 * one, id);
  }
  assert.equal(sizeOf(planOf(choice("gtok"), 1), [result], 300_000), 405);
  assert.equal(sizeOf(planOf(choice("gtok"), 1), [result], 60_000), 205);
  assert.equal(formatOf("nothing").id, "gtok");
});

test("a file without a hit is saved as one unknown token", () => {
  const result = { name: "a.bed", load: { bytes: 10, compression: "none" }, tokens: 0, flat: 1, rows: 1 };
  assert.equal(sizeOf(planOf(choice("gtok"), 1), [result], 300_000), 9);
});

test("a report grows with the chromosomes that it names", () => {
  const named = (total) => Object.fromEntries(Array.from({ length: total }, (_, at) => [`scaffold_${at}`, 1]));
  const result = (total) => ({ name: "a.bed", load: { bytes: 10, compression: "none", chroms: named(total) }, encode: { unknown_chroms: named(total) }, tokens: 2, flat: 2, rows: total });
  const size = (results, chroms) => sizeOf(planOf(choice("report"), results.length), results, 300_000, chroms);
  assert.ok(size([result(2)], 23) < 3000);
  const [few, many] = [result(2), result(400)].map((each) => size([each], 23));
  assert.ok(many - few > 398 * 2 * 24, "each name stands in two lists, indented, with its count");
  assert.ok(Math.abs(size([result(2), result(400)], 23) - many) < 1000, "the universe is told of once");
  assert.ok(size([result(2)], 1000) - few > 977 * 20);
});

test("what a format needs is weighed by its files, each once", () => {
  const build = { packages: { a: { file: "x" }, b: { file: "x" }, c: { file: "y" } }, files: { x: { bytes: 5 }, y: { bytes: 7 } } };
  assert.deepEqual([weightOf(["a", "b"], build), weightOf(["a", "c"], build), weightOf([], build), weightOf(["a"], null)], [5, 12, 0, 0]);
});
