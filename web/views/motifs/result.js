// What came of a sequence: figures, the coverage along it, its letters in bins, one bin at a time, rows, and ways to save.
import { html } from "../../html.js";
import { chooseSequence, desk, learn } from "../../motifs.js";
import { count, percent, plural, sentence, shown } from "../../plain/words.js";
import { Card } from "./card.js";
import { TokenPlots } from "./figures.js";
import { Lookup } from "./lookup.js";
import { Legend, Strip } from "./strip.js";
import { MotifRows } from "./rows.js";
import { MotifSaves } from "./saves.js";
import { Track } from "./track.js";

function Choice({ sequences, number }) {
  if (sequences.length < 2) return null;
  return html`<p class="motif-choice"><label for="motif-sequence">Sequence</label> <select id="motif-sequence" value=${number} onChange=${({ currentTarget }) => chooseSequence(Number(currentTarget.value))}>
    ${sequences.map((each, at) => html`<option key=${at} value=${at}>${shown(each.name, 60)}, ${count(each.bases)} bp</option>`)}</select></p>`;
}

function Figures({ one, fitted }) {
  const facts = [
    ["Bases", count(one.bases), one.known < one.bases ? `${percent(one.known, one.bases)} known` : null],
    ["Hits", count(one.hits), `${percent(one.covered, one.bases)} of the bases covered`],
    ["Bins", count(one.bins), `${one.mean_width.toFixed(1)} bp on average`],
    fitted ? ["Tokens", count(one.tokens), `different ones; ${percent(Math.round(1e6 * one.unk_share), 1e6)} unknown`] : null,
  ].filter(Boolean);
  return html`<dl class="motif-figures">${facts.map(([name, value, more]) => html`<div key=${name}><dt>${name}</dt><dd>${value}${more && html`<span>${more}</span>`}</dd></div>`)}</dl>`;
}

function Notes({ result }) {
  const { lower, unknown } = result.letters;
  const letters = Object.entries(unknown).map(([letter, total]) => `${count(total)} ${letter}`);
  const told = [...result.notes, lower && `${plural(lower, "base")} in lower case, read as upper case`, letters.length && `Not known, so without motifs: ${letters.join(", ")}`].filter(Boolean);
  return html`${told.map((each) => html`<p class="note" key=${each}>${sentence(each)}.</p>`)}`;
}

function Learn({ fitted, model }) {
  if (model) return html`<p class="quiet">Ids are those of ${shown(model, 80)}: ${plural(fitted.clusters, "cluster")} of motifs, ${plural(fitted.sets, "set")} with an id.</p>`;
  if (fitted) {
    return html`<p class="quiet">${plural(fitted.clusters, "cluster")} of motifs, ${plural(fitted.sets, "set")} with an id, learnt from this very sequence: good to look at, not for a model. A vocabulary for work comes from a genome, in the terminal.</p>`;
  }
  return html`<p class="motif-learn"><button type="button" class="remedy" onClick=${() => learn()}>Learn tokens from this sequence</button>
    <span class="quiet">Scores which motifs go together, joins them in clusters, and gives every set that is in two bins or more an id.</span></p>`;
}

export function Result() {
  const { result, number, made, phase } = desk.value;
  const one = result.sequences[number];
  const key = `${made}-${number}`;
  return html`<div class="motif-result">
    <h2>${shown(one.name, 80)}</h2>
    <${Choice} sequences=${result.sequences} number=${number} />
    <${Figures} one=${one} fitted=${result.fitted} />
    <${Notes} result=${result} />
    <div class="motif-learnt" tabindex="-1">${phase !== "learning" && html`<${Learn} fitted=${result.fitted} model=${result.model} />`}</div>
    ${one.bases > 0 && html`<${Track} key=${`t${key}`} one=${one} />
      <${Legend} key=${`l${key}`} />
      <div class="motif-beside"><${Strip} key=${`s${key}`} one=${one} /><${Card} key=${`c${key}`} one=${one} /></div>
      <${MotifRows} key=${`r${key}`} one=${one} fitted=${result.fitted} />`}
    ${result.fitted && html`<${Lookup} key=${`k${made}`} most=${result.fitted.vocab_size} /><${TokenPlots} key=${`f${made}`} />`}
    <${MotifSaves} result=${result} />
  </div>`;
}
