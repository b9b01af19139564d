// Tabs with one stop for the tab key; arrows, Home and End walk and choose.
import { html } from "../html.js";

/** @param {{label: string, tabs: [string, string][], chosen: string, panel: string, onChoose: (id: string) => void}} props */
export function Tabs({ label, tabs, chosen, panel, onChoose }) {
  const walk = (event) => {
    const at = tabs.findIndex(([id]) => id === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    onChoose(tabs[next][0]);
    event.currentTarget.children[next].focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${walk}>${tabs.map(([id, words]) => html`
    <button type="button" role="tab" key=${id} id=${`${panel}-${id}`} aria-controls=${panel} aria-selected=${id === chosen}
      tabindex=${id === chosen ? 0 : -1} onClick=${() => onChoose(id)}>${words}</button>`)}</div>`;
}
