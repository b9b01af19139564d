"""Inputs that look for trouble: ties, nesting, empty and reversed rows, tiny chromosomes, odd lines."""

from hypothesis import strategies as st

from oracles import MAX_KEPT_POSITION, MAX_POSITION, Row, distinct

FEW_CHROMS = ("chr1", "chr2", "chrX")
MANY_CHROMS = tuple(f"scaffold_{number}" for number in range(40))
ODD_CHROMS = ("HLA-A*01:01", "a:5-6", "chré", "chr 1", "GL000220.1", "chr", "1", "chromosome_of_a_very_long_name_1")

Scale = tuple[int, int, int]  # lowest and highest position, longest row


def scales(*, kept: bool) -> st.SearchStrategy[Scale]:
    """Where rows stand: crowded near 0, spread out, or at the far end of what is allowed."""
    top = MAX_KEPT_POSITION if kept else MAX_POSITION
    return st.sampled_from([(0, 6, 6), (0, 60, 20), (0, 3000, 3000), (top - 30, top, 30), (0, top, top)])


def chroms() -> st.SearchStrategy[tuple[str, ...]]:
    """Sets of chromosome names."""
    return st.sampled_from([FEW_CHROMS[:1], FEW_CHROMS, MANY_CHROMS, ODD_CHROMS])


@st.composite
def spans(draw: st.DrawFn, scale: Scale, *, kept: bool = False) -> tuple[int, int]:
    """One start and end: empty, one base, short, long, and reversed where kept."""
    low, high, longest = scale
    start = draw(st.integers(low, high))
    length = draw(st.sampled_from([0, 1, 1, 2, 3]) | st.integers(0, longest))
    end = min(start + length, high)
    return (end, start) if kept and draw(st.integers(0, 4)) == 0 else (start, end)


@st.composite
def runs(draw: st.DrawFn, scale: Scale, *, kept: bool = False) -> list[tuple[int, int]]:
    """Some rows that belong together: scattered, book-ended, nested, or one row's ties."""
    low, high, _ = scale
    start, end = draw(spans(scale))
    size = draw(st.integers(1, 12))
    match draw(st.sampled_from(["scattered", "book-ended", "nested", "ties"])):
        case "book-ended":
            step = draw(st.integers(1, 5))
            return [(min(start + step * at, high), min(start + step * (at + 1), high)) for at in range(size)]
        case "nested":
            return [(max(start - at, low), min(end + at, high)) for at in range(size)]
        case "ties":
            return [(start, min(end + at // 2, high)) for at in range(size)]
        case _:
            return draw(st.lists(spans(scale, kept=kept), min_size=1, max_size=20))


@st.composite
def universes(draw: st.DrawFn, *, kept: bool = False) -> list[Row]:
    """Distinct rows in any order, at least one; reversed rows only where ``kept``."""
    scale, names = draw(scales(kept=kept)), draw(chroms())
    rows = []
    for run in draw(st.lists(runs(scale, kept=kept), min_size=1, max_size=4)):
        if draw(st.booleans()):
            name = draw(st.sampled_from(names))
            rows += [(name, *span) for span in run]
        else:
            rows += [(draw(st.sampled_from(names)), *span) for span in run]
    rows = distinct(rows)
    return draw(st.permutations(rows)) if draw(st.booleans()) else rows


@st.composite
def queries(draw: st.DrawFn, universe: list[Row], *, kept: bool = False) -> list[Row]:
    """Rows around the borders of a universe, past both its ends, and on chromosomes that it lacks."""
    top = MAX_KEPT_POSITION if kept else MAX_POSITION
    names = [*dict.fromkeys(row[0] for row in universe), "chrNo"]
    borders = sorted({place for row in universe for place in row[1:]})
    near = st.sampled_from(borders).flatmap(lambda place: st.integers(max(place - 1, 0), min(place + 1, top)))
    places = near | st.sampled_from([0, borders[-1], min(borders[-1] + 100, top), top])
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        one, two = draw(places), draw(places)
        if not (kept and draw(st.booleans())):
            one, two = min(one, two), max(one, two)
        rows.append((draw(st.sampled_from(names)), one, two))
    return rows


@st.composite
def universes_and_queries(draw: st.DrawFn, *, kept: bool = False) -> tuple[list[Row], list[Row]]:
    """A universe and queries around it."""
    universe = draw(universes(kept=kept))
    return universe, draw(queries(universe, kept=kept))


_NAMES = [b"chr1", b"chr2", b"chr10", b"chr1_KI270706v1_random", b"chr1_KI270711v1_random", "chré".encode(), b"a:5-6"]
_NAMES += [b"track", b"browser", b"track1", b"#chr", b"chr 1", b" chr1", b"chr1 ", b"", b"\xc3\x28", b"start", b"\x0b"]
_NUMBERS = [b"0", b"7", b"10", b"20", b"99999999", b"123456789", b"1234567890", b"2147483647"]
_ODD_NUMBERS = [b"2147483648", b"4294967295", b"4294967296", b"99999999999999999999", b"-1", b"-0", b"-5", b"0010"]
_ODD_NUMBERS += [b"+5", b"+0", b"00000000000000000010", b"5.0", b"1e3", b"1_000", b"1,000", b"", b" 5", b"5 ", b"x"]
_ODD_NUMBERS += [b"_", b"start", "٣".encode(), b"0x10", b"\r", b"+", b"-", b"1\x0b"]
_WHOLE_LINES = [b"", b" ", b"\t", b"\t\t", b" \t \t ", b"#", b"# chr1\t1\t2", b" #x", b"track", b"track name=x"]
_WHOLE_LINES += [b"browser hide all", b"track\t5\t9", b"browser\t5\tx", b"tracks"]
_WHOLE_LINES += [b"chrom\tstart\tend", b"chrom start end"]
_WHOLE_LINES += [b"chr1\t5", b"chr1 5", b"chr1", b"\tstart\tend", b"chr1\t5\t9\xff", b"\r", b"chr1\t1\t2\r"]


def bed_rows(*, odd: bool = True) -> st.SearchStrategy[bytes]:
    """Lines that are rows, or nearly."""
    names = st.sampled_from(_NAMES if odd else _NAMES[:7])
    numbers = st.sampled_from(_NUMBERS + _ODD_NUMBERS * odd) | st.integers(0, 10**6).map(lambda value: b"%d" % value)
    tails = st.sampled_from([b"", b"", b"\t", b"\tname\t.\t+", b"\t\xff", b"\tpeak 1\t5"] + [b" ", b"\r"] * odd)
    separators = st.sampled_from([b"\t"] * 6 + [b" ", b"  ", b" \t", b"\t\t"] * odd)
    return st.builds(
        lambda name, one, two, tail, left, right: name + left + one + right + two + tail,
        *(names, numbers, numbers, tails, separators, separators),
    )


@st.composite
def bed_texts(draw: st.DrawFn) -> bytes:
    """Whole files: clean rows with some odd lines among them, any line ends, maybe a byte order mark."""
    plain = st.builds(lambda name, start, width: b"%s\t%d\t%d" % (name, start, start + width), *_PLAIN)
    kinds = plain | plain | bed_rows() | bed_rows(odd=False) | st.sampled_from(_WHOLE_LINES)
    lines = draw(st.lists(kinds, max_size=14))
    end = draw(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r"]))
    text = end.join(lines) + end * draw(st.booleans())
    return draw(st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf"])) + text


_PLAIN = (st.sampled_from(_NAMES[:5]), st.integers(0, 10**9), st.integers(0, 10**4))


def cuts(size: int) -> st.SearchStrategy[list[int]]:
    """Ascending places at which to cut ``size`` things into pieces, the outer borders included."""
    return st.lists(st.integers(0, size), max_size=6).map(lambda places: [0, *sorted(places), size])
