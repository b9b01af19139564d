// What callers hand over becomes files: of the right name, with one line a region, refused with a hint.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.Worker = class {}; // as in a browser; under Node files take another way
const { asFile } = await import("../genotok/given.js");
const read = async (source, name) => {
  const file = await asFile(source, name);
  return [file.name, await file.text()];
};

test("text, bytes and blobs are files with a name", async () => {
  assert.deepEqual(await read("chr1\t1\t2\n"), ["text.bed", "chr1\t1\t2\n"]);
  assert.deepEqual(await read(new TextEncoder().encode("x"), "my.bed"), ["my.bed", "x"]);
  assert.deepEqual(await read(new Uint8Array([97, 98, 99]).subarray(1, 2).buffer.slice(1, 2)), ["bytes.bed", "b"]);
  assert.deepEqual(await read(new DataView(new Uint8Array([97, 98, 99]).buffer, 1, 2)), ["bytes.bed", "bc"]);
  assert.deepEqual(await read(new Blob(["x"])), ["blob.bed", "x"]);
});

test("a file is handed on as it is, unless it is to have another name", async () => {
  const file = new File(["x"], "peaks.bed");
  assert.equal(await asFile(file), file);
  assert.equal(await asFile(file, "peaks.bed"), file);
  assert.deepEqual(await read(file, "other.bed"), ["other.bed", "x"]);
});

test("a response is read if it is a good one", async () => {
  assert.deepEqual(await read(new Response("x")), ["response.bed", "x"]);
  await assert.rejects(asFile(new Response("gone", { status: 404 })), { code: "network", message: "the response: status 404" });
});

test("regions are one line each, whatever their shape", async () => {
  const regions = [["chr1", 1, 2, "rest"], { chrom: "chr2", start: 3n, end: 4 }, { chr: "chrX", start: 5, end: 6 }];
  assert.deepEqual(await read(regions), ["regions", "chr1\t1\t2\nchr2\t3\t4\nchrX\t5\t6\n"]);
  assert.deepEqual(await read(new Set(regions.slice(0, 1))), ["regions", "chr1\t1\t2\n"]);
  assert.deepEqual(await read([]), ["regions", ""]);
  const many = await asFile(Array.from({ length: 40_000 }, (_, at) => ["c", at, at + 1]));
  const lines = (await many.text()).trimEnd().split("\n");
  assert.equal(lines.length, 40_000);
  assert.equal(lines[39_999], "c\t39999\t40000");
});

test("a region never becomes two lines, two columns or a comment", async () => {
  for (const odd of [1.5, NaN, 1e21, "x", "1\t5", undefined, null, {}]) {
    await assert.rejects(asFile([["chr1", 1, 2], ["chr1", odd, 2]]), { code: "IntervalError", where: "regions:2" }, String(odd));
  }
  for (const chrom of ["#chr1", "track", "browser", "chr 1", "a\nb", "a\tb", "", undefined, 1]) {
    await assert.rejects(asFile([["chr1", 1, 2], [chrom, 1, 2]]), { code: "InputError", line: 2 }, String(chrom));
  }
  assert.equal((await read([["tracks", 1, 2]]))[1], "tracks\t1\t2\n");
  assert.equal((await read([["chr1", "-1", 2]]))[1], "chr1\t-1\t2\n"); // whole, and the reader's to judge
});

test("everything else is refused with what would do", async () => {
  for (const odd of [null, undefined, 5, {}, new URL("file:///x.bed"), { href: "x" }]) await assert.rejects(asFile(odd), { code: "InputError" });
});
