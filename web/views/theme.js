// Light or dark: as the system has it, or as the user says.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";

const THEMES = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];

export function Theme() {
  const { theme } = state.value;
  return html`<fieldset class="theme"><legend>Theme</legend>${THEMES.map(([name, label]) => html`
    <label key=${name}><input type="radio" name="theme" checked=${theme === name} onChange=${() => intents.setTheme(name)} /> ${label}</label>`)}</fieldset>`;
}

/** What the page has asked the network for so far. */
export function Privacy() {
  const { requests } = state.value;
  const counted = requests ? `${requests} ${requests === 1 ? "request" : "requests"} so far, all to this site.` : "No request leaves this site.";
  return html`Files stay in this tab. ${counted}`;
}
