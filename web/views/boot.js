// The engine's state in one line, and the tabs of the rooms.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { rooms } from "../rooms/registry.js";
import { state } from "../state.js";
import { plural } from "../plain/words.js";

const NAMES = { runtime: "Loading the engine", numpy: "Starting Python", genotok: "Starting genotok" };
const megabytes = (value) => (value / 1e6).toFixed(1);

export function Boot() {
  const { boot, engines, offline } = state.value;
  if (boot.phase === "failed") return html`<span class="boot-text boot-failed">Engine stopped</span>`;
  if (boot.phase === "ready") {
    const { genotok, python } = boot.versions?.versions ?? {};
    const away = offline.state === "ready" && !navigator.onLine ? ", offline" : "";
    return html`<span class="boot-text"><span class="boot-dot" aria-hidden="true"></span>Ready <span class="boot-with">(Python ${python?.split(".").slice(0, 2).join(".")}, genotok ${genotok}, ${plural(engines, "worker")}${away})</span></span>`;
  }
  const counted = boot.phase === "runtime" && boot.total ? `: ${megabytes(boot.done)} of ${megabytes(boot.total)} MB` : "";
  return html`<span class="boot-text">${NAMES[boot.phase] ?? "Starting"}${counted}</span>
    <progress class="boot-bar" aria-label="Engine" max=${boot.total || 1} value=${boot.done || 0} />`;
}

/** Tabs with one stop for the tab key; arrows walk. */
export function Rooms() {
  const { room } = state.value;
  const walk = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = (rooms.findIndex(({ id }) => id === room) + by + rooms.length) % rooms.length;
    intents.showRoom(rooms[at].id);
    event.currentTarget.children[at].focus();
    event.preventDefault();
  };
  const tab = ({ id, label }) => html`<button type="button" role="tab" key=${id} id=${`tab-${id}`} aria-controls="bench" aria-selected=${id === room}
    tabindex=${id === room ? 0 : -1} onClick=${() => intents.showRoom(id)}>${label}</button>`;
  return html`<div role="tablist" aria-label="Tokenizer" onKeyDown=${walk}>${rooms.map(tab)}</div>`;
}
