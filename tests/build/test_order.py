"""What a start imports lies in front of an archive, everything else behind it, and nothing is lost."""

import random
import zipfile

import pytest


@pytest.fixture
def source(tmp_path):
    """An archive as the first step of repacking writes it."""
    from bytecode import write_stored

    names = [
        "own/__pycache__/c.cpython-314.pyc",
        "own/__pycache__/d.cpython-314.pyc",
        "numpy/__init__.pyc",
        "numpy/a.so",
        "numpy/b.pyc",
        "numpy-1.dist-info/METADATA",
        "os.pyc",
        "zoo.txt",
    ]
    write_stored(str(tmp_path / "source.zip"), [(name, name.encode() * 9) for name in names])
    return tmp_path / "source.zip"


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_front_holds_what_is_imported(source, tmp_path):
    """Modules are named by their source or as they are; descriptions come too; the comment counts the bytes."""
    from order import order

    order(
        str(source), str(tmp_path / "out.zip"), {"numpy/__init__.py", "numpy/a.so", "os.py", "not/here.py", "own/c.py"}
    )
    assert contents(tmp_path / "out.zip") == contents(source)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        word, length = archive.comment.decode().split()
        front = [info.filename for info in archive.infolist() if info.header_offset < int(length)]
        assert word == "first"
        assert int(length) in {info.header_offset for info in archive.infolist()}  # where a member begins
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert front == [
        "numpy-1.dist-info/METADATA",
        "numpy/__init__.pyc",
        "numpy/a.so",
        "os.pyc",
        "own/__pycache__/c.cpython-314.pyc",
    ]


def test_the_order_of_the_source_does_not_matter(source, tmp_path):
    """Members are sorted within both parts, so that equal contents give equal bytes."""
    from bytecode import write_stored
    from order import order

    members = list(contents(source).items())
    random.Random(1).shuffle(members)
    write_stored(str(tmp_path / "shuffled.zip"), members)
    for name in ("source", "shuffled"):
        order(str(tmp_path / f"{name}.zip"), str(tmp_path / f"{name}.out"), {"os.py"})
    assert (tmp_path / "source.out").read_bytes() == (tmp_path / "shuffled.out").read_bytes()


def test_one_part_has_no_comment(source):
    """An archive that is not divided says nothing of parts."""
    with zipfile.ZipFile(source) as archive:
        assert archive.comment == b""
