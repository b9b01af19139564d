"""What finds the codes of bases: a table of all windows here, a network elsewhere; both are asked in the same words."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Offsets
from genotok.errors import ConfigError
from genotok.kernels.bases import Codes
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import Ends, climb, count_windows, look_up
from genotok.tokenizers.vq_config import BackendName, UnknownPolicy
from genotok.values.codebook import CodeArray
from genotok.values.vqmodel import UnknownScope, VQModel
from genotok.values.windowtable import MAX_WINDOW


class Found(NamedTuple):
    """Codes uint16 (N, n), 65,535 if unknown; which document owns which, int64 (b + 1,); margins float32 (N, n)."""

    codes: CodeArray
    rows: Offsets
    margins: NDArray[np.float32] | None


class Backend(Protocol):
    """Finds the codes of documents that lie one after the other."""

    span: int  # bases that a token sees
    in_pieces: bool  # a window decides a token, so that a long document may be read in pieces

    def codes(
        self,
        bases: Codes,
        *,
        rows: Offsets,
        ends: Ends,
        unknown_scope: UnknownScope,
        unknown: UnknownPolicy,
        margins: bool = False,
    ) -> Found:
        """Return the codes of all levels for all windows; 65,535 where ``unknown`` is not 'majority' or it can't be.

        ``bases`` uint8 (L,) are 0..3, 4 if unknown; document ``i`` owns ``rows[i]`` to ``rows[i + 1]``.
        """


class TableBackend:
    """Looks windows up; a window that holds an unknown base is in no table, so its token is unknown.

    >>> import numpy as np
    >>> from genotok.values.codebook import Codebook
    >>> from genotok.values.windowtable import WindowTable
    >>> book = Codebook("flat", (4,), (np.eye(4, dtype=np.float32),))
    >>> table = WindowTable(1, 1, np.array([[3, 2, 1, 0]], np.uint16))
    >>> backend = TableBackend(VQModel(book, table, None, window=1, stride=1))
    >>> rows = np.array([0, 2, 3])
    >>> words = {"ends": "valid", "unknown_scope": "window", "unknown": "unk"}
    >>> backend.codes(np.array([0, 4, 3], np.uint8), rows=rows, **words).codes.tolist()
    [[3, 65535, 0]]
    """

    in_pieces = True

    def __init__(self, model: VQModel) -> None:
        if model.table is None:
            what = "backend='table' needs a table, and this model is a network"
            raise ConfigError(what, hint=f"compile needs a span <= {MAX_WINDOW}, this model has {span_of(model)}")
        self._table, self._parents, self.span = model.table, model.codebook.parents, model.window
        fine = model.table.codes
        self._every = np.stack([*(each[fine[-1]] for each in self._parents), fine[-1]]) if self._parents else fine

    def codes(
        self,
        bases: Codes,
        *,
        rows: Offsets,
        ends: Ends,
        unknown_scope: UnknownScope,  # noqa: ARG002  # whichever it is: the table knows no window with unknown bases
        unknown: UnknownPolicy,
        margins: bool = False,
    ) -> Found:
        """Return the codes of all levels for all windows, as Backend says; a table has no margins."""
        if margins:
            raise ConfigError("a table has no margins", hint="only networks measure distances; backend='conv'")
        window, stride, majority = self._table.window, self._table.stride, unknown == "majority"
        tables = self._table.codes if majority else self._every  # by majority the finest level decides for all
        codes = look_up(bases, tables=tables, window=window, stride=stride, rows=rows, ends=ends, majority=majority)
        if majority and self._parents:
            codes = np.stack([*(climb(codes[-1], each) for each in self._parents), codes[-1]])
        counts = count_windows(np.diff(rows), window=window, stride=stride, ends=ends)
        return Found(codes, offsets_of(counts), None)


def span_of(model: VQModel) -> int:
    """Return the bases that a token of a model sees."""
    return model.window if model.network is None else model.network.span


def choose_backend(model: VQModel, name: BackendName) -> Backend:
    """Return what finds the codes of a model; 'auto' is its table, if it has one. ConfigError for what it has not."""
    if name == "table" or (name == "auto" and model.table is not None):
        return TableBackend(model)
    if model.network is None:
        hint = "its codes are in a table; backend='table', or 'auto'"
        raise ConfigError("backend='conv' needs a network, and this model has none", hint=hint)
    from genotok.tokenizers.vq_conv import ConvBackend  # late: tables do without

    return ConvBackend(model.codebook, model.network)
