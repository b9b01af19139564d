// Makes the worker before anything else of the page loads, so that the engine and the views arrive side by side.
import { Engine } from "./engine.js";

export const engine = new Engine(new URL("./worker.js", import.meta.url));
