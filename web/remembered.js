// The settings of the last visit, kept in this browser: offered as a link, never taken by themselves.
import { settingsOf } from "./address.js";
import { rooms } from "./rooms/registry.js";
import { state, subscribe, update } from "./state.js";
import { read, written } from "./url.js";

const NAME = "last visit";
const PAUSE = 600; // ms without a change before it is kept

/** Universe and rules as an address, "" if they are the defaults; where one looks is not worth keeping. */
const addressOf = (now) => written({ ...settingsOf(now), room: null, look: {} });

/** @param {import("./store.js").Store} store */
export async function rememberSettings(store) {
  const last = await store.read(NAME).catch(() => null); // a browser that keeps nothing has nothing to offer
  const said = read(String(last ?? ""), rooms);
  const offered = !said.note && (said.universe || Object.keys(said.options).length > 0);
  if (offered && !addressOf(state.peek())) update({ lastVisit: last });
  let before = last ?? "";
  let timer = null;
  const keep = () => {
    const now = addressOf(state.peek());
    if (now && state.peek().lastVisit) update({ lastVisit: null }); // another choice was made
    if (now === before || (!now && state.peek().lastVisit)) return; // what is offered is not thrown away by looking
    before = now;
    store.write(NAME, now).catch(() => {});
  };
  subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
}
