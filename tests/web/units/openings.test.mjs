// Which request for a universe wins, and what waits for the first one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Openings } from "../worker/openings.js";

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Whether an operation that asks for its turn gets it, as things stand. */
function asking(openings, op) {
  const asked = { has: false };
  openings.turn(op).then(() => (asked.has = true));
  return asked;
}

test("the universe asked for last overtakes those before it, and nothing else does", () => {
  const openings = new Openings();
  openings.hear(1, "open_asset");
  openings.hear(2, "encode_text");
  assert.equal(openings.overtaken(1, "open_asset"), false);
  openings.hear(3, "open_universe");
  assert.deepEqual([openings.overtaken(1, "open_asset"), openings.overtaken(2, "encode_text"), openings.overtaken(3, "open_universe")], [true, false, false]);
  openings.hear(4, "set_universe");
  assert.equal(openings.overtaken(3, "open_universe"), true);
});

test("what needs a universe waits for the first, and for the one that overtook it", async () => {
  const openings = new Openings();
  openings.hear(1, "open_asset");
  const [waits, not, motifs] = [asking(openings, "decode"), asking(openings, "configure"), asking(openings, "motif_run")];
  await settle();
  assert.deepEqual([waits.has, not.has, motifs.has], [false, true, true]);
  openings.hear(2, "open_asset");
  openings.done(1, "open_asset", false);
  await settle();
  assert.equal(waits.has, false);
  openings.done(2, "open_asset", true);
  await settle();
  assert.equal(waits.has, true);
});

test("a first universe that fails holds up nothing, nor does a later one while another is in force", async () => {
  const openings = new Openings();
  const early = asking(openings, "decode");
  await settle();
  assert.equal(early.has, true, "none was asked for: the refusal says so");
  openings.hear(1, "open_asset");
  const waits = asking(openings, "decode");
  openings.done(1, "open_asset", false);
  await settle();
  assert.equal(waits.has, true);
  openings.hear(2, "open_asset");
  openings.done(2, "open_asset", true);
  openings.hear(3, "open_universe");
  const goes = asking(openings, "decode");
  await settle();
  assert.equal(goes.has, true);
});
