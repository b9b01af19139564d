// A place on a picture that keys and pointer move: arrow keys walk, the words about the place are shown and spoken.
import { html } from "../html.js";

const KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/**
 * Lies over a picture of the same size and origin.
 * @param {{label: string, most: number, at: number|null, words: string, box: {x: number, y: number, width: number, height: number}|null,
 *          onKey: (key: string) => void, onPoint: (x: number, y: number) => void, onAct?: (point: [number, number]|null) => void,
 *          size: {width: number, height: number}}} props  `onAct` gets the point that was clicked, or null: Enter, on the place walked to
 */
export function Walker({ label, most, at, words, box, onKey, onPoint, onAct, size }) {
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS.has(event.key)) onKey(event.key);
    else if (event.key === "Enter" && onAct) onAct(null);
    else return;
    event.preventDefault();
  };
  /** @returns {[number, number]} */
  const pointOf = ({ currentTarget, clientX, clientY }) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const clicked = (event) => {
    onPoint(...pointOf(event));
    if (event.pointerType !== "touch") onAct?.(pointOf(event)); // a tap shows, the button beside the words acts
  };
  const px = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}px`]));
  return html`<div class="walker" role="slider" tabindex="0" aria-label=${label} aria-valuemin="0" aria-valuemax=${most} aria-valuenow=${at === null ? 0 : at + 1}
      aria-valuetext=${words} style=${px(size)} onKeyDown=${pressed} onPointerMove=${(event) => onPoint(...pointOf(event))} onClick=${clicked}>
    ${box && html`<span class="walker-box" style=${px({ left: box.x - 1, top: box.y - 1, width: box.width + 2, height: box.height + 2 })} />`}
  </div>`;
}
