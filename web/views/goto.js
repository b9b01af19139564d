// The field that leads to a place: what is typed is looked up, and a note says so when it is not quite there.
import { html } from "../html.js";

/** One of these is in view at a time: `/` finds it by its id. */
export function GoTo({ label, hint, onFind }) {
  const find = (event) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("place")).trim();
    if (text) onFind(text);
  };
  return html`<form class="find" onSubmit=${find}>
    <label class="unseen" for="place">${label}</label>
    <input id="place" name="place" type="search" placeholder=${hint} autocomplete="off" spellcheck=${false} />
    <button type="submit" class="plain">Go</button>
  </form>`;
}
