// The room of regions: what it accepts, which rules it knows and how they read.

/** @type {import("../types.d.ts").Room} */
export const interval = Object.freeze({
  id: "intervals",
  label: "Intervals",
  /** Defaults stand first; every name and choice is one of the bridge's `configure`, those with `each` go along with a file. */
  options: Object.freeze(/** @type {import("../types.d.ts").Rule[]} */ ([
    {
      name: "unmatched",
      label: "A region without a hit",
      choices: [
        ["drop", "gives no token", "It stays in the table as an empty row and is counted."],
        ["unk", "gives the unknown token", "Every such row adds one <unk> id."],
        ["error", "stops the file", "The first such lines are named."],
      ],
    },
    {
      name: "invalid",
      label: "A line that is not a region",
      choices: [
        ["error", "stops the file", "The line is named; you can then skip it."],
        ["skip", "is skipped", "It is counted and listed by reason."],
        ["keep", "is kept as gtars keeps it", "Reversed rows and large coordinates stay; unreadable ones still stop."],
      ],
    },
    {
      name: "rename",
      label: "Chromosome names",
      each: true,
      choices: [
        [null, "as in the file", "Names that the universe lacks are listed, and a renaming is offered."],
        ["auto", "are matched to the universe", "1 becomes chr1, MT becomes chrM; what was renamed is listed."],
      ],
    },
    {
      name: "sort",
      label: "Order of the tokens",
      choices: [
        [false, "as in the file", "Row by row."],
        [true, "by chromosome and start", "The order in which gtars reads files."],
      ],
    },
    {
      name: "special_tokens_pattern",
      label: "Special tokens around a document",
      choices: [
        ["none", "none", "The ids of the regions alone."],
        ["cls_sep", "<cls> and <sep>", "Kept with the tokenizer for Python and Hugging Face; token files hold regions only."],
        ["bos", "<bos> in front", "Kept with the tokenizer for Python and Hugging Face; token files hold regions only."],
        ["eos", "<eos> behind", "Kept with the tokenizer for Python and Hugging Face; token files hold regions only."],
        ["bos_eos", "<bos> and <eos>", "Kept with the tokenizer for Python and Hugging Face; token files hold regions only."],
      ],
    },
    {
      name: "engine",
      label: "Search for overlaps",
      choices: [
        ["bits", "bits", "One sorted list. The engine changes the work, never the tokens."],
        ["ailist", "AIList", "Lists parted by containment, as in gtars. The tokens are the same."],
      ],
    },
  ])),
  /** @param {{line: number, chrom: string, start: number, end: number, count: number}} row */
  describe: (row) => `line ${row.line}, ${row.chrom}:${row.start}-${row.end}, ${row.count} tokens`,
});

/** The rules in force in a room; one without rules of its own leaves those of the regions as they are. */
export const rulesOf = (room) => room.options ?? interval.options;

/** The settings with which a room begins. */
export const defaultsOf = (room) => Object.fromEntries(rulesOf(room).map(({ name, choices }) => [name, choices[0][0]]));
