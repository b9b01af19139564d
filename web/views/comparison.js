// Two results in detail: how much they share, in figures, as a picture, token by token, and along the genome.
import { useEffect, useMemo } from "../vendor/preact-hooks.js";
import { Genome, fullHeight, genomeTable, layOut } from "../charts/genome.js";
import { Overlap } from "../charts/overlap.js";
import { overlapFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";
import { count, percent, plural, sentence, shownPath } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { assemblyOf, useBands } from "./bands.js";
import { Compared } from "./compared.js";
import { Bins, gridOf } from "./overview.js";
import { Plot } from "./plot.js";

const index = (value) => (value === null ? "–" : value.toFixed(3)); // no tokens, no index
const share = (value) => (value === null ? "–" : percent(value, 1));

function Figures({ words }) {
  const figure = (label, value, note) => html`<div class="figure"><dd>${value}</dd><dt>${label}</dt><dd class="figure-note">${note}</dd></div>`;
  return html`<dl class="figures">
    ${figure("Jaccard", index(words.jaccard), "shared of all distinct tokens")}
    ${figure("weighted Jaccard", index(words.weighted_jaccard), "the same with counts")}
    ${figure("of A is in B", share(words.containment_a), `${count(words.shared)} of ${count(words.a.distinct)} distinct`)}
    ${figure("of B is in A", share(words.containment_b), `${count(words.shared)} of ${count(words.b.distinct)} distinct`)}
    ${figure("cosine", index(words.cosine), "of the counts")}
  </dl>`;
}

/** @returns {import("../charts/twin.js").Table} */
const measures = (words) => ({
  caption: "What the two share",
  head: [["Measure", "text"], ["Value", "number"]],
  rows: [
    ["Distinct tokens of A", words.a.distinct], ["Distinct tokens of B", words.b.distinct], ["In both", words.shared], ["Only in A", words.only_a],
    ["Only in B", words.only_b], ["Jaccard", words.jaccard], ["Weighted Jaccard", words.weighted_jaccard], ["A in B", words.containment_a],
    ["B in A", words.containment_b], ["Cosine of the counts", words.cosine],
  ],
});

export function Comparison({ a, b }) {
  const { answer, failure } = useAnswer(() => intents.ask2(a.id, b.id, "compare"), [a.buffers, b.buffers]);
  const handle = answer?.value.handle;
  useEffect(() => () => { if (handle) intents.call("forget", handle).catch(() => {}); }, [handle]);
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}${failure.hint && html`<br />${sentence(failure.hint)}`}</p>`;
  if (!answer) return html`<p class="quiet" role="status">Comparing</p>`;
  const words = answer.value;
  const sets = { a: { name: shownPath(a.name, 40), size: words.a.distinct }, b: { name: shownPath(b.name, 40), size: words.b.distinct }, shared: words.shared, unit: "tokens" };
  return html`<div class="comparison">
    <${Figures} words=${words} />
    <${Plot} files=${[a, b]} name="Shared tokens" finding=${overlapFinding(sets)} table=${() => measures(words)} draw=${(width, name) => html`<${Overlap} name=${name} sets=${sets} width=${width} />`} />
    <${Together} a=${a} b=${b} />
    <${Compared} key=${handle} a=${a} b=${b} words=${words} />
  </div>`;
}

/** Both along the genome, each bin as a share of the file's own tokens, so that large and small files can be held together. */
function Together({ a, b }) {
  const both = (op) => Promise.all([a, b].map(({ id }) => intents.ask(id, op, state.peek().look.bins)));
  const { answer, failure } = useAnswer(() => both("overview"), [a.buffers, b.buffers]);
  const bands = useBands(assemblyOf(a.result));
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  return answer && html`<${Overlay} files=${[a, b]} answers=${answer} bands=${bands} />`;
}

/** Pearson's correlation of two rows of numbers over the places where either holds something. */
export function correlation(first, second) {
  const places = Array.from(first.keys()).filter((at) => first[at] || second[at]);
  const mean = (values) => places.reduce((total, at) => total + values[at], 0) / places.length;
  const [m, n] = [mean(first), mean(second)];
  const [xy, xx, yy] = places.reduce(([p, q, r], at) => [p + (first[at] - m) * (second[at] - n), q + (first[at] - m) ** 2, r + (second[at] - n) ** 2], [0, 0, 0]);
  return xx && yy ? { value: xy / Math.sqrt(xx * yy), places: places.length } : null;
}

function Overlay({ files, answers, bands }) {
  const grid = useMemo(() => gridOf(answers[0], bands), [answers, bands]);
  const tokens = answers.map(({ buffers }) => buffers.tokens);
  const totals = tokens.map((values) => values.reduce((sum, value) => sum + value, 0) || 1);
  const lanes = useMemo(() => {
    const shares = tokens.map((values, at) => Float64Array.from(values, (value) => value / totals[at]));
    const layout = layOut(grid, [], 1000);
    const full = Math.max(...shares.map((values) => fullHeight(layout, values)));
    return ["A", "B"].map((side, at) => ({
      name: side, values: shares[at], shape: at ? "fill-soft" : "fill-ink", tall: 17, down: at === 1, full,
      key: () => `${side}: ${shownPath(files[at].name, 30)}${at ? "" : `, full height ${(100 * full).toFixed(2)} % of its tokens`}`,
    }));
  }, [grid, answers]);
  const counted = ["Tokens of A", "Tokens of B"].map((name, at) => ({ name, values: tokens[at] }));
  const found = correlation(lanes[0].values, lanes[1].values);
  const finding = found ? `Along the genome the two correlate with r = ${found.value.toFixed(2).replace("-", "−")} over ${plural(found.places, "bin")}` : "There is nothing to compare along the genome";
  const draw = (width, name) => html`<${Genome} layout=${layOut(grid, lanes, width)} lanes=${lanes} bands=${bands} name=${name}
    note="One bar for each chromosome: above it the tokens of A, below it those of B, each as a share of the file's tokens." />`;
  return html`<${Plot} files=${files} name="Tokens along the genome" finding=${finding} table=${() => genomeTable(grid, counted)} draw=${draw} wide=${true}>
    ${(width) => width > 0 && html`<${Bins} layout=${layOut(grid, lanes, width)} lanes=${counted} bands=${bands} label="Bins of the genome, A and B" />`}
  <//>`;
}
