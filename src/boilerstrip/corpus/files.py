"""The files of a corpus: which ones there are to read, and where each is written to."""

import fnmatch
import glob
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from boilerstrip.errors import CorpusError

__all__ = ["SUFFIXES", "CorpusFile", "check_outside", "find_files"]

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".txt", ".warc.wet.gz")
"""The formats, by the ends of the file names."""


class CorpusFile(NamedTuple):
    """A file to read and the one to write.

    Attributes:
        source: the file to read.
        target: the file to write.
        suffix: tells the format of both.
        name: what the file is called, apart from all others of the corpus: its place below the
            input folder.
    """

    source: Path
    target: Path
    suffix: str
    name: str

    def beside(self, ending: str) -> Path:
        """Name a hidden file next to the one to write."""
        return self.target.with_name(f".{self.target.name}.{ending}")


def find_files(inputs: Iterable[str | Path], output: str | Path) -> list[CorpusFile]:
    """Find the files to read and name those to write.

    Args:
        inputs: files; folders, of which all files of a known format are read, at any depth, hidden
            ones left out; patterns as the shell has them, ``**`` standing for any depth.
        output: the folder to write to: each file to where it is below its input folder, or below
            the part of its pattern that has no wildcard; or a file, if there is one to read.

    Raises:
        CorpusError: an input holds no file of a known format, two would be written to the same
            place, or one would be written where others are read.
        FileNotFoundError: an input does not exist.
    """
    output = Path(output)
    found = [pair for each in inputs for pair in _expand(str(each))]
    if not found:
        raise CorpusError("there is no input; name files, folders or patterns")
    is_file = _suffix(output) is not None and not output.is_dir()
    if is_file and len(found) > 1:
        raise CorpusError(f"{output} is one file and {len(found)} are read; name a folder instead")
    files: dict[Path, CorpusFile] = {}
    for source, place in found:
        target = output if is_file else output / place
        suffix = _suffix(source)
        if suffix is None or _suffix(target) != suffix:
            raise CorpusError(
                f"{source} cannot be written to {target}: both must have the same of these "
                f"endings: {' '.join(SUFFIXES)}"
            )
        if target in files:
            raise CorpusError(
                f"{files[target].source} and {source} would both be written to {target}; name the "
                "folder that holds both, or a pattern in quotes"
            )
        files[target] = CorpusFile(source, target, suffix, place.as_posix())
    sources = {file.source.resolve() for file in files.values()}
    for target in files:
        if target.resolve() in sources:
            raise CorpusError(f"{target} is read and would be written; name another output")
    return list(files.values())


def check_outside(paths: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Check that what is written does not become an input of the next run.

    Raises:
        CorpusError: a path lies in a folder that is an input, or where a pattern finds it.
    """
    places = {path: path.resolve() for path in paths}
    for each in map(Path, inputs):
        if each.exists() and not each.is_dir():
            continue
        folder = each if each.is_dir() else _fixed_part(each)
        pattern = each.parts[len(folder.parts) :] or ("**",)
        root = folder.resolve()
        for path, place in places.items():
            if place.is_relative_to(root) and _matches(place.relative_to(root).parts, pattern):
                raise CorpusError(f"{path} lies in {each}, which is read; name a place outside")


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether `glob.glob` would find a path, hidden or not, by a pattern; both by their parts."""
    if not pattern:
        return not parts
    first, *rest = pattern
    if first == "**":
        return _matches(parts, rest) or (bool(parts) and _matches(parts[1:], pattern))
    return bool(parts) and fnmatch.fnmatch(parts[0], first) and _matches(parts[1:], rest)


def _fixed_part(pattern: Path) -> Path:
    return Path(*itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts))


def _suffix(path: Path) -> str | None:
    return next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)


def _expand(name: str) -> Iterator[tuple[Path, Path]]:
    """Give each file that an input stands for, and its place in the output folder."""
    path = Path(name)
    if path.is_dir():
        below = [file.relative_to(path) for file in sorted(path.rglob("*")) if _suffix(file)]
        visible = [place for place in below if not any(p.startswith(".") for p in place.parts)]
        pairs = [(path / place, place) for place in visible if (path / place).is_file()]
    elif path.exists() or not glob.has_magic(name):
        path.stat()  # raises if it does not exist
        pairs = [(path, Path(path.name))]
    else:
        fixed = _fixed_part(path)
        matches = map(Path, sorted(glob.glob(name, recursive=True)))  # noqa: PTH207 (keeps ./x/**)
        pairs = [(file, file.relative_to(fixed)) for file in matches if _suffix(file)]
    if not pairs:
        raise CorpusError(f"{name}: no file with one of these endings: {' '.join(SUFFIXES)}")
    yield from pairs
