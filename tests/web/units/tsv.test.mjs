// Rows for the clipboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TSV_HEADER, rowsToTsv } from "../plain/tsv.js";

const array = (...values) => Int32Array.from(values);

test("a line a row: all ids, a dot for none, positions beyond 2^31, no name for no chromosome", () => {
  const buffers = { lines: array(3, 9, 12), codes: array(1, 0, -1), starts: array(5, -2, 0), ends: array(9, -1, 4), ids: array(7, 8, 1), id_offsets: array(0, 2, 2, 3) };
  assert.equal(rowsToTsv(buffers, ["chr1", "chr2"]), "3\tchr2\t5\t9\t7,8\n9\tchr1\t4294967294\t4294967295\t.\n12\t\t0\t4\t1\n");
  assert.equal(TSV_HEADER.split("\t").length, 5);
});

test("signs that would break a cell are escaped as the command line escapes them", () => {
  const buffers = { lines: array(1), codes: array(0), starts: array(1), ends: array(2), ids: array(), id_offsets: array(0, 0) };
  assert.equal(rowsToTsv(buffers, ["a\tb\n\\"]), "1\ta\\tb\\n\\\\\t1\t2\t.\n");
});
