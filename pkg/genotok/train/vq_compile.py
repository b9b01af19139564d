"""A network that sees at most 10 bp, written down as a table of all windows: the same codes, but looked up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from genotok.errors import ConfigError, TrainingError
from genotok.kernels.bases import Codes
from genotok.kernels.draws import draw_below
from genotok.kernels.nearest import outputs
from genotok.kernels.tables import UNKNOWN_CODE, look_up
from genotok.tokenizers.vq_conv import ConvBackend, encode_windows
from genotok.train.vq_card import describe_tokens, limits_of
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import MAX_WINDOW, WindowTable

BLOCK = 32_768  # windows at once
CLOSE = 1e-6  # margins below are told of
NEAR = 1e-4  # of 1 + |z|^2: margins below are within the rounding of float32
MOST = 1e-5  # of all tokens may differ, where margins are within rounding
CHECKED = 1_000_000  # bases


class Compiled(NamedTuple):
    """A model with a table, and what making it met.

    ``smallest_margins`` one for each level, ``close`` the share of windows with a margin below 1e-6, ``checked`` tokens
    that the network was asked for, too, and how many of them are ``differing``, all within rounding.
    """

    model: VQModel
    smallest_margins: tuple[float, ...]
    close: float
    checked: int
    differing: int


def compile_model(
    model: VQModel, *, bases: Codes | None = None, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Compiled:
    """Enumerate all windows of a network in float64, ties to the lowest code, and hold the table to the network.

    The compiled model keeps the network beside its table; it reads whole windows, as tables do. ``bases`` uint8 (L,)
    are those that both are asked for; 1 Mb is drawn if there are none. ConfigError for a network that sees more than 10
    bp, or a model without one; TrainingError if table and network differ by more than rounding.
    """
    network = model.network
    if network is None:
        raise ConfigError("this model has no network", hint="it is a table already")
    if network.span > MAX_WINDOW:
        what = f"compile needs a span <= {MAX_WINDOW}, this model has {network.span}"
        raise ConfigError(what, hint="train one with --blocks 0 and a --window of 10 or less")
    span, total = network.span, 4**network.span
    places = 2 * np.arange(span - 1, -1, -1, dtype=np.int64)
    codes = np.empty((len(model.codebook.sizes), total), np.uint16)
    least, close = np.full(len(codes), np.inf), 0
    for at in range(0, total, BLOCK):
        numbers = np.arange(at, min(at + BLOCK, total), dtype=np.int64)
        found = encode_windows((numbers[:, None] >> places & 3).astype(np.uint8), model.codebook, network)
        assert found.margins is not None, "they are always measured"
        codes[:, at : at + len(numbers)] = found.codes
        least = np.minimum(least, found.margins.min(axis=1))
        close += int(np.count_nonzero(found.margins.min(axis=0) < CLOSE))
        progress("windows", at + len(numbers), total)
    table = WindowTable(span, model.stride, codes)
    drawn = draw_below(CHECKED, 4, 0).astype(np.uint8) if bases is None else bases
    checked, differing = _check(model, table, drawn)
    made = replace(model, table=table, window=span, ends="valid", unknown_scope="window")
    margins = tuple(float(each) for each in least)
    facts = {"smallest_margins": list(margins), "close_windows": close, "checked": checked, "differing": differing}
    return Compiled(replace(made, card=_card_of(made, facts)), margins, close / total, checked, differing)


def _check(model: VQModel, table: WindowTable, bases: Codes) -> tuple[int, int]:
    """Ask table and network for the same tokens; returns how many, and how many differ by rounding."""
    assert model.network is not None, "it was compiled"
    rows = np.array([0, len(bases)], dtype=np.int64)
    found = ConvBackend(model.codebook, model.network).codes(bases, rows=rows, ends="same", margins=True)
    assert found.margins is not None, "they were asked for"
    mine = look_up(bases, tables=table.codes, window=table.window, stride=table.stride, ends="same")
    known = mine[0] != UNKNOWN_CODE
    wrong = np.flatnonzero(known & (mine != found.codes).any(axis=0))
    book = model.codebook
    told = outputs(found.codes[:, wrong], book.quantizer, levels=book.levels, vectors=book.vectors)
    norms = np.square(told, dtype=np.float64).sum(axis=1, dtype=np.float64)
    far = np.flatnonzero(found.margins[:, wrong].min(axis=0) > NEAR * (1 + norms))
    tokens = int(np.count_nonzero(known))
    if far.size or len(wrong) > max(MOST * tokens, 1):
        what = f"table and network differ in {len(wrong):,} of {tokens:,} tokens"
        raise TrainingError(what, hint="its codes are too close for float32; train it again")
    return tokens, len(wrong)


def _card_of(model: VQModel, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the card of the network, with what is otherwise of the table."""
    card = dict(model.card)
    told = describe_tokens(model)
    card["tokens"] = {**card.get("tokens", {}), **told["tokens"]}
    card["limits"] = limits_of(replace(model, network=None))
    return card | {"compiled": facts}
