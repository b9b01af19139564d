// Types of genotok.js: BED files and regions to token ids, in a browser or under Node.

/** A region, 0-based and half-open: ["chr1", 10, 20], or an object with such fields. More fields are ignored. */
export type Region =
  | readonly [chrom: string, start: number | bigint, end: number | bigint, ...rest: unknown[]]
  | { readonly chrom: string; readonly start: number | bigint; readonly end: number | bigint }
  | { readonly chr: string; readonly start: number | bigint; readonly end: number | bigint };

/**
 * Where regions come from. A string is BED text, not a path. Bytes and files may be plain, gzip or bgzip.
 * Under Node a `file:` URL is read from the disk piece by piece.
 */
export type Source = string | Blob | ArrayBuffer | ArrayBufferView | Response | URL | Iterable<Region>;

export type Ids = Iterable<number>;
export type Role = "unk" | "pad" | "mask" | "cls" | "eos" | "bos" | "sep";
export type Format = "gtok" | "jsonl" | "tsv" | "bed" | "npz";

/** How far something is; `total` is 0 while nobody knows. */
export interface Progress {
  phase: "runtime" | "numpy" | "genotok" | "ready" | "read" | "summarise";
  done: number;
  total: number;
}

export interface Watch {
  /** Ends the work: the promise is rejected with a GenotokError of code "cancelled" whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /** Called at most ten times a second. */
  progress?: (progress: Progress) => void;
}

export type OpenOptions = Watch;

export interface Rules {
  /** What a bad row is: "error" (default), "skip" (counted in the report) or "keep" (as gtars keeps it). */
  invalid?: "error" | "skip" | "keep";
  /** What a region without a hit gives: "drop" (nothing, default), "unk" (the unknown id) or "error". */
  unmatched?: "drop" | "unk" | "error";
  /** Order the rows by chromosome text and start, as gtars does; by default they keep their order. */
  sort?: boolean;
}

export interface UniverseOptions extends Rules, Watch {
  /** What error messages call the source; a File has its own name. */
  name?: string;
  /** Chromosomes to be renamed: {"1": "chr1"}. */
  rename?: Record<string, string>;
  /** How overlaps are searched; never changes a result. */
  engine?: "bits" | "ailist";
  /** Texts of special tokens by role. */
  specialTokens?: Partial<Record<Role, string>>;
}

export interface EncodeOptions extends Rules, Watch {
  name?: string;
  /** "auto" renames as the universe spells its chromosomes (1 to chr1, MT to chrM); the report says what was renamed. */
  rename?: "auto" | Record<string, string>;
  /** Take a source without any region for an empty document rather than an error. */
  allowEmpty?: boolean;
}

/** What was read and what became of it; the names are those of the command line's `--report json`. */
export interface Report {
  name: string;
  /** Regions, those with a hit, tokens, different tokens. */
  rows: number;
  hit: number;
  tokens: number;
  distinct: number;
  crc32: number;
  /** The reader's account: lines, comments, rows kept and skipped with reasons and line numbers, columns, compression. */
  load: Record<string, any>;
  /** The tokenizer's account: regions, hits, tokens, chromosomes that the universe lacks. */
  encode: Record<string, any>;
  /** Chromosomes that were renamed, and the renaming that would help. */
  renamed: Record<string, string>;
  renames: any;
  /** Rows whose chromosome the universe lacks. */
  unknown_rows: number;
  /** Ends beyond the chromosomes of the universe's assembly, or null. */
  beyond: { assembly: string; rows: number; fits: string[] } | null;
  options: Record<string, any>;
  universe: { name: string; digest: string };
  [more: string]: any;
}

/** Row i is `ids.subarray(offsets[i], offsets[i + 1])` and the region `regions.chroms[regions.codes[i]]`, `starts[i]`, `ends[i]`. */
export interface Encoding {
  ids: Int32Array;
  /** One more than rows; the first is 0. */
  offsets: Int32Array;
  report: Report;
  regions: { chroms: string[]; codes: Int32Array; starts: Uint32Array; ends: Uint32Array; lines: Int32Array };
}

export interface Asset {
  id: string;
  name: string;
  assembly: string;
  /** Regions. */
  size: number;
  digest: string;
  licence: string;
  source: string;
  file: string;
}

/** Start an engine: Python and genotok in a worker of their own. 8 MB are loaded once; then it works without a network. */
export function open(options?: OpenOptions): Promise<Genotok>;

export interface Genotok {
  readonly versions: Readonly<{ genotok: string; python: string; numpy: string }>;
  /** The universes that travel with the page. */
  readonly assets: readonly Readonly<Asset>[];
  /** Open a universe: its regions, in their order, are the vocabulary. Many may be open at once. */
  universe(source: Source | { asset: string }, options?: UniverseOptions): Promise<Tokenizer>;
  /** End the engine and all its tokenizers. */
  close(): void;
}

export interface Tokenizer {
  readonly name: string;
  /** Regions of the universe; their ids are 0 .. size - 1. */
  readonly size: number;
  /** SHA-256 of the universe's rows, the same wherever genotok runs. */
  readonly digest: string;
  /** The assembly that the universe says it is of or that fits its ends, or null. */
  readonly assembly: string | null;
  /** Regions and special tokens. */
  readonly vocabSize: number;
  readonly specials: Readonly<{ ids: Readonly<Record<Role, number>>; texts: Readonly<Record<Role, string>> }>;
  /** The reader's account of the universe, and what should be known of it (repeated rows, skipped rows). */
  readonly report: Readonly<Record<string, any>>;
  readonly warnings: readonly string[];

  /** Ids of the universe's regions that each region overlaps. */
  encode(source: Source, options?: EncodeOptions): Promise<Encoding>;
  /** The same as text, one list a region. */
  tokenize(source: Source, options?: EncodeOptions): Promise<string[][]>;
  /** Texts of ids. */
  decode(ids: Ids, watch?: Watch): Promise<string[]>;
  /** Regions of ids; null for a special token. */
  regions(ids: Ids, watch?: Watch): Promise<([chrom: string, start: number, end: number] | null)[]>;
  /** Ids of texts; one that is no token is a GenotokError of code "VocabularyError". */
  idsOf(texts: Iterable<string>, watch?: Watch): Promise<Int32Array>;
  /** Every token with its id, in the order of the ids; made at the first call. */
  vocab(): Promise<Map<string, number>>;
  /** The tokens as a file, with the bytes of `genotok tokenize`. */
  save(source: Source, format: Format, options?: EncodeOptions & { rows?: boolean }): Promise<File>;
  /** Free what this tokenizer holds. */
  close(): void;
}

/** Every failure: `message` is "where: what; hint". */
export class GenotokError extends Error {
  /** A class of genotok.errors ("BedError", "IntervalError", ..), or "memory", "cancelled", "closed", "network", "engine", "OSError". */
  readonly code: string;
  /** Place in the source, as "peaks.bed:7". */
  readonly where: string | null;
  /** Line (1-based); of a list, the place in it. */
  readonly line: number | null;
  readonly hint: string | null;
  /** For a report of a bug. */
  readonly detail: string;
}
