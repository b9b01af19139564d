// DNA through the session: taken in, worked on in steps that let a stop through, learnt from, saved; for rooms by the prefix of their operations.
import { PART } from "../protocol.js";
import { call, stage } from "./python.js";
import { openSink } from "./sinks.js";
import { pour } from "./streams.js";

const STEP = 40; // ms of work between two looks at the stop port
const MOST = 2 ** 26; // bytes of a file that is fed at all; the session says more

/** @type {Map<string, {key: string, handle: number}>} saved tokenizers that the session holds, by room: the last one of each */
const models = new Map();

/**
 * The operations of a room that are more than one call of the session.
 * @param {string} prefix
 */
export const operationsOf = (prefix) => ({
  /** @param {{name: string, file?: File, text?: string}} source @param {any} options those of the session; `model` may be a saved tokenizer with its files */
  async run({ name, file, text }, { model = null, ...options }, context) {
    const own = typeof model === "object" && model;
    if (own && models.get(prefix)?.key !== own.key) await open(prefix, own, context); // a new worker has none
    const chosen = JSON.stringify(model ? { ...options, model: own ? models.get(prefix).handle : model } : options);
    const { value: { handle } } = file ? await taken(prefix, file, name, chosen, context) : call(`${prefix}_text`, text, chosen);
    return worked(prefix, handle, context);
  },
  model: (model, context) => open(prefix, model, context),
  /** Learn from the sequences of a result; it cannot be interrupted but by ending the worker. */
  learn: (handle, options, { tell }) => call(`${prefix}_fit`, handle, options, (phase, done, total) => tell(phase, done, total)).value,
  export: (handle, format, context) => saved(prefix, handle, format, context),
});

/** Open a saved tokenizer, and say what it is; the one before goes. @param {string} prefix @param {{key: string, name: string, files: File[]}} model */
async function open(prefix, { key, name, files }, context) {
  const handles = [];
  try {
    for (const file of files) handles.push(await fed(file, file.name, context));
    const { value } = call(`${prefix}_model`, JSON.stringify(handles), name);
    if (models.has(prefix)) call("forget", models.get(prefix).handle);
    models.set(prefix, { key, handle: value.handle });
    return value;
  } catch (error) {
    for (const handle of handles) call("forget", handle);
    throw error;
  }
}

async function taken(prefix, file, name, chosen, context) {
  const handle = await fed(file, name, context);
  try {
    return call(`${prefix}_close`, handle, chosen);
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

/** Lay a file on the session's desk. */
async function fed(file, name, context) {
  const { value: { handle } } = call("dna_open", name, file.size);
  try {
    await pour(file.size > MOST ? file.slice(0, 0) : file, context, (bytes, done) => {
      call("dna_feed", handle, stage(bytes));
      context.tell("read", done, file.size);
    });
    return handle;
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

async function worked(prefix, handle, { tell, turn }) {
  try {
    for (;;) {
      await turn();
      const { value: { phase, done, total, finished, result } } = call(`${prefix}_step`, handle, STEP);
      if (finished) return { handle, result };
      tell(phase, done, total);
    }
  } catch (error) {
    call("forget", handle);
    throw error;
  }
}

/** A result as a file: {name, blob}. */
async function saved(prefix, handle, format, { tell, turn }) {
  const { value: { name, mime } } = call(`${prefix}_save`, handle, format);
  const sink = await openSink(null);
  try {
    for (let more = true; more; ) {
      await turn();
      const { value: { done, bytes }, buffers: { part } } = call(`${prefix}_part`, PART);
      await sink.add(part);
      tell("write", bytes, bytes);
      more = !done;
    }
    return { name, ...(await sink.close(mime)) };
  } finally {
    call(`${prefix}_end`);
  }
}
