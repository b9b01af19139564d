// Who takes the focus when the control that held it goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { heirAmong } from "../views/focus.js";

const BEFORE = ["tick 1", "remove 1", "tick 2", "remove 2", "save"];

test("what follows in the same place comes first, then what precedes", () => {
  assert.equal(heirAmong(["tick 1", "tick 2", "remove 2"], BEFORE, 1), "tick 2");
  assert.equal(heirAmong(["tick 1", "remove 1"], BEFORE, 3), "remove 1");
});

test("what came instead of the old one never takes its focus", () => {
  assert.equal(heirAmong(["tick 1", "delete all"], BEFORE, 1), "tick 1");
  assert.equal(heirAmong(["delete all"], BEFORE, 1), null);
});
