// When to draw more: not in the frame that is about to be drawn, which has its share already.

/** Do something in the frame after the next, which may be the one that is under way. */
export const afterFrame = (work) => requestAnimationFrame(() => requestAnimationFrame(work));
