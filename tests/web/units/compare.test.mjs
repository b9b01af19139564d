// Which results may be compared, where the pages of tokens lie, and how two rows of numbers go together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "../views/compare.js";
import { steps } from "../views/compared.js";
import { correlation } from "../views/comparison.js";
import { wrap } from "../charts/pictures.js";

const made = (name, digest) => ({ result: { universe: { name, digest } } });

test("results of two universes are refused, both named by digest", () => {
  assert.equal(refusal([made("u", "a".repeat(64)), made("u", "a".repeat(64))]), null);
  const told = refusal([made("first", "a".repeat(64)), made("second", "b".repeat(64))]);
  assert.match(told, /first \(aaaaaaaa\) and second \(bbbbbbbb\)/);
});

test("pages end where the tokens do", () => {
  const to = (first, total) => steps(first, total).map(([label, row, possible]) => (possible ? `${label} ${row}` : null)).filter(Boolean);
  assert.deepEqual(to(0, 0), []);
  assert.deepEqual(to(0, 25), []);
  assert.deepEqual(to(0, 26), ["Next 25", "Last 25"]);
  assert.deepEqual(to(50, 100), ["First 0", "Previous 25", "Next 75", "Last 75"]);
});

test("correlation is Pearson's over the places where either holds something", () => {
  const { value, places } = correlation(Float64Array.of(1, 2, 3, 0), Float64Array.of(2, 4, 6, 0));
  assert.deepEqual([Math.round(value * 1e9) / 1e9, places], [1, 3]);
  assert.ok(Math.abs(correlation(Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)).value - 0.6) < 1e-9);
  assert.equal(correlation(Float64Array.of(0, 0), Float64Array.of(0, 0)), null);
});

test("words break into lines that fit", () => {
  assert.deepEqual(wrap("one two three four", 9, (text) => text.length), ["one two", "three", "four"]);
  assert.deepEqual(wrap("unbreakable", 3, (text) => text.length), ["unbreakable"]);
});
