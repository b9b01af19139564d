// The tokens of a universe as columns: texts and regions of ids without asking the engine for each.
import { GenotokError } from "./mistakes.js";

export class Vocabulary {
  #map = null;

  /**
   * @param {{chrom_names: string[], texts: [number, string, string][]}} meta  as `universe_arrays` says it; `texts` are numbers
   *   that the file spells in another way than plain digits, and that tokens repeat
   * @param {{codes: Int32Array, starts: Int32Array, ends: Int32Array}} columns  starts and ends are the bits of uint32
   * @param {{ids: Record<string, number>, texts: Record<string, string>}} specials
   */
  constructor({ chrom_names: chroms, texts }, { codes, starts, ends }, specials) {
    this.chroms = chroms;
    this.codes = codes;
    this.starts = starts;
    this.ends = ends;
    this.odd = new Map(texts.map(([row, start, end]) => [row, [start, end]]));
    this.specials = new Map(Object.keys(specials.ids).map((role) => [specials.ids[role], specials.texts[role]]));
    this.size = codes.length + this.specials.size; // roles may share a token
  }

  /** ("chr1", 10, 20) -> "chr1:10-20", a special token's own text */
  textOf(id) {
    const special = this.specials.get(this.#checked(id));
    if (special !== undefined) return special;
    const [start, end] = this.odd.get(id) ?? [this.starts[id] >>> 0, this.ends[id] >>> 0];
    return `${this.chroms[this.codes[id]]}:${start}-${end}`;
  }

  /** @returns {[chrom: string, start: number, end: number] | null} null for a special token */
  regionOf(id) {
    return this.#checked(id) < this.codes.length ? [this.chroms[this.codes[id]], this.starts[id] >>> 0, this.ends[id] >>> 0] : null;
  }

  /** Every token with its id, in the order of the ids. @returns {Map<string, number>} */
  get map() {
    this.#map ??= new Map(Array.from({ length: this.size }, (_, id) => [this.textOf(id), id]));
    return this.#map;
  }

  #checked(id) {
    if (Number.isInteger(id) && id >= 0 && id < this.size) return id;
    throw new GenotokError(`${id} is no id`, { code: "VocabularyError", hint: `ids are whole numbers from 0 to ${this.size - 1}` });
  }
}
