// The chosen file's result, or the sample's while there is none: figures, report, ways to look, ways to save.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { later } from "../later.js";
import { defaultsOf } from "../rooms/interval.js";
import { roomOf } from "../rooms/registry.js";
import { state } from "../state.js";
import { plural, shown } from "../plain/words.js";
import { Looks } from "./looks.js";
import { Figures, Report } from "./report.js";

const Export = later("Export");

/** Whether another universe or other rules are in force than those of the sample. */
function otherwise({ universe: { digest } }) {
  const { room, settings, fileSettings, universe: { id }, universes } = state.value;
  const rules = { ...settings, ...fileSettings };
  const chosen = universes.find((each) => each.id === id);
  return (chosen && chosen.digest !== digest) || Object.entries(defaultsOf(roomOf(room))).some(([name, value]) => rules[name] !== value);
}

/** Where the figures come from, when that is not the file as it is. */
function Origin({ file }) {
  const { name, digest } = file.result.universe;
  if (file.stale) return html`<p class="note note-warn">Made with ${shown(name)} (${digest.slice(0, 8)}); being computed again.</p>`;
  if (file.state !== "sample") return null;
  return html`<p class="notice result-sample"><span>Sample, computed when this page was built${otherwise(file) ? ` with the default rules and the ${file.universe.assembly} universe` : ""}: the first tokens of ${shown(file.name)}.</span>
    <button type="button" class="remedy" onClick=${intents.runSample}>Run it here</button></p>`;
}

export function Result() {
  const { files, sample, selected } = state.value;
  const file = files.find(({ id }) => id === selected) ?? null;
  const shownFile = file?.result ? file : files.some(({ result }) => result) ? null : sample;
  if (!shownFile) return null;
  const { result, stale, state: kind } = shownFile;
  return html`<section class=${stale ? "result result-stale" : "result"} aria-labelledby="result-title">
    <h2 id="result-title"><i>3</i>Tokens <span class="result-of">of ${shown(shownFile.name)}</span></h2>
    <${Origin} file=${shownFile} />
    <${Figures} result=${result} />
    ${kind !== "sample" && html`<${Report} id=${shownFile.id} result=${result} />`}
    <${Looks} file=${shownFile} />
    <${Export} files=${files.filter((each) => each.result && !each.stale)} file=${shownFile} />
    <p class="unseen">${plural(result.tokens, "token")} in ${plural(result.rows, "row")}</p>
  </section>`;
}
