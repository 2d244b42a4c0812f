"""Writing a file so that at any moment the old one or the new one is there, whole."""

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | Path, contents: bytes) -> None:
    """Write a file beside the one of that name, and put it in its place."""
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(contents)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
