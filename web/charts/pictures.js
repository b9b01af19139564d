// Pictures on their way out of the page: an SVG that stands alone, a PNG of it, a table as CSV.

// What a style sheet may say of a mark, and what a mark has without it; type is said of words only.
const PAINT = { fill: "rgb(0, 0, 0)", "fill-opacity": "1", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-opacity": "1", "paint-order": "normal" };
const TYPE = { "text-anchor": "start", "font-size": "", "font-weight": "400", "font-variant-numeric": "normal" };
const EDGE = 16; // px around the saved picture
const SCALE = 2; // pixels of a PNG for each px
const SVG = "http://www.w3.org/2000/svg";

/** Break words into lines that are at most `width` long when measured. */
export function wrap(words, width, measure) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && measure(longer) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Copy a picture with its computed colours and type, so that it needs no style sheet. */
function inlined(node) {
  const copy = node.cloneNode(true);
  const [from, to] = [node.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((each, at) => {
    to[at].removeAttribute("class");
    if (!["path", "rect", "text"].includes(each.localName)) return;
    const style = getComputedStyle(each);
    for (const [name, usual] of Object.entries(each.localName === "text" ? { ...PAINT, ...TYPE } : PAINT)) {
      const value = style.getPropertyValue(name);
      if (value && value !== usual) to[at].setAttribute(name, value);
    }
  });
  return copy;
}

/**
 * The picture as a document of its own: `title` stands above it, `source` below it.
 * @returns {{text: string, width: number, height: number}}
 */
export function standalone(picture, { title, source }) {
  const place = picture.parentElement;
  const { fontFamily, color } = getComputedStyle(place);
  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
  const pen = document.createElement("canvas").getContext("2d");
  const set = (words, font) => {
    pen.font = `${font} ${fontFamily}`;
    return wrap(words, width, (text) => pen.measureText(text).width);
  };
  const [titles, sources] = [set(title, "600 15px"), set(source, "11px")];
  const above = titles.length * 20 + 14;
  const [wide, tall] = [width + 2 * EDGE, Math.ceil(above + height + sources.length * 15 + 2 * EDGE)];
  const root = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, role: "img", "aria-label": title, "font-family": fontFamily })) root.setAttribute(name, value);
  const add = (name, attributes, text = "") => {
    const node = root.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
  };
  add("rect", { width: wide, height: tall, fill: paperOf(place) });
  titles.forEach((line, at) => add("text", { x: EDGE, y: EDGE + 15 + at * 20, fill: color, "font-size": 15, "font-weight": 600 }, line));
  const inner = inlined(picture);
  for (const [name, value] of Object.entries({ x: EDGE, y: EDGE + above, width, height })) inner.setAttribute(name, value);
  for (const name of ["role", "aria-label", "class"]) inner.removeAttribute(name);
  root.append(inner);
  sources.forEach((line, at) => add("text", { x: EDGE, y: tall - EDGE - (sources.length - 1 - at) * 15, fill: color, "font-size": 11 }, line));
  return { text: new XMLSerializer().serializeToString(root), width: wide, height: tall };
}

/** The colour of what a place lies on. */
function paperOf(place) {
  for (let at = place; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) return backgroundColor;
  }
  return "Canvas";
}

export const svgBlob = ({ text }) => new Blob([text], { type: "image/svg+xml" });

/** @returns {Promise<Blob>} */
export async function pngBlob(picture) {
  const image = new Image();
  const address = URL.createObjectURL(svgBlob(picture));
  try {
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * SCALE, height: picture.height * SCALE });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be painted"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
