"""The hues of chromosomes: readable on their own wash, and told apart by every kind of eye."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

STYLE = Path(__file__).parents[2] / "web/style"
HUES = 8
READABLE = 4.5  # contrast that WCAG 2.2 asks of text
DISTINCT = 0.09  # in OKLab, where black and white are 1 apart
# Machado, Oliveira and Fernandes 2009, severity 1: what linear red, green and blue become.
EYES = {
    "most": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)


def properties(theme):
    """The custom properties of a theme; the dark one is laid over the light one."""
    sheets = ["base.css", "tokens.css"] + ["dark.css"] * (theme == "dark")
    pairs = [pair for sheet in sheets for pair in re.findall(r"(--[\w-]+):\s*([^;]+);", (STYLE / sheet).read_text())]
    return dict(pairs)


def color(text):
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    lighter, darker = sorted((float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen(rgb, eye):
    cones = TO_CONES @ np.clip(np.array(EYES[eye]) @ linear(rgb), 0, 1)
    return TO_LAB @ np.cbrt(cones)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hues_are_readable_on_their_wash(theme):
    """Text in a hue has the contrast of text on the hue's wash and on the sheet."""
    named = properties(theme)
    share, sheet = float(named["--hue-share"].rstrip("%")) / 100, color(named["--sheet"])
    hues = [color(named[f"--hue-{at}"]) for at in range(1, HUES + 1)]
    assert min(contrast(hue, share * hue + (1 - share) * sheet) for hue in hues) >= READABLE
    assert min(contrast(hue, sheet) for hue in hues) >= READABLE


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_hues_differ_for_every_eye(theme, eye):
    """Any two hues are apart, also with one kind of cone missing."""
    hues = [seen(color(properties(theme)[f"--hue-{at}"]), eye) for at in range(1, HUES + 1)]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(hues, 2)) >= DISTINCT


def test_the_scale_of_distance_is_right():
    """Black and white are 1 apart; red and green come close only to eyes without one of the two cones."""
    black, white, red, green = (color(text) for text in ("#000000", "#ffffff", "#b00000", "#507000"))
    assert np.linalg.norm(seen(black, "most") - seen(white, "most")) == pytest.approx(1, abs=1e-3)
    apart = {eye: np.linalg.norm(seen(red, eye) - seen(green, eye)) for eye in EYES}
    assert apart["deuteranopia"] < 0.5 * apart["most"]
    assert contrast(black, white) == pytest.approx(21)
