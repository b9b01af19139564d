"""No violation of WCAG 2.2 AA that axe-core can see, in any state of the page, light, dark and in forced colours."""

import pytest

from web.audit import LOOKS, violations
from web.scenes import SCENES

NARROW = {"width": 320, "height": 700}
NARROW_SCENES = (
    "start",
    "token",
    "filtered-table",
    "genome",
    "compare",
    "decode",
    "report",
    "motif-bins",
    "motif-tokens",
    "codes-fine",
    "codes-hierarchical",
)


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(app, scene):
    """axe finds nothing in this state of the page, whatever the colours."""
    SCENES[scene](app)
    with app.unwatched():
        assert "\n".join(violations(app.page)) == ""


@pytest.mark.parametrize("scene", NARROW_SCENES)
def test_axe_finds_nothing_on_a_small_screen(app, scene):
    """Nor at 320 px, where controls stand closer together."""
    app.page.set_viewport_size(NARROW)
    SCENES[scene](app)
    with app.unwatched():
        assert "\n".join(violations(app.page, {"light": LOOKS["light"]})) == ""


def test_the_checker_sees_a_fault(app):
    """Pale text and a nameless button, put into the page on purpose, are found in every look that shows them."""
    app.page.evaluate("""() => {
      const [button, words] = ["button", "p"].map((name) => document.createElement(name));
      words.textContent = "pale";
      Object.assign(words.style, {color: "#777", background: "#999"});
      document.querySelector("footer").append(button, words);
      window.undo = () => [button, words].forEach((each) => each.remove());
    }""")
    with app.unwatched():
        found = violations(app.page)
    app.page.evaluate("undo()")
    assert sum("button-name" in text for text in found) == 4
    assert [text.split(":")[0] for text in found if "color-contrast" in text] == ["light", "dark"]
