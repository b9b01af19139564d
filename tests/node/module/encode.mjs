// Encodes one file, given in four ways; tells hashes of what comes back.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { open } from "genotok";
import { tell } from "./tell.mjs";

const hashed = (array) => createHash("sha256").update(array).digest("hex");
const bed = pathToFileURL(process.argv[2]);
const genotok = await open();
const tokenizer = await genotok.universe({ asset: "hg38-ensembl-regulatory" });
const bytes = await readFile(bed);
for (const source of [bed, bytes, new Blob([bytes]), new Response(bytes)]) {
  const { ids, offsets, regions, report } = await tokenizer.encode(source, { name: "ctcf.bed.gz" });
  const { codes, starts, ends, lines } = regions;
  const names = [ids, offsets, codes, starts, ends, lines].map((array) => array.constructor.name);
  tell([hashed(ids), hashed(offsets), hashed(starts), report.name, report.rows, report.hit, report.tokens, ...names]);
}
genotok.close();
