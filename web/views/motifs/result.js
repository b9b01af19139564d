// What came of a sequence: figures, the coverage along it, its letters in bins, one bin at a time, rows, and ways to save.
import { html } from "../../html.js";
import { desk, learn } from "../../motifs.js";
import { count, percent, plural, shown } from "../../plain/words.js";
import { motif } from "../../rooms/motif.js";
import { Choice, Facts, Notes } from "../dna/parts.js";
import { Saves } from "../dna/saves.js";
import { Card } from "./card.js";
import { TokenPlots } from "./figures.js";
import { TokenLookup } from "./lookup.js";
import { Legend, Strip } from "./strip.js";
import { MotifRows } from "./rows.js";
import { Track } from "./track.js";

function Figures({ one, fitted }) {
  const facts = [
    ["Bases", count(one.bases), one.known < one.bases ? `${percent(one.known, one.bases)} known` : null],
    ["Hits", count(one.hits), `${percent(one.covered, one.bases)} of the bases covered`],
    ["Bins", count(one.bins), `${one.mean_width.toFixed(1)} bp on average`],
    fitted ? ["Tokens", count(one.tokens), `different ones; ${percent(Math.round(1e6 * one.unk_share), 1e6)} unknown`] : null,
  ].filter(Boolean);
  return html`<${Facts} facts=${facts} />`;
}

function Learn({ fitted, model }) {
  if (model) return html`<p class="quiet">Ids are those of ${shown(model, 80)}: ${plural(fitted.clusters, "cluster")} of motifs, ${plural(fitted.sets, "set")} with an id.</p>`;
  if (fitted) {
    return html`<p class="quiet">${plural(fitted.clusters, "cluster")} of motifs, ${plural(fitted.sets, "set")} with an id, learnt from this very sequence: good to look at, not for a model. A vocabulary for work comes from a genome, in the terminal.</p>`;
  }
  return html`<p class="dna-learn"><button type="button" class="remedy" onClick=${() => learn()}>Learn tokens from this sequence</button>
    <span class="quiet">Scores which motifs go together, joins them in clusters, and gives every set that is in two bins or more an id.</span></p>`;
}

export function Result() {
  const { result, number, made, phase } = desk.value;
  const one = result.sequences[number];
  const key = `${made}-${number}`;
  return html`<div class="dna-result">
    <h2>${shown(one.name, 80)}</h2>
    <${Choice} desk=${desk} />
    <${Figures} one=${one} fitted=${result.fitted} />
    <${Notes} result=${result} without="motifs" />
    <div class="motif-learnt" tabindex="-1">${phase !== "learning" && html`<${Learn} fitted=${result.fitted} model=${result.model} />`}</div>
    ${one.bases > 0 && html`<${Track} key=${`t${key}`} one=${one} />
      <${Legend} key=${`l${key}`} />
      <div class="dna-beside"><${Strip} key=${`s${key}`} one=${one} /><${Card} key=${`c${key}`} one=${one} /></div>
      <${MotifRows} key=${`r${key}`} one=${one} fitted=${result.fitted} />`}
    ${result.fitted && html`<${TokenLookup} key=${`k${made}`} most=${result.fitted.vocab_size} /><${TokenPlots} key=${`f${made}`} />`}
    <${Saves} desk=${desk} formats=${motif.formats} verb="Save bins" what="all sequences, all bins" unready=${([, , , needs]) => (needs && !result.fitted ? "Learn tokens first" : null)} />
  </div>`;
}
