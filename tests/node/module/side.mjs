// Two tokenizers of one engine, asked in turn.
import { open } from "genotok";
import { tell } from "./tell.mjs";

const genotok = await open();
const [plain, own] = await Promise.all([
  genotok.universe([["chr1", 10, 20], ["chr1", 15, 30]]),
  genotok.universe("chr1\t0\t100\nchr2\t5\t9\n", { unmatched: "unk", specialTokens: { unk: "[unk]" }, name: "own.bed" }),
]);
const regions = [["chr1", 16, 17], ["chr2", 8, 9], ["chrX", 1, 2]];
const both = await Promise.all([plain, own, plain, own].map((tokenizer) => tokenizer.tokenize(regions)));
both.forEach(tell);
tell([plain, own].map(({ name, size, vocabSize, specials }) => [name, size, vocabSize, specials.ids.unk, specials.texts.unk]));
tell([...(await own.vocab())].slice(0, 3));
tell([...(await own.idsOf(["chr2:5-9", "[unk]"]))]);
tell(await own.regions([1, 0, 2]));
plain.close();
tell(await own.tokenize([["chr2", 5, 6]]));
await plain.encode(regions).catch(({ name, code }) => tell([name, code]));
genotok.close();
await own.encode(regions).catch(({ name, code }) => tell([name, code]));
