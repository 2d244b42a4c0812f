"""Writing a file so that at any moment the old one or the new one is there, whole."""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import IO

__all__ = ["hide", "may_write", "shorten", "sync", "write_whole"]

LONGEST_NAME = 200  # bytes, so that there is room for endings: most file systems allow 255


def may_write(path: str | Path) -> bool:
    """Whether `write_whole` can be expected to write there, as far as can be told beforehand."""
    path = Path(path)
    if _is_no_file(path):
        return not path.is_dir() and os.access(path, os.W_OK)
    if _find_descriptor(path) is not None:
        return path.exists()
    folder = path.resolve().parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def write_whole(path: str | Path, contents: bytes) -> None:
    """Write a file beside the one of that name, and put it in its place.

    A link stays one, and what it leads to is replaced; a file keeps its permissions; what is no
    file, such as a pipe, is written to, and so is a file that is open, as ``/dev/stdout``.

    Raises:
        OSError: it cannot be written; a file is as it was.
    """
    path = Path(path)
    descriptor = _find_descriptor(path)
    if descriptor is not None:
        with os.fdopen(os.dup(descriptor), "wb") as file:  # where it stands: opening would cut it
            file.write(contents)
        return
    if _is_no_file(path):
        path.write_bytes(contents)
        return
    path = path.resolve()
    unfinished = hide(path, f"{os.urandom(8).hex()}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(contents)
            sync(file)  # or a crash could leave the new name on an empty file
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    except OSError as error:  # named after the file that was wanted
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def hide(path: Path, ending: str) -> Path:
    """Name a hidden file beside one."""
    return path.with_name(f".{shorten(path.name)}.{ending}")


def shorten(name: str) -> str:
    """Return a file's name, or a digest of it, if it is too long to get more endings."""
    data = os.fsencode(name)
    return name if len(data) <= LONGEST_NAME else hashlib.sha256(data).hexdigest()


def sync(file: IO[bytes]) -> None:
    """Wait until what was written to a file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def _is_no_file(path: Path) -> bool:
    """Whether it is something else, as a pipe or a device."""
    return path.exists() and not path.is_file()


STANDARD_STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr")


def _find_descriptor(path: Path) -> int | None:
    """Give the number of the open file that a name such as ``/dev/stdout`` stands for."""
    name = str(path)
    if name in STANDARD_STREAMS:
        return STANDARD_STREAMS.index(name)
    found = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d+)", name)
    return int(found[1]) if found else None
