// Rows as tab-separated text for the clipboard: plain numbers, all ids, one line a region.

const MAGIC = /[\t\r\n\\]/g;
const ESCAPES = { "\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\" };

export const TSV_HEADER = "line\tchrom\tstart\tend\tids\n";

/** A block of the worker's rows as lines; a region without a token has a dot, a row without chromosome an empty name. */
export function rowsToTsv({ lines, codes, starts, ends, ids, id_offsets: offsets }, chromNames) {
  const names = [...chromNames, ""].map((name) => name.replace(MAGIC, (sign) => ESCAPES[sign]));
  const line = (at) => {
    const tokens = ids.subarray(offsets[at], offsets[at + 1]).join(",") || ".";
    return `${lines[at]}\t${names.at(codes[at])}\t${starts[at] >>> 0}\t${ends[at] >>> 0}\t${tokens}\n`;
  };
  return Array.from(lines, (_, at) => line(at)).join("");
}
