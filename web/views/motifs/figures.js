// Two figures of the tokens: how often each set occurs, and how well bins spell motifs; each on a press, as it takes a while.
import { useState } from "../../vendor/preact-hooks.js";
import { LikenessCurves, RankCurves } from "../../charts/curves.js";
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { curvesOf, likenessFinding, ranksFinding } from "../../plain/motifwords.js";
import { parted } from "../../plain/folders.js";
import { sentence, shown } from "../../plain/words.js";
import { state } from "../../state.js";
import { useAnswer } from "../asked.js";
import { Plot } from "../plot.js";
import { Words } from "../recipe.js";

/** What stands below a saved picture, and how its file is called. */
function origin({ name, model }) {
  const own = ["genotok", state.peek().build?.genotok].filter(Boolean).join(" ");
  return { stem: parted(name)[1], source: [own, shown(name, 80), model ? shown(model, 80) : "tokens learnt from it"].join("  ·  ") };
}

const numbers = (kind) => ({ tsv: async () => (await desk.fileOf(kind)).blob });

function Line({ kind }) {
  const { answer } = useAnswer(() => desk.recipeOf(kind), []);
  const { cli } = answer?.value ?? {};
  return cli ? html`<div class="recipes"><p class="quiet">TSV is what this writes beside its picture:</p><${Words} title="Command line" text=${cli} /></div>` : null;
}

const RECORDS = /** @type {any} */ ([["Words", "text"], ["Least", "count"], ["Most", "count"], ["Empty set", "text"], ["Types", "count"], ["Tokens", "count"], ["r", "number"], ["Slope", "number"], ["Exponent", "number"], ["KS", "number"], ["Once", "share"], ["Kept", "share"]]);
const recordsTable = (curves) => ({
  caption: "Rank and frequency, of all types and of those that a filter keeps", head: RECORDS,
  rows: curves.flatMap(({ name, records }) => records.map((each) => [name, each.min_count, each.max_count, each.with_empty ? "with" : "without", each.types, each.tokens, each.r, each.slope, each.exponent, each.distance, each.hapax_share, each.kept_share])),
});

function Ranks({ of }) {
  const { answer, failure } = useAnswer(() => desk.ask("ranks"), []);
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  if (!answer) return html`<p class="quiet" role="status">Counting sets</p>`;
  const curves = curvesOf(answer.value, answer.buffers);
  return html`<${Plot} files=${[]} of=${of} more=${numbers("ranks")} name="Ranks" finding=${ranksFinding(curves)} table=${() => recordsTable(curves)}
      note=${html`<p class="note">A filter alone brings r near −1, whatever the words are; so does counting words of letters, drawn at random beside.</p>`}
      draw=${(width, name) => html`<${RankCurves} curves=${curves} name=${name} width=${width} />`} /><${Line} kind="ranks" />`;
}

const SCORES = /** @type {any} */ ([["Words", "text"], ["Number", "count"], ["Letters", "number"], ["Mean", "number"], ["Median", "number"], ["Tenth", "number"], ["Above 0.8", "share"], ["Gain", "number"]]);
const scoresTable = (rows) => ({
  caption: "Likeness of each motif's best word; each kind is followed by as many random cuts of the same lengths", head: SCORES,
  rows: rows.map((each) => [each.name, each.tokens, each.mean_length, each.mean, each.median, each.q10, each.good_share, each.gain]),
});

function Likeness({ of }) {
  const { answer, failure } = useAnswer(() => desk.ask("likeness"), []);
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  if (!answer) return html`<p class="quiet" role="status">Laying each motif against each bin</p>`;
  const { rows, motifs } = answer.value;
  const named = ["bins", "random cuts as bins", "4-mers", "random cuts as 4-mers"];
  const curves = rows.map((_, at) => ({ name: named[at], scores: answer.buffers.scores.subarray(at * motifs, (at + 1) * motifs) }));
  return html`<${Plot} files=${[]} of=${of} more=${numbers("likeness")} name="Likeness" finding=${likenessFinding(rows)} table=${() => scoresTable(rows)}
      note=${html`<p class="note">Longer words, and more of them, are like more motifs by chance: only words and random cuts of the same lengths compare.</p>`}
      draw=${(width, name) => html`<${LikenessCurves} rows=${curves} name=${name} width=${width} />`} /><${Line} kind="likeness" />`;
}

function Pressed({ label, says, children }) {
  const [open, setOpen] = useState(false);
  return html`<div class="plots-side" tabindex="-1">${open ? children : html`<p class="dna-learn"><button type="button" onClick=${() => setOpen(true)}>${label}</button> <span class="quiet">${says}</span></p>`}</div>`;
}

export function TokenPlots() {
  const of = origin(desk.value.result);
  return html`<section class="motif-plots" aria-label="Figures of the tokens"><h3>Figures</h3><div class="plots">
    <${Pressed} label="Count sets by rank" says="Do the sets of clusters follow Zipf’s law, and words of letters as well?"><${Ranks} of=${of} /><//>
    <${Pressed} label="Score how bins spell motifs" says="How like each motif is the bin that is most like it, and a random cut?"><${Likeness} of=${of} /><//>
  </div></section>`;
}
