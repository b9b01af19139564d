// What the first screen can do without, gathered in one module: it comes after that screen in one request.
export { About } from "./about.js";
export { Codes } from "./vq/codes.js";
export { Compare } from "./compare.js";
export { Decode } from "./decode.js";
export { Export } from "./export.js";
export { Motifs } from "./motifs/motifs.js";
export { Overview } from "./overview.js";
export { Plots } from "./plots.js";
export { Rows } from "./rows.js";
