"""Names for the types of arrays, and what numpy has no quick way for."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "AnyFloats",
    "AnyInts",
    "Bytes",
    "Counts",
    "Doubles",
    "Flags",
    "Floats",
    "Ints",
    "Packed",
    "Uints16",
    "Uints64",
    "find_sizes",
]

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
AnyFloats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
AnyInts = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Packed = npt.NDArray[np.number[Any]]  # several small numbers side by side in each
Uints16 = npt.NDArray[np.uint16]
Uints64 = npt.NDArray[np.uint64]


def find_sizes(starts: Ints, end: int) -> Ints:
    """Tell how many items are in each range, from one start to the next, the last to the end."""
    sizes = np.empty_like(starts)  # numpy's diff with something appended takes three times as long
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    np.subtract(end, starts[-1:], out=sizes[-1:])
    return sizes
