// Wires state, rooms, engine and views: intents come in here and leave as calls.
import { render } from "./vendor/preact.js";
import { engine } from "./start.js";
import { html } from "./html.js";
import { intents } from "./intents.js";
import { copy, save } from "./outputs.js";
import { Pool } from "./pool.js";
import { defaultsOf, interval } from "./rooms/interval.js";
import { roomOf } from "./rooms/registry.js";
import { say } from "./speech.js";
import { fileOf, state, subscribe, update } from "./state.js";
import { Universes } from "./universes.js";
import { About } from "./views/about.js";
import { Boot, Rooms } from "./views/boot.js";
import { DropMore, wireDrop } from "./views/drop.js";
import { Files } from "./views/files.js";
import { Options } from "./views/options.js";
import { Problem } from "./views/problem.js";
import { Result } from "./views/result.js";
import { Universe } from "./views/universe.js";
import { plural } from "./words.js";

const pool = new Pool(engine);
const universes = new Universes(engine, (changed) => (changed ? pool.rerun() : pool.pump()));

Object.assign(intents, {
  showRoom: (room) => update({ room }),
  addFiles: (files) => announceLater(pool.add(files)),
  addSample: async ({ file, name }) => {
    const response = await fetch(new URL(file, import.meta.url));
    if (!response.ok) return say(`${name}: the sample could not be read`);
    return announceLater(pool.add([new File([await response.arrayBuffer()], file.split("/").at(-1))]));
  },
  select: (selected) => update({ selected }),
  cancel: (id) => pool.cancel(id),
  cancelAll: () => pool.cancelAll(),
  retry: (id, options) => pool.retry(id, options),
  remove: (id) => pool.remove(id),
  removeAll: () => state.peek().files.forEach(({ id }) => pool.remove(id)),
  chooseUniverse: (id) => universes.choose(id),
  openUniverse: (file, options) => universes.openFile(file, options),
  dismissUniverseError: () => update({ universe: { ...state.peek().universe, error: null, attempt: null } }),
  setOption: async (name, value) => {
    const settings = Object.freeze({ ...state.peek().settings, [name]: value });
    update({ settings });
    await engine.call("configure", [settings]).catch(() => {}); // a restart on the way configures anew
    pool.rerun();
  },
  save: async (ids, format, options) => {
    const name = await save(engine, pool, ids, format, options);
    if (name) say(`Saved ${name}`);
  },
  recipe: async (id, format) => (await pool.ask(id, "recipe", format)).value,
  rows: (id, view, first, count) => pool.ask(id, "rows", view, first, count),
  find: async (id, view, text) => (await pool.ask(id, "find", view, text)).value,
  useAsUniverse: (id) => universes.openFile(fileOf(id).source),
  copy: async (text) => {
    await copy(text);
    say("Copied");
  },
  reload: () => location.reload(),
});

/** Tell how a batch went, once, when its last file is through. */
function announceLater(ids) {
  say(`${plural(ids.length, "file")} added`);
  const mine = new Set(ids);
  const stop = subscribe(({ files }) => {
    const left = files.filter(({ id, state: now }) => mine.has(id) && (now === "queued" || now === "reading")).length;
    if (left) return;
    const done = files.filter(({ id, state: now }) => mine.has(id) && now === "done").length;
    say(`${done} of ${plural(ids.length, "file")} done`);
    queueMicrotask(() => stop());
  });
}

function follow({ detail }) {
  const { phase, done, total, error = null } = detail;
  const before = state.peek().boot;
  const same = before.phase === phase || (phase === "runtime" && !total); // the last byte count stays in view
  update({ boot: Object.freeze({ ...before, phase, done: total ? done : same ? before.done : done, total: total || before.total, error }) });
}

engine.addEventListener("boot", follow);
if (engine.lastBoot) follow({ detail: engine.lastBoot });
engine.addEventListener("restart", () => { watchBoot(); engine.call("configure", [state.peek().settings]).catch(() => {}); });

function watchBoot() {
  engine.boot.then(
    ({ value }) => update({ boot: Object.freeze({ ...state.peek().boot, phase: "ready", versions: value, error: null }) }),
    ({ failure, detail }) => {
      if (failure?.code === "cancelled") return;
      update({ detail, boot: Object.freeze({ ...state.peek().boot, phase: "failed", error: failure }) });
    },
  );
}

function mount(id, view) {
  const place = document.getElementById(id);
  place.replaceChildren();
  render(html`<${view} />`, place);
}

async function offerAssets() {
  const response = await fetch(new URL("./build.json", import.meta.url), { priority: "low" });
  const build = await response.json();
  update({ samples: Object.freeze(build.samples ?? []), build: Object.freeze(build) });
  universes.offer(build.universes ?? []);
}

for (const [id, view] of Object.entries({
  rooms: Rooms, boot: Boot, universe: Universe, options: Options, "drop-more": DropMore, queue: Files, result: Result, about: About, problem: Problem,
})) mount(id, view);
wireDrop();
update({ settings: Object.freeze(defaultsOf(interval)) });
subscribe(({ room, files }) => {
  document.body.classList.toggle("room-empty", !roomOf(room).ready);
  document.body.classList.toggle("working", files.length > 0);
});
document.getElementById("rules").open = matchMedia("(min-width: 56.25rem)").matches;
watchBoot();
offerAssets().catch((error) => update({ detail: String(error), boot: Object.freeze({ ...state.peek().boot, phase: "failed", error: {
  code: "network", message: "The page could not read its own list of files (build.json)", action: [] } }) }));
