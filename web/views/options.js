// The rules of the chosen room; each says its default, changed ones are marked and put back singly or all at once.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { roomOf } from "../rooms/registry.js";
import { state } from "../state.js";
import { plural } from "../plain/words.js";

const standardOf = ({ choices }) => choices[0][0];

function Rule({ rule, value }) {
  const standard = standardOf(rule);
  const at = Math.max(0, rule.choices.findIndex(([choice]) => choice === value));
  const id = `rule-${rule.name}`;
  return html`<div class=${value === standard ? "rule" : "rule rule-changed"}>
    <label for=${id}>${rule.label}</label>
    <select id=${id} aria-describedby=${`${id}-says`} value=${at} onChange=${({ currentTarget }) => intents.setOption(rule.name, rule.choices[currentTarget.value][0])}>
      ${rule.choices.map(([choice, label], index) => html`<option key=${label} value=${index}>${label}${choice === standard ? " (default)" : ""}</option>`)}
    </select>
    <span class="quiet" id=${`${id}-says`}>${rule.choices[at][2]}</span>
    ${value !== standard && html`<button type="button" class="plain" onClick=${() => intents.setOption(rule.name, standard)}>Reset<span class="unseen"> ${rule.label}</span></button>`}
  </div>`;
}

/** The changed rules in words, so that a closed list hides nothing. */
function told(changed, settings) {
  return changed.map(({ label, name, choices }) => `${label} ${choices.find(([choice]) => choice === settings[name])?.[1]}`).join("; ");
}

export function Options() {
  const { room, settings: ofSession, fileSettings, lastVisit } = state.value;
  const settings = { ...ofSession, ...fileSettings };
  const rules = roomOf(room).options ?? [];
  const changed = rules.filter((rule) => (settings[rule.name] ?? null) !== standardOf(rule));
  if (!rules.length) return null;
  return html`<details class="rules">
      <summary><h2>Rules</h2> <span class="rules-now">${changed.length ? html`<b>${changed.length} changed</b>: ${told(changed, settings)}` : `${plural(rules.length, "rule")}, all at their defaults`}</span></summary>
      <div class="rules-list">${rules.map((rule) => html`<${Rule} key=${rule.name} rule=${rule} value=${settings[rule.name] ?? null} />`)}</div>
    </details>
    ${changed.length > 0 && html`<button type="button" class="plain rules-reset" onClick=${intents.resetOptions}>Reset all rules</button>`}
    ${lastVisit && html`<a class="rules-last" href=${lastVisit}>Settings of your last visit</a>`}`;
}
