// Results on their way to the user's disk: the worker gathers the bytes, the browser saves them.
import { fileOf, update } from "./state.js";

/** Save the results of some files in one format. */
export async function save(engine, pool, ids, format, options = {}) {
  update({ saving: { format, error: null } });
  try {
    const handles = [];
    for (const id of ids) handles.push(await pool.handleOf(id));
    const sources = Object.fromEntries(ids.map((id, at) => [handles[at], fileOf(id).source]));
    const { value } = await engine.call("export", [handles, format, options, sources]);
    hand(value.blob, value.name);
    update({ saving: null });
    return value.name;
  } catch (error) {
    update({ saving: { format: null, error: error.failure ?? { message: String(error), action: [] } } });
    return null;
  }
}

function hand(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser reads it while it saves
}

export async function copy(text) {
  await navigator.clipboard.writeText(text);
}
