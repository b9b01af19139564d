// Settings <-> address: the room, the universe, the rules and the look; never a file. What is odd gives its default and a note.

const PREFIX = "#v1.";
const LONGEST = 4096; // signs of a hash that is read at all
const KINDS = ["tokens", "table", "genome", "plots"];
const SHOWS = Object.freeze(["id", "text", "both"]);
const MOST_BINS = 2 ** 16;
const HEX = /^[0-9a-f]{64}$/;
const NOTHING = Object.freeze({ room: null, universe: null, options: Object.freeze({}), look: Object.freeze({}) });

/**
 * @typedef {{room: string|null, universe: {id?: string, digest?: string, name: string}|null, options: object, look: object}} Settings
 *   what differs from the defaults; null and {} where nothing does
 */

/** @param {Settings} settings @returns {string} "" if there is nothing to say */
export function written({ room, universe, options, look }) {
  const said = { room, universe, options: filled(options), look: filled(look) };
  const parts = Object.entries(said).filter(([, value]) => value);
  return parts.length ? PREFIX + toBase64(JSON.stringify(Object.fromEntries(parts))) : "";
}

/**
 * @param {string} hash  location.hash: anything at all
 * @param {readonly {id: string, options?: readonly object[]}[]} rooms
 * @returns {Settings & {note: string|null}}
 */
export function read(hash, rooms) {
  if (!/^#v\d+\./.test(hash)) return { ...NOTHING, note: null }; // a place in the page, not settings
  const said = hash.startsWith(PREFIX) && hash.length <= LONGEST ? parsed(hash.slice(PREFIX.length)) : null;
  if (!said) return { ...NOTHING, note: "The settings in this link cannot be read. The defaults are in use." };
  const odd = [];
  const take = (name, check, fallback) => {
    if (!Object.hasOwn(said, name)) return fallback;
    const value = check(said[name]);
    if (value === undefined) odd.push(name);
    return value ?? fallback;
  };
  const room = take("room", (id) => rooms.find((each) => each.id === id)?.id, null);
  const rules = rooms.find(({ id }) => id === (room ?? rooms[0].id)).options ?? rooms[0].options ?? [];
  const settings = {
    room,
    universe: take("universe", universeOf, null),
    options: take("options", (given) => optionsOf(given, rules), {}),
    look: take("look", lookOf, {}),
  };
  const unknown = Object.keys(said).filter((name) => !Object.hasOwn(NOTHING, name));
  const left = [...odd, ...unknown].map((name) => name.slice(0, 20));
  return { ...settings, note: left.length ? `Left out of this link, because this page cannot read it: ${left.slice(0, 4).join(", ")}.` : null };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value) => typeof value === "string" && value.length > 0 && value.length <= 200;
const filled = (object) => (object && Object.keys(object).length ? object : null);

function universeOf(given) {
  if (!isObject(given) || !isName(given.name)) return undefined;
  if (isName(given.id)) return { id: given.id, name: given.name };
  return HEX.test(given.digest) ? { digest: given.digest, name: given.name } : undefined;
}

/** All or nothing: half of somebody's rules would be neither theirs nor the defaults. */
function optionsOf(given, rules) {
  if (!isObject(given)) return undefined;
  const known = Object.entries(given).filter(([name, value]) =>
    rules.some((rule) => rule.name === name && rule.choices.some(([choice]) => choice === value)));
  return known.length === Object.keys(given).length ? Object.fromEntries(known) : undefined;
}

function lookOf(given) {
  if (!isObject(given)) return undefined;
  const checks = {
    kind: (value) => KINDS.includes(value),
    sort: (value) => value === null || (Array.isArray(value) && value.length <= 8 && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isPlain))),
    filter: (value) => isObject(value) && Object.keys(value).length <= 12 && Object.entries(value).every(([name, each]) =>
      /^[a-z_]{1,24}$/.test(name) && (isPlain(each) || (Array.isArray(each) && each.length <= 2 && each.every(isPlain)))),
    plain: (value) => typeof value === "boolean",
    show: (value) => SHOWS.includes(value),
    bins: (value) => Number.isInteger(value) && value >= 1 && value <= MOST_BINS,
  };
  const known = Object.entries(given).filter(([name, value]) => Object.hasOwn(checks, name) && checks[name](value));
  return known.length === Object.keys(given).length ? Object.fromEntries(known) : undefined;
}

const isPlain = (value) => value === null || typeof value === "boolean" || Number.isFinite(value) || (typeof value === "string" && value.length <= 200);

function parsed(text) {
  try {
    const said = JSON.parse(fromBase64(text));
    return isObject(said) ? said : null;
  } catch {
    return null;
  }
}

function toBase64(text) {
  const signs = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text) {
  const signs = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(signs, (sign) => sign.charCodeAt(0)));
}
