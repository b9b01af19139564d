// What the page's modules hand to each other, for the checker alone: `./build_wasm.sh test` runs it, the site does without.
import type { Kept } from "./store.js";
import type { Failure } from "./protocol.js";
import type { Universe } from "./universes.js";

export type { Failure, Universe };

/** What an operation of the bridge answers: words, and arrays by name. */
export type Reply = { value: any; buffers: any };
export type Progress = { phase: string; done: number; total: number; [more: string]: unknown };

/** A rule of a room; each choice is its value, its label and what it does. The default stands first. */
export type Rule = { name: string; label: string; each?: boolean; choices: [value: string | boolean | null, label: string, says: string][] };
/** A room that takes `dna` has a desk of its own (dna.js). */
export type Room = { id: string; label: string; dna?: boolean; options?: readonly Rule[] };
export type Settings = Record<string, Rule["choices"][number][0]>;

/** What the engine says of a file: bridge `open_file`. */
export type Words = {
  name: string; handle: number; crc32: number; rows: number; hit: number; tokens: number; distinct: number; flat: number; flat_unk: boolean;
  chrom_names: string[]; unknown_rows: number; renamed: Record<string, string>; renames: Record<string, string>; warnings?: string[];
  universe: { name: string; digest: string };
  load: Load;
  encode: { unknown_chroms: Record<string, number>; [fact: string]: unknown };
  beyond: { rows: number; assembly: string; fits: string[] } | null;
};
export type Load = {
  path: string; bytes: number; lines: number; rows: number; compression: string; sorted: boolean; duplicates: number; zero_length: number;
  columns: [number, number] | null; chroms: Record<string, number>; skipped: Record<string, number>; examples: Record<string, number[]>; notes: string[];
};
/** What the engine says of a universe: bridge `open_universe`. */
export type Summary = {
  name: string; digest: string; n: number; vocab_size: number; assembly: string | null; chrom_names: string[]; classes: string[];
  special_ids: Record<string, number>; widths: { median: number }; warnings?: string[];
};

/** A file of the list. */
export type Entry = {
  id: number; name: string; size: number; source: File | null;
  /** that was pasted */
  text: string | null;
  options: Record<string, any>;
  state: "queued" | "reading" | "done" | "failed" | "cancelled" | "sample";
  /** made with another universe or other rules */
  stale: boolean;
  progress: Progress | null; result: Words | null; buffers: Record<string, any> | null; error: Failure | null;
  /** of the worker in which its handle lives */
  generation: number;
  /** the first file of equal content */
  same: number | null;
  /** words about an output that was written while the file was read */
  streamed: (Words & { saved: string; bytes: number }) | null;
  /** ms */
  took: number | null;
  /** times that its worker went */
  lost: number;
};
/** The result that was computed when the page was built, with the answers that were foreseen. */
export type Sample = Entry & { sample: string; universe: Summary; answers: Record<string, { value: any; arrays: Record<string, { dtype: string; data: string }> }> };

/** build.json */
export type Build = {
  genotok: string; engine: string; wheel: { file: string; path: string; sha256: string }; files: Record<string, { bytes: number; sha256: string }>;
  universes: Universe[]; samples: SampleFile[]; sequences: SampleFile[]; cytobands: Record<string, string>; packages: Record<string, { file: string; version: string }>;
  parts?: { name: string; version: string; licence: string }[];
};
export type SampleFile = { id: string; name: string; file: string; assembly: string; licence: string; source: string };

/** The universe in force or on its way; `attempt` is what was asked for and failed, to be asked again otherwise. */
export type InForce = {
  id: string | null; state: "loading" | "ready" | "failed"; summary: Summary | null; error: Failure | null; progress: Progress | null;
  attempt?: { id?: string; file?: File; options?: object } | null;
};
/** How a result is looked at; the address keeps it. */
export type Look = { kind: string; sort: readonly [string, boolean][] | null; filter: Record<string, any>; plain: boolean; show: string; bins: number };
/** Something to agree to before it is done: labels and what they do. */
export type Question = { text: string; yes: [string, () => void]; no: [string, () => void] };
/** What a folder held that was not taken; `kinds` with their counts. */
export type LeftOut = { hidden: number; stopped: boolean; kinds: [string, number][]; files: File[] };
/** The universe that a link asks for. */
export type Wanted = { id?: string; digest?: string; name: string };
export type Theme = "system" | "light" | "dark";

export type State = {
  room: string;
  boot: { phase: "runtime" | "numpy" | "genotok" | "ready" | "failed"; done: number; total: number; error: Failure | null; versions: any };
  universes: readonly Universe[]; samples: readonly SampleFile[]; universe: InForce; universeChosen: boolean;
  settings: Settings; fileSettings: Settings;
  files: readonly Entry[]; selected: number | null; picked: readonly number[];
  look: Look; decode: string; sample: Sample | null; question: Question | null;
  offline: { state: "off" | "ready" | "failed" | "update"; all: null | "kept" | { done: number; total: number }; error: string | null; online?: boolean };
  lastVisit: string | null; notice: string | null; paste: string | null; leftOut: LeftOut | null; wanted: Wanted | null;
  universesCompared: readonly [string, string] | null;
  theme: string; saving: { format: string | null; done: number; total: number; error: Failure | null } | null;
  engines: number; requests: number; saved: readonly Kept[]; detail: string; build: Build | null;
};

/** What the views may ask for. */
export type Intents = {
  showRoom(room: string): void;
  addFiles(files: File[]): Promise<void>;
  /** in rooms that take DNA; there once their views have come */
  addDna?(files: File[]): void;
  addText(text: string): void;
  addSample(sample: SampleFile): Promise<void>;
  runSample(): Promise<void>;
  select(id: number): void;
  pick(id: number, on: boolean): void;
  pickAll(on: boolean): void;
  cancel(id: number): void;
  cancelAll(): void;
  retry(id: number, options?: object): void;
  remove(id: number): void;
  removeAll(): void;
  streamTo(id: number, format: string): void;
  chooseUniverse(id: string): void;
  openUniverse(file: File, options?: object): void;
  keepUniverse(id: string): Promise<void>;
  forgetUniverse(digest: string): Promise<void>;
  removeUniverse(id: string): void;
  layUniverse(id: string): Promise<number>;
  compareUniverses(one: string, other: string): void;
  dismissUniverseError(): void;
  setOption(name: string, value: Settings[string]): void;
  resetOptions(): void;
  settle(): Promise<void>;
  setTheme(theme: string): void;
  forgetAll(): Promise<void>;
  memory(): Promise<number>;
  cancelSave(): void;
  save(ids: number[], format: string, options?: object, named?: { name?: string; bytes?: number }): Promise<void>;
  ask(id: number, op: string, ...args: any[]): Promise<Reply>;
  ask2(first: number, second: number, op: string, ...args: any[]): Promise<Reply>;
  askMany(ids: number[], op: string, ...args: any[]): Promise<Reply>;
  handleOf(id: number): Promise<number>;
  call(op: string, ...args: any[]): Promise<Reply>;
  rows(id: number, view: object, first: number, count: number): Promise<Reply>;
  find(id: number, view: object, text: string): Promise<any>;
  setDecode(text: string): void;
  textOf(ids: number[], format: string, options?: object): Promise<string>;
  setLook(patch: Partial<Look>): void;
  useAsUniverse(id: number): void;
  copy(text: string | Promise<string>): Promise<void>;
  keepOffline(): void;
  useNewVersion(): Promise<void>;
  reload(): void;
};
