// The browser's worker under Node: what worker.js and Pyodide expect of a worker's global scope, then worker.js itself.
import { open, readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";

const ROOT = new URL("../../", workerData).href; // the site: beyond it nothing is fetched, even before the fence stands
const TYPES = { wasm: "application/wasm", json: "application/json" };

/** Part of a file on the disk or in memory, read as worker.js reads a File. */
class Slices {
  constructor({ name, size, path = null, bytes = null }) {
    this.name = name;
    this.size = size;
    this.path = path;
    this.bytes = bytes;
  }

  slice(from, to) {
    return { arrayBuffer: () => (this.bytes ? this.bytes.slice(from, to).buffer : this.#read(from, Math.min(to, this.size))) };
  }

  /** All of it, also what came after its size was told. */
  async arrayBuffer() {
    return new Uint8Array(this.bytes ?? (await readFile(this.path))).buffer;
  }

  async #read(from, to) {
    const file = await open(this.path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(to - from), 0, to - from, from);
      return buffer.buffer.slice(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

/** Files among the arguments, also one level down, where an export names its inputs. */
function received(value) {
  if (value?.crossing === "file") return new Slices(value);
  const plain = value && Object.getPrototypeOf(value) === Object.prototype;
  return plain ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, each?.crossing === "file" ? new Slices(each) : each])) : value;
}

async function fetchFile(input) {
  const { href } = new URL(input instanceof Request ? input.url : input);
  if (!href.startsWith(ROOT)) throw new TypeError(`${href} is no file of this site`);
  try {
    const type = TYPES[href.split(".").at(-1)] ?? "application/octet-stream";
    return new Response(await readFile(new URL(href)), { headers: { "Content-Type": type } });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return new Response(null, { status: 404 });
  }
}

const { process } = globalThis;
class WorkerGlobalScope {
  static [Symbol.hasInstance]() {
    return true;
  }
}
delete globalThis.process; // Pyodide then takes the way of browsers, through the fence, and Python finds no Node to import
Object.assign(globalThis, {
  self: globalThis,
  WorkerGlobalScope,
  location: new URL(workerData),
  fetch: fetchFile,
  postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
});
globalThis.navigator ??= Object.create({ userAgent: `Node.js/${process.versions.node}` });
await import(workerData);
parentPort.on("message", (data) => self.onmessage(/** @type {any} */ ({ data: { ...data, args: data.args.map(received) } }))); // what came before waits in the port
