// The words about the universe that a result was made with, if the page has them.
import { state } from "../state.js";

/** The universe in use when it is the result's own, the one that came with a sample, else null. */
export function universeOf({ result, universe }) {
  if (universe) return universe;
  const { summary } = state.value.universe;
  return summary?.digest === result.universe.digest ? summary : null;
}
