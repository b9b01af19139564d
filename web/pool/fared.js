// Tells listeners how the files fared: once, when the last of those that were worked on is through.
import { say } from "../views/speech.js";
import { count, plural } from "../plain/words.js";

const BUSY = new Set(["queued", "reading"]);

/** @param {{state: string}[]} files  that are through */
export function fared(files) {
  const counted = (wanted) => files.filter(({ state }) => state === wanted).length;
  const others = ["failed", "cancelled"].map((wanted) => [counted(wanted), wanted]).filter(([total]) => total);
  return [`${count(counted("done"))} of ${plural(files.length, "file")} done`, ...others.map(([total, wanted]) => `${count(total)} ${wanted}`)].join(", ");
}

/** Hears every state of the page. */
export function listener() {
  const worked = new Set();
  return ({ files }) => {
    const busy = files.filter(({ state }) => BUSY.has(state));
    busy.forEach(({ id }) => worked.add(id));
    if (busy.length || !worked.size) return;
    const through = files.filter(({ id }) => worked.has(id));
    worked.clear();
    if (through.length) say(fared(through));
  };
}
