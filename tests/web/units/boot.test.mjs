// The start ends, one way or the other: without WebAssembly, with a lost file, with a runtime that cannot be compiled, in silence.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

globalThis.self = globalThis;
const { boot } = await import("../worker/boot.js");

const never = new Promise(() => {});
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A fence whose build.json does not come before the test ends it. */
function fence() {
  const place = {};
  const list = new Promise((_, lose) => (place.lose = lose));
  place.open = () => list;
  return place;
}

test("a file that is lost ends the start with its own words", async () => {
  const place = fence();
  const started = boot(place, () => {});
  const lost = new Error("a file is missing");
  place.fail(lost);
  await assert.rejects(started, lost);
});

test("an unreadable build.json ends the start", async () => {
  const place = fence();
  const started = boot(place, () => {});
  place.lose(new Error("status 500"));
  await assert.rejects(started, /status 500/);
});

test("a runtime that the browser refuses to compile ends the start, and the browser's own function is back", async () => {
  const own = WebAssembly.instantiateStreaming;
  const started = boot(fence(), () => {});
  const response = new Response(Uint8Array.of(1, 2, 3), { headers: { "Content-Type": "application/wasm" } });
  await assert.rejects(WebAssembly.instantiateStreaming(response, {}), WebAssembly.CompileError);
  await assert.rejects(started, WebAssembly.CompileError);
  assert.equal(WebAssembly.instantiateStreaming, own);
});

test("three minutes of silence end the start, an arriving byte begins them anew", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const place = fence();
    const heard = [];
    const started = boot(place, (...progress) => heard.push(progress));
    const outcome = started.then(() => "started", ({ failure }) => failure.message);
    mock.timers.tick(179_000);
    place.onprogress(1, 2);
    mock.timers.tick(179_000);
    assert.equal(await Promise.race([outcome, turn().then(() => "under way")]), "under way");
    mock.timers.tick(1_001);
    assert.equal(await outcome, "The engine does not start");
    assert.deepEqual(heard, [["runtime"], ["runtime", 1, 2]]);
  } finally {
    mock.timers.reset();
  }
});

test("without WebAssembly the browsers are named that have it", async () => {
  const { WebAssembly } = globalThis;
  delete globalThis.WebAssembly;
  try {
    await assert.rejects(boot({ open: () => never }, () => {}), ({ failure }) => /no WebAssembly/.test(failure.message) && /Firefox/.test(failure.hint));
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
});
