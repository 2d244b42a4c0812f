"""The model file: a ``.npz`` of plain arrays and a JSON header, read as if it came from an enemy.

Nothing is unpickled, and nothing is allocated before its size is checked against what is expected.
"""

import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from boilerstrip.errors import ModelFormatError

__all__ = ["FORMAT", "read_arrays", "read_header", "write"]

Array = npt.NDArray[Any]

FORMAT = 1
"""Version of the file format that this version of boilerstrip writes and reads."""

LARGEST_HEADER = 1 << 20  # bytes
LARGEST_NPY_HEADER = 1 << 10


def write(path: str | Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write a model file, so that at any moment the old one or the new one is there, whole."""
    text = json.dumps({"format": FORMAT, **header}, ensure_ascii=False)
    contents = io.BytesIO()
    np.savez_compressed(
        contents, allow_pickle=False, header=np.frombuffer(text.encode(), np.uint8), **arrays
    )
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(contents.getvalue())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_header(path: str | Path) -> dict[str, Any]:
    """Read the header of a model file.

    Raises:
        ModelFormatError: there is none, or it is of another format version.
    """
    data = _read_member(path, "header", LARGEST_HEADER)
    try:
        header = json.loads(data[_data_offset(data) :])
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{path}: the header is not JSON: {error}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        found = header.get("format") if isinstance(header, dict) else header
        raise ModelFormatError(
            f"{path}: format version {found!r}, where this version of boilerstrip reads {FORMAT}; "
            "train the model again or install the version that wrote it"
        )
    return header


def read_arrays(
    path: str | Path, expected: Mapping[str, tuple[str, tuple[int, ...]]]
) -> dict[str, Array]:
    """Read arrays of known types and shapes from a model file.

    Raises:
        ModelFormatError: one is missing, of another type or shape, or not finite.
    """
    return {name: _read_array(path, name, *spec) for name, spec in expected.items()}


def _read_array(path: str | Path, name: str, dtype: str, shape: tuple[int, ...]) -> Array:
    size = np.dtype(dtype).itemsize * math.prod(shape)
    data = _read_member(path, name, size + LARGEST_NPY_HEADER)
    offset = _data_offset(data)
    stream = io.BytesIO(data)
    try:
        np.lib.format.read_magic(stream)
        found_shape, is_fortran, found_dtype = np.lib.format.read_array_header_1_0(stream)
    except ValueError as error:
        raise ModelFormatError(f"{path}: {name} is not an array: {error}") from error
    if (found_shape, found_dtype, is_fortran) != (shape, np.dtype(dtype), False):
        raise ModelFormatError(
            f"{path}: {name} is {found_dtype} of shape {found_shape}, where {dtype} of shape "
            f"{shape} is expected"
        )
    if len(data) != offset + size:
        raise ModelFormatError(f"{path}: {name} is cut short or too long")
    array = np.frombuffer(data, dtype, offset=offset).reshape(shape)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFormatError(f"{path}: {name} holds numbers that are not finite")
    return array


def _read_member(path: str | Path, name: str, largest: int) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as member:
            data = member.read(largest + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ModelFormatError(f"{path}: not a model file, or damaged: {error}") from error
    except KeyError as error:
        raise ModelFormatError(f"{path}: not a model file: it holds no {name!r}") from error
    if len(data) > largest:
        raise ModelFormatError(f"{path}: {name} is larger than the {largest} bytes expected")
    return data


def _data_offset(data: bytes) -> int:
    """Where the numbers begin in ``.npy`` data of version 1.0."""
    if data[:8] != b"\x93NUMPY\x01\x00":
        raise ModelFormatError("an array that is not in the .npy format, version 1.0")
    return 10 + int.from_bytes(data[8:10], "little")
