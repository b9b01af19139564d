// Settings in the address: what is written is read back, and nothing that somebody else wrote does harm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { read, written } from "../url.js";

const ROOMS = [
  { id: "intervals", options: [{ name: "unmatched", choices: [["drop"], ["unk"]] }, { name: "sort", choices: [[false], [true]] }] },
  { id: "motifs" },
];
const NOTHING = { room: null, universe: null, options: {}, look: {}, note: null };
const hashOf = (value) => `#v1.${Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url")}`;

test("what is written is read back", () => {
  const settings = {
    room: "motifs", universe: { digest: "ab".repeat(32), name: "größe \u{1f9ec}.bed" }, options: {},
    look: { kind: "table", sort: [["start", true]], filter: { chrom: "chr1", hit: true, width: [10, null] }, plain: true, show: "both", bins: 600 },
  };
  assert.deepEqual(read(written(settings), ROOMS), { ...settings, note: null });
  const rules = { room: null, universe: { id: "hg19", name: "Blood" }, options: { unmatched: "unk", sort: true }, look: {} };
  assert.deepEqual(read(written(rules), ROOMS), { ...rules, note: null });
  assert.match(written(settings), /^#v1\.[\w-]+$/);
});

test("defaults leave the address alone", () => {
  assert.equal(written({ room: null, universe: null, options: {}, look: {} }), "");
  for (const hash of ["", "#files", "#top", "#v", "#v1"]) assert.deepEqual(read(hash, ROOMS), NOTHING);
});

test("a broken hash gives the defaults and a note", () => {
  const broken = ["#v1.", "#v1.%%%", "#v2.e30", "#v1.e30x~", hashOf("{"), hashOf("[]"), hashOf("null"), hashOf('"x"'), hashOf("7"),
    `#v1.${Buffer.from([0xff, 0xfe, 0x7b]).toString("base64url")}`, hashOf({ look: { sort: "x".repeat(9000) } })];
  for (const hash of broken) {
    const { note, ...settings } = read(hash, ROOMS);
    assert.deepEqual({ ...settings, note: null }, NOTHING, hash);
    assert.match(note, /cannot be read/, hash);
  }
});

test("an odd part gives its default and is named; the rest is taken", () => {
  const odd = {
    room: ["vq", 7, null, {}],
    universe: ["x", {}, { name: "x" }, { digest: "abc", name: "x" }, { id: "x" }, { id: "x".repeat(300), name: "x" }, []],
    options: [[], { unmatched: "explode" }, { engine: "bits" }, { sort: "true" }, { __proto__x: 1 }, "drop"],
    look: [1, { kind: "html" }, { bins: 1e9 }, { bins: 1.5 }, { sort: [[[[]]]] }, { sort: [{ a: 1 }] }, { sort: [5] }, { plain: "yes" }, { show: "all" }, { filter: { chrom: { a: 1 } } }, { filter: { "A b": 1 } },
      { filter: { text: "x".repeat(201) } }, { colour: "red" }],
  };
  for (const [name, values] of Object.entries(odd)) {
    for (const value of values) {
      const good = name === "look" ? { options: { sort: true } } : { look: { kind: "plots" } };
      const said = read(hashOf({ ...good, [name]: value }), ROOMS);
      assert.deepEqual(said[name], NOTHING[name], `${name} ${JSON.stringify(value)}`);
      assert.match(said.note, new RegExp(name));
      assert.deepEqual(said[Object.keys(good)[0]], Object.values(good)[0]);
    }
  }
});

test("keys that reach for prototypes stay words", () => {
  const hostile = '{"__proto__": {"room": "motifs"}, "constructor": 1, "look": {"filter": {"__proto__": {"x": 1}}}, "options": {"__proto__": {"sort": true}}}';
  const said = read(hashOf(hostile), ROOMS);
  assert.equal(said.room, null);
  assert.equal(said.options.sort, undefined);
  assert.deepEqual(said.look, {});
  assert.equal({}.x, undefined);
  assert.match(said.note, /__proto__/);
});
