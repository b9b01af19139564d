// Which workers there are: the first, which also answers the views, and helpers for long queues, let go when idle.
import { Engine } from "../engine.js";
import { EngineError, failure } from "../protocol.js";
import { state, update } from "../state.js";

const LONG = Object.freeze({ files: 8, bytes: 32e6 }); // a queue beyond either is worth a helper's start (0.6 s, 140 MB)
const IDLE = 30_000; // ms that a helper waits for more
const MOST = 4;

/** Workers for this machine: a core is left to the page, and small machines keep to one. */
export function crewSize({ hardwareConcurrency: cores = 2, deviceMemory: memory = 8 }) {
  return memory <= 2 ? 1 : Math.max(1, Math.min(MOST, cores - 1));
}

/** What the address says of the machine: `?workers=3` (1 to 8), `?budget=500` (1 to 4000 MB of results); else null. */
export function askedLimits(search) {
  const asked = new URLSearchParams(search);
  const whole = (name, most) => {
    const value = /^[1-9]\d{0,3}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null;
    return value && value <= most ? value : null;
  };
  const megabytes = whole("budget", 4000);
  return { workers: whole("workers", 8), budget: megabytes && megabytes * 1e6 };
}

/** @typedef {{engine: Engine, busy: boolean, ready: boolean, knows: string|null, timer: any}} Member */

export class Crew {
  /**
   * @param {Engine} first
   * @param {{size?: number, hire?: () => Engine, idle?: number, onready?: () => void}} options `onready` hears of a helper that is at hand
   */
  constructor(first, { size = crewSize(navigator), hire = () => new Engine(first.url, first.make), idle = IDLE, onready = () => {} } = {}) {
    this.size = size;
    this.hire = hire;
    this.idle = idle;
    this.onready = onready;
    /** @type {Member[]} */
    this.members = [{ engine: first, busy: false, ready: true, knows: null, timer: null }];
    /** @type {{key: string, reply: Promise<any>}|null} the universe as the first worker gave it away */
    this.universe = null;
  }

  get first() {
    return this.members[0];
  }

  /** A free worker, now taken, or null; `queue` tells what waits, and a long one brings helpers. */
  take(queue) {
    if (queue.files > LONG.files || queue.bytes > LONG.bytes) while (this.members.length < this.size) this.#hire();
    const free = this.members.find(({ ready, busy }) => ready && !busy) ?? null;
    if (free) {
      clearTimeout(free.timer);
      free.busy = true;
    }
    return free;
  }

  /** The worker is free again; a helper that stays so is let go. */
  release(member) {
    member.busy = false;
    if (member !== this.first) member.timer = setTimeout(() => this.dismiss(member), this.idle);
  }

  /** End a helper. */
  dismiss(member) {
    if (member === this.first || !this.members.includes(member)) return;
    clearTimeout(member.timer);
    this.members = this.members.filter((other) => other !== member);
    if (this.members.length === 1) this.universe = null;
    member.engine.close();
    this.#count();
  }

  /** A helper that failed is not replaced: the queue goes on with the others. */
  giveUp(member) {
    this.dismiss(member);
    this.size = this.members.length;
  }

  /** See to it that a worker has the universe and the settings in force. */
  async prepare(member) {
    if (member === this.first) return;
    const { universe: { summary }, settings } = state.peek();
    const { engine } = member;
    const key = `${summary?.digest} ${summary?.name}`;
    const wanted = `${engine.generation} ${key} ${JSON.stringify(settings)}`;
    if (member.knows === wanted) return;
    member.knows = null;
    const { value: { meta }, buffers } = await this.#universe(key);
    if (meta.digest !== summary?.digest) throw new EngineError(failure("cancelled", "the universe changed meanwhile"));
    await engine.call("set_universe", [meta, buffers.codes, buffers.starts, buffers.ends]);
    await engine.call("configure", [settings]);
    member.knows = wanted;
  }

  #universe(key) {
    if (this.universe?.key !== key) {
      const reply = this.first.engine.call("universe_arrays");
      this.universe = { key, reply };
      reply.catch(() => (this.universe = null));
    }
    return this.universe.reply;
  }

  #hire() {
    const member = { engine: this.hire(), busy: false, ready: false, knows: null, timer: null };
    this.members.push(member);
    member.engine.boot.then(
      () => {
        member.ready = true;
        this.release(member);
        this.#count();
        this.onready();
      },
      () => this.giveUp(member),
    );
  }

  #count() {
    update({ engines: this.members.filter(({ ready }) => ready).length });
  }
}
