// Any number of chips in lines that wrap at the width of the frame: only the lines in sight exist, the keyboard walks all.
// Chips of one view are equally wide, so the place of each is known without drawing those before it.
import { Component } from "../vendor/preact.js";
import { html } from "../html.js";
import { lettersOf, walked } from "../plain/chipwords.js";
import { Scroller } from "./scroller.js";
import { count } from "../plain/words.js";
import { fillLine, lineOf } from "./chipline.js";

const LINE = 34; // px, as in style/tokens.css
const LETTER = 7.3; // px of a letter of a chip
const AROUND = 28; // px of padding, border and gaps around them
const NARROW = 560; // px of frame below which lines go unnumbered
const MOST = 3000; // chips that are ever mounted
const AT_ONCE = 5; // lines of a new view that are mounted in one frame

/** Draws chips of `cache`; `active` is the one that keys start from. */
export class ChipGrid extends Component {
  columns = 1;
  from = 0;
  limit = 0; // lines that may be mounted by now: a view of many grows over a few frames
  unfit = true; // whether lines must be laid out anew, which waits for a frame: asked before, sizes would lay the whole page out
  lines = [];

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: LINE, resized: () => this.measure(), draw: () => this.draw() });
    this.props.onMount(this);
  }

  componentDidUpdate(before) {
    const { cache, known, show, total } = this.props;
    if (before.cache !== cache) this.scroller.first = 0;
    this.unfit ||= before.cache !== cache || before.show !== show || before.total !== total || before.known !== known;
    this.scroller.later();
  }

  componentWillUnmount() {
    this.scroller.close();
  }

  /** Lay the lines out for the width there is; what stood at the upper edge stays there. */
  measure() {
    const { known, show, total } = this.props;
    const { clientWidth: wide } = this.frame;
    const gutter = wide < NARROW ? 0 : Math.ceil(count(total).length * LETTER) + 20;
    const columns = Math.max(1, Math.floor((wide - gutter - 20) / (lettersOf(show, known) * LETTER + AROUND)));
    if (columns === this.columns && !this.unfit) return;
    this.unfit = false;
    const at = this.scroller.first * this.columns;
    this.columns = columns;
    this.body.style.setProperty("--columns", String(columns));
    this.body.style.setProperty("--gutter", `${gutter}px`);
    this.body.classList.toggle("chips-bare", !gutter);
    this.lines.splice(0).forEach((line) => line.remove());
    this.limit = 0;
    this.scroller.first = at / columns;
    this.scroller.fit(Math.ceil(total / columns));
  }

  /** Draw the lines in sight; those of a new view come a few a frame, unless all are wanted now. */
  draw(all = false) {
    if (!this.body) return; // the view has gone; what was looked up for it has just come
    if (this.unfit) this.measure();
    const { active, cache, total } = this.props;
    const { first, visible } = this.scroller;
    const from = Math.max(0, Math.floor(first) - 1);
    const end = Math.min(this.scroller.total, Math.ceil(first + visible) + 1, from + Math.floor(MOST / this.columns));
    this.limit = all ? Infinity : this.limit + AT_ONCE;
    const to = Math.min(end, from + this.limit);
    if (to < end) this.scroller.later();
    const missing = cache.missing(Math.max(0, from * this.columns - 1), Math.min(total, to * this.columns + 1));
    if (missing) missing.then(() => cache === this.props.cache && this.scroller.later(), this.props.onTrouble);
    this.#mount(from, to);
    this.body.style.transform = `translateY(${Math.round((from - first) * LINE)}px)`;
    this.lines.forEach((line, at) => fillLine(line, (from + at) * this.columns, this.props));
    this.frame.tabIndex = active !== null && this.nodeOf(active) ? -1 : 0; // one stop for the tab key
  }

  /** Keep the lines that stay in sight, so that focus stays where it is. */
  #mount(from, to) {
    const focused = this.body.contains(document.activeElement);
    while (this.lines.length && this.from < from) (this.lines.shift().remove(), (this.from += 1));
    while (this.lines.length && this.from + this.lines.length > to) this.lines.pop().remove();
    if (!this.lines.length) this.from = from;
    while (this.from > from) (this.lines.unshift(lineOf(this.columns)), this.body.prepend(this.lines[0]), (this.from -= 1));
    while (this.from + this.lines.length < to) this.lines.push(this.body.appendChild(lineOf(this.columns)));
    if (focused && !this.body.contains(document.activeElement)) this.frame.focus({ preventScroll: true });
  }

  /** The element of a chip, if its line is in sight. */
  nodeOf(at) {
    return this.lines[Math.floor(at / this.columns) - this.from]?.children[(at % this.columns) + 1] ?? null;
  }

  /** Choose a chip from afar, with room above. */
  jump(at) {
    this.scroller.moveTo(Math.floor(at / this.columns) - 2);
    this.choose(at);
  }

  focus(at) {
    this.scroller.show(Math.floor(at / this.columns));
    this.draw(true);
    this.nodeOf(at)?.focus({ preventScroll: true });
    this.reveal(at);
  }

  /** Scroll the page, if need be, so that nothing covers a chip. */
  reveal(at) {
    this.nodeOf(at)?.scrollIntoView({ block: "nearest" });
  }

  /** Bring a chip into sight, give it the focus, and tell of it. */
  choose(at) {
    this.focus(at);
    this.props.onActive(at);
  }

  #pressed(event) {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const fresh = event.target === this.frame; // the first key shows where one is
    const from = fresh ? Math.floor(this.scroller.first) * this.columns : this.props.active;
    const page = this.columns * Math.max(1, Math.floor(this.scroller.visible));
    const to = walked(event.key, { from, columns: this.columns, page, total: this.props.total });
    if (event.key === "Enter" || event.key === " ") this.props.onEnter();
    else if (to === null) return;
    else this.choose(fresh && event.key !== "Home" && event.key !== "End" ? from : to);
    event.preventDefault();
  }

  render({ label, onHover }) {
    const chipOf = ({ target }) => target.closest?.("[role=option]")?.at;
    const moved = ({ movementX, movementY }) => movementX || movementY; // not when chips pass by below a resting pointer
    const heard = (event, hear) => chipOf(event) !== undefined && hear(chipOf(event));
    return html`<div class="grid chips-frame" role="listbox" aria-label=${label} aria-orientation="horizontal" ref=${(node) => (this.frame = node)}
        onKeyDown=${(event) => this.#pressed(event)} onClick=${(event) => heard(event, (at) => this.choose(at))}
        onPointerMove=${(event) => event.pointerType === "mouse" && moved(event) && heard(event, onHover)} onPointerLeave=${() => onHover(null)}>
      <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
        <div class="chips-body" ref=${(node) => (this.body = node)}></div>
      </div></div>
    </div>`;
  }
}
