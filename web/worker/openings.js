// The order of universes: the one asked for last comes into force, whichever has its bytes first; and while the first is
// on its way, as after a new start, what needs one waits instead of being refused.
const OPENING = new Set(["open_asset", "open_universe", "set_universe"]);
const NEEDS_NONE = new Set([...OPENING, "boot", "ping", "hello", "configure", "enter", "leave", "load_packages"]);

export class Openings {
  #last = 0; // the request for a universe that came last
  #inForce = false;
  /** @type {{id: number, over: Promise<void>, end: () => void}|null} */
  #first = null;

  /** Hear of a request as soon as it comes. */
  hear(id, op) {
    if (!OPENING.has(op)) return;
    this.#last = id;
    if (this.#inForce) return;
    const before = this.#first;
    let end = () => {};
    const over = /** @type {Promise<void>} */ (new Promise((resolve) => (end = resolve)));
    this.#first = { id, over, end };
    before?.end(); // who waits goes on to wait for this one
  }

  /** Whether another universe was asked for since. */
  overtaken(id, op) {
    return OPENING.has(op) && this.#last !== id;
  }

  /** Resolves at once, or, if the operation needs a universe, when the first one is no longer on its way. */
  async turn(op) {
    while (this.#first && !NEEDS_NONE.has(op) && !op.startsWith("motif_")) await this.#first.over;
  }

  /** A request was answered, well or with an error. */
  done(id, op, well) {
    this.#inForce ||= well && OPENING.has(op);
    if (this.#first?.id !== id) return;
    const { end } = this.#first;
    this.#first = null;
    end();
  }
}
