// The room of learned codes: DNA in; its codes of all levels, what they stand for, and their tokens out.
import { html } from "../../html.js";
import { chooseModel, desk } from "../../codes.js";
import { count } from "../../plain/words.js";
import { vq } from "../../rooms/vq.js";
import { state } from "../../state.js";
import { Intake, Presets } from "../dna/intake.js";
import { Model } from "../dna/model.js";
import { DnaRoom } from "../dna/room.js";
import { Result } from "./result.js";

const PHASES = { read: "Reading", "": "Opening the codebook", encode: "Finding codes", decode: "Decoding them again", codes: "Learning codes" };
const LEDE = `A codebook, learnt from genomes, has a code for every short stretch of DNA; codes that stand for similar stretches lie near each other. This
  finds the codes of a sequence, shows what each stands for, and turns them back into bases. It all runs in this tab.`;
const HELP = `Letters A, C, G, T, of either case; N and other ambiguous letters give unknown tokens. Up to ${count(vq.most)} bases.`;

const told = ({ quantizer, levels, stride, span, vocab_size: ids }) => `${quantizer}, ${levels.map(count).join(" × ")} codes, a token for ${stride === 1 ? "every base" : `${stride} bases`} that sees ${count(span)}; ${count(ids)} ids.`;

export const Codes = () => (state.value.room === vq.id ? html`<${Room} />` : null);

function Room() {
  const { result, choice } = desk.value;
  return html`<${DnaRoom} id="vq" title=${vq.label} lede=${LEDE}>
    <${Intake} desk=${desk} room=${vq} verb="Find codes" help=${HELP} phases=${PHASES}>
      <${Presets} desk=${desk} legend="Codebook" name="vq-model" choices=${vq.models} chosen=${choice} onChoose=${chooseModel} />
      <${Model} desk=${desk} title="Codes of your own" command="genotok vq train" says="codes are found, and ids given, by it." told=${told} /><//>
    ${result && html`<${Result} />`}<//>`;
}
