// Leads from page to page of a long list.
import { useState } from "../vendor/preact-hooks.js";
import { html } from "../html.js";
import { count } from "../plain/words.js";

/** @param {{label: string, page: number, pages: number, onTurn: (page: number) => void}} props  pages count from 0 */
export function Turner({ label, page, pages, onTurn }) {
  const turn = (words, to) => html`<button type="button" disabled=${to < 0 || to >= pages || to === page} onClick=${() => onTurn(to)}>${words}</button>`;
  const [typed, setTyped] = useState(null); // a list that is drawn again meanwhile leaves it alone
  const go = ({ currentTarget }) => {
    const wanted = Number(currentTarget.value.replaceAll(",", "")) || 1;
    setTyped(null);
    onTurn(Math.max(1, Math.min(pages, Math.round(wanted))) - 1);
  };
  return html`<nav class="pages" aria-label=${label}>${turn("First", 0)}${turn("Previous", page - 1)}
    <label>Page <input type="text" inputmode="numeric" size="6" value=${typed ?? page + 1} aria-label=${`Page, of ${count(pages)}`}
      onInput=${({ currentTarget }) => setTyped(currentTarget.value)} onChange=${go} onBlur=${() => setTyped(null)} /></label>
    <span>of ${count(pages)}</span>${turn("Next", page + 1)}${turn("Last", pages - 1)}</nav>`;
}
