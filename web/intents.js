// What the views may ask for; app.js fills it in, so that views know neither engine nor pool.

export const intents = /** @type {import("./types.d.ts").Intents} */ ({});
