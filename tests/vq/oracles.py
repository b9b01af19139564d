"""Learned tokens by their definition: strings are sliced, windows are counted one by one, ways are tried out."""

from collections import Counter
from itertools import product
from math import log

BASES = "ACGT"
UNKNOWN = -1
OTHER = 65_535
IUPAC = dict(zip("ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN", strict=True))  # each letter's complement


def plain(text):
    """Spell a sequence with A, C, G, T, and N for what is unknown."""
    return "".join("T" if letter == "U" else letter if letter in BASES else "N" for letter in text.upper())


def reverse_complement(text):
    return "".join(IUPAC[letter] for letter in reversed(text.upper()))


def number(window):
    """Read a window as a number in base 4."""
    value = 0
    for letter in window:
        value = 4 * value + BASES.index(letter)
    return value


def window_of(value, width):
    """Spell the window of a number."""
    return "".join(BASES[value // 4 ** (width - 1 - place) % 4] for place in range(width))


def windows(text, width, stride, ends):
    """List (window, core start, core end) of a sequence."""
    lead, n = (width - stride) // 2, len(text)
    if ends == "valid":
        starts = range(0, n - width + 1, stride)
        return [(text[start : start + width], start + lead, start + lead + stride) for start in starts]
    padded = "N" * width + text + "N" * 2 * width
    cores = range(0, n, stride)
    return [(padded[width + at - lead :][:width], at, min(at + stride, n)) for at in cores]


def completions(window):
    """List all windows that one with unknown bases may be."""
    return ["".join(letters) for letters in product(*(BASES if each == "N" else each for each in window))]


def code_of(window, table, *, majority):
    """Find the code of one window, by one table, after its policy."""
    unknown = window.count("N")
    if unknown and not (majority and unknown <= 2):
        return UNKNOWN
    votes = Counter(int(table[number(each)]) for each in completions(window))
    return min(votes, key=lambda code: (-votes[code], code))


def encode(text, tables, width, stride, *, ends="valid", unknown="unk", strand="forward"):
    """List the codes of each level, and the (start, end) of each token's core on the forward strand."""
    letters, length = plain(text if strand == "forward" else reverse_complement(text)), len(text)
    codes, spans = [[] for _ in tables], []
    for window, start, end in windows(letters, width, stride, ends):
        found = [code_of(window, table, majority=unknown == "majority") for table in tables]
        if unknown == "drop" and UNKNOWN in found:
            continue
        spans.append((start, end) if strand == "forward" else (length - end, length - start))
        for level, code in zip(codes, found, strict=True):
            level.append(code)
    return codes, spans


def shares(table, n_codes, width, *, symmetric=False):
    """Count the letters at each place of the windows of each code; of two strands the lower number's."""
    found = [[[0] * 4 for _ in range(width)] for _ in range(n_codes)]
    totals = [0] * n_codes
    for value in range(4**width):
        window = window_of(value, width)
        if symmetric and number(reverse_complement(window)) < value:
            continue
        totals[table[value]] += 1
        for place, letter in enumerate(window):
            found[table[value]][place][BASES.index(letter)] += 1
    return [[[n / max(total, 1) for n in row] for row in rows] for rows, total in zip(found, totals, strict=True)]


def decode(codes, parts, stride, *, lead=0, length, turned=None):
    """Sum the logs of what each token says of each base, and name the best: a string of A, C, G, T and N."""
    width = len(parts[0])
    sums = [[0] * 4 for _ in range(length)]
    covered = [False] * length
    for token, code in enumerate(codes):
        if code == UNKNOWN or not any(any(row) for row in parts[code]):
            continue
        for place in range(width):
            at = token * stride - lead + place
            if 0 <= at < length:
                covered[at] = True
                is_turned = turned is not None and turned[token]
                row = parts[code][width - 1 - place][::-1] if is_turned else parts[code][place]
                sums[at] = [
                    total + round(log(share + 0.01) * 65_536) for total, share in zip(sums[at], row, strict=True)
                ]
    best = [BASES[row.index(max(row))] for row in sums]
    return "".join(letter if seen else "N" for letter, seen in zip(best, covered, strict=True))


def agreement(left, right, stride):
    """Score how well two neighbours agree about the bases they share: rows of four shares each."""
    pairs = zip(left[stride:], right[: len(right) - stride], strict=True)
    return sum(log(sum((one + 0.01) * (two + 0.01) for one, two in zip(*rows, strict=True))) for rows in pairs)


def best_path(steps):
    """Try all ways through two states; of equal ones the first in order of the alphabet 0, 1."""
    ways = product((0, 1), repeat=len(steps) + 1)
    return list(
        max(ways, key=lambda way: sum(step[one][two] for step, one, two in zip(steps, way, way[1:], strict=False)))
    )
