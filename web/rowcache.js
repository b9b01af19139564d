// Rows of a result in blocks of the worker's making: what was asked for once is at hand, the table seldom waits.

const BLOCK = 256; // rows asked for at a time
const HELD = 64; // blocks kept, the latest used last

export class RowCache {
  /** @param {(first: number, count: number) => Promise<{value: any, buffers: object}>} ask */
  constructor(ask) {
    this.ask = ask;
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

  /** A row that is at hand as {row, line, code, start, end, count, ids, places}, else null. */
  row(at) {
    return this.blocks.get(Math.floor(at / BLOCK))?.[at % BLOCK] ?? null;
  }

  /** A promise for the rows `first` .. `end - 1` that are not at hand, or null if all are; the next block is asked ahead. */
  missing(first, end) {
    const from = Math.floor(first / BLOCK);
    const to = Math.floor(Math.max(first, end - 1) / BLOCK);
    const waits = [];
    for (let at = from; at <= to; at += 1) {
      if (this.blocks.has(at)) this.#keep(at, this.blocks.get(at));
      else waits.push(this.#fetch(at));
    }
    if (!waits.length && (to + 1) * BLOCK < this.total && !this.blocks.has(to + 1)) this.#fetch(to + 1).catch(() => {});
    return waits.length ? Promise.all(waits) : null;
  }

  #fetch(at) {
    if (!this.asked.has(at)) {
      const request = this.ask(at * BLOCK, BLOCK).then(({ value, buffers }) => {
        this.total = value.total;
        this.#keep(at, unpacked(buffers));
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
function unpacked({ rows, lines, codes, starts, ends, counts, ids, id_offsets: offsets, id_codes, id_starts, id_ends }) {
  return Array.from(rows, (row, at) => {
    const tokens = Array.from({ length: offsets[at + 1] - offsets[at] }, (_, step) => offsets[at] + step);
    return {
      row, line: lines[at], code: codes[at], start: starts[at] >>> 0, end: ends[at] >>> 0, count: counts[at],
      ids: tokens.map((token) => ids[token]),
      places: tokens.map((token) => ({ code: id_codes[token], start: id_starts[token], end: id_ends[token] })),
    };
  });
}
