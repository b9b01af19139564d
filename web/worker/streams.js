// Files through the session: streamed in, tokenized, streamed out; nothing is held whole.
import { Gathered } from "./gathered.js";
import { PART, SLICE, STEP } from "../protocol.js";
import { call, stage } from "./python.js";
import { openSink } from "./sinks.js";

let exporting = Promise.resolve(null); // the output under way

/** Slices of a file in order; the next one is read while this one is worked on. */
async function* slicesOf(file) {
  const read = async (at) => {
    // a file that is gone looks like an empty one, and only when read whole does it say so
    const bytes = new Uint8Array(await (file.size ? file.slice(at, at + SLICE) : file).arrayBuffer());
    if (bytes.length !== Math.min(SLICE, file.size - at)) throw new DOMException("the file has another size", "NotReadableError");
    return bytes;
  };
  let next = read(0);
  if (!file.size) await next;
  for (let at = 0; at < file.size; at += SLICE) {
    const bytes = await next;
    next = at + SLICE < file.size ? read(at + SLICE) : null;
    next?.catch(() => {}); // told when it is its turn
    yield { at, bytes };
  }
}

/** Hand a file on in steps short enough to stop between, on slow machines too. */
export async function pour(file, { turn }, take) {
  let kind = null;
  let step = 0;
  for await (const { at, bytes } of slicesOf(file)) {
    kind ??= bytes[0] === 0x1f && bytes[1] === 0x8b ? STEP.gzip : STEP.plain;
    step ||= kind.first;
    for (let from = 0; from < bytes.length; ) {
      await turn();
      const part = bytes.subarray(from, from + step);
      const began = performance.now();
      take(part, at + from + part.length);
      from += part.length;
      if (part.length < step) continue;
      const took = performance.now() - began;
      step = took > STEP.long ? Math.max(kind.least, step / 2) : took < STEP.short ? Math.min(kind.most, step * 2) : step;
    }
  }
}

/** Open something by `open_<kind>`, feed it a file, and finish it by `close`; what fails or is stopped is forgotten. */
async function fed(open, file, context, take, close) {
  const { value: { handle } } = open();
  try {
    await pour(file, context, (bytes, done) => {
      const { value } = call("feed", handle, stage(bytes));
      context.tell("read", done, file.size, value);
      take(handle);
    });
    await context.turn();
    context.tell("summarise", file.size, file.size);
    return close(handle);
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

const opened = (kind, file, { name = file.name, ...options } = {}, context) => fed(
  () => call(`open_${kind}`, name, file.size, JSON.stringify(options)), file, context, () => {}, (handle) => call(`close_${kind}`, handle),
);
export const openUniverse = (file, options, context) => opened("universe", file, options, context);
export const openFile = (file, options, context) => opened("file", file, options, context);

/** Tokenize a file straight into an output of some format; neither is ever held whole. */
export async function streamFile(file, format, { name: path = file.name, ...options }, context) {
  const gathered = new Gathered();
  const drain = (handle) => {
    for (let more = true; more; ) {
      const { value, buffers: { part } } = call("take_stream", handle, PART);
      gathered.add(part);
      more = value.more;
    }
  };
  const open = () => call("open_stream", path, file.size, format, options);
  return fed(open, file, context, drain, (handle) => {
    const { value: words } = call("close_stream", handle);
    drain(handle);
    const { value: { name, mime }, buffers: { head } } = call("end_stream", handle);
    return { words, name, mime, blob: gathered.blob(head, mime) };
  });
}

/** One of the page's own universes, unless another was asked for while it was fetched. */
export async function openAsset(fence, path, name, { turn }) {
  const bytes = await fence.bytes(path);
  await turn();
  return call("open_asset", stage(bytes), name);
}

/** One of the page's own universes beside the one in use. */
export const layAsset = async (fence, path, name) => call("lay_asset", stage(await fence.bytes(path)), name);

/** One output at a time: the session has one writer. */
export const save = (...args) => saveInto(null, ...args);

/** As `save`, but straight into a file that the user chose. */
export function saveInto(target, ...args) {
  const run = exporting.then(() => write(target, ...args));
  exporting = run.catch(() => null);
  return run;
}

async function write(target, handles, format, options, sources, { tell, turn }) {
  const { value } = call("begin_export", JSON.stringify(handles), format, JSON.stringify(options));
  const sink = await openSink(target);
  const drain = async () => {
    for (;;) {
      await turn();
      const { value: { done, bytes }, buffers: { part } } = call("next_part", PART);
      await sink.add(part);
      tell("write", bytes, bytes);
      if (done || !part.length) return done;
    }
  };
  try {
    for (const handle of value.needs_input) await refeed(handle, sources[handle], drain);
    while (!(await drain()));
    return { name: value.name, ...(await sink.close(value.mime)) };
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    call("end_export");
  }
}

/** Some formats repeat the input's own lines, which nobody kept: the file is read once more. */
async function refeed(handle, file, drain) {
  for await (const { bytes } of slicesOf(file)) {
    call("feed_export", handle, stage(bytes));
    await drain();
  }
  call("feed_export", handle, -1);
  await drain();
}
