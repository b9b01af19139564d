// What a picture says, in a sentence: its title, and its name for those who hear it.
import { density } from "./bars.js";
import { boxOf } from "./genome.js";
import { classes, interval } from "./histogram.js";
import { mostAlike } from "./matrix.js";
import { signed } from "./rankfreq.js";
import { bases, sum } from "./scale.js";
import { count, percent, plural, shown } from "../plain/words.js";

const FEW = 30; // regions that a comparison needs

/** Who has most of the tokens, and where they stand closest. @param {import("./bars.js").Chrom[]} chroms */
export function chromFinding(chroms) {
  const total = sum(chroms.map(({ tokens }) => tokens));
  if (!total) return "No chromosome holds a token";
  const most = chroms.reduce((best, chrom) => (chrom.tokens > best.tokens ? chrom : best));
  const { label, of } = density(chroms);
  const rated = chroms.filter((chrom) => chrom.tokens && of(chrom) !== null);
  const name = ({ name: text }) => shown(text, 24);
  const opening = `${name(most)} holds ${percent(most.tokens, total)} of the tokens`;
  if (rated.length < 2) return opening;
  const dense = rated.reduce((best, chrom) => (of(chrom) > of(best) ? chrom : best));
  if (label === "tokens per Mb") return dense === most ? `${opening} and is the densest per base` : `${opening}; ${name(dense)} is densest per base`;
  return `${opening}; ${name(dense)} hits most often`;
}

/** The width that half of the regions do not reach, to the class. */
function middle(all) {
  const half = sum(all.map(({ regions }) => regions)) / 2;
  let seen = 0;
  return all.find(({ regions }) => (seen += regions) >= half);
}

const span = ({ low, high }) => (high - low <= 1 ? bases(low) : `${count(low)} to ${bases(high - 1)}`);

/** How wide most regions are. @param {import("./histogram.js").Widths} widths */
export function widthFinding(widths) {
  const all = classes(widths);
  const total = sum(all.map(({ regions }) => regions));
  if (!total) return "There are no regions";
  const peak = all.reduce((best, each) => (each.regions > best.regions ? each : best));
  if (peak.regions === total) return `All regions are ${span(peak)} wide`;
  if (peak.regions * 2 >= total) return `Most regions (${percent(peak.regions, total)}) are ${span(peak)} wide`;
  return `Half of the regions are narrower than about ${bases(middle(all).high)}`;
}

/** Whether wide or narrow regions hit more often, as far as their numbers bear it out. @param {import("./histogram.js").Widths} widths */
export function rateFinding(widths) {
  const all = classes(widths);
  const [regions, hits] = [sum(all.map((each) => each.regions)), sum(all.map((each) => each.hits))];
  if (!regions) return "There are no regions";
  const half = all.indexOf(middle(all));
  const side = (part) => ({ hits: sum(part.map((each) => each.hits)), regions: sum(part.map((each) => each.regions)) });
  const [narrow, wide] = [side(all.slice(0, half)), side(all.slice(half + 1))];
  if (Math.min(narrow.regions, wide.regions) < FEW) return `${percent(hits, regions)} of the regions hit`;
  const rates = `${percent(narrow.hits, narrow.regions)} below ${bases(all[half].low)}, ${percent(wide.hits, wide.regions)} from ${bases(all[half].high)}`;
  const [first, second] = [interval(narrow.hits, narrow.regions), interval(wide.hits, wide.regions)];
  if (first[1] < second[0]) return `Wide regions hit more often: ${rates}`;
  if (second[1] < first[0]) return `Narrow regions hit more often: ${rates}`;
  return `The hit rate hardly depends on width: ${rates}`;
}

/** How often tokens repeat. @param {import("./rankfreq.js").Curve} curve */
export function rankFinding({ ranks, frequencies, zipf }) {
  if (!ranks.length) return "There are no tokens to rank";
  if (frequencies[0] === frequencies[frequencies.length - 1]) {
    return frequencies[0] === 1 ? "No token occurs twice" : `Every token occurs ${count(frequencies[0])} times`;
  }
  const most = `The commonest token occurs ${plural(frequencies[0], "time")}`;
  return zipf ? `${most}; frequency falls as rank to the power ${signed(zipf.slope)} (Zipf: −1)` : most;
}

/** How far the tokens reach, and where most of them lie. */
export function genomeFinding(layout, regions, tokens) {
  const bins = layout.rows.flatMap(({ bins: [from, to] }) => Array.from({ length: to - from }, (_, at) => from + at));
  const [filled, reached] = [bins.filter((bin) => regions[bin]), bins.filter((bin) => tokens[bin])];
  if (!reached.length) return "No token lies on the genome";
  const best = reached.reduce((most, bin) => (tokens[bin] > tokens[most] ? bin : most));
  const { chrom, from, to } = boxOf(layout, best);
  return `Tokens lie in ${count(reached.length)} of the ${plural(filled.length, "bin")} that hold universe regions; most, ${count(tokens[best])}, on ${shown(chrom, 24)} from ${(from / 1e6).toFixed(1)} to ${(to / 1e6).toFixed(1)} Mb`;
}

/** Which two files are most alike. @param {import("./matrix.js").Square} square */
export function matrixFinding({ names, values }) {
  const best = mostAlike({ names, values });
  if (best < 0) return "No file has a token";
  const pair = [best % names.length, Math.floor(best / names.length)].map((at) => shown(names[at], 40));
  return `Most alike of ${plural(names.length, "file")}: ${pair.join(" and ")}, Jaccard ${values[best].toFixed(2)}`;
}

/** How much two sets share. @param {import("./overlap.js").Sets} sets */
export function overlapFinding({ a, b, shared, unit, write = count }) {
  const union = a.size + b.size - shared;
  if (!shared) return `The two share no ${unit}`;
  return `${write(shared)}${write === count ? ` ${unit}` : ""} are in both: ${percent(shared, a.size)} of A's, ${percent(shared, b.size)} of B's, ${percent(shared, union)} of all`;
}

/** The chromosomes that one side has and the other lacks. @param {import("./sides.js").Sides} sides */
export function sidesFinding({ names, a, b }) {
  const lacking = (has, lacks) => names.filter((_, at) => has[at] && !lacks[at]);
  const only = [{ side: "A", names: lacking(a, b) }, { side: "B", names: lacking(b, a) }].filter((each) => each.names.length);
  const listed = (all) => `${all.slice(0, 3).map((name) => shown(name, 24)).join(", ")}${all.length > 3 ? ", …" : ""}`;
  const told = only.map((each) => `${plural(each.names.length, "chromosome is", "chromosomes are")} in ${each.side} only (${listed(each.names)})`);
  return told.length ? told.join("; ") : `Both have regions on the same ${plural(names.filter((_, at) => a[at]).length, "chromosome")}`;
}

/** Which of two universes has the narrower regions. @param {number} a @param {number} b  median widths in bp */
export function stepsFinding(a, b) {
  if (a === b) return `The median region of either is ${bases(a)} wide`;
  const [narrow, wide] = a < b ? ["A", "B"] : ["B", "A"];
  return `${narrow} has the narrower regions: the median is ${bases(Math.min(a, b))}, of ${wide} ${bases(Math.max(a, b))}`;
}
