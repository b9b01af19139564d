"""Where bytes come from and go to: nothing stays open, and no file is ever half there."""

import io
import os
import stat
from pathlib import Path

import pytest

from genotok.errors import InputError
from genotok.io.sinks import atomic_write, open_packed
from genotok.io.sources import iter_blocks, name_of


@pytest.mark.parametrize("block_bytes", [1, 3, 10, 100])
def test_blocks_joined_are_the_file(tmp_path, block_bytes):
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    blocks = list(iter_blocks(path, block_bytes))
    assert b"".join(blocks) == b"0123456789"
    assert max(map(len, blocks)) <= block_bytes
    assert b"".join(iter_blocks(str(path), block_bytes)) == b"0123456789"


def test_a_file_opened_here_is_closed_here_and_the_callers_stays_open(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    opened, real_open = [], Path.open

    def watched(*words):
        opened.append(real_open(*words))
        return opened[-1]

    monkeypatch.setattr(Path, "open", watched)
    blocks = iter_blocks(path, 4)
    next(blocks)
    assert not opened[0].closed
    blocks.close()
    assert opened[0].closed
    with io.BytesIO(b"0123") as file:
        assert list(iter_blocks(file)) == [b"0123"]
        assert not file.closed


def test_a_source_is_named_as_the_user_named_it(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"")
    assert name_of("a/b.bed") == "a/b.bed"
    assert name_of(Path("a/b.bed")) == os.fspath(Path("a/b.bed"))
    with path.open("rb") as file:
        assert name_of(file) == str(path)
    assert name_of(io.BytesIO()) == "<stream>"


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("no.bed", FileNotFoundError, r"^no\.bed: no such file; check the path$"),
        ("chr1:5-9", FileNotFoundError, r"^chr1:5-9: no such file; regions from memory go in as \[\('chr1', 1, 9\)\]$"),
        ("a\0b", FileNotFoundError, r"^'a\\x00b': no such file; check the path$"),
        (".", IsADirectoryError, r"^\.: is a folder; name a file in it$"),
    ],
)
def test_what_cannot_be_opened_is_told_with_a_hint(tmp_path, monkeypatch, name, error, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        list(iter_blocks(name))


@pytest.mark.parametrize("value", [5, None, b"chr1\t1\t2\n", ["a.bed"]])
def test_what_is_no_file_is_refused(value):
    hint = r"give a path or a binary file; io\.BytesIO\(data\)$"
    with pytest.raises(InputError, match=rf"^{type(value).__name__} is no file; {hint}"):
        list(iter_blocks(value))


def test_a_file_opened_as_text_is_refused():
    with pytest.raises(InputError, match=r"^a file opened as text; open it with mode 'rb'$"):
        list(iter_blocks(io.StringIO("chr1\t1\t2\n")))


def test_a_file_takes_its_name_only_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "er" / "x.bin"
    with atomic_write(target) as file:
        file.write(b"half")
        assert not target.exists()
        file.seek(0)
        file.write(b"H")
    assert target.read_bytes() == b"Half"
    assert list(target.parent.iterdir()) == [target]


def test_an_error_leaves_what_stood_there_and_no_rest(tmp_path):
    target = tmp_path / "x.bin"
    target.write_bytes(b"before")

    def interrupted():
        with atomic_write(target) as file:
            file.write(b"after")
            raise KeyboardInterrupt("now")

    with pytest.raises(KeyboardInterrupt, match="now"):
        interrupted()
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.native  # no umask there
def test_a_new_file_may_be_read_as_any_other_and_an_old_one_keeps_its_mode(tmp_path):
    plain, target = tmp_path / "plain", tmp_path / "x.bin"
    plain.write_bytes(b"")
    with atomic_write(target):
        pass
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    target.chmod(0o600)
    with atomic_write(target) as file:
        file.write(b"x")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_packed_does_not_wait_for_the_last_hundredth(tmp_path):
    """Coordinates in no order take the highest level of gzip four times as long; RFC 1952 marks that level by a 2."""
    with atomic_write(tmp_path / "a.gz") as file, open_packed(file, packed=True) as sink:
        sink.write(b"chr1\t10\t20\n")
    header = (tmp_path / "a.gz").read_bytes()[:10]
    assert header[:9] == b"\x1f\x8b\x08" + bytes(6)
