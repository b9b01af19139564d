// Views that the first screen can do without: their module comes after it, unasked, so that later work requests
// nothing; a place stays empty until its view is there.
import { Component } from "./vendor/preact.js";
import { html } from "./html.js";
import { intents } from "./intents.js";

let open;
const arrived = new Promise((resolve) => (open = resolve)).then(() => import("./views/late.js"));

/** Fetch all views that were put off. */
export const openLater = () => open();

const Missing = () => html`<p class="notice notice-bad" role="alert">A part of this page did not arrive.
  <button type="button" class="remedy" onClick=${intents.reload}>Load it again</button></p>`;

/** A view that comes later. @param {keyof typeof import("./views/late.js")} name */
export function later(name) {
  const coming = arrived.then((views) => views[name], () => Missing);
  return class Later extends Component {
    componentDidMount() {
      coming.then((View) => this.setState({ View }));
    }

    render(props, { View }) {
      return View ? html`<${View} ...${props} />` : null;
    }
  };
}
