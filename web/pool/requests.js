// How often the network was asked, by the page and by its workers: counted by the browser, shown in the page's promise.
import { subscribe, update } from "../state.js";

const isRequest = ({ name }) => /^https?:/.test(name); // blobs and data never leave the tab

/** @param {import("../engine.js").Engine} first @param {import("./crew.js").Crew} crew */
export function countRequests(first, crew) {
  let ours = 1; // the page itself
  /** @type {Map<import("../engine.js").Engine, number>} the last word of each worker, those that ended included */
  const theirs = new Map();
  const tell = () => update({ requests: [...theirs.values()].reduce((sum, each) => sum + each, ours) });

  new PerformanceObserver((list) => {
    ours += list.getEntries().filter(isRequest).length;
    tell();
  }).observe({ type: "resource", buffered: true });

  const ask = async (engine) => {
    const { value } = await engine.call("ping");
    theirs.set(engine, value.requests);
    tell();
  };
  const key = ({ boot, universe, engines }) => (boot.phase === "ready" ? `${universe.id} ${universe.state} ${engines}` : "");
  let before = "";
  subscribe((now) => {
    if (key(now) === before) return;
    before = key(now);
    if (before) for (const { engine, ready } of crew.members) if (ready || engine === first) ask(engine).catch(() => {}); // ended meanwhile
  });
}
