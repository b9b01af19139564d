// Python packages that are loaded when they are needed: fetched from this site, unpacked piece by piece, laid beside NumPy.
import { filesOf, lay } from "./archives.js";
import { failure } from "../protocol.js";
import { Refusal, copied } from "./python.js";

const PIECE = 2 ** 20; // bytes between two looks at the stop port

/** @type {Map<string, Promise<void>>} bundles that are there, or on their way */
const bundles = new Map();

/**
 * Make packages importable.
 * @param {import("./fence.js").Fence} fence @param {{runtime: any, build: any}} engine @param {string[]} names those of build.json
 * @param {{turn: () => Promise<void>, tell: Function}} context
 */
export async function loadPackages(fence, { runtime, build }, names, context) {
  const unknown = names.filter((name) => !build.packages[name]);
  if (unknown.length) throw new Refusal(failure("InputError", `This page has no package ${unknown.join(", ")}`, `it has ${Object.keys(build.packages).join(", ")}`));
  for (const path of new Set(names.map((name) => build.packages[name].file))) {
    if (!bundles.has(path)) bundles.set(path, load(path));
    await bundles.get(path).catch((error) => {
      bundles.delete(path); // the next call may have more luck
      throw error;
    });
  }

  async function load(path) {
    context.tell("read", 0, build.files[path].bytes);
    const zip = await unpacked(runtime, await fence.bytes(path), context.turn);
    lay(runtime.FS, `/lib/python${build.python}/site-packages`, await filesOf(zip));
    const inside = Object.keys(build.packages).filter((name) => build.packages[name].file === path);
    for (const name of inside) runtime.loadedPackages[name] = "default channel";
  }
}

/** Browsers have no xz; Python has. */
async function unpacked(runtime, packed, turn) {
  const lzma = runtime.pyimport("lzma");
  const decoder = lzma.LZMADecompressor();
  const inputs = [packed, new Uint8Array()].map((bytes) => runtime.toPy(bytes));
  try {
    const pieces = [];
    while (!decoder.eof) {
      await turn();
      pieces.push(copied(decoder.decompress(inputs[pieces.length ? 1 : 0], PIECE)));
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  } finally {
    for (const proxy of [...inputs, decoder, lzma]) proxy.destroy();
  }
}
