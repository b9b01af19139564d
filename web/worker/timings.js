// When each step of the worker's start was through: told with the answer to `boot`, and seen in the browser's profiler.

const steps = [];

/** Note that a step of the start is through. */
export function reached(step) {
  steps.push([step, performance.mark(step).startTime]);
}

/**
 * Milliseconds since the worker was made (`origin`, on the clock of the page's `performance.timeOrigin`): `steps` in the
 * order in which they ended; how long the files, the runtime, the two imports and all of it took.
 */
export function timings() {
  const at = Object.fromEntries(steps);
  return {
    fetch: at.files, runtime: at.runtime, numpy: at.numpy - at.runtime, genotok: at.ready - at.numpy, total: at.ready,
    origin: performance.timeOrigin, steps,
  };
}
