"""The files of a corpus: which ones there are to read, and where each is written to."""

import fnmatch
import glob
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from boilerstrip.errors import CorpusError

__all__ = ["CorpusFile", "check_aside", "check_outside", "find_files"]

FORMATS = {
    ".jsonl": ".jsonl",
    ".ndjson": ".jsonl",
    ".jsonl.gz": ".jsonl.gz",
    ".ndjson.gz": ".jsonl.gz",
    ".json.gz": ".jsonl.gz",
    ".jsonl.zst": ".jsonl.zst",
    ".ndjson.zst": ".jsonl.zst",
    ".json.zst": ".jsonl.zst",
    ".parquet": ".parquet",
    ".txt": ".txt",
    ".warc.wet.gz": ".warc.wet.gz",
}
"""The formats by the ends of file names, in capitals or not; JSON lines have several."""

ENDINGS = " ".join(FORMATS)


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


def find_files(
    inputs: Iterable[str | Path],
    output: str | Path,
    tell: Callable[[Path], object] = lambda _: None,
) -> list[CorpusFile]:
    """Find the files to read and name those to write.

    Args:
        inputs: files; folders, of which all files of a known format are read, at any depth, hidden
            ones left out and links followed; patterns as the shell has them, ``**`` standing for
            any depth, for files and folders.
        output: the folder to write to: each file to where it is below its input folder, or below
            the part of its pattern that has no wildcard; or a file, if there is one to read.
        tell: called with each file that is left out, since its name has none of the known endings.

    Raises:
        CorpusError: an input holds no file of a known format, two would be written to the same
            place, or one would be written where others are read.
        FileNotFoundError: an input does not exist.
    """
    output = Path(output)
    found = [pair for each in inputs for pair in _expand(str(each), tell)]
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
                f"endings: {ENDINGS}"
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


def check_aside(
    path: Path,
    inputs: Iterable[str | Path],
    files: Iterable[CorpusFile],
    others: Iterable[str | Path] = (),
) -> None:
    """Check that what is written aside from the outputs takes the place of no other file.

    Args:
        path: what is written.
        inputs: as for `find_files`.
        files: that are found.
        others: what else is read or written.

    Raises:
        CorpusError: the path is read or written already, or is where inputs are looked for.
    """
    check_outside([path], inputs)
    taken = [*others, *(each for file in files for each in (file.source, file.target))]
    if path.resolve() in {Path(each).resolve() for each in taken}:
        raise CorpusError(f"{path} is read or written already; name another file")


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern would find a path, hidden or not, or a folder of it; both by their parts.

    See `glob.glob`.
    """
    if not pattern:
        return True
    first, *rest = pattern
    if first == "**":
        return _matches(parts, rest) or (bool(parts) and _matches(parts[1:], pattern))
    return bool(parts) and fnmatch.fnmatch(parts[0], first) and _matches(parts[1:], rest)


def _fixed_part(pattern: Path) -> Path:
    return Path(*itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts))


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return next((format_ for ending, format_ in FORMATS.items() if name.endswith(ending)), None)


def _expand(name: str, tell: Callable[[Path], object]) -> Iterator[tuple[Path, Path]]:
    """Give each file that an input stands for, and its place in the output folder."""
    path = Path(name)
    if path.is_dir():
        matches, fixed = [path], path
    elif path.exists() or not glob.has_magic(name):
        path.stat()  # raises if it does not exist
        yield path, Path(path.name)
        return
    else:
        matches = [*map(Path, sorted(glob.glob(name, recursive=True)))]  # noqa: PTH207 (keeps ./x/**)
        fixed = _fixed_part(path)
    found = itertools.chain(*(_below(each) if each.is_dir() else [each] for each in matches))
    files = dict.fromkeys(found)  # one may be found by itself and below its folder
    known = [file for file in files if _suffix(file)]
    if not known:
        raise CorpusError(f"{name}: no file with one of these endings: {ENDINGS}")
    for file in itertools.filterfalse(_suffix, files):
        tell(file)
    yield from ((file, file.relative_to(fixed)) for file in known)


def _below(folder: Path, within: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Find the files below a folder, at any depth, in order; no hidden ones."""
    place = folder.resolve()
    if place in within:  # by a link; all that is here is found already
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _below(path, within | {place})
        elif path.is_file():
            yield path
