// What of the page is there without a network, and the word that a new version is ready.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { bytes } from "../plain/words.js";

const NOW = { off: "no", failed: "no", ready: "yes", update: "yes" };

/** One line of About: whether the page opens without a network, and the button that keeps all of it. */
export function OfflineLine() {
  const { state: now, all, error } = state.value.offline;
  const kept = now === "ready" || now === "update";
  return html`<p>Offline: ${NOW[now]}${now === "failed" && error && ` (${error})`}.${" "}
    ${kept && !all && html`This page and its first universe open without a network.${" "}
      <button type="button" class="plain" onClick=${intents.keepOffline}>Keep everything offline</button>`}
    ${kept && all === "kept" && "Everything is kept: all universes, samples and packages."}
    ${kept && all && all !== "kept" && html`<span>Keeping everything: ${bytes(all.done)} of ${bytes(all.total)}</span>`}</p>`;
}

/** Said once a newer version lies ready; the page is never exchanged under the user's hands. */
export function NewVersion() {
  const { offline, files } = state.value;
  if (offline.state !== "update") return null;
  return html`<p class="notice new-version">New version ready.${files.length > 0 && " Reloading empties the list of files."}
    <button type="button" class="plain" onClick=${intents.useNewVersion}>Reload</button></p>`;
}
