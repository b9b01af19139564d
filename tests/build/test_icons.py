"""The icons of the installed page are drawn from the one SVG, and their sizes are what their names say."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

SIZES = {"genotok-192.png": 192, "genotok-512.png": 512, "genotok-maskable.png": 512, "genotok-touch.png": 180}


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_icons_have_their_size(root, name, size):
    """Width and height stand in the header of a PNG."""
    content = (root / "web/icons" / name).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)] == [size, size]


def test_every_icon_is_known(root):
    """What lies in the folder is the SVG and what the tool draws."""
    assert {path.name for path in (root / "web/icons").iterdir()} == {"genotok.svg", *SIZES}


def test_marks_stay_inside_the_circle_that_is_never_cut(root):
    """Platforms cut a maskable icon down to a circle of 80 %: no mark leaves it, the ground fills all."""
    from icons import SAFE, maskable

    drawing = maskable((root / "web/icons/genotok.svg").read_text(encoding="utf-8"))
    ground, marks = ElementTree.fromstring(drawing)
    assert ground.attrib == {"width": "32", "height": "32", "fill": "#0b5c52"}
    assert f"scale({SAFE})" in marks.attrib["transform"]
    corners = []
    for path in marks:
        (top,) = re.findall(r"M\d+ (\d+)", path.attrib["d"])  # all rectangles of a path stand on one line
        for width, height, left in re.findall(r"h(\d+)v(\d+)H(\d+)z", path.attrib["d"]):
            corners += [(int(left) + dx, int(top) + dy) for dx in (0, int(width)) for dy in (0, int(height))]
    assert len(corners) == 12
    assert max(((x - 16) ** 2 + (y - 16) ** 2) ** 0.5 for x, y in corners) * SAFE <= 0.8 * 16
