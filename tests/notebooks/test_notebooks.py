"""The notebooks of the documentation run, give what they show, and show what they claim."""

import re

import pytest

from notebooks.execute import PATHS, execute, read

pytestmark = pytest.mark.native  # kernels are processes
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WITHIN = 0.1  # of a number in a cell that is tagged "about": sums of floats end otherwise on other machines


def shown(cell):
    """What a cell gave: its words and cards; of a picture, which every version of matplotlib draws anew, the kind."""
    found = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {"text/plain": output.get("text", "")})
        found += [(kind, data[kind] if kind.startswith("text/") else "") for kind in sorted(data)]
    return found


def words(path):
    return "".join(text for cell in read(path).cells for kind, text in shown(cell) if kind == "text/plain")


@pytest.mark.slow  # one of them imports torch and trains for ten seconds
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_gives_what_it_shows(path):
    """Cell by cell, to the letter; numbers of training are about the same."""
    kept, ran = read(path).cells, execute(path).cells
    assert any(shown(cell) for cell in kept)
    for before, after in zip(kept, ran, strict=True):
        old, new = shown(before), shown(after)
        if "about" in before.metadata.get("tags", ()):
            (old, expected), (new, found) = map(apart, (old, new))
            assert found == pytest.approx(expected, rel=WITHIN), before.source
        assert new == old, before.source


def apart(outputs):
    """Tell words and numbers apart."""
    text = repr(outputs)
    return NUMBER.sub("#", text), [float(number) for number in NUMBER.findall(text)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_is_kept_clean_and_small(path):
    """Run once from top to bottom, without a warning, an error or a path of the machine that ran it."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert not re.search(r"/(tmp|root|home|Users|work)/|site-packages", words(path))
    assert path.stat().st_size < 100_000


def test_a_model_learns_from_files_and_is_examined_on_another():
    """It starts where who knows nothing stands, and ends where masked regions are several times as likely."""
    path = next(path for path in PATHS if path.stem == "masked_model")
    found = re.findall(r"(knowing nothing|before training|after 200 steps): (\d+\.\d+)", words(path))
    nothing, before, after = (float(loss) for _, loss in found)
    assert before == pytest.approx(nothing, abs=0.1)
    assert after < nothing - 1.5  # nats


def test_cells_fall_into_their_kinds():
    """Nearly all lie on the side of their kind, and the empty droplets were found."""
    path = next(path for path in PATHS if path.stem == "single_cells")
    right, cells = map(int, re.search(r"(\d+) of (\d+) cells lie on the side", words(path)).groups())
    assert right > 0.95 * cells
    assert cells == 240 - int(re.search(r"(\d+) cells were too sparse", words(path))[1])
