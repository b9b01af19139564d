// The frame of a room that works on DNA: its heading, its style sheets, which no other room asks for, and what is in it.
import { useEffect } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { APP } from "../../place.js";

/** @param {string[]} names */
function dress(names) {
  for (const name of names) {
    const { href } = new URL(name, APP);
    if (!document.querySelector(`link[href="${href}"]`)) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }
}

/** @param {{id: string, title: string, lede: string, children: any}} props */
export function DnaRoom({ id, title, lede, children }) {
  useEffect(() => dress(["dna.css", `${id}.css`]), []);
  return html`<section class="dna-room" aria-labelledby="dna-title">
    <div class="dna-lede"><h1 id="dna-title">${title}</h1><p>${lede}</p></div>
    ${children}
  </section>`;
}
