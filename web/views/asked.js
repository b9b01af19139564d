// An answer of the engine about some results, asked anew when they change; a late answer to an old question is dropped.
import { useEffect, useState } from "../vendor/preact-hooks.js";

/**
 * @param {() => Promise<any>} ask  for one answer {value, buffers}, or for several
 * @param {any[]} about  what the answer depends on
 * @returns {{answer: any, failure: any}}  the last answer stays while the next is awaited
 */
export function useAnswer(ask, about) {
  const [found, setFound] = useState({ answer: null, failure: null });
  useEffect(() => {
    let wanted = true;
    const show = (answer, failure) => wanted && setFound({ answer, failure });
    Promise.resolve().then(ask).then(
      (answer) => show(answer, null),
      (error) => error.failure?.code !== "cancelled" && show(null, error.failure ?? { message: error.message, hint: null }),
    );
    return () => { wanted = false; };
  }, about);
  return found;
}
