// The room of regions: what it accepts, which rules it knows and how they read.

export const interval = Object.freeze({
  id: "intervals",
  label: "Intervals",
  ready: true,
  accepts: "BED files, plain, gzip or bgzip",
  /** Defaults stand first; every name and choice is one of the bridge's `configure`. */
  options: Object.freeze([
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
      name: "sort",
      label: "Order of the tokens",
      choices: [
        [false, "as in the file", "Row by row."],
        [true, "by chromosome and start", "The order in which gtars reads files."],
      ],
    },
  ]),
  /** @param {{line: number, chrom: string, start: number, end: number, count: number}} row */
  describe: (row) => `line ${row.line}, ${row.chrom}:${row.start}-${row.end}, ${row.count} tokens`,
});

/** The settings with which a room begins. */
export const defaultsOf = (room) => Object.fromEntries((room.options ?? []).map(({ name, choices }) => [name, choices[0][0]]));
