// Work that is aborted before it begins and while it runs.
import { open } from "genotok";
import { tell } from "./tell.mjs";

const genotok = await open();
const [tokenizer, other] = [await genotok.universe([["chr1", 0, 9000000]]), await genotok.universe([["chr2", 0, 9]])];
const bed = new TextEncoder().encode(Array.from({ length: 400000 }, (_, at) => `chr1\t${at}\t${at + 9}\n`).join(""));
const abort = new AbortController();
const phases = new Set();
const progress = ({ phase }) => {
  phases.add(phase);
  abort.abort("enough");
};
const work = tokenizer.encode(bed, { signal: abort.signal, progress });
await work.catch(({ name, code, cause }) => tell([name, code, cause]));
tell([...phases]);
await tokenizer.encode(bed, { signal: AbortSignal.abort("before") }).catch(({ code, cause }) => tell([code, cause]));
tell(await other.tokenize([["chr2", 1, 2]]));
tell((await tokenizer.encode([["chr1", 1, 2]])).ids.length);
await open({ signal: AbortSignal.abort() }).catch(({ code }) => tell(code));
