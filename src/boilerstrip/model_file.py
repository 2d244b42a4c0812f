"""The model file: a ``.npz`` of plain arrays and a JSON header, read as if it came from an enemy.

Nothing is unpickled, and nothing is allocated before its size is checked against what is expected.
"""

import ast
import io
import json
import math
import os
import reprlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.errors import ModelFormatError
from boilerstrip.whole_file import write_whole

__all__ = [
    "FORMAT",
    "ModelFile",
    "file_version",
    "is_model_file",
    "open_file",
    "read_arrays",
    "read_header",
    "write",
]

Array = npt.NDArray[Any]

FORMAT = 1
"""Version of the file format that this version of boilerstrip writes and reads."""

LARGEST_HEADER = 1 << 20  # bytes
LARGEST_NPY_HEADER = 1 << 10
LARGEST_NUMBER = 1e4  # trained ones are far smaller; much larger ones would overflow in use
MAGIC = b"\x93NUMPY\x01\x00"


def write(path: str | Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write a model file, so that at any moment the old one or the new one is there, whole."""
    text = json.dumps({"format": FORMAT, **header}, ensure_ascii=False)
    members = {"header": np.frombuffer(text.encode(), np.uint8), **arrays}
    contents = io.BytesIO()
    with zipfile.ZipFile(contents, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in members.items():
            with archive.open(f"{name}.npy", "w") as member:
                in_rows = np.ascontiguousarray(array)
                np.lib.format.write_array(member, in_rows, version=(1, 0), allow_pickle=False)
    write_whole(path, contents.getvalue())


def is_model_file(path: str | Path) -> bool:
    """Whether a file is likely a model, of this or another version of the format."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {"header.npy", "weights.npy"} <= set(archive.namelist())
    except zipfile.BadZipFile:
        return False


def file_version(path: str | Path) -> tuple[int, int, int]:
    """Return what changes when another model file takes the place of one.

    Raises:
        OSError: there is none.
    """
    status = os.stat(path)  # noqa: PTH116 (adapters call it for each batch)
    return status.st_mtime_ns, status.st_size, status.st_ino


class ModelFile(NamedTuple):
    """A model file that is open, so that all that is read comes from one and the same."""

    path: str | Path
    archive: zipfile.ZipFile


@contextmanager
def open_file(path: str | Path) -> Iterator[ModelFile]:
    """Open a model file.

    Raises:
        ModelFormatError: it is no zip archive.
        OSError: it cannot be opened.
    """
    with Path(path).open("rb") as file:  # what goes wrong from here on is the file's fault
        with _blame(path):
            archive = zipfile.ZipFile(file)
        yield ModelFile(path, archive)


@contextmanager
def _blame(path: str | Path) -> Iterator[None]:
    try:
        yield
    except DAMAGES as error:
        raise ModelFormatError(f"{path}: not a model file, or damaged: {error}") from error


def read_header(file: ModelFile) -> dict[str, Any]:
    """Read the header of a model file.

    Raises:
        ModelFormatError: there is none, or it is of another format version.
    """
    path = file.path
    _, data = _parse(path, "header", _read_member(file, "header", LARGEST_HEADER))
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{path}: the header is not JSON: {error}") from error
    found = header.pop("format", None) if isinstance(header, dict) else header
    if not isinstance(header, dict) or found != FORMAT:
        raise ModelFormatError(
            f"{path}: format version {reprlib.repr(found)}, where this version of boilerstrip "
            f"reads {FORMAT}; train the model again or install the version that wrote it"
        )
    return header


def read_arrays(
    file: ModelFile, expected: Mapping[str, tuple[str, tuple[int, ...]]]
) -> dict[str, Array]:
    """Read arrays of known types and shapes from a model file.

    Raises:
        ModelFormatError: one is missing, of another type or shape, not finite, or holds numbers
            beyond all measure.
    """
    return {name: _read_array(file, name, *spec) for name, spec in expected.items()}


def _read_array(file: ModelFile, name: str, dtype: str, shape: tuple[int, ...]) -> Array:
    path = file.path
    size = np.dtype(dtype).itemsize * math.prod(shape)
    found, data = _parse(path, name, _read_member(file, name, size + LARGEST_NPY_HEADER))
    expected = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    if found != expected:
        raise ModelFormatError(
            f"{path}: {name} is {reprlib.repr(found)}, where {expected} is expected"
        )
    if len(data) != size:
        raise ModelFormatError(f"{path}: {name} has {len(data)} bytes of numbers, not {size}")
    array = np.frombuffer(data, dtype).reshape(shape)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFormatError(f"{path}: {name} holds numbers that are not finite")
    if array.dtype.kind == "f" and array.size and np.abs(array).max() > LARGEST_NUMBER:
        raise ModelFormatError(f"{path}: {name} holds numbers beyond {LARGEST_NUMBER:g}")
    return array


def _read_member(file: ModelFile, name: str, largest: int) -> bytes:
    path, archive = file
    with _blame(path):
        try:
            member = archive.getinfo(f"{name}.npy")
        except KeyError:
            raise ModelFormatError(f"{path}: not a model file: it holds no {name!r}") from None
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            # zipfile puts no limit on what the other methods blow up to
            raise ModelFormatError(f"{path}: {name} is compressed by an unknown method")
        with archive.open(member) as stream:
            data = stream.read(largest + 1)
    if len(data) > largest:
        raise ModelFormatError(f"{path}: {name} is larger than the {largest} bytes expected")
    return data


DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # seeking before the file's start
    NotImplementedError,  # a newer zip version
    RuntimeError,  # encryption
    ValueError,
)
"""What `zipfile` raises on damaged files."""


def _parse(path: str | Path, name: str, data: bytes) -> tuple[object, bytes]:
    """Split ``.npy`` data into what it says of itself and the numbers.

    numpy's own reader would look further into foreign data, and advise to allow pickles.
    """
    begin = len(MAGIC) + 2
    end = begin + int.from_bytes(data[len(MAGIC) : begin], "little")
    if not data.startswith(MAGIC) or end > LARGEST_NPY_HEADER:
        raise ModelFormatError(f"{path}: {name} is not in the .npy format, version 1.0")
    try:
        return ast.literal_eval(data[begin:end].decode("ascii")), data[end:]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ModelFormatError(f"{path}: {name} does not say what array it is") from error
