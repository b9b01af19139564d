// The sequence letter by letter: only the lines in sight exist. What a line shows besides its letters, and what keys do, is its room's.
import { Component } from "../../vendor/preact.js";
import { html } from "../../html.js";
import { columnsOf, LINES, windowOf } from "../../plain/dnawords.js";
import { RowCache } from "../../pool/rowcache.js";
import { count } from "../../plain/words.js";
import { element } from "../chips.js";
import { Scroller } from "../scroller.js";

/**
 * A room's own has `line`, the height of one in px, and the methods `blocks(first, last)`, which asks for a window of bases, `lines(buffers, value)`,
 * which makes lines of the answer, `fill(line, row)`, `choose(base)` and `pressed(key)`, which gives true for a key that it knows.
 * `mark(lines)` is called after each drawing.
 */
export class Letters extends Component {
  columns = 0; // letters in a line
  shown = []; // the elements of lines
  hovered = null;
  asked = 0;
  line = 52;

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: this.line, resized: () => this.measure(), draw: () => this.draw() });
    document.fonts?.ready.then(() => this.measure());
    this.measure();
    this.props.desk.onJump((base) => this.scroller.moveTo(Math.floor(base / this.columns) - 1));
  }

  componentWillUnmount() {
    this.props.desk.onJump(() => {});
    this.scroller.close();
  }

  componentDidUpdate() {
    this.scroller.later();
  }

  measure() {
    if (!this.probe) return;
    const letter = this.probe.getBoundingClientRect().width / 100;
    const columns = columnsOf(this.frame.clientWidth - this.gutter.getBoundingClientRect().width - 24, letter);
    if (!letter || (columns === this.columns && letter === this.letter)) return;
    const at = this.scroller.first * this.columns;
    Object.assign(this, { columns, letter });
    this.cache = new RowCache((first, many) => this.blocks(...windowOf(first, many, columns)).then(({ value, buffers }) => ({
      value: { ...value, total: Math.ceil(value.size / columns) }, buffers,
    })), (buffers, value) => this.lines(buffers, value), LINES);
    this.shown.splice(0).forEach((line) => line.remove());
    this.scroller.first = at / columns;
    this.scroller.fit(Math.ceil(this.props.one.bases / columns));
  }

  draw() {
    if (!this.body || !this.cache) return;
    const { first, visible, total } = this.scroller;
    const top = Math.floor(first);
    const wanted = Math.min(total, Math.ceil(visible) + 1);
    while (this.shown.length < wanted) this.shown.push(this.body.appendChild(this.make()));
    while (this.shown.length > wanted) this.shown.pop().remove();
    const { cache } = this;
    const missing = cache.missing(top, Math.min(total, top + wanted));
    if (missing) missing.then(() => cache === this.cache && this.scroller.later(), () => {});
    this.body.style.transform = `translateY(${-Math.round((first - top) * this.line)}px)`;
    this.shown.forEach((line, at) => this.#fill(line, top + at));
    this.mark(this.shown);
  }

  #fill(line, at) {
    line.hidden = at >= this.scroller.total;
    const row = this.cache.row(at);
    if (line.shows === row && row) return;
    line.shows = row;
    line.firstChild.textContent = row ? count(row.first) : "";
    this.fill(line, row);
  }

  /** The element of a line: its first child tells the place. */
  make(kind = "") {
    const line = element("div", `dna-line ${kind}`, "");
    line.append(element("span", "dna-place", ""));
    return line;
  }

  mark(/** @type {any[]} */ _lines) {}

  /** Bring a base into sight. */
  show(base) {
    this.scroller.show(Math.floor(base / this.columns));
  }

  #over(event) {
    const thing = this.thingAt(event);
    if (thing === null || thing === this.hovered || event.pointerType !== "mouse" || !(event.movementX || event.movementY)) return;
    this.hovered = thing;
    clearTimeout(this.asked);
    this.asked = setTimeout(() => this.choose(thing), 60); // a pointer on its way elsewhere asks for nothing
  }

  #clicked(event) {
    const thing = this.thingAt(event);
    if (thing !== null) this.choose(thing);
  }

  #down(event) {
    if (event.altKey || event.metaKey || event.ctrlKey || !this.pressed(event.key)) return;
    event.preventDefault();
  }

  /** @param {{one: any, label: string, most: number, at: number|null, words: string}} props  `at` counts from 0 */
  render({ one, label, most, at, words }) {
    return html`<div class="dna-strip">
      <span class="dna-probe" aria-hidden="true" ref=${(node) => (this.probe = node)}>${"A".repeat(100)}</span>
      <div class="grid dna-frame" tabindex="0" role="slider" aria-label=${label} aria-valuemin="0" aria-valuemax=${most} aria-valuenow=${at === null ? 0 : at + 1} aria-valuetext=${words}
          ref=${(node) => (this.frame = node)} onKeyDown=${(event) => this.#down(event)} onPointerMove=${(event) => this.#over(event)} onClick=${(event) => this.#clicked(event)}>
        <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
          <div class="dna-body" ref=${(node) => (this.body = node)}></div>
        </div></div>
        <span class="dna-place dna-gutter" aria-hidden="true" ref=${(node) => (this.gutter = node)}>${count(one.bases)}</span>
      </div></div>`;
  }
}
