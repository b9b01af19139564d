// Runs one function of one Python module inside Pyodide under Node: the build compiles with it, the tests test with it.
// usage: node under_node.mjs '{"engine": dir, "mounts": {"/at": hostDir}, "path": ["/at"], "packages": [], "archives": [[file, dir]], "laid": [[file, dir]], "call": "module:function", "args": []}'
import {readFileSync} from "node:fs";
import {devNull} from "node:os";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {filesOf, lay} from "../worker/archives.js";

const job = JSON.parse(process.argv[2]);
const engine = resolve(job.engine);
const laid = job.laid?.length ? await Promise.all(job.laid.map(async ([file, folder]) => [folder, await filesOf(new Uint8Array(readFileSync(file)))])) : [];
const {loadPyodide} = await import(pathToFileURL(join(engine, "pyodide.mjs")).href);
const pyodide = await loadPyodide({
  indexURL: engine + "/",
  lockFileURL: join(engine, "pyodide-lock.json"),
  packages: job.packages ?? [],
  ...(laid.length ? {stdLibURL: devNull} : {}),
  fsInit: (FS) => laid.forEach(([folder, files]) => lay(FS, folder, files)),
  stdout: (line) => process.stdout.write(line + "\n"),
  stderr: (line) => process.stderr.write(line + "\n"),
  env: {HOME: "/home/pyodide", PYTHONHASHSEED: "0", TZ: "UTC", ...job.env},
});
for (const [at, host] of Object.entries(job.mounts ?? {})) {
  pyodide.FS.mkdirTree(at);
  pyodide.mountNodeFS(at, resolve(host));
}
for (const [file, extractDir] of job.archives ?? []) pyodide.unpackArchive(new Uint8Array(readFileSync(file)), "zip", {extractDir});
const path = pyodide.pyimport("sys").path;
for (const folder of (job.path ?? []).toReversed()) path.insert(0, folder);
const [module, name] = job.call.split(":");
try {
  const answer = pyodide.pyimport(module)[name](...(job.args ?? []).map((arg) => pyodide.toPy(arg)));
  process.exitCode = Number.isInteger(answer) ? answer : 0;
} catch (error) {
  process.stderr.write(`${error.message}\n`); // Python's traceback; Node's own report would quote a minified megabyte
  process.exitCode = 1;
}
