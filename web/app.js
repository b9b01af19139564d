// Wires state, rooms, engine and views: intents come in here and leave as calls.
import { render } from "./vendor/preact.js";
import { engine } from "./start.js";
import * as fared from "./pool/fared.js";
import { keepFocus } from "./views/focus.js";
import { html } from "./html.js";
import { intents } from "./intents.js";
import { followAddress, settled, startFromAddress, wantedAmong } from "./address.js";
import { followBoot } from "./booting.js";
import { askedLimits } from "./pool/crew.js";
import { later, openLater } from "./later.js";
import * as offline from "./offline.js";
import { cancelSave, copy, gather, hand, save } from "./outputs.js";
import { APP } from "./place.js";
import { Pool } from "./pool.js";
import { failure, unreached } from "./protocol.js";
import { countRequests } from "./pool/requests.js";
import { rememberSettings } from "./remembered.js";
import { defaultsOf } from "./rooms/interval.js";
import { roomOf } from "./rooms/registry.js";
import { sampleEntry } from "./pool/sample.js";
import { say } from "./views/speech.js";
import { START, fileOf, putQuestion, state, subscribe, update } from "./state.js";
import { Universes } from "./universes.js";
import { Boot, Rooms } from "./views/boot.js";
import { DropMore, wireDrop } from "./views/drop.js";
import { Files } from "./views/files.js";
import { NewVersion } from "./views/offline.js";
import { Options } from "./views/options.js";
import { Problem } from "./views/problem.js";
import { Question } from "./views/question.js";
import { Result } from "./views/result.js";
import { Privacy, Theme } from "./views/theme.js";
import { Universe } from "./views/universe.js";
import { AHEAD, plural } from "./plain/words.js";

const About = later("About");
const Compare = later("Compare");
const Decode = later("Decode");
const Motifs = later("Motifs");
const Codes = later("Codes");

const pool = new Pool(engine, { ...askedLimits(location.search), deliver: hand });
const universes = new Universes(engine, (changed) => (changed ? pool.rerun() : pool.pump()));

/** @satisfies {import("./types.d.ts").Intents} */
const answers = {
  showRoom: (room) => update({ room }),
  addFiles: async (files) => {
    if (roomOf(state.peek().room).dna) return intents.addDna?.(files);
    await new Promise((resolve) => setTimeout(resolve)); // a task of its own: to hand over hundreds keeps the browser busy enough
    return added(await pool.add(files));
  },
  addText: (text) => added(pool.addText(text)),
  addSample: async ({ file, name, assembly }) => {
    const { universe, universes: known } = state.peek();
    const fits = (universe.summary ?? known.find(({ id }) => id === universe.id))?.assembly === assembly;
    const other = !fits && known.find((entry) => entry.kind === "asset" && entry.assembly === assembly);
    const sample = await fetched(file, name);
    if (!sample) return undefined;
    if (other) intents.chooseUniverse(other.id);
    return added(await pool.add([sample]));
  },
  runSample: () => {
    const { sample, samples } = state.peek();
    return intents.addSample(samples.find(({ id }) => id === sample?.sample) ?? samples[0]);
  },
  select: (selected) => update({ selected }),
  pick: (id, on) => pickOnly(({ id: other }) => (other === id ? on : state.peek().picked.includes(other))),
  pickAll: (on) => pickOnly(() => on),
  cancel: (id) => pool.cancel(id),
  cancelAll: () => pool.cancelAll(),
  retry: (id, options) => pool.retry(id, options),
  remove: (id) => pool.remove(id),
  removeAll: () => state.peek().files.forEach(({ id }) => pool.remove(id)),
  streamTo: (id, format) => pool.streamTo(id, format),
  chooseUniverse: (id) => pool.consider("Another universe", () => useUniverse(() => universes.choose(id))),
  openUniverse: (file, options) => pool.consider("Another universe", () => useUniverse(() => universes.openFile(file, options))),
  keepUniverse: (id) => universes.keep(id),
  forgetUniverse: (digest) => universes.forget(digest),
  removeUniverse: (id) => universes.remove(id),
  layUniverse: (id) => universes.lay(id),
  compareUniverses: (one, other) => update({ universesCompared: Object.freeze([one, other]) }),
  dismissUniverseError: () => update({ universe: { ...state.peek().universe, error: null, attempt: null } }),
  setOption: (name, value) => pool.consider("Another rule", () => configure({ ...settingsNow(), [name]: value })),
  resetOptions: () => pool.consider("These rules", () => configure(defaultsOf(roomOf(state.peek().room)))),
  settle: () => configure(settingsNow()),
  setTheme: (theme) => {
    dispatchEvent(new CustomEvent("theme", { detail: theme }));
    update({ theme });
  },
  forgetAll: async () => {
    intents.setTheme("system");
    await universes.forgetAll();
    await offline.forgetOffline();
    update({ lastVisit: null });
    say("Deleted what this browser kept");
  },
  memory: async () => (await engine.call("ping")).value.heap,
  cancelSave,
  save: async (ids, format, options, named) => {
    const name = await save(engine, pool, ids, format, options, named);
    if (name) say(`Saved ${name}`);
  },
  ask: (id, op, ...args) => pool.ask(id, op, ...args),
  ask2: (first, second, op, ...args) => pool.ask2(first, second, op, ...args),
  askMany: (ids, op, ...args) => pool.askMany(ids, op, ...args),
  handleOf: (id) => pool.handleOf(id),
  call: (op, ...args) => engine.call(op, args),
  rows: (id, view, first, count) => pool.ask(id, "rows", view, first, count),
  find: async (id, view, text) => (await pool.ask(id, "find", view, text)).value,
  setDecode: (text) => update({ decode: text }),
  textOf: async (ids, format, options) => (await gather(engine, pool, ids, format, options)).blob.text(),
  setLook: (patch) => update({ look: Object.freeze({ ...state.peek().look, ...patch }) }),
  useAsUniverse: (id) => intents.openUniverse(fileOf(id).source),
  copy: async (text) => {
    await copy(text);
    say("Copied");
  },
  keepOffline: () => offline.keepAll(),
  useNewVersion: () => offline.useNewVersion(),
  reload: () => location.reload(),
};
Object.assign(intents, answers);

const settingsNow = () => ({ ...state.peek().settings, ...state.peek().fileSettings });

/** Take other settings into use, and run everything by them. */
async function configure(all) {
  update(settled(all));
  await engine.call("configure", [state.peek().settings]).catch(() => {}); // a restart on the way configures anew
  pool.rerun();
}

/** The user says which universe it is to be, whatever a link asked for. */
function useUniverse(work) {
  update({ universeChosen: true, wanted: null });
  return work();
}

/** Tick files, in the order in which they came. */
function pickOnly(wanted) {
  update({ picked: Object.freeze(state.peek().files.filter(wanted).map(({ id }) => id)) });
}

/** A sample as a file; null if it could not be had, which the page says until it can. */
async function fetched(path, name) {
  const missing = `${unreached(name).message} ${AHEAD}`;
  try {
    const response = await fetch(new URL(path, APP));
    if (!response.ok) throw new Error(`status ${response.status}`);
    const file = new File([await response.arrayBuffer()], path.split("/").at(-1));
    if (state.peek().notice === missing) update({ notice: null });
    return file;
  } catch (error) {
    update({ notice: missing, detail: String(error) });
    return null;
  }
}

const added = (ids) => say(`${plural(ids.length, "file")} added`);

function mount(id, view) {
  const place = document.getElementById(id);
  place.replaceChildren();
  render(html`<${view} />`, place);
}

async function offerAssets() {
  const response = await fetch(new URL("build.json", APP), { priority: "low" });
  const build = await response.json();
  update({ samples: Object.freeze(build.samples ?? []), build: Object.freeze(build) });
  universes.offer(build.universes ?? [], (offered) => wantedAmong(offered, wanted));
}

async function showSample() {
  const response = await fetch(new URL("sample.json", APP));
  if (response.ok) update({ sample: sampleEntry(await response.json()) });
}

const wanted = startFromAddress();
update({ theme: document.documentElement.dataset.theme ?? "system" });
for (const [id, view] of Object.entries({
  rooms: Rooms, boot: Boot, version: NewVersion, question: Question, universe: Universe, options: Options, "drop-more": DropMore, queue: Files,
  result: Result, compare: Compare, decode: Decode, motifs: Motifs, codes: Codes, privacy: Privacy, theme: Theme, about: About, problem: Problem,
})) mount(id, view);
wireDrop();
performance.mark("views"); // read by tests/benchmarks/starts.py
keepFocus(document.getElementById("top"));
subscribe(fared.listener());
let filled = false;
subscribe(({ room, files }) => {
  if (filled && !files.length) intents.setLook({ sort: null, filter: Object.freeze({}), plain: false }); // they were about files that are gone
  filled = files.length > 0;
  document.body.classList.toggle("room-empty", room !== START.room);
  document.body.classList.toggle("working", files.length > 0);
});
showSample().catch(() => {}).then(() => setTimeout(openLater)); // the page is whole without the sample
followBoot(engine);
countRequests(engine, pool.crew);
followAddress();
rememberSettings(universes.store);
offline.begin();
for (const type of ["visibilitychange", "focus"]) addEventListener(type, () => document.hidden || universes.lookAgain()); // another tab may have forgotten one
addEventListener("beforeunload", (event) => {
  if (state.peek().files.some((file) => file.state === "reading")) event.preventDefault();
});
offerAssets().catch((error) => update({ detail: String(error), boot: Object.freeze({ ...state.peek().boot, phase: "failed",
  error: failure("network", "The page could not read its own list of files (build.json)") }) }));

export { START, intents, putQuestion, state, update }; // for who looks in from outside: the console, and the tests
