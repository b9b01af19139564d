// The rules of the chosen room; each says its default, a changed one can be put back alone.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { roomOf } from "../rooms/registry.js";
import { state } from "../state.js";

function Rule({ rule, value }) {
  const [standard] = rule.choices[0];
  const at = rule.choices.findIndex(([choice]) => choice === value);
  const id = `rule-${rule.name}`;
  return html`<div class=${value === standard ? "rule" : "rule rule-changed"}>
    <label for=${id}>${rule.label}</label>
    <select id=${id} aria-describedby=${`${id}-says`} value=${at} onChange=${({ currentTarget }) => intents.setOption(rule.name, rule.choices[currentTarget.value][0])}>
      ${rule.choices.map(([choice, label], index) => html`<option key=${label} value=${index}>${label}${choice === standard ? " (default)" : ""}</option>`)}
    </select>
    <span class="quiet" id=${`${id}-says`}>${rule.choices[at]?.[2]}</span>
    ${value !== standard && html`<button type="button" class="plain" onClick=${() => intents.setOption(rule.name, standard)}>Reset<span class="unseen"> ${rule.label}</span></button>`}
  </div>`;
}

export function Options() {
  const { room, settings } = state.value;
  return (roomOf(room).options ?? []).map((rule) => html`<${Rule} key=${rule.name} rule=${rule} value=${settings[rule.name]} />`);
}
