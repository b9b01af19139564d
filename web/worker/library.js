// What Python imports: the library, NumPy and genotok. What a start needs is laid first, the rest when the engine is ready.
import { filesOf, lay } from "./archives.js";

export class Library {
  #fence;
  #build;
  #inflows;
  #rest = null;
  #wheel = null;

  /** Begin to fetch. @param {import("./fence.js").Fence} fence @param {object} build build.json */
  constructor(fence, build) {
    const named = (start) => Object.keys(build.files).find((path) => path.startsWith(build.engine + start));
    this.folder = `/lib/python${build.python}`;
    this.site = `${this.folder}/site-packages`;
    this.#fence = fence;
    this.#build = build;
    const paths = [named("python_stdlib"), named("numpy-"), build.pyc ?? build.wheel.path];
    fence.prefetch(paths, true);
    this.#inflows = paths.map((path) => fence.inflow(path));
    this.first = this.#inflows.map(async (inflow) => filesOf(await inflow.next()));
    this.first.forEach((files) => files.catch(() => {})); // told to whoever lays them
  }

  /** What the interpreter itself needs. */
  async layLibrary(FS) {
    lay(FS, this.folder, await this.first[0]);
  }

  /** NumPy, and genotok's byte code beside sources that are empty: they are read for the words of errors only. */
  async layPackages(FS) {
    lay(FS, this.site, await this.first[1]);
    this.#layOwn(FS, await this.first[2]);
  }

  #layOwn(FS, files) {
    lay(FS, this.site, files);
    if (this.#build.pyc) lay(FS, this.site, files.map(([path]) => [sourceOf(path), new Uint8Array()]));
  }

  /** The modules that no start imports. */
  layRest(FS) {
    this.#rest ??= this.#layRest(FS);
    return this.#rest;
  }

  async #layRest(FS) {
    const [library, numpy, own] = this.#inflows;
    if (library.more) lay(FS, this.folder, await filesOf(await library.next()));
    if (numpy.more) lay(FS, this.site, await filesOf(await numpy.next()));
    if (own.more) this.#layOwn(FS, await filesOf(await own.next()));
  }

  /** All of the very wheel that pip installs: besides sources it has the motifs, which few visits need. */
  layWheel(FS) {
    this.#wheel ??= this.#layWheel(FS).catch((error) => {
      this.#wheel = null; // the next call may have more luck
      throw error;
    });
    return this.#wheel;
  }

  async #layWheel(FS) {
    if (this.#build.pyc) lay(FS, this.site, await filesOf(await this.#fence.bytes(this.#build.wheel.path)));
  }
}

const sourceOf = (compiled) => compiled.replace(/__pycache__\/([^/.]+)\.[^/]*$/, "$1.py");
