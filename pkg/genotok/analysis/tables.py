"""Tables as plain text: even columns, words to the left and numbers to the right."""

import math
from collections.abc import Iterable, Sequence


def text_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int) -> str:
    """Return rows of cells below their titles; the first ``texts`` columns hold words.

    >>> print(text_table(("name", "n"), [("bins", "12"), ("k", "4,096")], texts=1))
    name      n
    bins     12
    k     4,096
    """
    lines = [tuple(titles), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at < texts else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def decimals(number: float, places: int = 3) -> str:
    """Write a number with some decimals, or a dash for none."""
    return f"{number:.{places}f}" if math.isfinite(number) else "-"
