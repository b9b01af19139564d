// Rows of a square of likenesses in an order that brings alike ones together, so that groups can be seen.
import { mostAlike } from "./matrix.js";

/**
 * From the two most alike on, the next one joins the end that it is most like.
 * @param {import("./matrix.js").Square} square @returns {number[]}
 */
export function chain(square) {
  const { names, values } = square;
  const like = (one, other) => { const value = values[one * names.length + other]; return value >= 0 ? value : -1; };
  const start = mostAlike(square);
  const order = start < 0 ? [0] : [start % names.length, Math.floor(start / names.length)];
  while (order.length < names.length) {
    const left = [...names.keys()].filter((each) => !order.includes(each));
    const joins = left.flatMap((each) => [{ likeness: like(order.at(-1), each), each, last: true }, { likeness: like(order[0], each), each, last: false }]);
    const { each, last } = joins.reduce((best, join) => (join.likeness > best.likeness ? join : best));
    if (last) order.push(each);
    else order.unshift(each);
  }
  return order;
}

/** The square with its rows and columns in another order. */
export const reordered = ({ names, values }, order) => ({ names: order.map((at) => names[at]), values: order.flatMap((row) => order.map((column) => values[row * names.length + column])) });
