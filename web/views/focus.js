// Keeps the focus in its place: when the control that held it goes or is disabled, a neighbour takes over, never the bare page.

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex='0']";

const canHold = (node) => node.tabIndex >= 0 && !node.disabled && node.checkVisibility();
const stopsIn = (place) => [...place.querySelectorAll(STOPS)].filter(canHold);
/** Whether both say the same first: an Enter key that is held down would press one after the other. */
const alike = (one, other) => Boolean(one.firstChild?.data) && one.firstChild.data === other.firstChild?.data;

/** Of the controls that stood there before, the next one, else the one before. A new one might do harm where the old one was about to be pressed. */
export function heirAmong(stops, order, at) {
  const known = stops.filter((stop) => order.includes(stop));
  return known.find((stop) => order.indexOf(stop) > at) ?? known.at(-1) ?? null;
}

/** A place that scripts may focus takes it itself. */
function heirOf({ target, path, order, at }) {
  for (const place of path) {
    if (!place.isConnected || !place.checkVisibility()) continue;
    const heir = place.hasAttribute("tabindex") ? place : heirAmong(stopsIn(place).filter((stop) => !alike(stop, target)), order, at);
    if (heir) return heir;
  }
  return null;
}

/** Watch over the focus below `root`, from the root's own parts outward to it. */
export function keepFocus(root) {
  let held = null;

  const watcher = new MutationObserver(settle);
  root.addEventListener("focusin", ({ target }) => {
    const path = [];
    for (let place = target.parentElement; place && root.contains(place); place = place.parentElement) path.push(place);
    const order = [...root.querySelectorAll(STOPS)];
    held = { target, path, order, at: order.indexOf(target), byKeys: target.matches(":focus-visible") };
    watcher.observe(root, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  });
  root.addEventListener("focusout", () => queueMicrotask(settle)); // by then one knows whether it went or was left

  function settle() {
    if (!held) return;
    const { target, byKeys } = held;
    const gone = !target.isConnected || target.disabled;
    const free = document.activeElement === document.body || document.activeElement === target;
    if (gone && free) {
      const heir = heirOf(held);
      if (heir) return heir.focus({ preventScroll: !byKeys }); // whoever points sees the page stand still
    }
    if (gone || document.activeElement !== target) release();
  }

  function release() {
    held = null;
    watcher.disconnect();
  }
}
