// The room of motifs: DNA in; its bins, what lies in them, and their tokens out.
import { html } from "../../html.js";
import { choosePreset, desk } from "../../motifs.js";
import { count, plural, shown } from "../../plain/words.js";
import { motif } from "../../rooms/motif.js";
import { state } from "../../state.js";
import { Intake, Presets } from "../dna/intake.js";
import { Model } from "../dna/model.js";
import { DnaRoom } from "../dna/room.js";
import { Result } from "./result.js";

const PHASES = { read: "Reading", "": "Making ready the motifs", motifs: "Making ready the motifs", scan: "Searching both strands", bins: "Cutting bins", ids: "Scoring how motifs depend on each other", vocabulary: "Counting sets", tokens: "Naming bins" };
const LEDE = `Transcription factors bind short motifs. This cuts DNA at the flanks of peaks of motif density; each bin between is a token: the set of
  motif clusters that fill it. It all runs in this tab.`;
const HELP = `Letters A, C, G, T, of either case; N and other ambiguous letters take no motif. Up to ${count(motif.most)} bases.`;

const rule = ({ pvalue, relative }) => (pvalue === null ? `a relative score of ${relative} or more` : `p ≤ ${pvalue}`);
const told = (model) => html`${count(model.motifs)} motifs, hits from ${rule(model)}; ${plural(model.clusters, "cluster")}, ${count(model.vocab_size)} ids,
  learnt from ${plural(model.contigs, "sequence")} of ${count(model.bases)} bases. ${model.credit && html`<span class="quiet">${shown(model.credit, 300)}.</span>`}`;

export const Motifs = () => (state.value.room === motif.id ? html`<${Room} />` : null);

function Room() {
  const { result, preset } = desk.value;
  return html`<${DnaRoom} id="motif" title=${motif.label} lede=${LEDE}>
    <${Intake} desk=${desk} room=${motif} verb="Find motifs" help=${HELP} phases=${PHASES}>
      <${Presets} desk=${desk} legend="Which hits count" name="motif-preset" choices=${motif.presets} chosen=${preset} onChoose=${choosePreset} />
      <${Model} desk=${desk} title="Tokens of a saved tokenizer" command="genotok motif fit" says="bins are cut, and ids given, by its rules." told=${told} /><//>
    ${result && html`<${Result} />`}<//>`;
}
