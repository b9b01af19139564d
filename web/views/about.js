// What runs here and under which licences, the proof that it is what pip installs, and what this browser keeps of it.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { APP } from "../place.js";
import { state } from "../state.js";
import { bytes, shown } from "../plain/words.js";
import { OfflineLine } from "./offline.js";

const ENGINE = [["Pyodide", "pyodide", "MPL-2.0"], ["CPython", "python", "PSF-2.0"], ["NumPy", "numpy", "BSD-3-Clause"]];

/** Hash the wheel as it lies on the site, which is what the engine loaded, and hold it against the build's own note. */
async function verify({ wheel }) {
  if (!globalThis.crypto?.subtle) return "Only pages served over https, or from this machine, may compute a SHA-256.";
  const response = await fetch(new URL(wheel.path, APP), { cache: "force-cache" });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === wheel.sha256 ? `Verified: the wheel's SHA-256 is ${hex}, as the build noted it.`
    : `Not the same: the wheel's SHA-256 is ${hex}, the build noted ${wheel.sha256}.`;
}

class Proof extends Component {
  async check() {
    this.setState({ said: "Hashing …" });
    this.setState({ said: await verify(this.props.build).catch((error) => `The wheel could not be read: ${error.message}`) });
  }

  render({ build: { wheel } }, { said }) {
    return html`<h3>Proof</h3>
      <p>The wheel that pip installs runs here unchanged: <code>${wheel.file}</code>, SHA-256 <code>${wheel.sha256}</code></p>
      <p><button type="button" onClick=${() => this.check()}>Verify</button> <span role="status">${said}</span></p>`;
  }
}

function Parts({ boot, build }) {
  const versions = { ...build, ...boot.versions?.versions };
  const engine = ENGINE.map(([name, key, licence]) => [name, versions[key], licence]);
  const vendored = (build.parts ?? []).map(({ name, version, licence }) => [name, version, licence]);
  const data = [...build.universes, ...build.samples].map(({ name, assembly, licence, source }) => [`${name}, ${assembly}`, source, licence]);
  const rows = [["genotok", versions.genotok, "BSD-3-Clause"], ...engine, ...vendored, ...data];
  return html`<h3>Parts and licences</h3>
    <div class="parts"><table><thead><tr><th scope="col">Part</th><th scope="col">Version or source</th><th scope="col">Licence</th></tr></thead>
      <tbody>${rows.map(([name, version, licence]) => html`<tr key=${name}><th scope="row">${name}</th><td>${version}</td><td>${licence}</td></tr>`)}</tbody></table></div>`;
}

function Kept({ saved }) {
  const held = saved.reduce((sum, entry) => sum + entry.bytes, 0);
  return html`<h3>In this browser</h3><${OfflineLine} />
    ${saved.length > 0 && html`<p>Universes kept: ${saved.map(({ name }) => shown(name)).join(", ")} (${bytes(held)}).</p>`}
    <p><button type="button" onClick=${intents.forgetAll}>Delete all saved data</button></p>`;
}

export class About extends Component {
  async toggle(open) {
    this.setState({ open });
    if (open) this.setState({ memory: await intents.memory().catch(() => null) });
  }

  render(_, { memory, open }) {
    const { boot, build, detail, saved } = state.value;
    return html`<details class="about" onToggle=${(event) => this.toggle(event.currentTarget.open)}><summary><h2>About this page</h2></summary>
      ${open && html`${memory && html`<p>The engine holds ${bytes(memory)} of memory.</p>`}
        ${build && html`<${Proof} build=${build} /><${Kept} saved=${saved} /><${Parts} boot=${boot} build=${build} />`}
        ${detail && html`<h3>The last error, for a report</h3><pre tabindex="0">${detail}</pre>
          <button type="button" class="plain" onClick=${() => intents.copy(detail)}>Copy</button>`}`}
    </details>`;
  }
}
