// The literal table of rooms: a new tokenizer is one module and one line here.
import { interval } from "./interval.js";
import { motif } from "./motif.js";
import { vq } from "./vq.js";

/** @type {readonly import("../types.d.ts").Room[]} */
export const rooms = Object.freeze([interval, motif, vq]);
export const roomOf = (id) => rooms.find((room) => room.id === id) ?? interval;
