// The way back: ids or token texts in, regions out; what is no token is marked where it stands.
import { useEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { html } from "../html.js";
import { intents } from "../intents.js";
import { piecesOf, placesOf } from "../plain/decoding.js";
import { state } from "../state.js";
import { count, plural, sentence, shown } from "../plain/words.js";
import { useAnswer } from "./asked.js";
import { Decoded } from "./decoded.js";

const PAUSE = 250; // ms of no typing before a text is decoded
const LONG = 50_000; // characters that a field lays out at ease; of longer texts it shows the beginning
const SHOWN = 2000; // characters of that
const KINDS = { ids: "Read as ids", json: "Read as JSON", texts: "Read as token texts" };

/** A value as it was a moment ago, once it rests. */
function useRested(value, pause) {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The text drawn once more below itself, with marks; it scrolls along. */
function Marks({ text, unknown, layer }) {
  const pieces = piecesOf(text, unknown) ?? [];
  return html`<div class="decode-marks" aria-hidden="true" ref=${layer}>${pieces.map(([piece, known], at) => (known ? piece : html`<mark key=${at}>${piece}</mark>`))}${"\n"}</div>`;
}

/** The words that are no tokens, each a step to its place. */
function Unknown({ text, unknown, total, onShow }) {
  if (!total) return null;
  const places = placesOf(text, unknown);
  return html`<div class="decode-unknown"><p class="note note-warn">${plural(total, "word is", "words are")} no token of this universe${total > unknown.length ? `; the first ${unknown.length}:` : ":"}</p>
    <ul>${unknown.map((each, at) => html`<li key=${at}><button type="button" class="plain" onClick=${() => onShow(each)}>${shown(each[2], 40)}<span class="quiet"> ${places[at]}</span></button></li>`)}</ul></div>`;
}

function Outcome({ answer }) {
  const { kind, total, unknown_total: unknown } = answer.value;
  if (!total && !unknown) return null;
  return html`<p class="note" role="status">${KINDS[kind]}: ${plural(total, "token")}${unknown ? `, ${count(unknown)} unknown` : ""}.</p>
    ${total > 0 && html`<${Decoded} key=${answer.digest} answer=${answer} />`}`;
}

export function Decode() {
  const { decode: text, universe } = state.value;
  const box = useRef(null);
  const layer = useRef(null);
  const frame = useRef(null);
  useEffect(() => {
    if (text) frame.current.open = true; // also when the text comes from elsewhere
  }, [Boolean(text)]);
  const rested = useRested(text, PAUSE);
  const digest = universe.state === "ready" ? universe.summary.digest : null;
  const kept = useRef(null);
  const { answer: last, failure } = useAnswer(async () => {
    if (!digest) return kept.current;
    return rested.trim() ? { ...(await intents.call("decode", rested)), text: rested, digest, universe } : null;
  }, [rested, digest]);
  kept.current = last;
  // ids of another universe have other names; an engine that starts anew opens the same one again
  const answer = last && (digest ? last.digest === digest : universe.state === "loading" && last.universe.id === universe.id) ? last : null;
  const current = answer?.text === text ? answer : null; // marks belong to the text as it is
  const scroll = () => (layer.current.scrollTop = box.current.scrollTop);
  const long = text.length > LONG;
  const paste = (event) => { // before the field lays it out
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (pasted.length <= LONG) return;
    event.preventDefault();
    intents.setDecode(pasted);
  };
  const show = ([first, last]) => {
    box.current.focus();
    box.current.setSelectionRange(first, last);
  };
  return html`<details class="decode part" id="decode-box" ref=${frame}><summary><h2 id="decode-title">Ids to regions</h2><span class="quiet">the way back: paste ids, see what they stand for</span></summary>
    <p class="quiet" id="decode-says">Paste ids, JSON such as <code>${'{"input_ids": [1, 2]}'}</code>, or token texts such as <code>chr1:10-20</code>. They are read with the chosen universe.</p>
    <div class="decode-field"><${Marks} text=${text} unknown=${current?.value.unknown ?? []} layer=${layer} />
      <textarea id="decode-text" rows="5" spellcheck=${false} autocomplete="off" aria-label="Ids or token texts" aria-describedby="decode-says" ref=${box} value=${long ? text.slice(0, SHOWN) : text}
        readonly=${long} onPaste=${paste} onInput=${({ currentTarget }) => intents.setDecode(currentTarget.value)} onScroll=${scroll}></textarea></div>
    ${long && html`<p class="note">${plural(text.length, "character")}; the first ${count(SHOWN)} are shown. <button type="button" class="plain" onClick=${() => intents.setDecode("")}>Clear</button></p>`}
    ${text !== "" && !digest && html`<p class="note">Waits for the universe.</p>`}
    ${failure && html`<p class="notice notice-bad" role="alert">${sentence(failure.message)}</p>`}
    ${current && html`<${Unknown} text=${text} unknown=${current.value.unknown} total=${current.value.unknown_total} onShow=${show} />`}
    ${answer && html`<${Outcome} answer=${answer} />`}
  </details>`;
}
