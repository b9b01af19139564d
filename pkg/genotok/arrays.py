"""The array types that all rooms share, and the one way to freeze a view."""

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Flags: TypeAlias = NDArray[np.bool_]
Ids: TypeAlias = NDArray[np.int32]  # token ids, chromosome codes
Coords: TypeAlias = NDArray[np.int64]  # 0-based half-open base pairs
Offsets: TypeAlias = NDArray[np.int64]  # (n + 1,), leading 0
Words: TypeAlias = NDArray[np.uint64]  # eight bytes of text at once
Places: TypeAlias = NDArray[np.intp]  # in an array: NumPy reads by no other type as fast

MAX_IDS = 2**31 - 1  # ids are int32, and so are array lengths on wasm32
MAX_DECODED = 2**20  # ids that are read out of one text

_Array = TypeVar("_Array", bound=NDArray[Any])


def frozen(array: _Array) -> _Array:
    """Return a read-only view; the caller's own array stays writable."""
    view = array.view()
    view.flags.writeable = False
    return view


def refreeze(value: object, state: dict[str, Any]) -> None:
    """Set the fields of a frozen dataclass from its pickled state: arrays come out of a pickle writable."""
    for name, field in state.items():
        object.__setattr__(value, name, frozen(field) if isinstance(field, np.ndarray) else field)


def host_array(values: Any) -> NDArray[Any]:
    """View lists, arrays and tensors as NumPy arrays, also tensors that track gradients or live on a device."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
