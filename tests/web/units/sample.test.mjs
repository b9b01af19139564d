// The precomputed result answers what was foreseen, and says so of the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, sampleEntry } from "../pool/sample.js";

const packed = (array) => Buffer.from(array.buffer).toString("base64");
const entry = sampleEntry({
  sample: { name: "CTCF" }, universe: { digest: "u" }, result: { name: "ctcf.bed", load: { bytes: 12 }, universe: { digest: "u" } },
  answers: {
    summary: { value: { regions: 3 }, arrays: { edges: { dtype: "float32", data: packed(Float32Array.of(0.5, 2)) } } },
    rows: { value: { total: 9, first: 0 }, arrays: { codes: { dtype: "int32", data: packed(Int32Array.of(1, -1, 7)) } } },
    tokens: { value: { total: 9 }, arrays: { shared: { dtype: "uint8", data: packed(Uint8Array.of(9)) } } },
  },
});

test("answers come as a live result's do", () => {
  assert.deepEqual([entry.id, entry.state, entry.name, entry.size], [0, "sample", "ctcf.bed", 12]);
  assert.deepEqual(answerOf(entry, "summary", [60]), { value: { regions: 3 }, buffers: { edges: Float32Array.of(0.5, 2) } });
  assert.deepEqual(answerOf(entry, "rows", [{}, 0, 256]).buffers.codes, Int32Array.of(1, -1, 7));
  assert.deepEqual(answerOf(entry, "tokens", [0, 300]).buffers.shared, Uint8Array.of(9));
});

test("what was not foreseen is refused with the way to have it", () => {
  for (const [op, args] of [["find", [{}, "12"]], ["rows", [{}, 256, 256]], ["rows", [{ sort: [["id", true]] }, 0, 256]], ["tokens", [300, 300]]]) {
    assert.throws(() => answerOf(entry, op, args), (error) => error.failure.code === "sample" && /run it here/.test(error.message));
  }
  assert.throws(() => answerOf(null, "summary", []), /run it here/);
});
