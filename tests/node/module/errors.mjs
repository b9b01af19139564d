// Everything that can be wrong, told by the fields of the error.
import { GenotokError, open } from "genotok";
import { tell } from "./tell.mjs";

const genotok = await open();
const tokenizer = await genotok.universe([["chr1", 10, 20]]);
const wrong = {
  reversed: () => tokenizer.encode(new File(["chr1\t1\t2\nchr1\t9\t5\n"], "peaks.bed")),
  word: () => tokenizer.encode([["chr1", 1, 2], ["chr1", "x", 5]]),
  zip: () => tokenizer.encode(new Uint8Array([80, 75, 3, 4]), { name: "a.zip" }),
  miss: () => tokenizer.encode([["chr2", 1, 2]], { unmatched: "error" }),
  nothing: () => tokenizer.encode(""),
  id: () => tokenizer.decode([99]),
  text: () => tokenizer.idsOf(["chr9:1-2"]),
  option: () => tokenizer.encode([], { unmached: "unk" }),
  asset: () => genotok.universe({ asset: "hg18" }),
  path: () => tokenizer.encode(new URL("file:///nowhere/x.bed")),
  twins: () => genotok.universe([["chr1", 1, 2]], { specialTokens: { unk: "chr1:1-2" } }),
};
for (const [name, run] of Object.entries(wrong)) {
  const told = ({ code, where, line, hint }) => tell([name, code, where, line, Boolean(hint)]);
  await run().then(() => tell("no error"), (error) => (error instanceof GenotokError ? told(error) : tell(String(error))));
}
tell([...(await tokenizer.encode([], { allowEmpty: true })).offsets]);
tell(await tokenizer.tokenize([["chr1", 9, 11]]));
