// Uses of the module as its declaration allows them, and three that it must not.
import * as made from "./made.js";
import * as declared from "./genotok.js";
import type { Encoding, Format, Region, Source } from "./genotok.js";

const open: typeof declared.open = made.open;
const error: new (message: string) => declared.GenotokError = made.GenotokError;
const regions: Region[] = [["chr1", 1, 2], { chr: "chr1", start: 1n, end: 2 }, { chrom: "chr1", start: 1, end: 2 }];
const genotok = await open({ progress: ({ done, total }) => done / total, signal: AbortSignal.timeout(1) });
const tokenizer: declared.Tokenizer = await genotok.universe(regions, { unmatched: "unk", specialTokens: { unk: "?" } });
const sources: Source[] = [regions, "chr1\t1\t2", new Uint8Array(2), new Blob([]), new Response(""), new Set(regions)];
for (const source of sources) {
  const { ids, offsets, report, regions: rows }: Encoding = await tokenizer.encode(source, { rename: "auto", allowEmpty: true });
  const row: Int32Array = ids.subarray(offsets[0], offsets[1]);
  const texts: string[] = await tokenizer.decode(row);
  const places: ([string, number, number] | null)[] = await tokenizer.regions(ids);
  const all: Map<string, number> = await tokenizer.vocab();
  const saved: File = await tokenizer.save(source, "gtok" satisfies Format, { rows: false });
  console.log(texts, places, all, saved, report.hit, rows.starts, (await tokenizer.idsOf(texts)).length, tokenizer.specials.ids.unk);
}
// @ts-expect-error: a name that is no option
await tokenizer.encode(regions, { unmached: "unk" });
// @ts-expect-error: a value that is none of the choices
await tokenizer.encode(regions, { unmatched: "none" });
// @ts-expect-error: a number is no source
await tokenizer.encode(5);
