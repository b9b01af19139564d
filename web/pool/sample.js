// The result that was computed when the page was built: it answers as a live one does, as far as it was foreseen.
import { EngineError, failure } from "../protocol.js";

const KINDS = { int32: Int32Array, float32: Float32Array, uint8: Uint8Array };

/**
 * Make the entry of the sample from sample.json.
 * @param {{sample: any, universe: any, result: any, answers: Object<string, any>}} built
 */
export function sampleEntry({ sample, result, answers, universe }) {
  return Object.freeze({
    id: 0, name: result.name, size: result.load.bytes, source: null, text: null, options: Object.freeze({}), state: "sample", stale: false, progress: null,
    result, buffers: null, error: null, generation: -1, same: null, streamed: null, took: null, lost: 0, sample, universe, answers,
  });
}

/** The reply to an operation that was foreseen; the error says what to do for any other. */
export function answerOf(entry, op, args) {
  const answer = entry?.answers[op];
  if (!answer || !foreseen(op, args)) {
    throw new EngineError(failure("sample", "This sample was computed when the page was built; run it here to look further"));
  }
  const buffers = Object.fromEntries(Object.entries(answer.arrays).map(([name, array]) => [name, unpacked(array)]));
  return { value: answer.value, buffers };
}

/** Rows were foreseen from the first one, as they stand in the file; tokens from the first one. */
function foreseen(op, args) {
  if (op === "rows") return args[1] === 0 && !Object.keys(args[0] ?? {}).length;
  return op !== "tokens" || args[0] === 0;
}

function unpacked({ dtype, data }) {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  return new KINDS[dtype](bytes.buffer);
}
