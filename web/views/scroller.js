// Scrolls over any number of lines of one height: only those in sight exist, the scrollbar stands for all of them.
const TALLEST = 15_000_000; // px; browsers stop counting somewhat above
const KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 0.9, PageUp: -0.9 };

/** `first` is the line at the upper edge, with fraction; `draw` is called, at most once a frame, when it changed. */
export class Scroller {
  first = 0;
  total = 0;
  own = 0;
  high = 0; // px of the frame when it was last fitted: asked while drawing, it would lay the whole page out
  pending = null;

  /**
   * @param {{frame: HTMLElement, tall: HTMLElement, pane: HTMLElement}} parts  what scrolls, what is as high as all lines, what stays in sight
   * @param {{line: number, head?: number, resized?: () => void, draw: () => void}} rules  px a line, lines that a header takes
   */
  constructor(parts, { line, head = 0, resized = () => {}, draw }) {
    this.frame = parts.frame;
    this.tall = parts.tall;
    this.pane = parts.pane;
    this.line = line;
    this.head = head;
    this.draw = draw;
    this.frame.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.frame.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    this.frame.addEventListener("keydown", (event) => this.#pressed(event));
    this.watcher = new ResizeObserver(() => {
      resized();
      this.fit();
    });
    this.watcher.observe(this.frame);
  }

  close() {
    this.watcher.disconnect();
    cancelAnimationFrame(this.pending);
    this.draw = () => {}; // an answer may still be on its way
  }

  /** Lines that fit below the header. */
  get visible() {
    return Math.max(1, this.high / this.line - this.head);
  }

  get last() {
    return Math.max(0, this.total - this.visible);
  }

  /** Pixels of scrolling per line: `line`, or less where that would be taller than a browser can count. */
  get scale() {
    return this.last ? (this.tallest - this.high) / this.last : this.line;
  }

  /** Pixels that stand for all lines. */
  get tallest() {
    return Math.min(TALLEST, (this.total + this.head) * this.line);
  }

  get crowded() {
    return this.scale < this.line - 0.01;
  }

  /** Take the number of lines and the size of the frame anew. */
  fit(total = this.total) {
    this.total = total;
    this.tall.style.height = `${this.tallest}px`;
    this.high = this.frame.clientHeight;
    this.pane.style.height = `${this.high}px`;
    this.moveTo(this.first);
  }

  moveTo(first) {
    this.first = Math.max(0, Math.min(this.last, first));
    this.frame.scrollTop = this.first * this.scale;
    this.own = this.frame.scrollTop;
    this.later();
  }

  /** Scroll as little as brings a line into sight whole. */
  show(line) {
    if (line < this.first) this.moveTo(line);
    else if (line + 1 > this.first + this.visible) this.moveTo(line + 1 - this.visible);
  }

  later() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  #scrolled() {
    if (Math.abs(this.frame.scrollTop - this.own) < 1) return; // our own doing
    this.own = -1;
    this.first = Math.min(this.last, this.frame.scrollTop / this.scale);
    this.later();
  }

  /** Where a pixel is many lines, wheel and keys still go line by line. */
  #wheeled(event) {
    if (!this.crowded || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    this.moveTo(this.first + (event.deltaMode ? event.deltaY : event.deltaY / this.line));
  }

  #pressed(event) {
    const by = KEYS[event.key];
    if (!by || event.target !== this.frame || event.defaultPrevented || !this.crowded) return;
    event.preventDefault();
    this.moveTo(this.first + (Math.abs(by) < 1 ? by * this.visible : by));
  }
}
