// Regions without a file: pasted BED lines or positions, tokenized like a file of that text.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { state, update } from "../state.js";
import { count } from "../plain/words.js";

const MOST = 2 ** 24; // signs; the engine refuses more
const EXAMPLES = [
  ["BED lines", "chr1\t203327425\t203327695\nchr1\t203327814\t203328084\n"],
  ["positions", "chr1:203,327,425-203,327,695\nchr1:203,328,829-203,329,099\n"],
];

/** What a line may look like, in words and by example. */
export const FORMS = html`BED lines with chromosome, start and end, like <code>chr1 100 200</code>, or positions like <code>chr1:100-200</code>. Both count from 0.`;

class Form extends Component {
  componentDidMount() {
    this.text.value = this.props.text;
    this.text.focus();
  }

  submit(event) {
    event.preventDefault();
    const { value } = this.text;
    if (!value.trim()) return this.setState({ problem: "There is nothing to tokenize yet." });
    if (value.length > MOST) return this.setState({ problem: `That is ${count(value.length)} characters; put more than ${count(MOST)} into a file.` });
    intents.addText(value);
    return this.props.onClose();
  }

  pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit(event);
    if (event.key === "Escape") this.props.onClose();
  }

  show(text) {
    this.text.value = text;
    this.text.focus();
    this.setState({ problem: null });
  }

  render({ onClose }, { problem }) {
    return html`<form id="paste" class="paste" onSubmit=${(event) => this.submit(event)} onKeyDown=${(event) => this.pressed(event)}>
      <label for="paste-text">Regions, one a line</label>
      <textarea id="paste-text" ref=${(node) => (this.text = node ?? this.text)} rows="6" spellcheck=${false} autocomplete="off" autocapitalize="off" wrap="off"
        aria-describedby="paste-help" aria-invalid=${Boolean(problem)}></textarea>
      <p class="quiet" id="paste-help">${FORMS}</p>
      <p class="quiet">Examples:${EXAMPLES.map(([name, text]) => html` <button type="button" class="plain" key=${name} onClick=${() => this.show(text)}>${name}</button>`)}</p>
      ${problem && html`<p class="note note-warn" role="alert">${problem}</p>`}
      <p class="remedies"><button type="submit" class="remedy">Tokenize</button> <button type="button" onClick=${onClose}>Close</button>
        <span class="quiet">Ctrl + Enter tokenizes</span></p>
    </form>`;
  }
}

export class Paste extends Component {
  render({ children }) {
    const { paste } = state.value;
    const close = () => {
      update({ paste: null });
      this.button.focus();
    };
    return html`<div class="drop-ways">${children} <button type="button" ref=${(node) => (this.button = node)} aria-expanded=${paste !== null} aria-controls="paste"
        onClick=${() => (paste === null ? update({ paste: "" }) : close())}>Paste text</button></div>
      ${paste !== null && html`<${Form} text=${paste} onClose=${close} />`}`;
  }
}
