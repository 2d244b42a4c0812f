"""Names for the types of arrays."""

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
