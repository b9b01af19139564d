// Four pictures of a result in numbers: by chromosome, by width of the regions, and by frequency of the tokens.
import { ChromBars, chromTable } from "../charts/bars.js";
import { RatePoints, WidthBars, unrated, widthTable } from "../charts/histogram.js";
import { RankCurve, rankTable } from "../charts/rankfreq.js";
import { chromFinding, rankFinding, rateFinding, widthFinding } from "../charts/findings.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { plural, sentence } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { assemblyOf, useBands } from "./bands.js";
import { Plot } from "./plot.js";

const CLASSES = 32; // of width

export function Plots({ file }) {
  const { answer, failure } = useAnswer(() => intents.ask(file.id, "summary", CLASSES), [file.id, file.buffers]);
  const bands = useBands(assemblyOf(file.result));
  if (failure) return html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`;
  if (!answer) return html`<p class="quiet" role="status">Counting tokens by chromosome, width and frequency</p>`;
  const { value, buffers } = answer;
  const chroms = value.chrom_names.map((name, at) => ({
    name, regions: buffers.chrom_regions[at], hits: buffers.chrom_hits[at], tokens: buffers.chrom_tokens[at], size: bands?.get(name)?.size ?? null,
  }));
  const bare = chroms.filter(({ tokens }) => !tokens).length;
  const widths = { edges: buffers.width_edges, regions: buffers.width_regions, hits: buffers.width_hits };
  const curve = { ranks: buffers.ranks, frequencies: buffers.frequencies, zipf: value.zipf };
  const files = [file];
  return html`<div class="plots"><div class="plots-side">
    <${Plot} files=${files} name="Tokens per chromosome" finding=${chromFinding(chroms)} table=${() => chromTable(chroms)}
      note=${bare > 0 && html`<p class="note">${plural(bare, "chromosome")} of the file without a token.</p>`}
      draw=${(width, name) => html`<${ChromBars} name=${name} chroms=${chroms} width=${width} />`} />
    <${Plot} files=${files} name="Widths of the regions" finding=${widthFinding(widths)} table=${() => widthTable(widths)}
      draw=${(width, name) => html`<${WidthBars} name=${name} widths=${widths} width=${width} />`} />
    </div><div class="plots-side">
    <${Plot} files=${files} name="Hit rate by width" note=${unrated(widths) > 0 && html`<p class="note">Classes of fewer than ten regions are in the table only.</p>`} finding=${rateFinding(widths)} table=${() => widthTable(widths)}
      draw=${(width, name) => html`<${RatePoints} name=${name} widths=${widths} width=${width} />`} />
    <${Plot} files=${files} name="Frequency by rank" finding=${rankFinding(curve)} table=${() => rankTable(curve)}
      draw=${(width, name) => html`<${RankCurve} name=${name} curve=${curve} width=${width} />`} />
  </div></div>`;
}
