"""A column that grows in place, so that reading a file takes the memory of its result and little more."""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_Item = TypeVar("_Item", bound=np.generic)
_FIRST = 2**16  # items


class GrowingColumn(Generic[_Item]):
    """Collects (n,) arrays of one dtype end to end.

    >>> column = GrowingColumn(np.int64)
    >>> column.append(np.array([1, 2])); column.append(np.array([3]))
    >>> column.finish()
    array([1, 2, 3])
    """

    def __init__(self, dtype: type[_Item]) -> None:
        self._items: NDArray[_Item] = np.empty(_FIRST, dtype=dtype)
        self._size = 0

    def append(self, values: NDArray[_Item]) -> None:
        """Add values at the end."""
        size = self._size + len(values)
        if size > len(self._items):
            # nobody else holds the array, and large ones are moved by the page table, not copied
            self._items.resize(max(size, len(self._items) * 3 // 2), refcheck=False)
        self._items[self._size : size] = values
        self._size = size

    def finish(self) -> NDArray[_Item]:
        """Return the whole, cut to size; the column must not be used afterwards."""
        self._items.resize(self._size, refcheck=False)
        return self._items
