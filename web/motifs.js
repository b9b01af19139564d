// The room of motifs: its own state, and what its views may ask for. It comes with them, after the first screen.
import { DnaDesk } from "./dna.js";
import { plural } from "./plain/words.js";
import { motif } from "./rooms/motif.js";

export const desk = new DnaDesk(motif, {
  start: { preset: motif.presets[0][0] },
  fresh: { bin: null }, // the one that was chosen
  kept: ["preset"],
  options: ({ preset }) => ({ preset }),
  said: ({ sequences }) => `${plural(sequences.reduce((total, each) => total + each.bins, 0), "bin")} found`,
  restore: ({ fitted, model, settings }) => fitted && !model && learn({ min_count: settings.min_count }),
});

/** Learn clusters and tokens from the sequence itself. */
export const learn = (options = {}) => desk.learn(options, ({ fitted }) => `${plural(fitted.clusters, "cluster")} and their tokens learnt`);

export const choosePreset = (preset) => {
  desk.set({ preset });
  if (desk.peek().result) desk.again();
};
export const chooseBin = (bin) => desk.set({ bin });
