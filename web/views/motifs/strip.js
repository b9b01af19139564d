// The sequence letter by letter, its bins coloured, the coverage above. Keys walk from bin to bin.
import { useEffect, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { chooseBin, desk } from "../../motifs.js";
import { coverPath, linesOf } from "../../plain/motifwords.js";
import { count, percent, plural, shown } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { element } from "../chips.js";
import { Letters } from "../dna/letters.js";

const HIGH = 20; // px of coverage
const SVG = "http://www.w3.org/2000/svg";

export function Legend() {
  const { answer } = useAnswer(() => desk.look("legend"), []);
  const { result, number } = desk.value;
  if (!answer) return null;
  const { texts, names, bins, led, leaders } = answer.value;
  const total = result.sequences[number].bins;
  return html`<figure class="dna-legend" aria-label="Colours of bins"><figcaption>A bin has the colour of its strongest ${result.fitted ? "cluster" : "motif"}, if one fills half of it or more. ${leaders > texts.length && `Colours come round again: ${plural(leaders, "leader")} share ${texts.length} of them; these lead most.`}</figcaption>
    <ul>${texts.map((text, at) => html`<li key=${text}><span class=${`dna-key dna-hue-${at + 1}`} aria-hidden="true"></span>${shown(names[at], 60)} <span class="quiet">${shown(text)}, ${count(bins[at])} bins</span></li>`)}
      <li><span class="dna-key" aria-hidden="true"></span>none <span class="quiet">${percent(total - led, total)} of the bins</span></li></ul></figure>`;
}

/** What the slider says of the chosen bin. */
function useWords(one) {
  const { bin } = desk.value;
  const [words, setWords] = useState("");
  useEffect(() => {
    let wanted = true;
    if (bin !== null) desk.look("bin", bin).then(({ value }) => wanted && setWords(
      `bin ${count(bin + 1)} of ${count(one.bins)}, bases ${count(value.start)} to ${count(value.end)}, ${value.gap ? "no known base" : value.members[0]?.value >= value.threshold ? `led by ${value.members[0].name}` : "led by none"}`,
    ), () => {});
    return () => { wanted = false; };
  }, [bin]);
  return bin === null ? "no bin yet; arrow keys walk" : words;
}

export function Strip({ one }) {
  const words = useWords(one);
  const { bin } = desk.value;
  return html`<${Lines} desk=${desk} one=${one} label="Bins of the sequence" most=${one.bins} at=${bin} words=${words} />`;
}

class Lines extends Letters {
  wanted = 0;

  blocks(first, last) {
    return desk.look("window", first, last);
  }

  lines(buffers, value) {
    return linesOf(buffers, value, this.columns);
  }

  make() {
    const line = super.make("motif-line");
    const cover = document.createElementNS(SVG, "svg");
    cover.setAttribute("height", String(HIGH));
    cover.setAttribute("class", "motif-cover");
    cover.append(document.createElementNS(SVG, "path"));
    line.append(cover, element("div", "dna-letters", ""));
    return line;
  }

  fill(line, row) {
    const [, cover, letters] = line.children;
    cover.setAttribute("width", String(this.columns * this.letter));
    cover.firstChild.setAttribute("d", row ? coverPath(row.cover, this.props.one.peak, this.letter, HIGH) : "");
    letters.replaceChildren(...(row?.pieces ?? []).map((piece) => pieceOf(piece, row.letters)));
  }

  mark(lines) {
    for (const line of lines) for (const piece of line.children[2].children) piece.classList.toggle("motif-chosen", piece.bin === this.props.at);
  }

  thingAt({ target }) {
    return target.bin ?? null;
  }

  choose(bin) {
    chooseBin(bin);
  }

  /** Choose a bin and bring it into sight; keys that come faster than answers go on from here. */
  async go(bin) {
    this.wanted = Math.max(0, Math.min(this.props.one.bins - 1, bin));
    chooseBin(this.wanted);
    const { value } = await desk.look("bin", this.wanted);
    if (value.bin === this.wanted) this.show(value.start);
  }

  async #down(lines) {
    const { one } = this.props;
    const { bin } = desk.peek();
    if (bin === null) return this.go(0);
    const { value: { start } } = await desk.look("bin", bin);
    const at = Math.max(0, Math.min(one.bases - 1, start + lines * this.columns));
    return this.go((await desk.look("locate", at)).value.bin);
  }

  pressed(key) {
    const { one } = this.props;
    const { bin } = desk.peek();
    const page = Math.max(1, Math.floor(this.scroller.visible));
    const ways = {
      ArrowRight: () => this.go(bin === null ? 0 : bin + 1), ArrowLeft: () => this.go((bin ?? 0) - 1), Home: () => this.go(0), End: () => this.go(one.bins - 1),
      ArrowDown: () => this.#down(1), ArrowUp: () => this.#down(-1), PageDown: () => this.#down(page), PageUp: () => this.#down(-page),
    };
    ways[key]?.().catch(() => {});
    return key in ways;
  }
}

function pieceOf({ bin, from, to, hue, gap, begins }, letters) {
  const piece = element("span", `motif-piece dna-hue-${hue}${gap ? " motif-gap" : ""}${begins ? " motif-begins" : ""}`, letters.slice(from, to));
  piece.bin = bin;
  return piece;
}
