// Rows or chips of a result in blocks of the worker's making: what was asked for once is at hand, the view seldom waits.

const BLOCK = 256; // rows asked for at a time
const HELD = 64; // blocks kept, the latest used last
const AT_ONCE = 4; // blocks asked for at a time; who scrolls faster gets what is in sight then

export class RowCache {
  /**
   * @param {(first: number, count: number) => Promise<{value: any, buffers: object}>} ask
   * @param {(buffers: object, value: any) => object[]} unpack  makes the objects of a block
   * @param {number} size  of a block
   */
  constructor(ask, unpack = unpackRows, size = BLOCK) {
    this.ask = ask;
    this.unpack = unpack;
    this.block = size;
    /** @type {Map<number, object[]>} */
    this.blocks = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.asked = new Map();
    this.total = null;
  }

  /** How many rows the view has; the first block tells. */
  async size() {
    if (this.total === null) await this.#fetch(0);
    return this.total;
  }

  /** What is at a place as `unpack` made it ({row, line, code, start, end, count, ids, places}), null if not at hand. */
  row(at) {
    return this.blocks.get(Math.floor(at / this.block))?.[at % this.block] ?? null;
  }

  /** A promise for the rows `first` .. `end - 1` that are not at hand, or null if all are; the next block is asked ahead. */
  missing(first, end) {
    const from = Math.floor(first / this.block);
    const to = Math.floor(Math.max(first, end - 1) / this.block);
    const waits = [];
    for (let at = from; at <= to; at += 1) {
      if (this.blocks.has(at)) this.#keep(at, this.blocks.get(at));
      else if (this.asked.has(at) || this.asked.size < AT_ONCE) waits.push(this.#fetch(at));
      else return Promise.race(this.asked.values());
    }
    if (!waits.length && (to + 1) * this.block < this.total && !this.blocks.has(to + 1)) this.#fetch(to + 1).catch(() => {});
    return waits.length ? Promise.all(waits) : null;
  }

  #fetch(at) {
    if (!this.asked.has(at)) {
      const request = this.ask(at * this.block, this.block).then(({ value, buffers }) => {
        this.total = value.total;
        this.#keep(at, this.unpack(buffers, value));
      });
      this.asked.set(at, request.finally(() => this.asked.delete(at)));
    }
    return this.asked.get(at);
  }

  #keep(at, block) {
    this.blocks.delete(at);
    this.blocks.set(at, block);
    if (this.blocks.size > HELD) this.blocks.delete(this.blocks.keys().next().value);
  }
}

/** A block's columns as a few hundred objects. */
export function unpackRows({ rows, lines, codes, starts, ends, counts, ids, id_offsets: offsets, id_codes, id_starts, id_ends }) {
  return Array.from(rows, (row, at) => {
    const tokens = Array.from({ length: offsets[at + 1] - offsets[at] }, (_, step) => offsets[at] + step);
    return {
      row, line: lines[at], code: codes[at], start: starts[at] >>> 0, end: ends[at] >>> 0, count: counts[at],
      ids: tokens.map((token) => ids[token]),
      places: tokens.map((token) => ({ code: id_codes[token], start: id_starts[token], end: id_ends[token] })),
    };
  });
}
