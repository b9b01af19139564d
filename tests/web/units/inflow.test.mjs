// A file in parts: each part is handed out as soon as it is there and is what was built, however it came.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

globalThis.self = globalThis;
const { DamagedFile, Inflow, UnreachedFile } = await import("../worker/inflow.js");

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) % 251);
const FIRST = 100_001;
const fact = (bytes) => ({ bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
const PARTS = [CONTENT.subarray(0, FIRST), CONTENT.subarray(FIRST)];
const ENTRY = { ...fact(CONTENT), gzip: true, parts: PARTS.map(fact) };

/** A response whose pieces come when they are asked for; tells how many were. */
function response(bytes, piece = 10_000) {
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(Uint8Array.from(bytes.subarray(at, at + piece)));
      at += piece;
      return undefined;
    },
  }, { highWaterMark: 0 });
  return { answer: Promise.resolve(new Response(body)), taken: () => Math.min(at, bytes.length) };
}

const inflow = (answer, entry = ENTRY, arrived = () => {}) => new Inflow("library.zip", answer, entry, arrived);

for (const [how, bytes] of [["packed", gzipSync(CONTENT)], ["unpacked on the way", CONTENT]]) {
  test(`both parts of a file that comes ${how}`, async () => {
    const file = inflow(response(bytes).answer);
    assert.deepEqual(await file.next(), PARTS[0]);
    assert.ok(file.more);
    assert.deepEqual(await file.next(), PARTS[1]);
    assert.ok(!file.more);
  });
}

test("the first part does not wait for the last bytes, and stays as it is", async () => {
  const { answer, taken } = response(CONTENT);
  const file = inflow(answer);
  const first = await file.next();
  assert.ok(taken() < CONTENT.length / 2 + 10_000);
  await file.next();
  assert.deepEqual(first, PARTS[0]);
});

test("a file without parts is one, packed or not", async () => {
  const { parts: _, gzip: __, ...whole } = ENTRY;
  assert.deepEqual(await inflow(response(CONTENT).answer, whole).next(), CONTENT);
});

test("bytes are counted inflated, once each", async () => {
  let total = 0;
  const file = inflow(response(gzipSync(CONTENT)).answer, ENTRY, (bytes) => (total += bytes));
  await file.next();
  await file.next();
  assert.equal(total, CONTENT.length);
});

const changed = Uint8Array.from(CONTENT);
changed[FIRST + 5] ^= 1;
const FAULTS = {
  "a changed byte": [gzipSync(changed), /library\.zip \(wrong SHA-256\)/],
  "half of it": [CONTENT.subarray(0, 150_000), /150000 of 300000 bytes/],
  "half a gzip": [gzipSync(CONTENT).subarray(0, 200), /library\.zip/],
  "something longer": [Buffer.concat([CONTENT, CONTENT]), /more than 300000 bytes/],
  "nothing": [new Uint8Array(), /0 of 300000 bytes/],
};
for (const [what, [bytes, message]] of Object.entries(FAULTS)) {
  test(`${what} is told by the name of the file`, async () => {
    const file = inflow(response(bytes).answer);
    const both = async () => (await file.next(), file.next());
    await assert.rejects(both, (error) => error instanceof DamagedFile && message.test(error.message));
  });
}

test("a part that came whole is good though the rest is damaged", async () => {
  const file = inflow(response(gzipSync(changed)).answer);
  assert.deepEqual(await file.next(), PARTS[0]);
  await assert.rejects(file.next(), DamagedFile);
});

test("a file that could not be asked for is not called damaged", () => {
  const { message } = new UnreachedFile("library.zip", "Failed to fetch");
  assert.match(message, /library\.zip, which needs the network once/);
  assert.doesNotMatch(message, /damaged|Failed to fetch/);
});

test("a request that failed is told to whoever asks", async () => {
  const lost = new DamagedFile("library.zip", "status 404");
  await assert.rejects(inflow(Promise.reject(lost)).next(), lost);
});
