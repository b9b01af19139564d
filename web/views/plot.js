// One picture with its finding as title, the same in numbers as a table, and ways to keep both.
import { useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.js";
import { Twin, csvOf } from "../charts/twin.js";
import { html } from "../html.js";
import { hand } from "../outputs.js";
import { pngBlob, standalone, svgBlob } from "../charts/pictures.js";
import { say } from "./speech.js";
import { state } from "../state.js";
import { parted } from "../plain/folders.js";
import { sentence, shown, shownPath } from "../plain/words.js";

/** The width in px that a place has; 0 until it is known. @returns {[{current: any}, number]} */
function useWidth() {
  const place = useRef(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    setWidth(Math.floor(place.current.parentElement.clientWidth)); // as wide, and without the padding
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  return [place, width];
}

/** Words below a saved picture: made with what, of what. */
function sourceOf(files) {
  const { name, digest } = files[0].result.universe;
  return [`genotok ${state.peek().build?.genotok ?? ""}`.trim(), ...files.map((file) => shownPath(file.name, 80)), `${shown(name, 80)} ${digest.slice(0, 8)}`].join("  ·  ");
}

/**
 * @param {{files: object[], name: string, finding: string, table: () => import("../charts/twin.js").Table, draw: (width: number, name: string) => any,
 *          note?: any, wide?: boolean, children?: any, of?: {stem: string, source: string}|null, more?: Object<string, () => Promise<Blob>>}} props
 *          `name` says what is drawn, also in the names of saved files; `of` stands for results of regions; `more` are kinds of files in the place of CSV
 */
export function Plot({ files, name, finding, table, draw, note = null, wide = false, children = null, of = null, more = null }) {
  const [place, width] = useWidth();
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const title = finding.replaceAll(" %", "\u00a0%");
  const stem = `${of ? of.stem : files.map((file) => parted(file.name)[1].replace(/(\.bed)?(\.b?gz)?$/i, "")).slice(0, 2).join("-")}.${name.toLowerCase().replaceAll(" ", "-")}`;
  const keep = async (kind) => {
    try {
      const picture = !["svg", "png"].includes(kind) ? null : standalone(place.current.querySelector("svg.picture"), { title, source: of ? of.source : sourceOf(files) });
      const blob = { svg: () => svgBlob(picture), png: () => pngBlob(picture), csv: () => new Blob([csvOf(table())], { type: "text/csv" }), ...more }[kind];
      hand(await blob(), `${stem}.${kind}`);
      setProblem(null);
      say(`Saved ${stem}.${kind}`);
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`<figure class=${wide ? "plot plot-wide" : "plot"} aria-label=${name}>
    <figcaption><h3 class="plot-finding">${sentence(title)}</h3>${note}</figcaption>
    <div class="plot-place" ref=${place}>${width > 0 && draw(width, finding)}${children?.(width)}</div>
    <p class="plot-tools">
      <button type="button" class="plain" aria-expanded=${open} aria-label=${`Show as table: ${name}`} onClick=${() => setOpen(!open)}>Show as table</button>
      ${["svg", "png", ...(more ? Object.keys(more) : ["csv"])].map((kind) => html`<button type="button" key=${kind} class="plain" aria-label=${`${kind.toUpperCase()}: save ${name}`} onClick=${() => keep(kind)}>${kind.toUpperCase()}</button>`)}
    </p>
    ${problem && html`<p class="notice notice-bad" role="alert">${sentence(problem)}</p>`}
    ${open && html`<div class="twin-frame" tabindex="0" role="region" aria-label=${`${name} in numbers`}><${Twin} table=${table()} /></div>`}
  </figure>`;
}
