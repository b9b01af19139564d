// The sequence letter by letter, its bins coloured, the coverage above: only the lines in sight exist. Keys walk from bin to bin.
import { Component } from "../../vendor/preact.js";
import { useEffect, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { chooseBin, desk, look, onJump } from "../../motifs.js";
import { columnsOf, coverPath, linesOf, LINES, windowOf } from "../../plain/motifwords.js";
import { RowCache } from "../../pool/rowcache.js";
import { count, percent, plural, shown } from "../../plain/words.js";
import { element } from "../chips.js";
import { Scroller } from "../scroller.js";
import { useAnswer } from "../asked.js";

const LINE = 52; // px, as in style/motif.css
const HIGH = 20; // px of coverage
const SVG = "http://www.w3.org/2000/svg";

export function Legend() {
  const { answer } = useAnswer(() => look("motif_legend"), []);
  const { result, number } = desk.value;
  if (!answer) return null;
  const { texts, names, bins, led, leaders } = answer.value;
  const total = result.sequences[number].bins;
  return html`<figure class="motif-legend" aria-label="Colours of bins"><figcaption>A bin has the colour of its strongest ${result.fitted ? "cluster" : "motif"}, if one fills half of it or more. ${leaders > texts.length && `Colours come round again: ${plural(leaders, "leader")} share ${texts.length} of them; these lead most.`}</figcaption>
    <ul>${texts.map((text, at) => html`<li key=${text}><span class=${`motif-key motif-hue-${at + 1}`} aria-hidden="true"></span>${shown(names[at], 60)} <span class="quiet">${shown(text)}, ${count(bins[at])} bins</span></li>`)}
      <li><span class="motif-key" aria-hidden="true"></span>none <span class="quiet">${percent(total - led, total)} of the bins</span></li></ul></figure>`;
}

/** What the slider says of the chosen bin. */
function useWords(one) {
  const { bin } = desk.value;
  const [words, setWords] = useState("");
  useEffect(() => {
    let wanted = true;
    if (bin !== null) look("motif_bin", bin).then(({ value }) => wanted && setWords(
      `bin ${count(bin + 1)} of ${count(one.bins)}, bases ${count(value.start)} to ${count(value.end)}, ${value.gap ? "no known base" : value.members[0]?.value >= value.threshold ? `led by ${value.members[0].name}` : "led by none"}`,
    ), () => {});
    return () => { wanted = false; };
  }, [bin]);
  return bin === null ? "no bin yet; arrow keys walk" : words;
}

export function Strip({ one }) {
  const words = useWords(one);
  return html`<${Lines} one=${one} bin=${desk.value.bin} words=${words} />`;
}

class Lines extends Component {
  columns = 0;
  lines = [];
  hovered = null;
  asked = 0;
  wanted = 0;

  componentDidMount() {
    const { frame, tall, pane } = this;
    this.scroller = new Scroller({ frame, tall, pane }, { line: LINE, resized: () => this.measure(), draw: () => this.draw() });
    document.fonts?.ready.then(() => this.measure());
    this.measure();
    onJump((base) => this.scroller.moveTo(Math.floor(base / this.columns) - 1));
  }

  componentWillUnmount() {
    onJump(() => {});
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
    this.cache = new RowCache((first, many) => look("motif_window", ...windowOf(first, many, columns)).then(({ value, buffers }) => ({
      value: { ...value, total: Math.ceil(value.size / columns) }, buffers,
    })), (buffers, value) => linesOf(buffers, value, columns), LINES);
    this.lines.splice(0).forEach((line) => line.remove());
    this.scroller.first = at / columns;
    this.scroller.fit(Math.ceil(this.props.one.bases / columns));
  }

  draw() {
    if (!this.body || !this.cache) return;
    const { first, visible, total } = this.scroller;
    const top = Math.floor(first);
    const wanted = Math.min(total, Math.ceil(visible) + 1);
    while (this.lines.length < wanted) this.lines.push(this.body.appendChild(lineOf()));
    while (this.lines.length > wanted) this.lines.pop().remove();
    const { cache } = this;
    const missing = cache.missing(top, Math.min(total, top + wanted));
    if (missing) missing.then(() => cache === this.cache && this.scroller.later(), () => {});
    this.body.style.transform = `translateY(${-Math.round((first - top) * LINE)}px)`;
    this.lines.forEach((line, at) => this.#fill(line, top + at));
    for (const line of this.lines) for (const piece of line.children[2].children) piece.classList.toggle("motif-chosen", piece.bin === this.props.bin);
  }

  #fill(line, at) {
    line.hidden = at >= this.scroller.total;
    const row = this.cache.row(at);
    if (line.shows === row && row) return;
    line.shows = row;
    const [place, cover, letters] = line.children;
    place.textContent = row ? count(row.first) : "";
    cover.setAttribute("width", String(this.columns * this.letter));
    cover.firstChild.setAttribute("d", row ? coverPath(row.cover, this.props.one.peak, this.letter, HIGH) : "");
    letters.replaceChildren(...(row?.pieces ?? []).map((piece) => pieceOf(piece, row.letters)));
  }

  #over(event) {
    const bin = event.target.bin ?? null;
    if (bin === null || bin === this.hovered || event.pointerType !== "mouse" || !(event.movementX || event.movementY)) return;
    this.hovered = bin;
    clearTimeout(this.asked);
    this.asked = setTimeout(() => chooseBin(bin), 60); // a pointer on its way elsewhere asks for nothing
  }

  /** Choose a bin and bring it into sight; keys that come faster than answers go on from here. */
  async go(bin) {
    this.wanted = Math.max(0, Math.min(this.props.one.bins - 1, bin));
    chooseBin(this.wanted);
    const { value } = await look("motif_bin", this.wanted);
    if (value.bin === this.wanted) this.scroller.show(Math.floor(value.start / this.columns));
  }

  async #down(lines) {
    const { one } = this.props;
    const { bin } = desk.peek();
    if (bin === null) return this.go(0);
    const { value: { start } } = await look("motif_bin", bin);
    const at = Math.max(0, Math.min(one.bases - 1, start + lines * this.columns));
    return this.go((await look("motif_locate", at)).value.bin);
  }

  #pressed(event) {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const { one } = this.props;
    const { bin } = desk.peek();
    const page = Math.max(1, Math.floor(this.scroller.visible));
    const ways = {
      ArrowRight: () => this.go(bin === null ? 0 : bin + 1), ArrowLeft: () => this.go((bin ?? 0) - 1), Home: () => this.go(0), End: () => this.go(one.bins - 1),
      ArrowDown: () => this.#down(1), ArrowUp: () => this.#down(-1), PageDown: () => this.#down(page), PageUp: () => this.#down(-page),
    };
    if (!ways[event.key]) return;
    event.preventDefault();
    ways[event.key]().catch(() => {});
  }

  render({ one, bin, words }) {
    return html`<div class="motif-strip">
      <span class="motif-probe" aria-hidden="true" ref=${(node) => (this.probe = node)}>${"A".repeat(100)}</span>
      <div class="grid motif-frame" tabindex="0" role="slider" aria-label="Bins of the sequence" aria-valuemin="0" aria-valuemax=${one.bins} aria-valuenow=${bin === null ? 0 : bin + 1} aria-valuetext=${words}
          ref=${(node) => (this.frame = node)} onKeyDown=${(event) => this.#pressed(event)} onPointerMove=${(event) => this.#over(event)}
          onClick=${({ target }) => target.bin !== undefined && chooseBin(target.bin)}>
        <div class="grid-tall" ref=${(node) => (this.tall = node)}><div class="grid-window" ref=${(node) => (this.pane = node)}>
          <div class="motif-body" ref=${(node) => (this.body = node)}></div>
        </div></div>
        <span class="motif-place motif-gutter" aria-hidden="true" ref=${(node) => (this.gutter = node)}>${count(one.bases)}</span>
      </div></div>`;
  }
}

function lineOf() {
  const line = element("div", "motif-line", "");
  const cover = document.createElementNS(SVG, "svg");
  cover.setAttribute("height", String(HIGH));
  cover.setAttribute("class", "motif-cover");
  cover.append(document.createElementNS(SVG, "path"));
  line.append(element("span", "motif-place", ""), cover, element("div", "motif-letters", ""));
  return line;
}

function pieceOf({ bin, from, to, hue, gap, begins }, letters) {
  const piece = element("span", `motif-piece motif-hue-${hue}${gap ? " motif-gap" : ""}${begins ? " motif-begins" : ""}`, letters.slice(from, to));
  piece.bin = bin;
  return piece;
}
