// The same regions through genotok.js and through @databio/gtars, whose folder is the first argument.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { open } from "genotok";
import { tell } from "./tell.mjs";

const folder = new URL(`${pathToFileURL(process.argv[2])}/`);
const gtars = await import(new URL("gtars_js.js", folder).href);
await gtars.default({ module_or_path: await readFile(new URL("gtars_js_bg.wasm", folder)) });

let seed = 1;
const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below; // Lehmer's generator: the same everywhere
const regions = (count) => Array.from({ length: count }, () => {
  const start = random(20_000);
  return [`chr${1 + random(3)}`, start, start + 1 + random(400)];
});
const four = (each) => each.map((region) => [...region, ""]); // their tuples have a fourth field
const universe = [...new Map(regions(500).map((region) => [region.join(), region])).values()];
const queries = [...regions(2000), ["chr9", 1, 2]];

const theirs = new gtars.Tokenizer(four(universe), "bits");
const genotok = await open();
const ours = await genotok.universe(universe);
const encoding = await ours.encode(queries);

const vocab = [...(await ours.vocab())];
const their = theirs.getVocab();
const roles = Object.keys(ours.specials.ids);
tell({
  "vocab": vocab.length === their.size && vocab.every(([text, id]) => their.get(text) === id),
  "vocabSize": ours.vocabSize === theirs.vocabSize && ours.vocabSize === theirs.length,
  "specialTokensMap": roles.every((role) => theirs.specialTokensMap().get(role) === ours.specials.texts[role]),
  "unkToken, unkTokenId, ..": roles.every((role) =>
    theirs[`${role}Token`] === ours.specials.texts[role] && theirs[`${role}TokenId`] === ours.specials.ids[role]),
  "decode": JSON.stringify(theirs.decode([...vocab.keys()])) === JSON.stringify(await ours.decode(vocab.keys())),
});
tell(JSON.stringify(theirs.encode(four(queries))) === JSON.stringify([...encoding.ids]));
tell(JSON.stringify(theirs.tokenize(four(queries))) === JSON.stringify((await ours.tokenize(queries)).flat()));

/** One region alone, as theirs has no offsets; a miss alone is its unknown token, and an empty row of ours. */
const alone = (query) => theirs.encode(four([query])).filter((id) => id !== theirs.unkTokenId);
const rows = queries.map((_, at) => [...encoding.ids.subarray(encoding.offsets[at], encoding.offsets[at + 1])]);
tell(queries.filter((query, at) => JSON.stringify(alone(query)) !== JSON.stringify(rows[at])).slice(0, 5));
tell([rows.filter(({ length }) => length > 1).length > 500, rows.filter(({ length }) => !length).length > 50]);
genotok.close();
