// The sequence letter by letter; below it the codes of each level, coarse above fine, and the letters that come back otherwise.
import { bandPaths, boxesIn, codeLinesOf, tokenAt } from "../../plain/vqwords.js";
import { element } from "../chips.js";
import { Letters } from "../dna/letters.js";

const [LETTERS, BAND, DECODED, GAP] = [24, 19, 20, 9]; // px, as in style/vq.css
const ROOM = 24; // px that the number of a code needs
const SVG = "http://www.w3.org/2000/svg";

function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

export class Strip extends Letters {
  constructor(props) {
    super(props);
    this.levels = props.model.levels.length;
    this.back = props.one.told !== null;
    this.line = LETTERS + this.levels * BAND + (this.back ? DECODED : 0) + GAP;
  }

  blocks(first, last) {
    return this.props.desk.look("window", first, last);
  }

  lines(buffers, value) {
    return codeLinesOf(buffers, value, this.columns, this.levels);
  }

  make() {
    const line = super.make("vq-line");
    line.append(element("div", "dna-letters", ""), drawn("svg", { class: "vq-bands", height: this.levels * BAND, "aria-hidden": "true" }), element("div", "vq-back", ""), element("div", "vq-marks", ""));
    line.style.height = `${this.line}px`;
    return line;
  }

  fill(line, row) {
    const [, letters, bands, back] = line.children;
    letters.textContent = row?.letters ?? "";
    bands.setAttribute("width", String(this.columns * this.letter));
    bands.replaceChildren(...(row ? this.#bandsOf(row) : []));
    back.replaceChildren(...(row?.decoded ?? "").split(/([^· ]+)/).map((part, at) => (at % 2 ? element("b", "vq-wrong", part) : document.createTextNode(part))));
  }

  #bandsOf({ tokens }) {
    const parts = [];
    for (let level = 0; level < this.levels; level += 1) {
      const top = level * BAND;
      for (const [hue, d] of bandPaths(tokens, level, this.letter, top, BAND - 2)) parts.push(drawn("path", { d, class: `vq-band dna-hue-${hue}` }));
      if (this.letter * this.props.model.stride < ROOM) continue;
      for (const { from, to, codes } of tokens) {
        if (codes[level] >= 0 && (to - from) * this.letter >= ROOM) parts.push(drawn("text", { x: from * this.letter + 3, y: top + BAND - 6 }, String(codes[level])));
      }
    }
    return parts;
  }

  /** The chosen token, and those that a changed base changes, with that base. */
  mark(lines) {
    const { at, one, model, change } = this.props;
    const spanOf = (token) => [one.first + token * model.stride, Math.min(one.first + (token + 1) * model.stride, one.bases)];
    const marks = /** @type {[string, [number, number][]][]} */ ([
      ["vq-changed", change ? Array.from(change.buffers.starts, (start, each) => [start, change.buffers.ends[each]]) : []],
      ["vq-new", change ? [[change.position, change.position + 1]] : []],
      ["vq-chosen", at === null ? [] : [spanOf(at)]],
    ]);
    for (const line of lines) {
      const row = line.hidden ? null : line.shows;
      line.lastChild.replaceChildren(...(row ? marks.flatMap(([name, spans]) => boxesIn(spans, row.first, row.letters.length).map(([from, to]) => {
        const box = element("span", name, name === "vq-new" ? change.letter : "");
        Object.assign(box.style, { left: `${from * this.letter - 1}px`, width: `${(to - from) * this.letter + 1}px` });
        return box;
      })) : []));
    }
  }

  thingAt({ target, clientX }) {
    const line = target.closest?.(".dna-line");
    if (!line?.shows) return null;
    const column = Math.floor((clientX - line.children[1].getBoundingClientRect().left) / this.letter);
    return column >= 0 && column < line.shows.letters.length ? line.shows.first + column : null;
  }

  choose(base) {
    this.props.onBase(base);
  }

  #go(token) {
    const { one, model } = this.props;
    const bound = Math.max(0, Math.min(one.tokens - 1, token));
    const base = Math.max(0, one.first + bound * model.stride);
    this.choose(base);
    this.show(base);
  }

  pressed(key) {
    const { one, model, at } = this.props;
    const { base } = this.props.desk.peek();
    const token = tokenAt(base, one, model.stride) ?? at;
    const page = Math.max(1, Math.floor(this.scroller.visible)) * this.columns;
    const by = (bases) => this.#go(token === null ? 0 : tokenAt(Math.max(0, Math.min(one.bases - 1, one.first + token * model.stride + bases)), one, model.stride));
    const ways = {
      ArrowRight: () => this.#go(token === null ? 0 : token + 1), ArrowLeft: () => this.#go((token ?? 0) - 1), Home: () => this.#go(0), End: () => this.#go(one.tokens - 1),
      ArrowDown: () => by(this.columns), ArrowUp: () => by(-this.columns), PageDown: () => by(page), PageUp: () => by(-page),
    };
    ways[key]?.();
    return key in ways;
  }
}
