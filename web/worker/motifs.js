// DNA through the session: taken in, worked on in steps that let a stop through, learnt from, saved.
import { PART } from "../protocol.js";
import { call, stage } from "./python.js";
import { openSink } from "./sinks.js";
import { pour } from "./streams.js";

const STEP = 40; // ms of work between two looks at the stop port
const MOST = 2 ** 26; // bytes of a file that is fed at all; the session says more

/** @type {Map<string, number>} saved tokenizers that the session holds, by the page's keys: the last one */
const models = new Map();

/** @param {{name: string, file?: File, text?: string}} source @param {any} options those of the session; `model` is a saved tokenizer with its files */
export async function motifRun({ name, file, text }, { model = null, ...options }, context) {
  if (model && !models.has(model.key)) await motifModel(model, context); // a new worker has none
  const chosen = JSON.stringify(model ? { ...options, model: models.get(model.key) } : options);
  const { value: { handle } } = file ? await taken(file, name, chosen, context) : call("motif_text", text, chosen);
  return worked(handle, context);
}

/** Open a saved tokenizer, and say what it is; the one before goes. @param {{key: string, name: string, files: File[]}} model */
export async function motifModel({ key, name, files }, context) {
  const handles = [];
  try {
    for (const file of files) handles.push(await fed(file, file.name, context));
    const { value } = call("motif_model", JSON.stringify(handles), name);
    for (const handle of models.values()) call("forget", handle);
    models.clear();
    models.set(key, value.handle);
    return value;
  } catch (error) {
    for (const handle of handles) call("forget", handle);
    throw error;
  }
}

async function taken(file, name, chosen, context) {
  const handle = await fed(file, name, context);
  try {
    return call("motif_close", handle, chosen);
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

/** Lay a file on the session's desk. */
async function fed(file, name, context) {
  const { value: { handle } } = call("motif_open", name, file.size);
  try {
    await pour(file.size > MOST ? file.slice(0, 0) : file, context, (bytes, done) => {
      call("motif_feed", handle, stage(bytes));
      context.tell("read", done, file.size);
    });
    return handle;
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

async function worked(handle, { tell, turn }) {
  try {
    for (;;) {
      await turn();
      const { value: { phase, done, total, finished, result } } = call("motif_step", handle, STEP);
      if (finished) return { handle, result };
      tell(phase, done, total);
    }
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

/** Learn tokens from the sequences of a result; it cannot be interrupted but by ending the worker. */
export function motifLearn(handle, options, { tell }) {
  return call("motif_fit", handle, options, (phase, done, total) => tell(phase, done, total)).value;
}

/** All bins of a result as a file: {name, blob}. */
export async function motifExport(handle, format, { tell, turn }) {
  const { value: { name, mime } } = call("motif_save", handle, format);
  const sink = await openSink(null);
  try {
    for (let more = true; more; ) {
      await turn();
      const { value: { done, bytes }, buffers: { part } } = call("motif_part", PART);
      await sink.add(part);
      tell("write", bytes, bytes);
      more = !done;
    }
    return { name, ...(await sink.close(mime)) };
  } finally {
    call("motif_end");
  }
}
