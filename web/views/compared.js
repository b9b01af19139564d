// Every token that two results have, region by region: in both, or in one only; sorted by the engine, a page at a time.
import { useState } from "../vendor/preact-hooks.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { hand } from "../outputs.js";
import { say } from "./speech.js";
import { state } from "../state.js";
import { count, plural, region, sentence } from "../plain/words.js";
import { useAnswer } from "./asked.js";

const PAGE = 25;
/** @type {[name: string, label: string][]} */
const COLUMNS = [["chrom", "Region"], ["id", "Id"], ["count_a", "In A"], ["count_b", "In B"], ["difference", "A − B"]];

/** Browsers leave a control be of which a sliver shows, as at the edge of a table on a small screen. */
const reveal = ({ currentTarget }) => currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });

/** Where to go in the pages of `total` rows: [label, first row, possible]. */
export function steps(first, total) {
  const last = Math.max(0, Math.floor((total - 1) / PAGE) * PAGE);
  return [["First", 0, first > 0], ["Previous", first - PAGE, first > 0], ["Next", first + PAGE, first < last], ["Last", last, first < last]];
}

function Body({ buffers, names }) {
  const { ids, counts_a: inA, counts_b: inB, codes, starts, ends } = buffers;
  return html`<tbody>${Array.from(ids, (id, at) => html`<tr key=${id} class=${inA[at] && inB[at] ? "in-both" : null}>
    <th scope="row">${names ? region(names[codes[at]], starts[at], ends[at]) : `id ${count(id)}`}</th><td class="number">${id}</td>
    <td class="number">${count(inA[at])}</td><td class="number">${count(inB[at])}</td>
    <td class="number">${inA[at] > inB[at] ? "+" : ""}${count(inA[at] - inB[at]).replace("-", "−")}</td></tr>`)}</tbody>`;
}

export function Compared({ a, b, words }) {
  const [view, setView] = useState({ which: "all", sort: ["difference", true], first: 0 });
  const [problem, setProblem] = useState(null);
  const { which, sort, first } = view;
  const question = { which, sort: sort[0] === "chrom" ? [sort, ["start", sort[1]]] : [sort] };
  const live = (work) => work(words.handle).catch(async (error) => { // after a restart the engine knows no comparison
    if (error.failure?.code !== "InputError" && error.failure?.code !== "cancelled") throw error;
    const { value: { handle } } = await intents.ask2(a.id, b.id, "compare");
    return work(handle).finally(() => intents.call("forget", handle));
  });
  const { answer, failure } = useAnswer(() => live((handle) => intents.call("compared_rows", handle, question, first, PAGE)), [words.handle, which, sort.join(), first]);
  const { summary } = state.value.universe;
  const names = summary?.digest === words.universe.digest ? summary.chrom_names : null;
  const counts = { all: words.shared + words.only_a + words.only_b, both: words.shared, only_a: words.only_a, only_b: words.only_b };
  const turn = (patch) => setView({ ...view, first: 0, ...patch });
  const save = async () => {
    try {
      const { value } = await live((handle) => intents.call("export", [handle], "comparison", question, {}));
      hand(value.blob, value.name);
      setProblem(null);
      say(`Saved ${value.name}`);
    } catch (error) {
      setProblem(error.message);
    }
  };
  const header = ([name, label]) => html`<th key=${name} scope="col" class=${name === "chrom" ? null : "number"} aria-sort=${sort[0] !== name ? "none" : sort[1] ? "descending" : "ascending"}>
    <button type="button" class="sort" onFocus=${reveal} onClick=${() => turn({ sort: [name, sort[0] === name ? !sort[1] : name !== "chrom" && name !== "id"] })}>${label}</button></th>`;
  const total = answer?.value.total ?? 0;
  return html`<div class="compared" aria-busy=${!answer}>
    <div class="rows-tools">
      <div class="segments" role="group" aria-label="Which tokens">${[["all", "All"], ["both", "In both"], ["only_a", "Only A"], ["only_b", "Only B"]].map(([name, label]) => html`
        <button type="button" key=${name} aria-pressed=${which === name} onClick=${() => turn({ which: name })}>${label} <span>${count(counts[name])}</span></button>`)}</div>
      <button type="button" class="save" disabled=${!total} onClick=${save}>Save as .tsv</button>
    </div>
    ${(failure || problem) && html`<p class="notice notice-bad" role="alert">${sentence(failure?.message ?? problem)}</p>`}
    <div class="twin-frame compared-frame" tabindex="0" role="region" aria-label="Tokens of A and B">
      <table class="twin" aria-label="Tokens of A and B" aria-rowcount=${total + 1}><thead><tr>${COLUMNS.map(header)}</tr></thead>${answer && html`<${Body} buffers=${answer.buffers} names=${names} />`}</table>
    </div>
    <div class="pages"><span class="quiet" role="status">${total ? `${count(first + 1)} to ${count(Math.min(total, first + PAGE))} of ${plural(total, "token")}` : answer && "No such token"}</span>
      ${steps(first, total).map(([label, to, possible]) => html`<button type="button" key=${label} class="plain" disabled=${!possible} onClick=${() => setView({ ...view, first: to })}>${label}</button>`)}</div>
  </div>`;
}
