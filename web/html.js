// One tag for markup: text stays text, so no string ever becomes HTML.
import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);
