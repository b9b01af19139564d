// What stands in the way of the whole page: an engine that could not start, a browser that cannot run it.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { sentence } from "../plain/words.js";

const BROWSERS = "Chromium 119, Firefox 121, Safari 17.4, or newer";
const SERVE = "python -m http.server";

/** The remedies that an error offers, as buttons; pressing one runs the same thing again with its options. */
export function Remedies({ error, onChoose, children }) {
  const remedies = error.action ?? [];
  if (!remedies.length && !children) return null;
  return html`<p class="remedies">${remedies.map(({ label, options }) => html`
    <button type="button" class="remedy" key=${label} onClick=${() => onChoose(options)}>${label}</button>`)}${children}</p>`;
}

/** What this browser lacks, by name, or null; a browser that knows module workers reads the option `type`. */
function missing(failed) {
  if (typeof WebAssembly !== "object") return "WebAssembly";
  if (typeof Worker !== "function") return "web workers";
  if (!failed) return null;
  let knows = false;
  const address = URL.createObjectURL(new Blob([""], { type: "text/javascript" }));
  new Worker(address, { get type() { knows = true; return /** @type {const} */ ("module"); } }).terminate();
  URL.revokeObjectURL(address);
  return knows ? null : "module workers";
}

function trouble(boot) {
  const failed = boot.phase === "failed";
  if (location.protocol === "file:") return { message: "Opened from disk, a page may not start its engine. Serve its folder instead:", command: SERVE };
  const lacks = missing(failed);
  if (lacks) return { message: `This browser lacks ${lacks}. The page runs in ${BROWSERS}.`, final: true };
  if (!failed) return null;
  return boot.error.code === "network" && !navigator.onLine ? { message: "The engine needs one visit online. After that the page also works without a network." } : boot.error;
}

export function Problem() {
  const { boot } = state.value;
  const error = trouble(boot);
  return error && html`<div class="notice notice-bad" role="alert">
    <p>${sentence(error.message)}</p>
    ${error.command && html`<p class="command"><code>${error.command}</code><button type="button" class="plain" onClick=${() => intents.copy(error.command)}>Copy<span class="unseen"> the command</span></button></p>`}
    ${!error.final && html`<p class="remedies"><button type="button" class="remedy" onClick=${intents.reload}>Retry</button></p>`}
  </div>`;
}
