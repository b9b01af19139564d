// Keeps the page for visits without a network: registers the service worker once the start is over, and says how that stands.
// It only adds: where service workers are absent or fail, `state.offline` says so and all else is as it was.
import { APP } from "./place.js";
import { state, until, update } from "./state.js";

const ROOT = new URL("../../", APP);
const VERSION = APP.href.slice(ROOT.href.length).replace(/\/$/, ""); // "a/0123456789ab", as sw.js calls it
const CHECK_EVERY = 3_600_000; // ms between two looks for a new version in a tab that stays open
const PATIENCE = 5000; // ms that the service worker may take to say its version
const WISH = "genotok.offline"; // set to "all" in localStorage: later versions keep everything, too

/** @type {ServiceWorkerRegistration|null} */
let registration = null;

// As long as this tab lives no service worker deletes the files of its version. The name is that of the cache in sw.js.
navigator.locks?.request(`genotok ${ROOT.href} ${VERSION}`, { mode: "shared" }, () => new Promise(() => {})).catch(() => {});

const tell = (patch) => update({ offline: Object.freeze({ ...state.peek().offline, ...patch }) });

for (const type of ["online", "offline"]) addEventListener(type, () => tell({ online: navigator.onLine }));

/** Begin when the engine and its universe are ready and no file is being read, so that nothing competes with them. */
export async function begin() {
  if (!navigator.serviceWorker) return; // plain http, some private windows
  await until(({ boot, universe, files }) => boot.phase === "ready" && universe.state === "ready" && !files.some((file) => file.state === "reading"));
  try {
    registration = await navigator.serviceWorker.register(new URL("sw.js", ROOT));
    registration.addEventListener("updatefound", () => look().catch(failed));
    await registration.update().catch(() => {}); // without a network there is nothing to find
    await look();
  } catch (error) {
    failed(error);
    return;
  }
  watch();
  if (wish() === "all" && state.peek().offline.state === "ready") keepAll();
}

const failed = (error) => tell({ state: "failed", error: String(error?.message ?? error) });

/** Say which version the next visit will get. */
async function look() {
  await settled(registration.installing);
  const newest = registration.waiting ?? registration.active;
  if (!newest) throw new Error("the files of the page could not be kept");
  const version = await firstWord(newest, "version");
  tell({ state: version === VERSION ? "ready" : "update", error: null });
}

function settled(worker) {
  if (!worker) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => worker.state !== "installing" && resolve();
    worker.addEventListener("statechange", check);
    check();
  });
}

/** Look for a new version when the tab is looked at again, at most once an hour. */
function watch() {
  let last = performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || performance.now() - last < CHECK_EVERY) return;
    last = performance.now();
    registration.update().catch(() => {});
  });
}

/** Take the new version into use: the user asked for it. Other tabs go on with theirs. */
export async function useNewVersion() {
  const { waiting } = registration ?? {};
  if (waiting) {
    const over = new Promise((resolve) => waiting.addEventListener("statechange", () => waiting.state === "activated" && resolve()));
    ask(waiting, "take over", () => {});
    await over;
  }
  location.reload();
}

/** Keep the other universes, the samples and the optional packages as well, now and in later versions. */
export function keepAll() {
  const worker = registration?.active;
  if (!worker) return;
  wish("all");
  tell({ all: { done: 0, total: 0 } });
  ask(worker, "keep all", (word) => {
    if (word === "kept") tell({ all: "kept" });
    else if (word.error) tell({ all: null, error: word.error });
    else tell({ all: word });
  });
}

/** Forget the wish and all that was kept; until the next visit nothing is kept anew. */
export async function forgetOffline() {
  wish(null);
  await registration?.unregister();
  for (const name of await self.caches?.keys() ?? []) if (name.startsWith(`genotok ${ROOT.href} `)) await caches.delete(name);
  tell({ state: "off", all: null });
}

function wish(value) {
  try {
    if (value === null) localStorage.removeItem(WISH);
    else if (value) localStorage.setItem(WISH, value);
    return localStorage.getItem(WISH);
  } catch {
    return null; // storage is switched off
  }
}

function ask(worker, word, hear) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  worker.postMessage(word, [port2]);
  return port1;
}

function firstWord(worker, word) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the service worker does not answer")), PATIENCE);
    const port = ask(worker, word, (data) => (clearTimeout(timer), port.close(), resolve(data)));
  });
}
