// Scrolling over any number of lines: by the scrollbar, wheel, keys, up to the last one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scroller } from "../views/scroller.js";

const HIGH = 600; // px of frame

globalThis.ResizeObserver = class { observe() {} disconnect() {} };
globalThis.requestAnimationFrame = (draw) => setImmediate(draw);
globalThis.cancelAnimationFrame = clearImmediate;

/** A frame as browsers have it: whole pixels, no further than there is to scroll. */
function framed(total, rules = {}) {
  const heard = {};
  const tall = { style: {}, get offsetHeight() { return parseFloat(this.style.height); } };
  const frame = {
    clientHeight: HIGH, top: 0, addEventListener: (type, hear) => (heard[type] = hear),
    get scrollTop() { return this.top; },
    set scrollTop(to) { this.top = Math.round(Math.max(0, Math.min(tall.offsetHeight - HIGH, to))); },
  };
  let draws = 0;
  const scroller = new Scroller({ frame, tall, pane: { style: {} } }, { line: 30, head: 1, draw: () => (draws += 1), ...rules });
  scroller.fit(total);
  const event = (more) => ({ target: frame, defaultPrevented: false, prevented: false, preventDefault() { this.prevented = true; }, ...more });
  const fire = (type, more) => {
    const fired = event(more);
    heard[type](fired);
    return fired.prevented;
  };
  return { scroller, frame, fire, drawn: () => draws };
}

test("a short list has its own height and nothing to scroll", () => {
  const { scroller, frame } = framed(5);
  assert.equal(frame.clientHeight / 30 - 1, scroller.visible);
  scroller.moveTo(3);
  assert.deepEqual([scroller.last, scroller.first, frame.scrollTop], [0, 0, 0]);
});

test("the scrollbar reaches the first and the last line of ten million", () => {
  const { scroller, frame, fire } = framed(1e7);
  assert.ok(scroller.crowded);
  for (const share of [0, 0.25, 0.5, 1]) {
    frame.scrollTop = share * 15_000_000;
    fire("scroll");
    assert.ok(Math.abs(scroller.first / scroller.last - share) < 1e-4, share);
  }
  assert.equal(scroller.first, 1e7 - 19);
});

test("any line is gone to exactly, whatever the scrollbar can tell", () => {
  const { scroller, fire } = framed(1e7);
  for (const line of [1, 123_456, 9_999_000]) {
    scroller.moveTo(line);
    fire("scroll"); // the browser's own echo
    assert.equal(scroller.first, line);
  }
});

test("wheel and keys go line by line where a pixel is many lines", () => {
  const { scroller, fire } = framed(1e7);
  scroller.moveTo(500);
  assert.ok(fire("wheel", { deltaY: 60, deltaMode: 0 }));
  assert.equal(scroller.first, 502);
  assert.ok(fire("keydown", { key: "ArrowUp" }));
  assert.equal(scroller.first, 501);
  assert.ok(fire("keydown", { key: "PageDown" }));
  assert.ok(Math.abs(scroller.first - 501 - 0.9 * 19) < 1e-9);
  assert.equal(fire("wheel", { deltaY: 60, ctrlKey: true }), false);
});

test("in a list that fits the scrollbar they are left to the browser", () => {
  const { scroller, fire } = framed(1000);
  assert.equal(scroller.crowded, false);
  assert.equal(fire("wheel", { deltaY: 60 }), false);
  assert.equal(fire("keydown", { key: "ArrowDown" }), false);
});

test("a line is shown by scrolling as little as possible", () => {
  const { scroller } = framed(1000);
  scroller.moveTo(100);
  scroller.show(110);
  assert.equal(scroller.first, 100);
  scroller.show(90);
  assert.equal(scroller.first, 90);
  scroller.show(120);
  assert.equal(scroller.first, 121 - 19);
});

test("it draws at most once a frame, and never after the end", async () => {
  const frame = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const { scroller, drawn } = framed(1000);
  for (let at = 0; at < 10; at += 1) scroller.moveTo(at);
  await frame();
  assert.equal(drawn(), 1);
  scroller.close();
  scroller.later();
  await frame();
  assert.equal(drawn(), 1);
});
