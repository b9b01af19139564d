"""How much memory a result may take: estimated while its file is read, so that a tab never dies of one."""

from collections.abc import Callable
from typing import Any

from genotok.errors import CapacityError

ROW_BYTES, TOKEN_BYTES = 40, 4  # while a result is put together and handed on; half of a row's is kept
GUESS_FROM = 2**20  # bytes of a file from which the rest is guessed
_STREAMED = ("gtok", "jsonl", "tsv")


class BudgetError(CapacityError):
    """A result would take more memory than is allowed; ``action`` offers to write the tokens without keeping them."""

    action: list[dict[str, Any]]


class Budget:
    """The bytes that the result of one file of ``size`` bytes, as stored, may take.

    ``recipe`` writes the command that does without this limit; it is asked only when the limit is passed.
    """

    def __init__(self, limit: int, *, name: str, size: int, sort: bool, recipe: Callable[[], str]) -> None:
        self._limit, self._name, self._size, self._sort, self._recipe = limit, name, size, sort, recipe

    def check(self, raw: int, rows: int, tokens: int) -> None:
        """Raise BudgetError if what was read so far takes too much, or if the whole would, were it all like this.

        ``raw`` counts bytes as stored, so a packed file is guessed with the ratio seen so far.
        """
        held = rows * ROW_BYTES + tokens * TOKEN_BYTES
        share = max(self._size / raw, 1) if raw >= GUESS_FROM else 1
        if held * share > self._limit:
            raise self._refusal(round(held * share), guessed=share > 1)

    def _refusal(self, needed: int, *, guessed: bool) -> BudgetError:
        takes = f"would take about {format_bytes(needed)}" if guessed else f"takes {format_bytes(needed)} and more"
        error = BudgetError(
            f"the result {takes} of memory, and {format_bytes(self._limit)} are allowed",
            path=self._name,
            hint=f"run: {self._recipe()}",
        )
        error.action = [] if self._sort else [_button(kind) for kind in _STREAMED]
        return error


def _button(kind: str) -> dict[str, Any]:
    return {"label": f"Tokenize straight into a .{kind} file", "options": {"stream": kind}}


def format_bytes(size: int) -> str:
    """Render a size for people: 999 bytes, 1.5 MB, 2.0 GB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size:,} bytes"
