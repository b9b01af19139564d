// The ids of one row as chips.
import { count, region } from "../plain/words.js";

/** An element with a class and plain text. */
export const element = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

/** The ids of one row as chips that tell their region; a row without a hit says so. */
export function chips({ ids, places, count: total }, universe) {
  if (!total) return [element("span", "miss", "no token")];
  const found = ids.map((id, at) => {
    const { code, start, end } = places[at];
    const chip = element("span", "id", String(id));
    if (code >= 0 && universe) chip.title = region(universe[code], start, end);
    return chip;
  });
  if (total > ids.length) found.push(element("span", "more", `and ${count(total - ids.length)} more`));
  return found.flatMap((chip) => [chip, " "]); // so that copied text keeps its blanks
}
