// Keeps the address and the state in step: a link restores room, universe, rules and look; a change is written back.
import { intents } from "./intents.js";
import { defaultsOf, rulesOf } from "./rooms/interval.js";
import { roomOf, rooms } from "./rooms/registry.js";
import { START, state, subscribe, update } from "./state.js";
import { read, written } from "./url.js";

const PAUSE = 400; // ms without a change before the address is written; browsers count how often it is

/** What the address says at the start goes into the state; returns the universe that it asks for, or null. */
export function startFromAddress() {
  const { room, universe, options, look, note } = read(location.hash, rooms);
  const chosen = room ?? START.room;
  update({
    room: chosen, look: Object.freeze({ ...START.look, ...look }), notice: note, ...settled({ ...defaultsOf(roomOf(chosen)), ...options }, chosen),
  });
  return universe;
}

/** The settings of the session, and those that go along with each file. */
export function settled(all, room = state.peek().room) {
  const each = rulesOf(roomOf(room)).filter((rule) => rule.each).map(({ name }) => name);
  const part = (wanted) => Object.freeze(Object.fromEntries(Object.entries(all).filter(([name]) => each.includes(name) === wanted)));
  return { settings: part(false), fileSettings: part(true) };
}

/** The universe that a link asks for, among those at hand; if it is not there, the page says what to open. */
export function wantedAmong(universes, wanted) {
  const found = wanted && universes.find(({ id, digest }) => (wanted.digest ? digest === wanted.digest : id === wanted.id));
  if (wanted && !found) update({ wanted: Object.freeze(wanted) });
  return found ?? null;
}

function differing(now, standard) {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(standard[name])));
}

/** What is to be written: only what is not as it was at first. */
export function settingsOf({ room, universe, universes, settings, fileSettings, look, wanted }) {
  const entry = universes.find(({ id }) => id === universe.id);
  const own = entry && entry !== universes[0] ? { ...(entry.kind === "asset" ? { id: entry.id } : { digest: entry.digest }), name: entry.name } : null;
  return {
    room: room === START.room ? null : room,
    universe: wanted ?? own,
    options: differing({ ...settings, ...fileSettings }, defaultsOf(roomOf(room))),
    look: differing(Object.fromEntries(Object.keys(START.look).map((name) => [name, look[name]])), START.look),
  };
}

const isSettings = (hash) => /^#v\d+\./.test(hash);

/** Write changes into the address, and take over what the user pastes there. */
export function followAddress() {
  let timer = null;
  let mine = location.hash;
  /** Whether the address was changed by somebody else: a link that was pasted, or the way back from one to the page as it is without. */
  const theirs = () => location.hash !== mine && (isSettings(location.hash) || (!location.hash && isSettings(mine)));
  const write = () => {
    if (theirs()) return; // the event that tells of it is on its way
    const hash = written(settingsOf(state.peek()));
    if (hash === location.hash || (!hash && !isSettings(location.hash))) return; // a place in the page may stay
    mine = hash;
    history.replaceState(null, "", hash || location.pathname + location.search);
  };
  subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE);
  });
  addEventListener("hashchange", () => {
    if (!theirs()) return;
    mine = location.hash;
    const wanted = startFromAddress();
    update({ wanted: null });
    intents.settle();
    const { universes, universe } = state.peek();
    const entry = wanted ? wantedAmong(universes, wanted) : universes[0]; // a link names no universe but another than the first
    if (entry && entry.id !== universe.id) intents.chooseUniverse(entry.id);
  });
}
