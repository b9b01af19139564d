"""axe-core in the page: what a checker finds wrong with it, in each look that a user may have chosen."""

from __future__ import annotations

from functools import cache
from typing import Any

from npm import AXE, read

LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
    "forced dark colours": {"color_scheme": "dark", "forced_colors": "active"},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Chromium forces `color` alone, yet axe prefers the fill of text, which no style of the page sets apart from it.
PREPARE = """() => {
  const read = CSSStyleDeclaration.prototype.getPropertyValue;
  CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
    return read.call(this, name === "-webkit-text-fill-color" ? "color" : name);
  };
}"""
RUN = """async (tags) => {
  const {violations, passes} = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const places = (nodes) => nodes.map(({target, failureSummary}) =>
    `${target.join(" ")}: ${failureSummary.split("\\n").slice(1).join(" ").trim()}`);
  const found = violations.flatMap(({id, nodes}) => places(nodes).map((place) => `${id}: ${place}`));
  return {ran: passes.length, found};
}"""


@cache
def _source() -> str:
    return read(AXE, "axe.min.js")[0].decode()


def violations(page: Any, looks: dict[str, dict[str, str]] = LOOKS) -> list[str]:
    """List what breaks a rule of WCAG 2.2 A and AA, or a good custom, in each of the looks."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_source())
        page.evaluate(PREPARE)
    found = []
    for look, media in looks.items():
        page.emulate_media(**media)
        _settle(page)
        outcome = page.evaluate(RUN, TAGS)
        assert outcome["ran"] > 10, "axe looked at nothing"
        found += [f"{look}: {text}" for text in outcome["found"]]
    page.emulate_media(color_scheme="light", forced_colors="none")
    return found


def _settle(page: Any) -> None:
    """Let colours finish their change."""
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished.catch(() => {})))")
