// What can be saved: the formats, what is asked of the engine for each, the file's name, and about how large it gets.

/**
 * @typedef {{id: string, label: string, says: string, alone?: boolean, rows?: boolean, whole?: boolean}} Format
 * @type {readonly Format[]} `alone` formats hold one document a file; `rows` formats can keep which ids belong to which region; `whole` ones are no tokens of files
 */
export const FORMATS = Object.freeze([
  { id: "gtok", label: ".gtok", says: "ids alone, binary, as gtars writes them", alone: true },
  { id: "jsonl", label: ".jsonl", says: "one line of ids for each file, for a training set", rows: true },
  { id: "tsv", label: ".tsv", says: "one line for each region, with its ids" },
  { id: "bed", label: ".bed", says: "your lines, with ids and regions added" },
  { id: "npz", label: ".npz", says: "NumPy arrays: ids, offsets and names", rows: true },
  { id: "parquet", label: ".parquet", says: "one row of ids for each file, for Arrow and pandas", rows: true },
  { id: "report", label: "Report", says: "what became of every line, as JSON", whole: true },
  { id: "hf", label: "Tokenizer", says: "a folder for Hugging Face and genotok, zipped", whole: true },
  { id: "universe", label: "Universe", says: "the regions in the order of their ids, as BED", whole: true },
].map((format) => Object.freeze(format)));

export const formatOf = (id) => FORMATS.find((each) => each.id === id) ?? FORMATS[0];

/**
 * What the engine is asked for, and why not, if it can't be.
 * @param {{format: string, packed: boolean, rows: boolean}} choice @param {number} files
 * @returns {{format: string, options: object, zipped: boolean, fault: string|null}}
 */
export function planOf({ format, packed, rows }, files) {
  const { alone = false, rows: hasRows = false, whole = false } = formatOf(format);
  const zipped = !whole && files > 1 && (packed || alone);
  const options = { ...(zipped && { format }), ...(hasRows && rows && { rows: true }) };
  const fault = files || format === "universe" || format === "hf" ? null : "Nothing is selected: tick some files in the list";
  return { format: zipped ? "zip" : format, options, zipped, fault };
}

/** The name that the engine gives the output of some files. */
export function nameOf(plan, names, universe) {
  const stem = universe.replace(/(\.(bed|gtu|gz|bgz))+$/i, "").replace(/[^\w.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "universe";
  const one = names.length === 1 ? names[0].split(/[\\/]/).at(-1) : null;
  if (plan.format === "hf") return `${stem}.zip`;
  if (plan.format === "universe") return `${stem}.bed`;
  if (plan.format === "report") return one ? `${one}.report.json` : "report.json";
  return one ? `${one}.${plan.format}` : `tokens.${plan.format}`;
}

const DENSITY = 3; // times that gzip makes BED smaller, about

const FIELDS = 190; // bytes of a report's fields about a document, besides what was read and what was found

/** About how many bytes a result takes in a format. */
const SIZES = {
  gtok: ({ tokens, wide }) => 5 + tokens * wide,
  jsonl: ({ tokens, rows, digits, bounds }) => 60 + tokens * digits + (bounds ? rows * 5 : 0),
  tsv: ({ tokens, rows, digits, name }) => 30 + rows * (name + 27) + tokens * digits,
  bed: ({ tokens, rows, digits, input }) => input + rows * 4 + tokens * (digits + 29),
  npz: ({ tokens, rows, bounds }) => 1300 + tokens * 4 + (bounds ? rows * 8 : 0),
  parquet: ({ tokens, rows, bounds }) => 1500 + tokens * 3 + (bounds ? rows * 2 : 0),
  report: ({ said }) => FIELDS + said,
};

/** How many bytes a part of a report takes, written with two blanks for each of its `levels`. */
function spelled(part, levels) {
  const text = JSON.stringify(part, null, 2);
  return text.length + 2 * levels * text.split("\n").length;
}

/** About how many bytes an output takes; `size` is the number of the universe's regions, which lie on `chroms` chromosomes. */
export function sizeOf(plan, results, size, chroms = 0) {
  if (plan.format === "universe") return size * 24;
  if (plan.format === "hf") return 2000 + size * 7;
  const kind = plan.options.format ?? plan.format;
  const facts = ({ load, encode, flat: tokens, rows, name }) => ({
    tokens, rows, name: name.length, said: kind === "report" ? spelled(load, 3) + spelled(encode, 3) : 0, digits: String(size).length + 1, wide: size > 65_535 ? 4 : 2, bounds: plan.options.rows,
    input: load.bytes * (load.compression === "none" ? 1 : DENSITY),
  });
  const each = results.map((result) => SIZES[kind](facts(result)) + (plan.zipped ? 500 : 0));
  return each.reduce((sum, bytes) => sum + bytes, kind === "report" ? 900 + chroms * 24 : 0); // a report lists the universe's chromosomes, too
}

/** How many bytes are fetched before a format can be written for the first time: what it needs, by the list of the build. */
export function weightOf(packages, build) {
  const files = new Set(packages.map((name) => build?.packages?.[name]?.file));
  return [...files].reduce((sum, file) => sum + (build?.files?.[file]?.bytes ?? 0), 0);
}
