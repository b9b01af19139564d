// A cluster of motifs, unfolded: the motifs in it with their logos.
import { useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk } from "../../motifs.js";
import { firstRows } from "../../plain/motifwords.js";
import { plural, shown } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Logo } from "../dna/logo.js";

const LOGOS = 8; // motifs that are drawn

/** Logos by the numbers of motifs: the first few. */
export async function drawn(motifs, most) {
  const rows = firstRows(motifs, most);
  if (!rows.length) return new Map();
  const { value: { columns }, buffers: { counts } } = await desk.ask("logos", rows);
  let at = 0;
  return new Map(rows.map((row, place) => [row, counts.subarray(at, (at += 4 * columns[place]))]));
}

async function asked(member) {
  const { value } = await desk.ask("member", member);
  return { value, logos: await drawn(value.features, LOGOS) };
}

function Inside({ member }) {
  const { answer, failure } = useAnswer(() => asked(member), [member]);
  if (failure) return html`<p class="note">${shown(failure.message)}</p>`;
  if (!answer) return null;
  const { value: { features, total, cpg }, logos } = answer;
  const left = new Map(logos);
  const listed = features.slice(0, LOGOS * 2);
  return html`<div class="motif-inside"><p class="quiet">${plural(total, "motif-strand")}${cpg && ", and CpG"}:</p>
    <ol class="dna-list">${listed.map(({ row, strand, id, name }) => {
      const counts = left.get(row);
      left.delete(row);
      return html`<li key=${`${row}${strand}`}><p><b>${shown(name)}</b> <span class="quiet">${id}${strand === "+" ? "+" : "−"}</span></p>${counts && html`<${Logo} counts=${counts} strand=${strand} name=${name} />`}</li>`;
    })}</ol>${total > listed.length && html`<p class="quiet">and ${plural(total - listed.length, "more motif-strand")}.</p>`}</div>`;
}

/** @param {{one: {member: number, text: string, name: string}, more?: any}} props  `more` is said behind the name */
export function Member({ one, more = null }) {
  const [open, setOpen] = useState(false);
  return html`<div class="motif-member"><button type="button" class="plain" aria-expanded=${open} onClick=${() => setOpen(!open)}>${shown(one.name, 60)}</button>
    <span class="quiet">${shown(one.text)}${more && ` ${more}`}</span>${open && html`<${Inside} member=${one.member} />`}</div>`;
}
