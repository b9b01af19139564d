// The engine's start as the state tells it: bytes that arrive, what runs in the end, or why nothing does.
import { state, update } from "./state.js";

/** @param {import("./engine.js").Engine} engine */
export function followBoot(engine) {
  const watch = () => engine.boot.then(
    ({ value }) => update({ boot: Object.freeze({ ...state.peek().boot, phase: "ready", versions: value, error: null }) }),
    ({ failure, detail }) => {
      if (failure?.code === "cancelled") return;
      update({ detail, boot: Object.freeze({ ...state.peek().boot, phase: "failed", error: failure }) });
    },
  );
  engine.addEventListener("boot", (event) => follow(/** @type {CustomEvent} */ (event).detail));
  if (engine.lastBoot) follow(engine.lastBoot);
  engine.addEventListener("restart", () => {
    watch();
    engine.call("configure", [state.peek().settings]).catch(() => {});
  });
  watch();
}

function follow({ phase, done, total, error = null }) {
  const before = state.peek().boot;
  const same = before.phase === phase || (phase === "runtime" && !total); // the last byte count stays in view
  update({ boot: Object.freeze({ ...before, phase, done: total ? done : same ? before.done : done, total: total || before.total, error }) });
}
