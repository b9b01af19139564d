// Places that are asked for by number or by a chromosome's name, before the engine is asked.
import { count, shown } from "./words.js";

/** "#1,200" -> 1200, the number of a chip or a row; null for anything else. */
export function numberIn(text) {
  const match = /^#\s*(\d[\d,]*)$/.exec(text.trim());
  return match ? Number(match[1].replaceAll(",", "")) : null;
}

/** (12, 9, "chip") -> "there are 9 chips, from #1 to #9"; null if there is one of that number. */
export function beyond(number, total, word) {
  if (number >= 1 && number <= total) return null;
  if (total <= 1) return total ? `there is one ${word}, #1` : `there are no ${word}s`;
  return `there are ${count(total)} ${word}s, from #1 to #${count(total)}`;
}

const bare = (name) => name.toLowerCase().replace(/^chr/, "");

/** ("no row on CHR7", "CHR7:5,500,000", ["chr7"]) -> "no row on CHR7; this file says chr7": a name that differs in case or by "chr". */
export function withName(note, text, names) {
  const asked = text.trim().replace(/:[^:]*$/, "");
  const meant = asked && !names.includes(asked) && names.find((name) => bare(name) === bare(asked));
  return meant ? `${note}; this file says ${shown(meant)}` : note;
}
