"""The vectorised scan of a BED block: what it calls regular is so, and plain rows are never sent the slow way."""

from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok.kernels.textscan import PADDING, scan_bed
from strategies import bed_texts


def scan(text, padding=b"\n"):
    return scan_bed(padding * PADDING + text), padding * PADDING + text


@given(text=bed_texts().map(lambda text: text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\r", b"\r")))
def test_what_is_regular_is_a_plain_row_with_these_columns(text):
    text = text.removesuffix(b"\n") + b"\n"
    found, padded = scan(text)
    lines = [line.removesuffix(b"\r") for line in text.split(b"\n")[:-1]]
    assert [padded[a:b] for a, b in zip(found.line_starts, found.line_ends, strict=True)] == lines
    for row, line in enumerate(lines):
        if not found.regular[row]:
            continue
        name, start, end = line.split(b"\t")[:3]
        assert padded[found.line_starts[row] : found.name_ends[row]] == name
        assert (found.starts[row], found.ends[row]) == (int(start), int(end))
        assert found.columns[row] == len(line.split(b"\t"))
        assert (str(int(start)).encode(), str(int(end)).encode()) == (start, end)
        outcome = oracles.read_line(line, first=False, invalid="skip")
        assert isinstance(outcome, tuple) or outcome in ("reversed", "out_of_range", "unreadable")
        assert (outcome == "unreadable") <= (not _is_utf8(name))


def _is_utf8(name):
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


names = st.sampled_from([b"chr1", b"1", b"chrUn_KI270706v1", "chré".encode(), b"a b", b"x" * 40])
plain = st.tuples(names, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.sampled_from([b"", b"\tn\t\xff."]))


@given(rows=st.lists(plain, min_size=1, max_size=20), end=st.sampled_from([b"\n", b"\r\n"]))
def test_plain_rows_are_regular_and_flag_where_the_name_changes(rows, end):
    text = b"".join(b"%b\t%d\t%d%b%b" % (*row, end) for row in rows)
    found, _ = scan(text)
    assert found.regular.all()
    assert found.starts.tolist() == [row[1] for row in rows]
    assert found.ends.tolist() == [row[2] for row in rows]
    changes = [at == 0 or row[0] != rows[at - 1][0] for at, row in enumerate(rows)]
    assert found.fresh.tolist() == changes
    assert not found.has_nul


@given(rows=st.lists(plain, min_size=1, max_size=5), padding=st.sampled_from([b"\n", b"9", b"\xff", b"\t"]))
def test_what_stands_before_the_block_is_never_read_as_its_text(rows, padding):
    text = b"".join(b"%b\t%d\t%d%b\n" % row for row in rows)
    found, _ = scan(text, padding)
    assert found.regular.all()
    assert found.starts.tolist() == [row[1] for row in rows]


def test_a_nul_is_seen_anywhere():
    for text in (b"chr1\t1\t2\0\n", b"\0\n", b"chr1\t1\t2\tx\0y\nchr1\t3\t4\n"):
        assert scan(text)[0].has_nul
