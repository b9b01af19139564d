// Arrays too large for one message: their pieces come ahead of the request that names them.

/** @type {Map<string, any>} */
const arriving = new Map();

/** Lay a piece into its array. */
export function take({ key, length, at, piece }) {
  if (!arriving.has(key)) arriving.set(key, new piece.constructor(length));
  arriving.get(key).set(piece, at);
}

/** The arguments of a request, with the arrays that came ahead in their places. */
export function whole(args) {
  return args.map((arg) => {
    const array = arg?.ahead && arriving.get(arg.ahead);
    if (!array) return arg;
    arriving.delete(arg.ahead);
    return array;
  });
}
