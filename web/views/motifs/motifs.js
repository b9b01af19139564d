// The room of motifs: DNA in; its bins, what lies in them, and their tokens out.
import { useEffect } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { APP } from "../../place.js";
import { state } from "../../state.js";
import { Result } from "./result.js";
import { Intake } from "./intake.js";

const SHEET = new URL("motif.css", APP).href;

/** The room's own style sheet, which no other room asks for. */
function dress() {
  if (document.querySelector(`link[href="${SHEET}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: SHEET }));
}

export const Motifs = () => (state.value.room === "motifs" ? html`<${Room} />` : null);

function Room() {
  useEffect(dress, []);
  const { result } = desk.value;
  return html`<section class="motifs" aria-labelledby="motifs-title">
    <div class="motifs-lede"><h1 id="motifs-title">Motifs</h1>
      <p>Transcription factors bind short motifs. This cuts DNA at the flanks of peaks of motif density; each bin between is a token: the set of
        motif clusters that fill it. It all runs in this tab.</p></div>
    <${Intake} />
    ${result && html`<${Result} />`}
  </section>`;
}
