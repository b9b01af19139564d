// The ways to look at one result, one at a time.
import { html } from "../html.js";
import { intents } from "../intents.js";
import { later } from "../later.js";
import { state } from "../state.js";
import { Tabs } from "./tabs.js";
import { Tokens } from "./tokens.js";

const LOOKS = {
  tokens: ["Tokens", Tokens],
  table: ["Table", later("Rows")],
  genome: ["Genome", later("Overview")],
  plots: ["Plots", later("Plots")],
};
const TABS = Object.entries(LOOKS).map(([kind, [label]]) => [kind, label]);

export function Looks({ file }) {
  const { kind } = state.value.look;
  const chosen = LOOKS[kind] ? kind : "tokens";
  const [, View] = LOOKS[chosen];
  return html`<div class="looks">
    <${Tabs} label="Look at the result as" tabs=${TABS} chosen=${chosen} panel="look" onChoose=${(id) => intents.setLook({ kind: id })} />
    <div role="tabpanel" id="look" aria-labelledby=${`look-${chosen}`}><${View} key=${`${chosen}-${file.id}`} file=${file} /></div>
  </div>`;
}
