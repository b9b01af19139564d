// The codes of a level by their use on the sequence, with what they stand for and how common they are in the corpus.
import { useRef, useState } from "../../vendor/preact-hooks.js";
import { html } from "../../html.js";
import { desk, lookUp } from "../../codes.js";
import { capital, levelName } from "../../plain/vqwords.js";
import { count, percent } from "../../plain/words.js";
import { useAnswer } from "../asked.js";
import { Gradually } from "../gradually.js";
import { Tabs } from "../tabs.js";
import { Turner } from "../turner.js";

const PAGE = 25;
const WIDE = 80; // px of the bar of the commonest code

export function Usage({ one }) {
  const { levels } = desk.value.result.model;
  const [level, setLevel] = useState(levels.length - 1);
  const [page, setPage] = useState(0);
  const { answer } = useAnswer(() => desk.look("usage", level, page * PAGE, PAGE), [level, page]);
  const most = useRef(1);
  if (answer?.value.first === 0) most.current = answer.buffers.here[0] ?? 1; // of the level: later pages keep its scale
  const tabs = levels.map((_, at) => [String(at), capital(levelName(at + 1, levels.length))]);
  const choose = (id) => (setLevel(Number(id)), setPage(0));
  const told = answer && html`<${Ranked} answer=${answer} level=${level} tokens=${one.tokens - one.unknown} most=${most.current} />
    <${Turner} label="Pages of codes" page=${page} pages=${Math.max(1, Math.ceil(answer.value.total / PAGE))} onTurn=${setPage} />`;
  return html`<section class="vq-usage" aria-labelledby="vq-usage-title"><h3 id="vq-usage-title">Codes by use</h3>
    ${tabs.length > 1 ? html`<${Tabs} label="Level" tabs=${tabs} chosen=${String(level)} panel="vq-level" onChoose=${choose} /><div role="tabpanel" id="vq-level" aria-labelledby=${`vq-level-${level}`}>${told}</div>` : told}</section>`;
}

function Ranked({ answer: { value: { total, first, size, bits, consensus }, buffers: { codes, here, ranks } }, level, tokens, most }) {
  const items = Array.from(codes, (code, at) => ({ code, here: here[at], rank: ranks[at], text: consensus[at], place: first + at + 1 }));
  const row = ({ code, here: met, rank, text, place }) => html`<tr key=${code}><td>${count(place)}</td><th scope="row"><button type="button" class="plain vq-code" onClick=${() => lookUp(`v${level + 1}:${code}`)}>${count(code)}</button></th>
    <td class="dna-words dna-text">${text}</td><td>${count(met)}</td><td><svg class="vq-bar" width=${WIDE} height="10" aria-hidden="true"><rect width=${Math.max(1, (WIDE * met) / most)} height="10" /></svg>${percent(met, tokens)}</td><td>${rank < 0 ? "–" : count(rank)}</td></tr>`;
  return html`<p class="quiet">${count(total)} of ${count(size)} codes are used here; one takes ${bits.toFixed(2)} bits.</p>
    <div class="twin-frame" tabindex="0" role="region" aria-label="Codes in numbers"><table class="twin"><thead><tr><th scope="col">Rank here</th><th scope="col">Code</th><th scope="col" class="dna-words">Stands for</th><th scope="col">Times</th><th scope="col">Share</th><th scope="col">Rank in the corpus</th></tr></thead>
      <${Gradually} items=${items} of=${`${level} ${first}`} draw=${row} /></table></div>`;
}
