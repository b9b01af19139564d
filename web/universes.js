// Which universe is in force: the page's own ones, opened files, and how to get back to it after a restart.
import { state, update } from "./state.js";

export class Universes {
  /** @param {import("./engine.js").Engine} engine @param {(changed: boolean) => void} onchange called when a universe is in force */
  constructor(engine, onchange) {
    this.engine = engine;
    this.onchange = onchange;
    this.turn = 0;
    this.last = null; // the universe that was in force last, to fall back to
    engine.addEventListener("restart", () => this.#restore());
  }

  /** Offer the page's own universes; the first one is opened. */
  offer(assets) {
    const offered = assets.map((asset) => Object.freeze({ ...asset, kind: "asset" }));
    update({ universes: Object.freeze(offered) });
    if (offered.length) this.choose(offered[0].id);
  }

  choose(id) {
    const entry = state.peek().universes.find((each) => each.id === id);
    if (!entry) return undefined;
    return this.#open(id, async () => {
      if (entry.kind === "asset") return (await this.engine.call("open_asset", [entry.file, entry.name])).value;
      const { meta, codes, starts, ends } = entry.kept;
      return (await this.engine.call("set_universe", [meta, codes, starts, ends])).value;
    });
  }

  /** Open the user's own file as universe; on failure the former universe stays in force. */
  openFile(file, options = {}) {
    const id = `own:${file.name}`;
    return this.#open(id, async (progress) => {
      const { value } = await this.engine.call("open_universe", [file, options], { progress });
      const { value: { meta }, buffers } = await this.engine.call("universe_arrays");
      const entry = Object.freeze({
        id, kind: "own", name: file.name, n: value.n, digest: value.digest, assembly: value.assembly, licence: null, kept: { meta, ...buffers },
      });
      update({ universes: Object.freeze([...state.peek().universes.filter((each) => each.id !== id), entry]) });
      return value;
    }, { file, options });
  }

  async #open(id, work, attempt = null) {
    const turn = ++this.turn;
    const mine = () => turn === this.turn;
    update({ universe: { id, state: "loading", summary: null, error: null, progress: null, attempt: null } });
    try {
      const summary = await work((progress) => mine() && update({ universe: { ...state.peek().universe, progress } }));
      if (!mine()) return;
      const changed = this.last?.summary.digest !== summary.digest;
      this.last = { id, state: "ready", summary, error: null, progress: null, attempt: null };
      update({ universe: this.last });
      this.onchange(changed);
    } catch (error) {
      if (mine()) this.#refuse(error.failure ?? { code: "engine", message: String(error), action: [] }, attempt);
    }
  }

  #refuse(error, attempt) {
    if (error.code === "cancelled") return; // the engine was restarted; #restore takes over
    if (this.last) update({ universe: { ...this.last, error, attempt } });
    else update({ universe: { ...state.peek().universe, state: "failed", error, attempt } });
    if (this.last) this.onchange(false);
  }

  #restore() {
    const id = this.last?.id ?? state.peek().universes[0]?.id;
    if (id) this.choose(id);
  }
}
