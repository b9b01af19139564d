// The chosen file's result: figures, report, rows, and the ways to save it.
import { html } from "../html.js";
import { state } from "../state.js";
import { plural, shown } from "../words.js";
import { Export } from "./export.js";
import { Figures, Report } from "./report.js";
import { Rows } from "./rows.js";

export function Result() {
  const { files, selected } = state.value;
  const file = files.find(({ id }) => id === selected);
  if (!file?.result) return null;
  const { result, stale } = file;
  const universe = result.universe;
  return html`<section class=${stale ? "result result-stale" : "result"} aria-labelledby="result-title">
    <h2 id="result-title"><i>3</i>Tokens <span class="result-of">of ${shown(file.name)}</span></h2>
    ${stale && html`<p class="note note-warn">Made with ${shown(universe.name)} (${universe.digest.slice(0, 8)}); being computed again.</p>`}
    <${Figures} result=${result} />
    <${Report} id=${file.id} result=${result} />
    <${Export} files=${files.filter((each) => each.result && !each.stale)} file=${file} />
    <${Rows} key=${file.id} file=${file} />
    <p class="unseen">${plural(result.tokens, "token")} in ${plural(result.rows, "row")}</p>
  </section>`;
}
