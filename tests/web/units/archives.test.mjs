// Zips laid as files: stored and deflated members, pieces of an archive, and what cannot be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import { filesOf, lay, membersOf } from "../worker/archives.js";

const text = (bytes) => new TextDecoder().decode(bytes);

/** A member as zip writers write it; the directory at the end is of no interest here. */
function member(path, content, { deflated = false, flags = 0, extra = 0 } = {}) {
  const plain = Buffer.from(content);
  const body = deflated ? deflateRawSync(plain) : plain;
  const head = Buffer.alloc(30 + path.length + extra);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(deflated ? 8 : 0, 8);
  head.writeUInt32LE(crc32(plain), 14);
  head.writeUInt32LE(body.length, 18);
  head.writeUInt32LE(plain.length, 22);
  head.writeUInt16LE(path.length, 26);
  head.writeUInt16LE(extra, 28);
  head.write(path, 30);
  return Buffer.concat([head, body]);
}

const END = Buffer.from("504b01020000", "hex"); // where the directory begins

test("members come in order, stored ones as views of the archive", async () => {
  const zip = Uint8Array.from(Buffer.concat([member("a/one.txt", "first", { extra: 5 }), member("a/", ""), member("two", "second"), END]));
  const files = await filesOf(zip);
  assert.deepEqual(files.map(([path, bytes]) => [path, text(bytes)]), [["a/one.txt", "first"], ["two", "second"]]);
  assert.ok(files.every(([, bytes]) => bytes.buffer === zip.buffer));
});

test("deflated members are inflated", async () => {
  const content = "line\n".repeat(50_000);
  const [[path, bytes]] = await filesOf(Uint8Array.from(Buffer.concat([member("long", content, { deflated: true }), END])));
  assert.equal(path, "long");
  assert.equal(text(bytes), content);
});

test("a piece that ends with a member is read as far as it goes", () => {
  const first = member("one", "1");
  const zip = Uint8Array.from(Buffer.concat([first, member("two", "2"), END]));
  assert.deepEqual(membersOf(zip.subarray(0, first.length)).map(([path]) => path), ["one"]);
  assert.deepEqual(membersOf(zip.subarray(first.length)).map(([path]) => path), ["two"]);
  assert.deepEqual(membersOf(new Uint8Array()), []);
});

test("members whose size is not in front of them are refused", () => {
  const zip = Uint8Array.from(member("one", "1", { flags: 8 }));
  assert.throws(() => membersOf(zip), /sizes behind its members/);
});

test("files are laid below a folder without a copy, each folder made once", () => {
  const made = [];
  const written = new Map();
  const FS = { mkdirTree: (path) => made.push(path), writeFile: (path, bytes, { canOwn }) => written.set(path, [bytes, canOwn]) };
  const bytes = Uint8Array.of(1);
  lay(FS, "/lib", [["a/b.py", bytes], ["a/c.py", bytes], ["d.py", bytes]]);
  assert.deepEqual(made, ["/lib/a", "/lib"]);
  assert.deepEqual([...written.keys()], ["/lib/a/b.py", "/lib/a/c.py", "/lib/d.py"]);
  assert.ok([...written.values()].every(([held, canOwn]) => held === bytes && canOwn));
});
