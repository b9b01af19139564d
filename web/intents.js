// What the views may ask for; app.js fills it in, so that views know neither engine nor pool.

/** @type {Record<string, Function>} */
export const intents = {};
