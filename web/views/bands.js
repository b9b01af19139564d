// Sizes and bands of an assembly's chromosomes, fetched once from the page's own folder when a picture wants them.
import { useEffect, useState } from "../vendor/preact-hooks.js";
import { APP } from "../place.js";
import { state } from "../state.js";

/** By path; a band is [end, stain, name].
 * @type {Map<string, Promise<Map<string, {size: number, bands: [number, string, string][]}>>>} */
const fetched = new Map();

async function fetchBands(path) {
  const response = await fetch(new URL(path, APP));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const { chroms } = await response.json();
  return new Map(chroms.map(([name, size, bands]) => [name, { size, bands }]));
}

/** The assembly of the universe that a result was made with, as far as the page knows. */
export function assemblyOf({ universe: { digest } }) {
  const { universe, universes } = state.value;
  if (universe.summary?.digest === digest) return universe.summary.assembly ?? null;
  return universes.find((each) => each.digest === digest)?.assembly ?? null;
}

/** Chromosomes by name with size and bands, or null: not known, or not here yet. A picture does without. */
export function useBands(assembly) {
  const path = state.value.build?.cytobands?.[assembly];
  const [bands, setBands] = useState(null);
  useEffect(() => {
    setBands(null);
    if (!path) return undefined;
    let wanted = true;
    if (!fetched.has(path)) fetched.set(path, fetchBands(path));
    fetched.get(path).then((found) => wanted && setBands(found), () => fetched.delete(path));
    return () => { wanted = false; };
  }, [path]);
  return bands;
}
