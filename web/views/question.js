// What the page asks before it acts, and what it has to say: notices in the flow of the page, never a dialogue over it.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { state, update } from "../state.js";
import { sentence } from "../plain/words.js";

/** A question takes the focus when it comes and gives it back when it is answered; Escape says no. */
class Asked extends Component {
  componentDidMount() {
    this.before = /** @type {HTMLElement} */ (document.activeElement);
    this.box.focus();
  }

  componentWillUnmount() {
    this.giveBack();
  }

  giveBack() {
    if (this.box.contains(document.activeElement) && this.before?.isConnected) this.before.focus();
  }

  answer(doing) {
    this.giveBack();
    doing();
  }

  render({ question: { text, yes, no } }) {
    const [yesLabel, onYes] = yes;
    const [noLabel, onNo] = no;
    return html`<section class="notice notice-warn question" role="group" aria-labelledby="question-text" tabindex="-1" ref=${(box) => (this.box = box ?? this.box)}
      onKeyDown=${(event) => event.key === "Escape" && this.answer(onNo)}>
      <p id="question-text">${sentence(text)}</p>
      <p class="remedies"><button type="button" class="remedy" onClick=${() => this.answer(onYes)}>${yesLabel}</button>
        <button type="button" onClick=${() => this.answer(onNo)}>${noLabel}</button></p>
    </section>`;
  }
}

export function Question() {
  const { question, notice } = state.value;
  return html`${notice && html`<div class="notice" role="status"><p>${sentence(notice)}</p>
      <p class="remedies"><button type="button" onClick=${() => update({ notice: null })}>Dismiss</button></p></div>`}
    ${question && html`<${Asked} key=${question.text} question=${question} />`}`;
}
