// What stands in the way of the whole page: an engine that could not start, a browser that cannot run it.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { EmptyRoom } from "./boot.js";

const BROWSERS = "Chromium 119, Firefox 121 or Safari 17.4, or newer";

/** The remedies that an error offers, as buttons; pressing one runs the same thing again with its options. */
export function Remedies({ error, onChoose, children }) {
  const remedies = error.action ?? [];
  if (!remedies.length && !children) return null;
  return html`<p class="remedies">${remedies.map(({ label, options }) => html`
    <button type="button" class="remedy" key=${label} onClick=${() => onChoose(options)}>${label}</button>`)}${children}</p>`;
}

function trouble(boot) {
  if (typeof WebAssembly !== "object") return { message: `This browser lacks WebAssembly. The page runs in ${BROWSERS}.` };
  if (location.protocol === "file:") return { message: "Opened from disk, a page may not start its engine. Serve this folder: python -m http.server" };
  return boot.phase === "failed" ? boot.error : null;
}

export function Problem() {
  const { boot } = state.value;
  const error = trouble(boot);
  return html`<${EmptyRoom} />${error && html`<div class="notice notice-bad" role="alert">
    <p>${error.message}</p>
    <p class="remedies"><button type="button" class="remedy" onClick=${intents.reload}>Retry</button></p>
  </div>`}`;
}
