// A worker of Node that looks like the browser's, so that engine.js need not know where it runs.
import { statSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { GenotokError } from "./mistakes.js";

/** @param {URL} url of worker.js @returns {any} what engine.js needs of a Worker */
export function spawn(url) {
  const inner = new Worker(new URL("./nodeworker.js", import.meta.url), { workerData: url.href, name: "genotok" });
  const asked = new Set();
  /** @type {any} */
  const outer = {
    postMessage(message, transfer) {
      if (!asked.size) inner.ref(); // an answer is worth waiting for
      asked.add(message.id);
      inner.postMessage(message, transfer);
    },
    terminate: () => inner.terminate(),
  };
  inner.unref(); // an idle engine does not keep the process
  inner.on("message", (data) => {
    if (data.type !== "progress" && asked.delete(data.id) && !asked.size) inner.unref();
    outer.onmessage?.({ data });
  });
  inner.on("error", (error) => outer.onerror?.({ message: error.message }));
  return outer;
}

/**
 * A file as it crosses to nodeworker.js: by its path if it lies on the disk, else with its bytes. Blobs stay here,
 * because Node cannot read those of files in another thread.
 */
export async function portable(source, name) {
  if (!(source instanceof URL)) return { crossing: "file", name: source.name, size: source.size, bytes: new Uint8Array(await source.arrayBuffer()) };
  const path = fileURLToPath(source);
  try {
    const facts = statSync(path);
    if (!facts.isFile()) throw new Error(`${path} is no file`);
    return { crossing: "file", name: name ?? basename(path), size: facts.size, path };
  } catch (error) {
    throw new GenotokError(error.message, { code: "OSError", where: path, cause: error });
  }
}
