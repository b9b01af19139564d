// The worker's second fence: after this module ran, only files that this build listed can be fetched.
// It also counts what has arrived, inflates the archives that lie compressed on the host, and checks their hashes.

const outside = self.fetch.bind(self);
for (const name of ["XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "WebSocketStream"]) delete self[name];
delete Object.getPrototypeOf(self.navigator).sendBeacon; // absent in workers today; stays absent

/** A file of the page that did not arrive as it was built. */
export class DamagedFile extends Error {
  constructor(name, reason) {
    super(`A file of this page is damaged or missing: ${name} (${reason})`);
    this.file = name;
  }
}

export class Fence {
  /** @param {URL} base the app folder, to which all paths of build.json are relative */
  constructor(base) {
    this.base = base;
    this.files = new Map();
    this.early = new Map();
    this.watched = new Set();
    this.done = 0;
    this.failures = [];
    this.onprogress = () => {};
    self.fetch = (input, options) => this.fetch(input, options);
  }

  /** Read build.json; from then on its files, and nothing else, are within reach. */
  async open() {
    const url = new URL("build.json", this.base);
    const response = await outside(url);
    if (!response.ok) throw new DamagedFile("build.json", `status ${response.status}`);
    const build = await response.json();
    for (const [path, entry] of Object.entries(build.files)) {
      this.files.set(new URL(path, this.base).href, { ...entry, path });
    }
    return build;
  }

  /** Begin to fetch files that will be asked for soon; `watch` counts them in the progress. */
  prefetch(paths, watch) {
    for (const path of paths) {
      const { href } = new URL(path, this.base);
      if (watch) this.watched.add(href);
      const promise = this.#get(href);
      promise.catch(() => {}); // reported when the file is asked for
      this.early.set(href, promise);
    }
  }

  get total() {
    return [...this.watched].reduce((sum, href) => sum + (this.files.get(href)?.bytes ?? 0), 0);
  }

  fetch(input) {
    const { href } = new URL(input instanceof Request ? input.url : input, this.base);
    const promise = this.early.get(href) ?? this.#get(href);
    this.early.delete(href);
    return promise.catch((error) => {
      if (error instanceof DamagedFile) this.failures.push(error);
      throw error;
    });
  }

  async #get(href) {
    const entry = this.files.get(href);
    if (!entry) throw new TypeError(`${href} is no file of this page`);
    const name = entry.path.split("/").at(-1);
    const response = await outside(entry.gzip ? `${href}.gz` : href).catch((error) => {
      throw new DamagedFile(name, error.message);
    });
    if (!response.ok) throw new DamagedFile(name, `status ${response.status}`);
    if (name.endsWith(".wasm")) return this.#arrived(href, entry.bytes, response); // untouched: streamed and cached as code
    const bytes = await inflated(response, entry.gzip);
    await check(bytes, entry, name);
    return this.#arrived(href, bytes.byteLength, new Response(bytes, { headers: { "Content-Type": "application/octet-stream" } }));
  }

  #arrived(href, bytes, response) {
    if (this.watched.has(href)) {
      this.done += bytes;
      this.onprogress(this.done, this.total);
    }
    return response;
  }
}

/** Hosts may or may not inflate `.gz` files on the way, so the content decides. */
async function inflated(response, gzip) {
  const raw = new Uint8Array(await response.arrayBuffer());
  if (!gzip || raw[0] !== 0x1f || raw[1] !== 0x8b) return raw;
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function check(bytes, entry, name) {
  if (entry.bytes !== bytes.byteLength) throw new DamagedFile(name, `${bytes.byteLength} of ${entry.bytes} bytes`);
  if (!self.crypto?.subtle) return; // only secure contexts can hash; the size was checked
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== entry.sha256) throw new DamagedFile(name, "wrong SHA-256");
}
