"""Writing a file so that at any moment the old one or the new one is there, whole."""

import os
import shutil
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | Path, contents: bytes) -> None:
    """Write a file beside the one of that name, and put it in its place.

    A link stays one, and what it leads to is replaced; a file keeps its permissions; what is no
    file, such as ``/dev/stdout``, is written to.

    Raises:
        OSError: it cannot be written; a file is as it was.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(contents)
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(contents)
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    except OSError as error:
        error.filename, error.filename2 = str(path), None  # not that of the unfinished one
        raise
    finally:
        unfinished.unlink(missing_ok=True)
