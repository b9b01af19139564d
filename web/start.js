// Makes the worker before anything else of the page loads, so that the engine and the views arrive side by side.
import { Engine, sharing } from "./engine.js";
import { runtime } from "./runtime.js";

export const engine = new Engine(new URL("./worker.js", import.meta.url), sharing(runtime));
engine.boot.then(({ value }) => performance.mark("engine", { detail: value.timings }), () => {}); // read by tests/benchmarks/starts.py
