// What a decoded text says: where its unknown words stand, and its tokens as lines of a table or a BED file.

const MARKED = 20_000; // characters of text that are marked in place
const NUMBERED = 1_000_000; // characters within which places are told by line

/** The text in pieces, [piece, known], in order; null where it is too long to be drawn again. */
export function piecesOf(text, unknown) {
  if (text.length > MARKED) return null;
  const pieces = [];
  let at = 0;
  for (const [first, last] of unknown) {
    pieces.push([text.slice(at, first), true], [text.slice(first, last), false]);
    at = last;
  }
  return [...pieces, [text.slice(at), true]].filter(([piece]) => piece);
}

/** Where each unknown word begins: "line 3, column 7", or by character in a long text. */
export function placesOf(text, unknown) {
  let line = 1;
  let start = 0;
  return unknown.map(([first]) => {
    if (first > NUMBERED) return `character ${first + 1}`;
    for (let next = text.indexOf("\n", start); next >= 0 && next < first; next = text.indexOf("\n", start)) [line, start] = [line + 1, next + 1];
    return `line ${line}, column ${first - start + 1}`;
  });
}

/** One decoded token: its id, and its region unless it is a special token. */
export function tokenAt({ ids, codes, starts, ends }, at) {
  return { id: ids[at], code: codes[at], start: starts[at] >>> 0, end: ends[at] >>> 0 };
}

/** The first tokens as tab-separated lines: id, chrom, start, end; special tokens have an id only. */
export function tableOf(buffers, names, most) {
  const lines = Array.from({ length: Math.min(most, buffers.ids.length) }, (_, at) => {
    const { id, code, start, end } = tokenAt(buffers, at);
    return code < 0 ? `${id}\t\t\t\n` : `${id}\t${names[code]}\t${start}\t${end}\n`;
  });
  return `id\tchrom\tstart\tend\n${lines.join("")}`;
}
