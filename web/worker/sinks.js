// Where an output goes: into a Blob that the page hands to the browser, or straight into a file of the user's choice.
import { Gathered } from "./gathered.js";

/** @param {FileSystemFileHandle|null} target */
export async function openSink(target) {
  return target ? new Streamed(await target.createWritable()) : new Held();
}

class Held {
  gathered = new Gathered();

  add(part) {
    this.gathered.add(part);
  }

  close(type) {
    return { blob: this.gathered.blob("", type) };
  }

  abort() {}
}

/** The file appears when it is whole; until then the browser keeps what was written beside it. */
class Streamed {
  bytes = 0;

  /** @param {FileSystemWritableFileStream} stream */
  constructor(stream) {
    this.stream = stream;
  }

  async add(part) {
    if (part.length) await this.stream.write(part);
    this.bytes += part.length;
  }

  async close() {
    await this.stream.close();
    return { bytes: this.bytes };
  }

  abort() {
    return this.stream.abort();
  }
}
