// Rows of a result in blocks of the worker's making: the table asks for any stretch and seldom waits.

const BLOCK = 256; // rows asked for at a time
const HELD = 64; // blocks kept, the latest used last

export class RowCache {
  /** @param {(first: number, count: number) => Promise<{value: any, buffers: object}>} ask */
  constructor(ask) {
    this.ask = ask;
    this.blocks = new Map();
    this.total = null;
  }

  /** How many rows the view has; the first block tells. */
  async size() {
    if (this.total === null) await this.block(0);
    return this.total;
  }

  /** @returns {Promise<object[]>} rows `first` .. `end - 1` as {row, line, code, start, end, count, ids} */
  async stretch(first, end) {
    const from = Math.floor(first / BLOCK);
    const to = Math.floor(Math.max(first, end - 1) / BLOCK);
    const wanted = Array.from({ length: to - from + 1 }, (_, at) => this.block(from + at));
    const rows = (await Promise.all(wanted)).flat().slice(first - from * BLOCK, end - from * BLOCK);
    if (this.total > (to + 1) * BLOCK) this.block(to + 1).catch(() => {}); // scrolling goes on downwards, mostly
    return rows;
  }

  block(at) {
    const known = this.blocks.get(at);
    this.blocks.delete(at);
    const block = known ?? this.#fetch(at);
    this.blocks.set(at, block);
    if (this.blocks.size > HELD) this.blocks.delete(this.blocks.keys().next().value);
    return block;
  }

  async #fetch(at) {
    try {
      const { value, buffers } = await this.ask(at * BLOCK, BLOCK);
      this.total = value.total;
      return unpacked(buffers);
    } catch (error) {
      this.blocks.delete(at); // asked again next time
      throw error;
    }
  }
}

/** A block's columns as a few hundred objects. */
function unpacked({ rows, lines, codes, starts, ends, counts, ids, id_offsets: offsets }) {
  return Array.from(rows, (row, at) => ({
    row, line: lines[at], code: codes[at], start: starts[at] >>> 0, end: ends[at] >>> 0, count: counts[at],
    ids: Array.from(ids.subarray(offsets[at], offsets[at + 1])),
  }));
}
