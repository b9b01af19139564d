// Results beside each other: two in detail, or up to twenty in a square; only of one universe, and never with stale ones.
import { useEffect, useState } from "../vendor/preact-hooks.js";
import { html } from "../html.js";
import { state } from "../state.js";
import { plural, shown, shownPath } from "../plain/words.js";
import { Comparison } from "./comparison.js";
import { Likeness } from "./likeness.js";
import { UniversesCompare } from "./universes-compare.js";

const MOST = 20; // files in the square

/** The files to choose from: ticked ones first, in the order of the list. */
function candidates({ files, picked }) {
  const ready = files.filter(({ result }) => result);
  const ticked = ready.filter(({ id }) => picked.includes(id));
  return { ready, ticked, square: (ticked.length > 1 ? ticked : ready).slice(0, MOST) };
}

/** Files that were made with different universes, told by name and digest; null if all agree. */
export function refusal(files) {
  const made = new Map(files.map(({ result: { universe } }) => [universe.digest, universe]));
  if (made.size < 2) return null;
  const [first, second] = [...made.values()].map(({ name, digest }) => `${shown(name)} (${digest.slice(0, 8)})`);
  return `These were made with different universes, ${first} and ${second}: the same id means another region in each. Choose one universe for both.`;
}

function Side({ label, id, files, onChoose }) {
  return html`<label class="compare-side"><span>${label}</span>
    <select value=${id} onChange=${(event) => onChoose(Number(event.currentTarget.value))}>
      ${files.map((file) => html`<option key=${file.id} value=${file.id} selected=${file.id === id}>${shownPath(file.name, 80)}</option>`)}</select></label>`;
}

/** What may not be compared says why; anything else is handed on. */
function Checked({ files, children }) {
  const stale = files.filter((file) => file.stale);
  const refused = refusal(files);
  if (refused) return html`<p class="notice notice-bad" role="alert">${refused}</p>`;
  if (stale.length) return html`<p class="note note-warn" role="status">${plural(stale.length, "result is", "results are")} being computed again; the comparison waits.</p>`;
  return children;
}

export function Compare() {
  const now = state.value;
  const { ready, ticked, square } = candidates(now);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState([null, null]);
  const [many, setMany] = useState(false);
  const key = now.picked.join();
  useEffect(() => {
    setChosen([null, null]);
    setMany(ticked.length > 2);
    if (ticked.length > 1) setOpen(true);
  }, [key]);
  const possible = ready.length > 1;
  useEffect(() => { if (!possible) setOpen(false); }, [possible]);
  if (!possible) return html`<${UniversesCompare} />`;
  const first = ticked.length > 1 ? ticked : [...ticked, ...ready.filter((file) => !ticked.includes(file))];
  const fallback = (at) => first[at].id;
  const known = (id) => ready.some((file) => file.id === id);
  const a = known(chosen[0]) ? chosen[0] : fallback(fallback(0) === chosen[1] ? 1 : 0);
  const b = known(chosen[1]) && chosen[1] !== a ? chosen[1] : fallback(fallback(1) === a ? 0 : 1);
  const pair = [a, b].map((id) => ready.find((file) => file.id === id));
  const choose = (at, id) => setChosen(id === [b, a][at] ? [b, a] : [a, b].with(at, id)); // the other's file: they change places
  const look = (label, value) => html`<button type="button" aria-pressed=${many === value} onClick=${() => setMany(value)}>${label}</button>`;
  return html`<section class="compare" aria-labelledby="compare-title">
    <details class="compare-files part" open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary><h2 id="compare-title">Compare <span class="result-of">${ready.length > MOST && !ticked.length ? `any of ${ready.length} files` : plural(ready.length, "file")}</span></h2><span class="quiet">which tokens they share, and which are only in one</span></summary>
      ${open && html`
        ${square.length > 2 && html`<div class="segments" role="group" aria-label="Compare">${look("Two files", false)}${look(`${square.length} files`, true)}</div>`}
        ${many && square.length > 2
          ? html`<${Checked} files=${square}><${Likeness} files=${square} onPair=${(ids) => { setChosen(ids); setMany(false); }} /><//>`
          : html`<div class="compare-sides"><${Side} label="A" id=${a} files=${ready} onChoose=${(id) => choose(0, id)} />
              <${Side} label="B" id=${b} files=${ready} onChoose=${(id) => choose(1, id)} /></div>
            <${Checked} files=${pair}><${Comparison} key=${`${a}-${b}`} a=${pair[0]} b=${pair[1]} /><//>`}`}
    </details>
    <${UniversesCompare} />
  </section>`;
}
