// The room of learned codes: its own state, and what its views may ask for. It comes with them, after the first screen.
import { DnaDesk } from "./dna.js";
import { plural } from "./plain/words.js";
import { vq } from "./rooms/vq.js";
import { say } from "./views/speech.js";

export const desk = new DnaDesk(vq, {
  start: { choice: vq.models[0][0] },
  /** the base that was chosen, what changing one does, and the code that a press asked to look up */
  fresh: { base: null, change: null, wanted: null },
  kept: ["choice"],
  options: ({ choice }) => ({ model: choice }),
  said: ({ sequences }) => plural(sequences.reduce((total, each) => total + each.tokens, 0), "token"),
  restore: ({ model: { learnt } }) => learnt && learn({ codes: learnt.levels, stride: learnt.stride }),
});

/** Learn codes from the sequence itself. @param {{codes: number, stride: number}} options */
export const learn = (options) => {
  desk.set({ change: null });
  return desk.learn(options, ({ model }) => `${plural(model.levels[0], "code")} learnt`);
};

export const chooseModel = (choice) => {
  desk.set({ choice });
  if (desk.peek().phase !== "empty") desk.again();
};
export const chooseBase = (base) => desk.set({ base });

/** Describe a code or token, of which somebody pressed the name. */
export const lookUp = (text) => desk.set({ wanted: Object.freeze({ text }) });

/** Ask what changing a base does, and show it until it is taken back. */
export async function change(position, letter) {
  const { value, buffers } = await desk.look("mutate", position, letter);
  desk.set({ base: position, change: Object.freeze({ position, letter, value, buffers }) });
  say(`${plural(buffers.tokens.length, "token")} changed`);
}
export const undo = () => desk.set({ change: null });
