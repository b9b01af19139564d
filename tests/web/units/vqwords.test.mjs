// Codes along a sequence as lines, bands and words: what is drawn is what was answered.
import assert from "node:assert/strict";
import test from "node:test";
import { bandPaths, boxesIn, changeFinding, codeFacts, codeLinesOf, cutRows, hueWords, levelName, logosOf, metWords, share, tokenAt, tokenWords } from "../plain/vqwords.js";

// tokens of 4 bases from base 98 on, two levels; the window begins at base 100 inside the first
const BUFFERS = {
  letters: Uint8Array.from({ length: 25 }, (_, at) => at % 4), decoded: Uint8Array.from({ length: 25 }, (_, at) => (at === 12 ? 4 : at % 4)),
  starts: Int32Array.of(98, 102, 106, 110, 114, 118, 122), ends: Int32Array.of(102, 106, 110, 114, 118, 122, 125),
  codes: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 11, 12, 13, -1, 15, 16, 17), hues: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 0, 4, 5, 6),
};

test("every token of a window stands in the lines that hold its bases", () => {
  const lines = codeLinesOf(BUFFERS, { first: 100, token: 40 }, 10, 2);
  assert.deepEqual(lines.map(({ first, letters }) => [first, letters]), [[100, "ACGTACGTAC"], [110, "GTACGTACGT"], [120, "ACGTA"]]);
  assert.deepEqual(lines.map(({ tokens }) => tokens.map(({ token, from, to }) => [token, from, to])), [
    [[40, 0, 2], [41, 2, 6], [42, 6, 10]], [[43, 0, 4], [44, 4, 8], [45, 8, 10]], [[45, 0, 2], [46, 2, 5]],
  ]);
  assert.deepEqual(lines[1].tokens.map(({ codes }) => codes), [[4, -1], [5, 15], [6, 16]]);
  assert.deepEqual(lines[1].tokens.map(({ hues }) => hues), [[4, 0], [5, 4], [6, 5]]);
});

test("only letters that come back otherwise are spelt", () => {
  const [first, second] = codeLinesOf(BUFFERS, { first: 100, token: 40 }, 10, 2);
  assert.equal(first.decoded, "··········");
  assert.equal(second.decoded, "·· ·······", "no token tells of it");
  const [third] = codeLinesOf({ ...BUFFERS, letters: BUFFERS.letters.map((letter, at) => (at === 1 ? 4 : letter)), decoded: BUFFERS.decoded.map((letter, at) => (at === 5 ? 3 : letter)) }, { first: 100, token: 40 }, 10, 2);
  assert.equal(third.decoded, "· ···T····", "an unknown base is no wrong one");
  assert.equal(codeLinesOf({ ...BUFFERS, decoded: new Uint8Array() }, { first: 100, token: 40 }, 10, 2)[0].decoded, null);
});

test("a band has one path a hue, a gap behind each token", () => {
  const [{ tokens }] = codeLinesOf(BUFFERS, { first: 100, token: 40 }, 10, 2);
  assert.deepEqual([...bandPaths(tokens, 1, 8, 19, 17)], [[8, "M0 19h15v17h-15z"], [1, "M16 19h31v17h-31z"], [2, "M48 19h31v17h-31z"]]);
});

test("marks are cut at the ends of a line", () => {
  assert.deepEqual(boxesIn([[95, 103], [108, 120], [130, 140]], 100, 10), [[0, 3], [8, 10]]);
});

test("bases before the first token and behind the last belong to the nearest", () => {
  const one = { first: 3, tokens: 5 };
  assert.deepEqual([0, 2, 3, 6, 7, 22, 23, 99].map((base) => tokenAt(base, one, 4)), [0, 0, 0, 0, 1, 4, 4, 4]);
  assert.equal(tokenAt(null, one, 4), null);
  assert.equal(tokenAt(7, { first: 3, tokens: 0 }, 4), null);
});

test("logos that lie end to end are taken apart", () => {
  const value = { levels: [{ columns: 1 }, { columns: 0 }], joint: { columns: 2 } };
  assert.deepEqual(logosOf(value, { logos: Float32Array.from({ length: 12 }, (_, at) => at) }).map((each) => each.length), [4, 0, 8]);
  assert.equal(logosOf({ ...value, joint: null }, { logos: new Float32Array(4) }).length, 2);
});

test("others are cut where they say, and at the edges of the window", () => {
  const letters = Uint8Array.of(0, 1, 2, 3, 0, 1);
  const value = { names: ["pairs", "words"], counts: [2, 1], first: 10 };
  const rows = cutRows(value, { letters, starts: Int32Array.of(8, 13, 10), ends: Int32Array.of(13, 20, 16), ids: Int32Array.of(7, 8, 9) });
  assert.deepEqual(rows.map(({ name, pieces }) => [name, pieces.map(({ text, id, whole }) => [text, id, whole])]), [
    ["pairs", [["ACG", 7, false], ["TAC", 8, false]]], ["words", [["ACGTAC", 9, true]]],
  ]);
});

test("levels have names as far as there are words", () => {
  assert.deepEqual([levelName(1, 1), levelName(1, 2), levelName(2, 2), levelName(2, 3), levelName(3, 5)], ["code", "coarse", "fine", "middle", "level 3"]);
});

test("a share that is not all never reads as 100", () => {
  assert.deepEqual([share(5, 5), share(29902, 29903), share(999_999, 1_000_000), share(3, 4), share(9_999_999, 10_000_000)], ["100 %", "99.9967 %", "99.9999 %", "75.0 %", "99.9999 %"]);
});

test("words tell where a code is met, and what is likely under a hue", () => {
  assert.equal(metWords({ usage: 53411, rank: 283, size: 512, here: 1, windows: 33 }), "53,411 times in the corpus, rank 283 of 512; once on this sequence; 33 different windows");
  assert.equal(metWords({ usage: null, rank: null, size: 512, here: 0, windows: 0 }), "0 times on this sequence");
  assert.equal(hueWords(Float32Array.of(0.62, 0.04, 0.04, 0.3)), "A 62 %, T 30 %");
  assert.equal(hueWords(new Float32Array(4)), "");
});

test("figures say what a token costs, and leave out what was not decoded", () => {
  const one = { bases: 1000, known: 990, tokens: 248, unknown: 3, distinct: [30, 200], bits: 10.4, told: 980, wrong: 7 };
  const facts = codeFacts(one, { levels: [32, 64], stride: 4, nominal_bits: 11 });
  assert.deepEqual(facts.map(([name, value]) => [name, value]), [["Bases", "1,000"], ["Tokens", "248"], ["Codes used", "200 of 64 fine"], ["Bits of a token", "10.40"], ["Come back", "99.29 %"]]);
  assert.equal(facts[1][2], "one for 4 bases; 3 unknown");
  assert.equal(facts[3][2], "as used here, 2.60 a base; at most 11");
  assert.equal(codeFacts({ ...one, told: null, wrong: null }, { levels: [8], stride: 1, nominal_bits: 3 }).length, 4);
});

test("a token and a change are told in one sentence", () => {
  const told = { token: 4, start: 7, end: 8, text: "v17", unknown: false, levels: [{ level: 1, code: 5 }, { level: 2, code: 17 }] };
  assert.equal(tokenWords(told, 29896), "token 5 of 29,896, bases 7 to 8, v17, coarse 5, fine 17");
  assert.equal(changeFinding({ position: 404, old: "A", new: "G", levels: [6, 8] }, 8, 29896), "A to G at base 404 changes 8 of 29,896 tokens: 8 fine, 6 coarse");
  assert.equal(changeFinding({ position: 404, old: "A", new: "A", levels: [0, 0] }, 0, 29896), "Base 404 is A already: nothing changes");
  assert.equal(changeFinding({ position: 4, old: "A", new: "C", levels: [2] }, 2, 30), "A to C at base 4 changes 2 of 30 tokens");
});
