// The page without a network: the files of one version, kept when they are as they were built, and given by exact address.
const APP = "@APP@"; // the app folder is named by its content, so its name is the version
const ROOT = self.registration.scope;
const KIND = `genotok ${ROOT} `; // other deployments on this origin have caches of their own
const NAME = KIND + APP;
const AT_ONCE = 4; // requests; the user's work comes first

const addressOf = (path) => new URL(path, `${ROOT}${APP}/`).href;
const stored = { ignoreVary: true }; // what hosts vary by (compression) is undone before a response is kept

self.addEventListener("install", (event) => event.waitUntil(install(event)));
self.addEventListener("activate", (event) => event.waitUntil(sweep()));
self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  if (method !== "GET" || !isOfPage(url)) return; // everything else stays between the page and the network
  event.respondWith(answer(event.request));
  if (mode === "navigate") event.waitUntil(sweep());
});
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const tell = (word) => port?.postMessage(word);
  if (event.data === "version") tell(APP);
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "keep all") event.waitUntil(keepAll(tell));
});

/** Tell whether an address is the page itself or lies in a folder that is named by its content. */
function isOfPage(url) {
  if (!url.startsWith(ROOT)) return false;
  const path = url.slice(ROOT.length).split("#")[0];
  return path === "" || path === "index.html" || path === "manifest.webmanifest" || /^[ae]\/[0-9a-f]{12}\//.test(path);
}

/** The kept response as it is: a `.wasm` that is wrapped anew would be compiled anew. */
async function answer(request) {
  const url = request.url.split("#")[0];
  const mine = await caches.open(NAME);
  const kept = await mine.match(url === `${ROOT}index.html` ? ROOT : url, stored);
  return kept ?? (await caches.match(url, stored)) ?? fetch(request); // a tab of an older version finds that version's
}

/** Keep what a start needs. Any file that is missing or damaged fails the install, and the browser tries again later. */
async function install(event) {
  const { cache, files, engine } = await opened();
  await route(event, [addressOf(""), engine]);
  await each(files.filter(({ later }) => !later), (file) => keep(cache, file));
  await cache.put(`${ROOT}manifest.webmanifest`, await fetched(`${ROOT}manifest.webmanifest`, "no-cache"));
  const page = await fetched(ROOT, "no-cache");
  if (!(await page.clone().text()).includes(`${APP}/`)) throw new Error("the page is of another version");
  await cache.put(ROOT, page); // last: a cache that has it is whole
}

/** Where browsers can, they read this version's files from its cache by themselves, so that no start waits for this script. */
async function route(event, folders) {
  if (!event.addRoutes) return;
  const rules = folders.map((folder) => ({
    condition: { urlPattern: new URLPattern({ pathname: `${new URL(folder).pathname}*` }) },
    source: { cacheName: NAME },
  }));
  await event.addRoutes(rules); // what the cache lacks comes from the network, as `answer` has it
}

/** Keep the other universes, the samples and the optional packages, too. */
async function keepAll(tell) {
  try {
    const { cache, files } = await opened();
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    await each(files, async (file) => {
      await keep(cache, file);
      done += file.bytes;
      tell({ done, total });
    });
    tell("kept");
  } catch (error) {
    tell({ error: String(error.message ?? error) });
  }
}

/** This version's cache and the list of its files, which is kept as well. */
async function opened() {
  const cache = await caches.open(NAME);
  const url = addressOf("build.json");
  const response = (await cache.match(url, stored)) ?? (await fetched(url));
  const build = await response.clone().json();
  await cache.put(url, response);
  const files = Object.entries(build.files).map(([path, entry]) => ({ url: addressOf(path) + (entry.gzip ? ".gz" : ""), ...entry }));
  return { cache, files, engine: addressOf(build.engine) };
}

async function keep(cache, file) {
  if (await cache.match(file.url, stored)) return;
  const response = (await caches.match(file.url, stored)) ?? (await fetched(file.url)); // versions share what did not change
  await cache.put(file.url, await checked(response, file));
}

async function fetched(url, /** @type {RequestCache} */ cache = "default") {
  const response = await fetch(url, { cache, priority: "low" });
  if (!response.ok || response.redirected) throw new Error(`${url} cannot be kept (status ${response.status})`);
  return response;
}

/**
 * A login page or half a file, once kept, would stay: so only what has the hash of the build is. Archives are kept inflated,
 * so that no later start has to do it.
 */
async function checked(response, { url, sha256, gzip }) {
  const raw = new Uint8Array(await response.clone().arrayBuffer());
  const packed = gzip && raw[0] === 0x1f && raw[1] === 0x8b; // hosts may inflate on the way, as the engine's fence knows
  const bytes = packed ? await new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer() : raw;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== sha256) throw new Error(`${url} is damaged`);
  return packed ? new Response(bytes) : response;
}

async function each(items, work) {
  const left = [...items];
  const run = async () => {
    for (let item = left.shift(); item; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
}

/** Forget older versions. Each open tab holds a lock of its version's name, so one that is in use stays. */
async function sweep() {
  if (self.registration.installing || self.registration.waiting) return; // a newer version has its cache already
  for (const name of await caches.keys()) {
    if (!name.startsWith(KIND) || name === NAME) continue;
    await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && caches.delete(name));
  }
}
