// What runs here, under which licences, and the last error's detail for a report.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state } from "../state.js";

const PARTS = [
  ["Pyodide", "MPL-2.0"], ["CPython", "PSF-2.0"], ["NumPy", "BSD-3-Clause"], ["preact and signals", "MIT"], ["htm", "Apache-2.0"],
];

export class About extends Component {
  render() {
    const { boot, build, detail, universes } = state.value;
    const credits = universes.filter(({ licence }) => licence).map(({ name, licence }) => `${name} (${licence})`);
    const { genotok, python, numpy } = boot.versions?.versions ?? {};
    return html`<details class="about"><summary>About this page</summary>
      ${genotok && html`<p>genotok ${genotok} on Python ${python} and NumPy ${numpy}, compiled to WebAssembly.</p>`}
      ${build && html`<p>The wheel that pip installs runs here unchanged: <code>${build.wheel.file}</code>,
        SHA-256 <code>${build.wheel.sha256}</code></p>`}
      <p>${PARTS.map(([name, licence]) => `${name} (${licence})`).join(", ")}.${" "}
        ${credits.length > 0 && `Universes: ${credits.join(", ")}.`}</p>
      ${detail && html`<p>Detail of the last error, for a report:</p><pre tabindex="0">${detail}</pre><button type="button" class="plain" onClick=${() => intents.copy(detail)}>Copy</button>`}
    </details>`;
  }
}
