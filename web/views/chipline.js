// One line of chips: made once for its number of columns, filled anew for whatever stands in it.
import { faceOf } from "../plain/chipwords.js";
import { count } from "../plain/words.js";
import { element } from "./chips.js";

const WAITS = Object.freeze({ label: "", words: "…", name: "one moment" });

/** An empty line: the place of its first chip, then the chips. */
export function lineOf(columns) {
  const line = element("div", "chips-line", "");
  line.append(element("span", "chips-place", ""));
  line.firstChild.setAttribute("aria-hidden", "true");
  for (let at = 0; at < columns; at += 1) {
    const chip = element("span", "chip", "");
    chip.setAttribute("role", "option");
    chip.append(element("span", "chip-words", ""), " ", element("span", "chip-label", "")); // the blank is for copied and spoken text
    line.append(chip);
  }
  return line;
}

/** Fill a line with the chips from `start` on. */
export function fillLine(line, start, view) {
  const [place, ...nodes] = line.children;
  place.textContent = count(start + 1);
  nodes.forEach((node, step) => fillChip(node, start + step, view));
}

function fillChip(node, at, { active, cache, hues, known, show, total }) {
  const chip = cache.row(at);
  const joined = (other) => chip !== null && cache.row(other)?.row === chip.row;
  const hue = chip?.kind === "token" && known.names ? hues[chip.code] : 0;
  node.className = `chip chip-${chip?.kind ?? "waits"} hue-${hue}${joined(at - 1) ? " chip-joins" : ""}${joined(at + 1) ? " chip-joined" : ""}`;
  node.hidden = at >= total;
  node.tabIndex = at === active ? 0 : -1;
  node.setAttribute("aria-selected", String(at === active));
  if (node.at === at && node.shows === chip) return; // the face of a chip never changes
  Object.assign(node, { at, shows: chip });
  node.setAttribute("aria-posinset", String(at + 1));
  node.setAttribute("aria-setsize", String(total));
  const { label, words, name } = chip ? faceOf(chip, show, known) : WAITS;
  node.setAttribute("aria-label", name);
  node.firstChild.textContent = words;
  node.lastChild.textContent = label;
}
