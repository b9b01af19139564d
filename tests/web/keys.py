"""Hands that have only a keyboard: where the focus is, by role and name, and whether it can be seen there."""

from __future__ import annotations

import re
from typing import Any

MOST = 90  # stops on the way to something
ROOM = 8  # px around a control in which its ring may lie
BLUR = "() => { window.left = document.activeElement; left.blur(); }"
BACK = "() => left.focus({preventScroll: true})"
# Corners and middle of what the control's own box, or the box of its label, leaves in the window.
IN_SIGHT = """() => {
  const held = document.activeElement;
  const shown = held.matches(".unseen") ? held.labels[0] : held;
  const {left, top, right, bottom} = shown.getBoundingClientRect();
  const [x, y] = [[left, right], [top, bottom]].map(([from, to], at) => {
    const most = (at ? innerHeight : innerWidth) - 1;
    return [from + 3, (from + to) / 2, to - 3].map((place) => Math.max(0, Math.min(most, place)));
  });
  const mine = (place) => place !== null && (held.contains(place) || shown.contains(place));
  const free = y.flatMap((down) => x.map((right) => mine(document.elementFromPoint(right, down)))).filter(Boolean);
  return {free: free.length, box: {x: left, y: top, width: right - left, height: bottom - top}};
}"""


class Keys:
    """Someone at the keyboard of a page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def here(self) -> str:
        """Role and name of what has the focus, like `button "Save"`; the bare page never has it."""
        held = self.page.locator(":focus")
        assert held.count() == 1, "the focus is lost"
        return str(held.aria_snapshot().splitlines()[0]).removeprefix("- ")

    def press(self, *names: str) -> Keys:
        for name in names:
            self.page.keyboard.press(name)
        return self

    def write(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self

    def tab_to(self, wanted: str, key: str = "Tab") -> list[str]:
        """Press a key until the focus is on what begins so, and give the stops on the way."""
        stops: list[str] = []
        while len(stops) < MOST:
            stops.append(self.press(key).here())
            assert self.in_sight(), f"something covers {stops[-1]}"
            if re.match(wanted, stops[-1]):
                return stops
        raise AssertionError(f"{wanted} is not among\n" + "\n".join(stops))

    def in_sight(self) -> bool:
        """Whether some of what has the focus can be seen."""
        return bool(self.page.evaluate(IN_SIGHT)["free"])

    def ringed(self) -> bool:
        """Whether the focus makes a difference to the eye: without it the picture of the place is another one."""
        box = self.page.evaluate(IN_SIGHT)["box"]
        around = {
            "x": max(0, box["x"] - ROOM),
            "y": max(0, box["y"] - ROOM),
            "width": box["width"] + 2 * ROOM,
            "height": box["height"] + 2 * ROOM,
        }
        with_focus = self.page.screenshot(clip=around, caret="hide")
        self.page.evaluate(BLUR)
        without = self.page.screenshot(clip=around, caret="hide")
        self.page.evaluate(BACK)
        return with_focus != without
