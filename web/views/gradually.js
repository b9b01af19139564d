// A table's rows that come a few a frame: a page of a hundred never holds up the browser.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { afterFrame } from "./frames.js";

const AT_ONCE = 20; // rows that are mounted in one frame

/** The body of a table: `draw` makes the row of an item. Rows of another `of`, if one is named, begin anew. */
export class Gradually extends Component {
  state = { of: null, mounted: AT_ONCE };
  coming = null; // the frame in which more rows are mounted

  static getDerivedStateFromProps({ of = null }, state) {
    return of === state.of ? null : { of, mounted: AT_ONCE };
  }

  componentDidMount() {
    this.#goOn();
  }

  componentDidUpdate() {
    this.#goOn();
  }

  #goOn() {
    if (this.state.mounted < this.props.items.length) this.coming ??= afterFrame(() => this.#grow());
  }

  #grow() {
    this.coming = null;
    this.setState({ mounted: this.state.mounted + AT_ONCE });
  }

  render({ items, draw }, { mounted }) {
    return html`<tbody>${items.slice(0, mounted).map(draw)}</tbody>`;
  }
}
