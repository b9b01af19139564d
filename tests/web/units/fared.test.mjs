// What is said when the work is done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fared } from "../pool/fared.js";

const files = (...states) => states.map((state) => ({ state }));

test("those that are done are counted among all, the others by what became of them", () => {
  assert.equal(fared(files("done")), "1 of 1 file done");
  assert.equal(fared(files("done", "failed", "done", "cancelled", "failed")), "2 of 5 files done, 2 failed, 1 cancelled");
});
