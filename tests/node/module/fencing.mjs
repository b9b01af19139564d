// Starts the worker of Node on the script beside it.
import { Worker } from "node:worker_threads";

const app = new URL("site/a/0/", import.meta.url);
const worker = new Worker(new URL("nodeworker.js", app), { workerData: new URL("worker.js", app).href });
worker.on("message", (told) => {
  console.log(JSON.stringify(told));
  worker.terminate();
});
worker.postMessage({ args: [] });
