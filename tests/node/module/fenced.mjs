// Stands in for worker.js: tells what its fetch gives, before and behind the fence.
import { Fence } from "./worker/fence.js";

const SECRET = new URL("../../../secret.txt", import.meta.url); // beside the site, not in it
const fence = new Fence(new URL("./", import.meta.url));
const outcome = {};
const attempt = async (name, work) => {
  outcome[name] = await work().then((reply) => reply.status, (error) => error.constructor.name);
};
self.onmessage = async () => {
  await attempt("before", () => fetch(SECRET));
  await fence.open();
  await attempt("listed", () => fetch(new URL("listed.txt", import.meta.url)));
  await attempt("unlisted", () => fetch(new URL("worker/fence.js", import.meta.url)));
  await attempt("secret", () => fetch(SECRET));
  await attempt("stranger", () => fetch("http://127.0.0.1:9/"));
  outcome.gone = ["process", "require", "WebSocket", "XMLHttpRequest", "EventSource"].filter((name) => name in self);
  self.postMessage(outcome);
};
