// One bin: where it lies, which token it is, and the motifs in it with their logos.
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { count, plural, shown } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Logo } from "../dna/logo.js";
import { Member, drawn } from "./member.js";

const LOGOS = 6; // motifs that are drawn
const LISTED = 12; // motifs that are named

async function asked(bin) {
  const { value, buffers } = await desk.look("bin", bin);
  return { value, buffers, logos: await drawn(value.motifs, LOGOS) };
}

const times = (share) => `${share.toFixed(2)} of its length`;

function Present({ value, shares, logos }) {
  const left = new Map(logos);
  return html`<ol class="dna-list">${value.motifs.slice(0, LISTED).map(({ row, strand, id, name }, at) => {
    const counts = left.get(row);
    left.delete(row);
    return html`<li key=${`${row}${strand}`}><p><b>${shown(name)}</b> <span class="quiet">${id}${strand === "+" ? "+" : "−"}, ${times(shares[at])}</span></p>
      ${counts && html`<${Logo} counts=${counts} strand=${strand} name=${name} />`}</li>`;
  })}</ol>${value.total > LISTED && html`<p class="quiet">and ${plural(value.total - LISTED, "more motif-strand")} in this bin.</p>`}`;
}

export function Card({ one }) {
  const { bin, result } = desk.value;
  const { answer } = useAnswer(() => (bin === null ? null : asked(bin)), [bin]);
  const told = bin !== null && answer?.value?.bin === bin ? answer : answer?.value ? answer : null;
  if (bin === null || !told) return html`<section class="dna-card" aria-label="Chosen bin"><p class="quiet">Point at a bin, or walk with the arrow keys: the motifs in it stand here.</p></section>`;
  const { value, buffers: { shares }, logos } = told;
  const strong = value.members.filter((each) => each.value >= value.threshold - 1e-9);
  return html`<section class="dna-card" aria-label="Chosen bin">
    <h3>Bin ${count(value.bin + 1)}<span>${shown(one.name, 40)}:${count(value.start)}-${count(value.end)}, ${plural(value.end - value.start, "base")}</span></h3>
    <dl>
      ${value.token && html`<div><dt>Token</dt><dd><code>${count(value.token.id)}</code> <span class="dna-text">${shown(value.token.text, 120)}</span><span class="quiet">, ${plural(value.token.count, "bin")} when it was learnt</span></dd></div>`}
      <div><dt>${result.fitted ? "Clusters" : "Motifs"} that fill half of it</dt><dd>${value.gap ? "no known base" : strong.length ? strong.slice(0, 4).map((each) => (result.fitted
        ? html`<${Member} key=${`${value.bin} ${each.text}`} one=${each} more=${each.value.toFixed(2)} />`
        : html`<span class="motif-member" key=${each.text}>${shown(each.name, 60)} <span class="quiet">${shown(each.text)} ${each.value.toFixed(2)}</span></span>`)) : "none"}${strong.length > 4 && html`<span class="quiet">and ${count(strong.length - 4)} more</span>`}</dd></div>
      ${value.cpg > 0 && html`<div><dt>CpG</dt><dd>${plural(value.cpg, "base")}</dd></div>`}
    </dl>
    <${Present} value=${value} shares=${shares} logos=${logos} />
  </section>`;
}
