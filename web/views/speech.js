// One polite live region: at most one message in two seconds, the latest wins.

const PAUSE = 2000;
let waiting = null;
let quietUntil = 0;

export function say(text) {
  const region = document.getElementById("say");
  const wait = quietUntil - performance.now();
  clearTimeout(waiting);
  if (wait > 0) {
    waiting = setTimeout(() => say(text), wait);
    return;
  }
  quietUntil = performance.now() + PAUSE;
  region.textContent = text;
}
