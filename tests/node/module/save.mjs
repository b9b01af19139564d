// Saves a file that lies beside the script.
import { open } from "genotok";
import { tell } from "./tell.mjs";

const genotok = await open();
const [universe, bed] = ["u.bed", "q.bed"].map((name) => new URL(name, import.meta.url));
const file = await (await genotok.universe(universe)).save(bed, process.argv[2]);
tell([file.name, Buffer.from(await file.arrayBuffer()).toString("base64")]);
