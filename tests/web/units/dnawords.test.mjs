// Letters in lines, logos, and saved tokenizers among files: for all rooms that work on DNA.
import assert from "node:assert/strict";
import test from "node:test";
import { columnsOf, columnsOfLogo, consensus, modelIn, windowOf } from "../plain/dnawords.js";

test("a block of lines is asked for as one window", () => {
  assert.deepEqual(windowOf(64, 64, 60), [3840, 7680]);
});

test("lines hold whole tens of letters, ten at least", () => {
  assert.deepEqual([columnsOf(500, 8), columnsOf(300, 7.8), columnsOf(20, 8)], [60, 30, 10]);
});

test("a logo tells shares and bits, mirrored on the other strand", () => {
  const counts = Float32Array.of(8, 0, 0, 0, 1, 1, 1, 1, 0, 6, 2, 0);
  const columns = columnsOfLogo(counts);
  assert.deepEqual(columns.map(({ bits }) => Number(bits.toFixed(3))), [2, 0, 1.189]);
  assert.equal(consensus(columns), "AaC");
  assert.equal(consensus(columnsOfLogo(counts, "-")), "GtT".replace("t", "a"));
});

test("a saved tokenizer is known by the names of its files, wherever they lie", () => {
  const file = (name, path = name) => ({ name, webkitRelativePath: path });
  const parts = [file("arrays.npz", "models/yeast/arrays.npz"), file("tokenizer_config.json", "models/yeast/tokenizer_config.json")];
  const found = modelIn([file("README.md"), ...parts], "arrays.npz");
  assert.equal(found.name, "yeast");
  assert.deepEqual(found.files, [parts[1], parts[0]]);
  assert.equal(modelIn([file("arrays.npz")], "arrays.npz").name, "tokenizer");
  assert.equal(modelIn([file("Yeast.ZIP"), ...parts], "arrays.npz").name, "Yeast.ZIP");
  assert.equal(modelIn([file("x.fa"), file("other.npz")], "arrays.npz"), null);
});

test("a logo of nothing is empty, not broken", () => {
  const columns = columnsOfLogo(Float32Array.of(0, 0, 0, 0, 0.5, 0.5, 0, 0));
  assert.deepEqual(columns.map(({ bits }) => bits), [0, 1]);
  assert.deepEqual(columns[0].shares, [0, 0, 0, 0]);
});
