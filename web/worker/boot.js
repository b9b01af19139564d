// The engine's start, step by step: its files, the runtime, the imports. Whatever goes wrong is told; nothing hangs.
import { failure, PROTOCOL } from "../protocol.js";
import { Library } from "./library.js";
import { Refusal, begin, call } from "./python.js";
import { reached, timings } from "./timings.js";

const PATIENCE = 180_000; // ms in which something must happen: the runtime come over a slow line, a step end
const BROWSERS = "this page needs Chromium 119, Firefox 121 or Safari 17.4, or a newer one";

/**
 * Start the engine behind a fence; `tell(phase, done, total)` hears how far it is.
 * @param {import("./fence.js").Fence} fence
 * @param {Promise<WebAssembly.Module|null>|null} given the runtime, if the page compiles it
 * @returns {Promise<{words: object, runtime: object, build: object, layRest: () => Promise<void>, layWheel: () => Promise<void>}>} what it
 *   says of itself; Pyodide; build.json; what makes all modules importable, not only those of a start; and what lays the package's data
 */
export async function boot(fence, tell, given = null) {
  reached("modules");
  tell("runtime");
  if (!self.WebAssembly) throw new Refusal(failure("engine", "This browser has no WebAssembly, or it is switched off", BROWSERS));
  const trouble = watch(fence, tell, given);
  return Promise.race([start(fence, trouble.tell, given), trouble.promise]).finally(trouble.end);
}

async function start(fence, tell, given) {
  const build = await fence.open();
  reached("build");
  const files = Object.keys(build.files).filter((path) => path.startsWith(build.engine));
  const runtimeFile = files.find((path) => path.endsWith(".asm.wasm"));
  if (given) fence.lend(runtimeFile, async () => ((await given) ? new Response() : fence.fetch(runtimeFile)));
  else fence.prefetch([runtimeFile], true);
  fence.prefetch(files.filter((path) => path.endsWith("lock.json")), true);
  const library = new Library(fence, build);
  Promise.all(library.first).then(() => reached("files"), fence.fail);
  fence.prefetch(build.universes.slice(0, 1).map(({ file }) => file), false);
  const runtime = await startRuntime(fence, new URL(build.engine, fence.base).href, library);
  reached("runtime");
  tell("numpy", 1, 1);
  await library.layPackages(runtime.FS);
  Object.assign(runtime.loadedPackages, { numpy: "default channel", genotok: "default channel" });
  reached("laid");
  runtime.pyimport("numpy").destroy();
  reached("numpy");
  tell("genotok", 1, 1);
  begin(runtime);
  reached("genotok");
  const { value } = call("hello");
  if (value.protocol !== PROTOCOL) throw new Error(`the bridge speaks protocol ${value.protocol}, the page ${PROTOCOL}`);
  reached("ready");
  tell("ready", 1, 1);
  const lays = { layRest: () => library.layRest(runtime.FS), layWheel: () => library.layWheel(runtime.FS) };
  return { words: { ...value, build, timings: timings() }, runtime, build, ...lays };
}

async function startRuntime(fence, engine, library) {
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
    ["pyodide.mjs", "pyodide.asm.mjs"].map((name) => import(`${engine}${name}`).catch((error) => fence.lose(name, error))),
  );
  reached("pyodide");
  return loadPyodide({
    createPyodideModule, indexURL: engine, lockFileURL: `${engine}pyodide-lock.json`,
    stdLibURL: fence.lend(`${engine}none.zip`, () => new Response()), // the library lies as files: imported faster than from a zip
    fsInit: async (FS) => {
      reached("wasm");
      await library.layLibrary(FS).catch(() => new Promise(() => {})); // `fence.fail` ends the start
      reached("library");
    },
    env: { PYTHONHASHSEED: "0", TZ: "UTC" }, stdout: () => {}, stderr: () => {},
  });
}

/** A promise that fails when a file is damaged, when the runtime cannot be compiled, or when nothing happens any more. */
function watch(fence, tell, given) {
  let reject;
  let timer;
  const promise = new Promise((_, no) => (reject = no));
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => reject(new Refusal(failure("engine", "The engine does not start", "load the page again"))), PATIENCE);
  };
  const heard = (...progress) => (alive(), tell(...progress));
  const compile = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (response, imports) => {
    try {
      /** @type {WebAssembly.Module|null} */
      const module = await given;
      return module ? { module, instance: await WebAssembly.instantiate(module, imports) } : await compile.call(WebAssembly, response, imports);
    } catch (error) {
      reject(error); // Pyodide would wait for ever
      throw error;
    }
  };
  fence.fail = reject;
  fence.onprogress = (done, total) => heard("runtime", done, total);
  alive();
  const end = () => {
    clearTimeout(timer);
    fence.onprogress = () => {}; // what comes later is no part of the start
    WebAssembly.instantiateStreaming = compile;
  };
  return { promise, tell: heard, end };
}
