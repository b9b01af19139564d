// gtars as a page would use it, at its best: in a worker of its own, with two readers of BED text to choose from.
import init, { Tokenizer } from "./gtars_js.js";

const started = init();
let tokenizer = null;

/** The usual reader: split the text in lines and the lines in fields. */
function split(bytes) {
  const rows = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (!line || line.startsWith("#")) continue;
    const [name, start, end, ...rest] = line.split("\t");
    rows.push([name, parseInt(start, 10), parseInt(end, 10), rest.join("\t")]);
  }
  return rows;
}

const NEWLINE = 10, TAB = 9, ZERO = 48;

/** The fastest reader that we could write: digits from bytes, and one string for a run of equal names. BED3 alone. */
function scan(bytes) {
  const rows = [];
  const decoder = new TextDecoder();
  const size = bytes.length;
  let name = "", known = new Uint8Array(0);
  for (let at = 0; at < size; at += 1) {
    const first = at;
    while (bytes[at] !== TAB) at += 1;
    let same = at - first === known.length;
    for (let step = 0; same && step < known.length; step += 1) same = bytes[first + step] === known[step];
    if (!same) {
      known = bytes.subarray(first, at);
      name = decoder.decode(known);
    }
    let start = 0, end = 0, digit;
    for (at += 1; (digit = bytes[at] - ZERO) >= 0 && digit <= 9; at += 1) start = start * 10 + digit;
    for (at += 1; (digit = bytes[at] - ZERO) >= 0 && digit <= 9; at += 1) end = end * 10 + digit;
    while (at < size && bytes[at] !== NEWLINE) at += 1;
    rows.push([name, start, end, ""]);
  }
  return rows;
}

const readers = { split, scan };
const read = async (file, reader) => readers[reader](new Uint8Array(await file.arrayBuffer()));

const operations = {
  ready: () => true,
  open_universe: async (file, reader, backend) => {
    tokenizer?.free();
    tokenizer = new Tokenizer(await read(file, reader), backend);
    return tokenizer.vocabSize;
  },
  open_file: async (file, reader) => Int32Array.from(tokenizer.encode(await read(file, reader))),
};

self.onmessage = async ({ data: { id, op, args } }) => {
  try {
    await started;
    const value = await operations[op](...args);
    self.postMessage({ id, value }, value?.buffer ? [value.buffer] : []);
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};
