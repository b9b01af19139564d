// The worker's second fence: after this module ran, only files that this build listed can be fetched.
// It also counts what has arrived, and sees that it is what was built.
import { DamagedFile, Inflow, UnreachedFile } from "./inflow.js";

export { DamagedFile, UnreachedFile };

const outside = self.fetch.bind(self);
for (const name of ["XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "WebSocketStream"]) delete self[name];
delete Object.getPrototypeOf(self.navigator).sendBeacon; // absent in workers today; stays absent

export class Fence {
  /** @param {URL} base the app folder, to which all paths of build.json are relative */
  constructor(base) {
    this.base = base;
    this.files = new Map();
    this.lent = new Map();
    this.early = new Map();
    this.watched = new Set();
    this.done = 0;
    this.total = 0;
    /** @type {(done: number, total: number) => void} */
    this.onprogress = () => {};
    /** @type {(error: unknown) => void} */
    this.fail = () => {}; // hears of files that are damaged or missing, whoever asked for them
    self.fetch = (input) => this.fetch(input);
  }

  /** Read build.json; from then on its files, and nothing else, are within reach. */
  async open() {
    const response = await outside(new URL("build.json", this.base));
    if (!response.ok) throw new DamagedFile("build.json", `status ${response.status}`);
    const build = await response.json();
    for (const [path, entry] of Object.entries(build.files)) this.files.set(this.#place(path), { ...entry, path });
    return build;
  }

  /** Begin to fetch files that will be asked for soon; `watch` counts them in the progress. */
  prefetch(paths, watch) {
    for (const href of paths.map((path) => this.#place(path))) {
      if (watch) this.#watch(href);
      const response = this.#request(href);
      response.catch(() => {}); // reported when the file is asked for
      this.early.set(href, response);
    }
  }

  /** A file part by part, as build.json divides it. */
  inflow(path) {
    const href = this.#place(path);
    const response = this.early.get(href) ?? this.#request(href);
    this.early.delete(href);
    const { name, entry } = this.#entry(href);
    return new Inflow(name, response, entry, (bytes) => this.#arrived(href, bytes));
  }

  /** A whole file that is in one part. */
  bytes(path) {
    return this.inflow(path).next();
  }

  /** Give the next request for a file another answer. @param {string} path @param {() => Response|Promise<Response>} answer */
  lend(path, answer) {
    this.lent.set(this.#place(path), answer);
    return this.#place(path);
  }

  /** What `fetch` is in this worker. */
  async fetch(input) {
    const href = this.#place(input instanceof Request ? input.url : input);
    const lent = this.lent.get(href);
    this.lent.delete(href);
    if (lent) return lent();
    try {
      const { name, entry } = this.#entry(href);
      if (!name.endsWith(".wasm")) return new Response(await this.bytes(href), { headers: { "Content-Type": "application/octet-stream" } });
      const response = await (this.early.get(href) ?? this.#request(href));
      this.#arrived(href, entry.bytes);
      return asWebAssembly(response);
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** A file that a module asked for has not come. */
  lose(name, error) {
    throw new DamagedFile(name, error.message);
  }

  #place(path) {
    return new URL(path, this.base).href;
  }

  #entry(href) {
    const entry = this.files.get(href);
    if (!entry) throw new TypeError(`${href} is no file of this page`);
    return { entry, name: entry.path.split("/").at(-1) };
  }

  async #request(href) {
    const { name, entry } = this.#entry(href);
    const response = await outside(entry.gzip ? `${href}.gz` : href, { priority: "low" }).catch((error) => {
      throw new UnreachedFile(name, error.message);
    });
    if (!response.ok) throw new DamagedFile(name, `status ${response.status}`);
    return response;
  }

  #watch(href) {
    const { entry } = this.#entry(href);
    this.watched.add(href);
    this.total += (entry.parts ?? [entry])[0].bytes;
  }

  #arrived(href, bytes) {
    if (!this.watched.has(href)) return;
    this.done = Math.min(this.done + bytes, this.total);
    this.onprogress(this.done, this.total);
  }
}

/** Only what a host calls WebAssembly is compiled while it comes; and only an untouched response is cached as code. */
function asWebAssembly(response) {
  const type = "application/wasm";
  return response.headers.get("Content-Type") === type ? response : new Response(response.body, { headers: { "Content-Type": type } });
}
