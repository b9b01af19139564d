// The whole vocabulary of a file that lies beside the script, in four ways.
import { open } from "genotok";
import { tell } from "./tell.mjs";

const genotok = await open();
const tokenizer = await genotok.universe(new URL("odd.bed", import.meta.url), { invalid: "keep" });
const vocab = await tokenizer.vocab();
tell([...vocab]);
tell(await tokenizer.decode(vocab.values()));
tell([...(await tokenizer.idsOf(vocab.keys()))]);
tell(await tokenizer.regions(vocab.values()));
