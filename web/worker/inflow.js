// A file on its way in: inflated as it comes, kept in one buffer, checked part by part, so that its first part can be used
// while the rest is still under way.
import { unreached } from "../protocol.js";

/** A file of the page that did not arrive as it was built. */
export class DamagedFile extends Error {
  constructor(name, reason) {
    super(`A file of this page is damaged or missing: ${name} (${reason})`);
    this.file = name;
  }
}

/** A file of the page that could not be asked for. */
export class UnreachedFile extends DamagedFile {
  constructor(name, reason) {
    super(name, reason);
    this.message = unreached(name).message;
  }
}

export class Inflow {
  #reader;
  #bytes;
  #filled = 0;
  #given = 0;
  #parts;

  /**
   * @param {string} name for messages
   * @param {Promise<Response>} response
   * @param {{bytes: number, sha256: string, gzip?: boolean, parts?: {bytes: number, sha256: string}[]}} entry of build.json
   * @param {(bytes: number) => void} arrived hears of bytes, inflated
   */
  constructor(name, response, entry, arrived) {
    this.name = name;
    this.arrived = arrived;
    this.#parts = [...(entry.parts ?? [entry])];
    this.#bytes = new Uint8Array(entry.bytes);
    this.#reader = response.then(({ body }) => (entry.gzip ? plain(body.getReader()) : body.getReader()));
    this.#reader.catch(() => {}); // told to whoever asks for a part
  }

  get more() {
    return this.#parts.length > 0;
  }

  /** The next part: a view of the buffer, which stays valid. */
  async next() {
    const { bytes, sha256 } = this.#parts.shift();
    const from = this.#given;
    this.#given += bytes;
    await this.#fill(this.#given, this.#parts.length === 0);
    const part = this.#bytes.subarray(from, this.#given);
    if (!(await isAsBuilt(part, sha256))) throw new DamagedFile(this.name, "wrong SHA-256");
    return part;
  }

  async #fill(upTo, toTheEnd) {
    const { length } = this.#bytes;
    const reader = await this.#reader;
    while (this.#filled < upTo || toTheEnd) {
      const { done, value } = await reader.read().catch((error) => {
        throw new DamagedFile(this.name, error.message);
      });
      if (done) break;
      if (this.#filled + value.length > length) throw new DamagedFile(this.name, `more than ${length} bytes`);
      this.#bytes.set(value, this.#filled);
      this.#filled += value.length;
      this.arrived(value.length);
    }
    if (this.#filled < upTo) throw new DamagedFile(this.name, `${this.#filled} of ${length} bytes`);
  }
}

/** Hosts may or may not inflate `.gz` files on the way, so the content decides. */
async function plain(reader) {
  const first = await reader.read();
  const again = new ReadableStream({
    start: (controller) => first.value && controller.enqueue(first.value),
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const packed = first.value?.[0] === 0x1f && first.value[1] === 0x8b;
  return (packed ? again.pipeThrough(new DecompressionStream("gzip")) : again).getReader();
}

/** Only secure contexts can hash; elsewhere the size must do. */
async function isAsBuilt(bytes, sha256) {
  if (!self.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}
