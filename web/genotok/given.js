// What a caller may hand over as regions - files, bytes, text, lists - made into the one thing that the worker reads.
import { GenotokError } from "./mistakes.js";

const BATCH = 16_384; // regions that become text at a time
const NO_NAME = /^#|^(?:track|browser)$|[\s\u0000]/; // a BED reader would take such lines for comments, or split them
const WHOLE = /^-?\d+$/;

export const underNode = typeof globalThis.Worker !== "function" && Boolean(globalThis.process?.versions?.node);

/**
 * @param {any} source  see `Source` in genotok.d.ts
 * @param {string} [name]  what error messages call it
 * @returns {Promise<any>} a File, or under Node what nodeworker.js takes for one
 */
export async function asFile(source, name) {
  const { portable } = underNode ? await import("./node.js") : { portable: (file) => file };
  if (source instanceof URL || typeof source?.href === "string") {
    if (underNode && source.protocol === "file:") return portable(source, name);
    throw new GenotokError("an address is not read", { hint: "pass the Response of fetch(), or under Node a file: URL" });
  }
  if (typeof source === "string") return portable(new File([source], name ?? "text.bed"));
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return portable(new File([/** @type {BlobPart} */ (source)], name ?? "bytes.bed"));
  if (source instanceof Blob) {
    const known = /** @type {File} */ (source).name;
    return portable(known && (!name || name === known) ? source : new File([source], name ?? "blob.bed"));
  }
  if (typeof source?.blob === "function") return responseAsFile(source, name).then(portable);
  if (typeof source?.[Symbol.iterator] === "function") return portable(new File(partsOf(source, name ?? "regions"), name ?? "regions"));
  throw new GenotokError(`${source === null ? "null" : typeof source} holds no regions`, {
    hint: "pass a File, Blob, bytes, BED text, a Response, or [[chrom, start, end], ..]",
  });
}

async function responseAsFile(response, name) {
  if (!response.ok) throw new GenotokError(`${response.url || "the response"}: status ${response.status}`, { code: "network" });
  const last = response.url ? decodeURIComponent(new URL(response.url).pathname.split("/").at(-1)) : "";
  return new File([await response.blob()], name ?? (last || "response.bed"));
}

/** Regions as BED text, one line each; the reader names the line of a bad one, which is the place in the list. */
function partsOf(regions, name) {
  const parts = [];
  let lines = [];
  let row = 0;
  for (const region of regions) {
    const [chrom, start, end] = Array.isArray(region) ? region : [region?.chrom ?? region?.chr, region?.start, region?.end];
    row += 1;
    if (typeof chrom !== "string" || !chrom || NO_NAME.test(chrom)) {
      throw refused(name, row, "InputError", `${JSON.stringify(chrom)} is no chromosome`);
    }
    for (const value of [start, end]) {
      if (!WHOLE.test(String(value))) throw refused(name, row, "IntervalError", `${String(value)} is not a whole number`);
    }
    lines.push(`${chrom}\t${start}\t${end}\n`);
    if (lines.length === BATCH) {
      parts.push(lines.join(""));
      lines = [];
    }
  }
  return [...parts, lines.join("")];
}

const refused = (name, row, code, what) =>
  new GenotokError(`${name}:${row}: ${what}`, { code, where: `${name}:${row}`, line: row, hint: 'a region is ["chr1", 10, 20]' });
