// Parts of a large output on their way into one Blob: gathered into pieces that the browser may keep on disk.

const PIECE = 64 * 2 ** 20; // bytes that are held here at most

export class Gathered {
  constructor(piece = PIECE) {
    this.piece = piece;
    /** @type {Blob[]} */
    this.pieces = [];
    /** @type {Uint8Array<ArrayBuffer>[]} */
    this.parts = [];
    this.held = 0;
  }

  add(part) {
    if (!part.length) return;
    this.parts.push(part);
    this.held += part.length;
    if (this.held >= this.piece) this.#seal();
  }

  /** All of it, behind a head that is known only in the end. */
  blob(head, type) {
    this.#seal();
    return new Blob([head, ...this.pieces], { type });
  }

  #seal() {
    if (this.held) this.pieces.push(new Blob(this.parts));
    this.parts = [];
    this.held = 0;
  }
}
